/** Content of an OVF that is not taken over, and why. */
export interface Lost {
  readonly path: string;
  readonly why: string;
}

interface LostRow {
  readonly why: string;
  /** Values that say nothing, in lower case; empty always says nothing. */
  readonly unless?: readonly string[];
}

const OFF = ['false', '0'];
const FIRMWARE = 'the firmware is chosen by the hypervisor';
const CONSOLE = 'the cloud determines the console of a VM';
const NOTION = 'the cloud has no such setting';
const BOOT_ORDER = 'the cloud has no boot order: a VM boots from its boot disk';
const ICON = 'the cloud keeps no icons';

/** Elements that `readOvf` uses. */
const TAKEN = [
  ...['Name', 'Description', 'Comment', 'VmType', 'MinAllocatedMem', 'DeleteProtected', 'AutoStartup', 'Priority'],
  'Section',
];

/** Elements that describe the origin of the VM, not the VM itself. */
const ORIGIN = [
  ...['CreationDate', 'ExportDate', 'StopTime', 'BootTime', 'Downtime', 'Generation', 'Origin', 'CreatedByUserId'],
  ...['TemplateId', 'TemplateName', 'OriginalTemplateId', 'OriginalTemplateName', 'UseLatestVersion', 'InstanceTypeId'],
  ...['ImageTypeId', 'Quota', 'QuotaId', 'QuotaName', 'ClusterName', 'ClusterId', 'ClusterCompatibilityVersion'],
  ...['IsInitilized', 'IsAutoSuspend', 'IsRunAndPause', 'AllowConsoleReconnect', 'AppList', 'TrustedService'],
  ...['InitialRunSequence', 'UserDomain', 'Info'],
];

/** Rows by the names of elements, as the engine's OvfWriter writes them since 3.5. */
const ROWS: Readonly<Record<string, LostRow>> = {
  OperatingSystemSection: { why: 'it is not the name of an operating system that engines know' },
  TimeZone: { why: 'set the time zone in the guest: the hypervisor only keeps the clock', unless: ['etc/gmt', 'gmt'] },
  IsStateless: { why: 'stateless VMs are not supported', unless: OFF },
  VmType: { why: 'VMs are always of type server', unless: ['1'] },
  // From disk alone
  Default_Boot_Sequence: { why: BOOT_ORDER, unless: ['0'] },
  DefaultBootSequence: { why: BOOT_ORDER, unless: ['0'] },
  BiosType: { why: FIRMWARE, unless: ['0', 'cluster_default'] },
  BootMenuEnabled: { why: FIRMWARE, unless: OFF },
  IsBootMenuEnabled: { why: FIRMWARE, unless: OFF },
  CustomEmulatedMachine: { why: NOTION },
  CustomCpuName: { why: 'VMs have the processor of their host' },
  CpuPinning: { why: 'the hypervisor places virtual processors by itself' },
  CpuPinningPolicy: { why: 'the hypervisor places virtual processors by itself', unless: ['none', '0'] },
  CustomCompatibilityVersion: { why: 'VMs always have the compatibility version of their cluster' },
  MaxMemorySizeMb: { why: 'the cloud chooses the maximum memory' },
  NumOfIoThreads: { why: NOTION, unless: OFF },
  MigrationSupport: { why: 'whether a VM can migrate is configured in the cloud', unless: ['0', 'migratable'] },
  MigrationPolicyId: { why: NOTION },
  SerialNumberPolicy: { why: 'the cloud assigns serial numbers' },
  CustomSerialNumber: { why: 'the cloud assigns serial numbers' },
  IsSmartcardEnabled: { why: CONSOLE, unless: OFF },
  // Cirrus, VGA and none: what a VNC console shows
  DefaultDisplayType: { why: CONSOLE, unless: ['0', '2', '3'] },
  IsSpiceFileTransferEnabled: { why: CONSOLE, unless: [...OFF, 'true'] },
  IsSpiceCopyPasteEnabled: { why: CONSOLE, unless: [...OFF, 'true'] },
  SpiceFileTransferEnabled: { why: CONSOLE, unless: [...OFF, 'true'] },
  SpiceCopyPasteEnabled: { why: CONSOLE, unless: [...OFF, 'true'] },
  NumOfMonitors: { why: CONSOLE, unless: ['0', '1'] },
  SingleQxlPci: { why: CONSOLE, unless: OFF },
  ConsoleDisconnectAction: { why: CONSOLE, unless: ['none', 'lock_screen'] },
  SsoMethod: { why: 'there is no guest agent for single sign-on', unless: ['none', 'guest_agent'] },
  UsbPolicy: { why: 'the hypervisor has no USB redirection', unless: ['0', 'disabled'] },
  VmInit: { why: 'the guest is already initialized and is not initialized again' },
  TpmEnabled: { why: 'VMs cannot have this device', unless: OFF },
  VirtioScsiMultiQueues: { why: NOTION, unless: OFF },
  MultiQueuesEnabled: { why: NOTION, unless: [...OFF, 'true'] },
  LeaseStorageDomain: { why: 'the cloud has no VM leases on storage' },
  ResumeBehavior: {
    why: 'the hypervisor decides what happens when the storage of a VM fails',
    unless: ['auto_resume'],
  },
  UserDefinedProperties: { why: 'custom properties are defined by the engine that the VM comes from' },
  PredefinedProperties: { why: 'custom properties are defined by the engine that the VM comes from' },
  SmallIconDomain: { why: ICON },
  LargeIconDomain: { why: ICON },
  kernel: { why: 'VMs boot from disk or network, not from a kernel file' },
  initrd: { why: 'VMs boot from disk or network, not from a kernel file' },
  kernel_params: { why: 'VMs boot from disk or network, not from a kernel file' },
};

const silent = new Set([...TAKEN, ...ORIGIN].map((name) => name.toLowerCase()));
const rows = new Map(Object.entries(ROWS).map(([name, row]) => [name.toLowerCase(), row]));

/**
 * Why an element of an OVF's `Content` is not taken over; undefined where nothing is lost. `text`: what it says; the
 * writers of different versions spell names in different cases.
 */
export function whyLost(name: string, text: string): string | undefined {
  const [key, value] = [name.toLowerCase(), text.trim().toLowerCase()];
  if (value === '') return undefined;
  const row = rows.get(key);
  if (row) return row.unless?.includes(value) ? undefined : row.why;
  return silent.has(key) ? undefined : 'the gateway does not support it';
}

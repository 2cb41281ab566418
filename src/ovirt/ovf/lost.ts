/** Content of an OVF that is not taken over, and why. */
export interface Lost {
  readonly path: string;
  readonly why: string;
}

interface Row {
  readonly why: string;
  /** Values that say nothing, in lower case; empty always says nothing. */
  readonly unless?: readonly string[];
}

const OFF = ['false', '0'];
const FIRMWARE = "firmware is the hypervisor's own";
const CONSOLE = 'the cloud determines the console of a VM';
const NOTION = 'the cloud has no notion of it';
const ICON = 'the cloud keeps no icons';

/** What `readOvf` takes. */
const TAKEN = [
  ...['Name', 'Description', 'Comment', 'VmType', 'MinAllocatedMem', 'DeleteProtected', 'AutoStartup', 'Priority'],
  'Section',
];

/** What tells where the VM was, not what it is. */
const ORIGIN = [
  ...['CreationDate', 'ExportDate', 'StopTime', 'BootTime', 'Downtime', 'Generation', 'Origin', 'CreatedByUserId'],
  ...['TemplateId', 'TemplateName', 'OriginalTemplateId', 'OriginalTemplateName', 'UseLatestVersion', 'InstanceTypeId'],
  ...['ImageTypeId', 'Quota', 'QuotaId', 'QuotaName', 'ClusterName', 'ClusterId', 'ClusterCompatibilityVersion'],
  ...['IsInitilized', 'IsAutoSuspend', 'IsRunAndPause', 'AllowConsoleReconnect', 'AppList', 'TrustedService'],
  ...['DefaultBootSequence', 'Default_Boot_Sequence', 'InitialRunSequence', 'UserDomain', 'Info'],
];

/** Rows by the names of elements, as the engine's OvfWriter writes them since 3.5. */
const ROWS: Readonly<Record<string, Row>> = {
  OperatingSystemSection: { why: 'it is not the name of an operating system as engines have it' },
  TimeZone: { why: "a VM's clock is the hypervisor's; its zone is the guest's", unless: ['etc/gmt', 'gmt'] },
  IsStateless: { why: 'Stateless VMs are not supported', unless: OFF },
  VmType: { why: 'VMs are of type server', unless: ['0', '1'] },
  BiosType: { why: FIRMWARE, unless: ['0', 'cluster_default'] },
  BootMenuEnabled: { why: FIRMWARE, unless: OFF },
  IsBootMenuEnabled: { why: FIRMWARE, unless: OFF },
  CustomEmulatedMachine: { why: NOTION },
  CustomCpuName: { why: 'VMs have the processor of their host' },
  CpuPinning: { why: 'the hypervisor places virtual processors itself' },
  CpuPinningPolicy: { why: 'the hypervisor places virtual processors itself', unless: ['none', '0'] },
  CustomCompatibilityVersion: { why: 'VMs always have the compatibility version of their cluster' },
  MaxMemorySizeMb: { why: 'the most memory is chosen by the cloud' },
  NumOfIoThreads: { why: NOTION, unless: OFF },
  MigrationSupport: { why: 'whether a VM may migrate is set on the cloud', unless: ['0', 'migratable'] },
  MigrationPolicyId: { why: NOTION },
  SerialNumberPolicy: { why: 'serial numbers are given by the cloud' },
  CustomSerialNumber: { why: 'serial numbers are given by the cloud' },
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
  UsbPolicy: { why: 'the hypervisor redirects no USB devices', unless: ['0', 'disabled'] },
  VmInit: { why: 'the guest was set up before: it is not set up again' },
  TpmEnabled: { why: 'VMs cannot have this device', unless: OFF },
  VirtioScsiMultiQueues: { why: NOTION, unless: OFF },
  MultiQueuesEnabled: { why: NOTION, unless: [...OFF, 'true'] },
  LeaseStorageDomain: { why: 'the cloud has no VM leases on storage' },
  ResumeBehavior: { why: 'the hypervisor decides what happens to a VM whose storage fails', unless: ['auto_resume'] },
  UserDefinedProperties: { why: 'custom properties belong to the engine that they come from' },
  PredefinedProperties: { why: 'custom properties belong to the engine that they come from' },
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
  return silent.has(key) ? undefined : 'it is not known here';
}

import { create } from '../../codec/builder.js';
import {
  type DiskInput,
  type NicInput,
  type Ref,
  type Snapshot,
  uuidOf,
  type VmInput,
  ZERO_ID,
} from '../../model/index.js';
import { bootSequence, deviceItems, nicKind } from './devices.js';
import { GIB, MIB } from '../../units.js';

/**
 * The OVF document of a snapshot's configuration, in the engine's dialect of OVF (RHEV-M REST guide, example 15.40),
 * for the data center of that id. It has all parts of the example but those of x86 guests, which a partition has not:
 * the PCI addresses of devices, the IDE and virtio controllers, the agents' channels, the balloon. Power Virtual Server
 * does not tell who created a VM.
 */
export function ovf(snapshot: Snapshot, dataCenter: string): string {
  const vm: VmInput = snapshot.configuration ?? {};
  const disks = vm.disks ?? [];
  const nics = vm.nics ?? [];
  return create(
    { version: '1.0', encoding: 'UTF-8' },
    {
      'ovf:Envelope': {
        '@xmlns:ovf': 'http://schemas.dmtf.org/ovf/envelope/1/',
        '@xmlns:rasd': 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData',
        '@xmlns:vssd': 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData',
        '@xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
        '@ovf:version': OVF_VERSION,
        References: {
          File: disks.map((disk) => ({
            '@ovf:href': fileOf(disk),
            '@ovf:id': imageOf(disk),
            '@ovf:size': disk.sizeBytes ?? 0,
            '@ovf:description': snapshot.description ?? '',
          })),
          Nic: nics.map((nic) => ({ '@ovf:id': nic.id ?? '' })),
        },
        Section: [
          {
            '@xsi:type': 'ovf:NetworkSection_Type',
            Info: 'List of networks',
            Network: [...new Set(nics.map(networkOf))].map((name) => ({ '@ovf:name': name })),
          },
          {
            '@xsi:type': 'ovf:DiskSection_Type',
            Info: 'List of Virtual Disks',
            Disk: disks.map((disk) => diskOf(disk, snapshot)),
          },
        ],
        Content: {
          '@ovf:id': 'out',
          '@xsi:type': 'ovf:VirtualSystem_Type',
          ...systemOf(vm, disks, nics, snapshot, dataCenter),
        },
      },
    },
  ).end({ prettyPrint: true, indent: '  ' });
}

/** The example's version, which readers check. */
const OVF_VERSION = '3.5.0.0';

const imageOf = (disk: DiskInput): string => disk.imageId ?? disk.id ?? '';
const fileOf = (disk: DiskInput): string => `${disk.id ?? ''}/${imageOf(disk)}`;
const networkOf = (nic: NicInput): string => nic.network?.name ?? nic.network?.id ?? '';

/** `2015/02/09 13:53:53`, UTC. */
const dateOf = (iso: string | undefined): string => (iso ?? '').slice(0, 19).replaceAll('-', '/').replace('T', ' ');

function diskOf(disk: DiskInput, snapshot: Snapshot): object {
  return {
    '@ovf:diskId': imageOf(disk),
    '@ovf:size': Math.ceil((disk.sizeBytes ?? 0) / GIB),
    '@ovf:actual_size': Math.ceil((disk.actualBytes ?? 0) / GIB),
    '@ovf:vm_snapshot_id': snapshot.id,
    '@ovf:parentRef': '',
    '@ovf:fileRef': fileOf(disk),
    '@ovf:format': 'http://www.vmware.com/specifications/vmdk.html#sparse',
    '@ovf:volume-format': disk.format === 'cow' ? 'COW' : 'RAW',
    '@ovf:volume-type': disk.sparse ? 'Sparse' : 'Preallocated',
    '@ovf:disk-interface': disk.interface ?? '',
    '@ovf:boot': disk.bootable ?? false,
    '@ovf:disk-alias': disk.alias ?? '',
    '@ovf:wipe-after-delete': disk.wipeAfterDelete ?? false,
  };
}

/** A template that has gone has no name any more: its id tells which it was. Instances made without an image have ''. */
function templateOf({ template }: VmInput): Required<Ref> {
  const { id = ZERO_ID } = template ?? {};
  return id === '' || id === ZERO_ID ? { id: ZERO_ID, name: 'Blank' } : { id, name: template?.name ?? id };
}

function systemOf(
  vm: VmInput,
  disks: readonly DiskInput[],
  nics: readonly NicInput[],
  snapshot: Snapshot,
  dataCenter: string,
): object {
  const { options = {} } = vm;
  const template = templateOf(vm);
  return {
    CreationDate: dateOf(vm.createdAt),
    ExportDate: dateOf(snapshot.createdAt),
    DeleteProtected: vm.deleteProtected ?? false,
    SsoMethod: options.ssoMethods?.[0] ?? 'none',
    IsSmartcardEnabled: options.smartcard ?? false,
    TimeZone: options.timeZone ?? 'Etc/GMT',
    default_boot_sequence: bootSequence(vm),
    // How often an engine wrote it: this one is made anew
    Generation: 1,
    // 1 is a server, 0 a desktop
    VmType: (vm.options?.type ?? vm.type) === 'desktop' ? 0 : 1,
    MinAllocatedMem: Math.round((vm.memoryGuaranteedBytes ?? vm.memoryBytes ?? 0) / MIB),
    IsStateless: false,
    IsRunAndPause: false,
    AutoStartup: vm.highlyAvailable ?? false,
    // read back as none
    Priority: vm.priority ?? 0,
    ...(vm.creatorId !== undefined && { CreatedByUserId: uuidOf('user', vm.creatorId) }),
    IsBootMenuEnabled: options.bootMenu ?? false,
    IsSpiceFileTransferEnabled: options.fileTransfer ?? false,
    IsSpiceCopyPasteEnabled: options.copyPaste ?? false,
    Name: vm.name ?? '',
    Description: vm.description ?? '',
    // engines of version 3 write neither this nor threads: written only where they differ from the default
    ...(vm.comment && { Comment: vm.comment }),
    TemplateId: template.id,
    TemplateName: template.name,
    IsInitilized: true,
    // 3 is oVirt
    Origin: 3,
    DefaultDisplayType: vm.displayType === 'spice' ? 1 : 0,
    TrustedService: false,
    OriginalTemplateId: template.id,
    OriginalTemplateName: template.name,
    UseLatestVersion: options.latestTemplate ?? false,
    Section: sectionsOf(vm, disks, nics, template.id, dateOf(snapshot.createdAt), dataCenter),
  };
}

/** The operating system, and the hardware: an item for each device. */
function sectionsOf(
  vm: VmInput,
  disks: readonly DiskInput[],
  nics: readonly NicInput[],
  templateId: string,
  written: string,
  dataCenter: string,
): object[] {
  const memory = Math.round((vm.memoryBytes ?? 0) / MIB);
  const cpus = { sockets: vm.sockets ?? 1, perSocket: vm.cores ?? 1, threads: vm.threads ?? 1 };
  const count = cpus.sockets * cpus.perSocket * cpus.threads;
  return [
    {
      '@ovf:id': vm.id ?? '',
      '@ovf:required': false,
      '@xsi:type': 'ovf:OperatingSystemSection_Type',
      Info: 'Guest Operating System',
      Description: vm.osType ?? 'other_ppc64',
    },
    {
      '@xsi:type': 'ovf:VirtualHardwareSection_Type',
      Info: `${count} CPU, ${memory} Memory`,
      System: { 'vssd:VirtualSystemType': `ENGINE ${OVF_VERSION}` },
      Item: [
        {
          'rasd:Caption': `${count} virtual cpu`,
          'rasd:Description': 'Number of virtual CPU',
          'rasd:InstanceId': 1,
          'rasd:ResourceType': 3,
          'rasd:num_of_sockets': cpus.sockets,
          'rasd:cpu_per_socket': cpus.perSocket,
          ...(cpus.threads > 1 && { 'rasd:threads_per_cpu': cpus.threads }),
        },
        {
          'rasd:Caption': `${memory} MB of memory`,
          'rasd:Description': 'Memory Size',
          'rasd:InstanceId': 2,
          'rasd:ResourceType': 4,
          'rasd:AllocationUnits': 'MegaBytes',
          'rasd:VirtualQuantity': memory,
        },
        ...disks.map((disk) => diskItem(disk, templateId, dataCenter, written)),
        ...nics.map(nicItem),
        ...deviceItems(vm, disks),
      ],
    },
  ];
}

/** Resource types are those of CIM_ResourceAllocationSettingData: 3 processor, 4 memory, 10 Ethernet, 17 disk. */
const diskItem = (disk: DiskInput, template: string, dataCenter: string, written: string): object => ({
  'rasd:Caption': disk.alias ?? '',
  'rasd:InstanceId': imageOf(disk),
  'rasd:ResourceType': 17,
  'rasd:HostResource': fileOf(disk),
  'rasd:Parent': ZERO_ID,
  'rasd:Template': template,
  'rasd:ApplicationList': '',
  'rasd:StoragePoolId': dataCenter,
  'rasd:CreationDate': dateOf(disk.createdAt),
  // Engines write the beginning of time here, and the time of the document below
  'rasd:LastModified': '1970/01/01 00:00:00',
  'rasd:last_modified_date': written,
  Type: 'disk',
  Device: 'disk',
  BootOrder: disk.bootable ? 1 : 0,
  IsPlugged: disk.active ?? true,
  IsReadOnly: disk.readOnly ?? false,
});

const nicItem = (nic: NicInput): object => ({
  'rasd:Caption': `Ethernet adapter on ${networkOf(nic)}`,
  'rasd:InstanceId': nic.id ?? '',
  'rasd:ResourceType': 10,
  'rasd:OtherResourceType': networkOf(nic),
  'rasd:ResourceSubType': nicKind(nic.interface),
  'rasd:Connection': networkOf(nic),
  'rasd:Linked': nic.linked ?? true,
  'rasd:Name': nic.name ?? '',
  'rasd:MACAddress': nic.mac ?? '',
  'rasd:speed': 1000,
  Type: 'interface',
  Device: 'bridge',
  BootOrder: 0,
  IsPlugged: nic.plugged ?? true,
  IsReadOnly: false,
});

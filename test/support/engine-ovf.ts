/**
 * OVFs as engines write them (`All-Content`, export domains, OVF stores), made after the schema: what differs between
 * versions is a table.
 */
export interface Dialect {
  readonly version: string;
  /** `<NetworkSection>`, which was a section with a type before 4.2. */
  readonly networkSection: boolean;
  /** Threads of a core, and the most processors, since 4.0. */
  readonly threads: boolean;
  /** `Comment` of the VM, since 3.6. */
  readonly comment: boolean;
  /** The type of the display adapter's item. */
  readonly videoType: number;
  /** More elements of `Content`. */
  readonly more: string;
  /** More attributes of a disk. */
  readonly disk: string;
  /** Names of what is lost of it. */
  readonly lost: readonly string[];
}

const COMPATIBLE = '<ClusterCompatibilityVersion>4.2</ClusterCompatibilityVersion>';
const MEMORY = '<MaxMemorySizeMb>16384</MaxMemorySizeMb>';

export const dialects: readonly [Dialect, ...Dialect[]] = [
  {
    version: '3.5',
    networkSection: false,
    threads: false,
    comment: false,
    videoType: 20,
    more: '<IsRunAndPause>false</IsRunAndPause>',
    disk: '',
    lost: [],
  },
  {
    version: '3.6',
    networkSection: false,
    threads: false,
    comment: true,
    videoType: 20,
    more: '<MigrationSupport>0</MigrationSupport><SerialNumberPolicy>2</SerialNumberPolicy>',
    disk: 'ovf:read-only="false"',
    lost: ['SerialNumberPolicy'],
  },
  {
    version: '4.0',
    networkSection: false,
    threads: true,
    comment: true,
    videoType: 32768,
    more: '<CustomEmulatedMachine>pseries-rhel7.2.0</CustomEmulatedMachine>',
    disk: 'ovf:pass-discard="false"',
    lost: ['CustomEmulatedMachine', 'Item[ResourceType=32768]'],
  },
  {
    version: '4.2',
    networkSection: true,
    threads: true,
    comment: true,
    videoType: 32768,
    more: `${COMPATIBLE}${MEMORY}<Origin>3</Origin>`,
    disk: 'ovf:pass-discard="false" ovf:cinder_volume_type=""',
    lost: ['MaxMemorySizeMb', 'Item[ResourceType=32768]'],
  },
  {
    version: '4.3',
    networkSection: true,
    threads: true,
    comment: true,
    videoType: 32768,
    more: `${COMPATIBLE}${MEMORY}<CustomCompatibilityVersion>4.2</CustomCompatibilityVersion><BiosType>0</BiosType>`,
    disk: 'ovf:pass-discard="false" ovf:disk_storage_type="IMAGE"',
    lost: ['MaxMemorySizeMb', 'CustomCompatibilityVersion', 'Item[ResourceType=32768]'],
  },
  {
    version: '4.4',
    networkSection: true,
    threads: true,
    comment: true,
    videoType: 32768,
    more: `${COMPATIBLE}${MEMORY}<BiosType>2</BiosType><VirtioScsiMultiQueues>0</VirtioScsiMultiQueues>`,
    disk: 'ovf:incremental-backup="false" ovf:content_type="DATA" ovf:qcow_compat="1"',
    lost: ['MaxMemorySizeMb', 'BiosType', 'Item[ResourceType=32768]'],
  },
  {
    version: '4.5',
    networkSection: true,
    threads: true,
    comment: true,
    videoType: 32768,
    more: `${COMPATIBLE}${MEMORY}<BiosType>0</BiosType><CpuPinningPolicy>0</CpuPinningPolicy><TpmEnabled>false</TpmEnabled>`,
    disk: 'ovf:incremental-backup="false" ovf:content_type="DATA" ovf:qcow_compat="1"',
    lost: ['MaxMemorySizeMb', 'Item[ResourceType=32768]'],
  },
];

export interface OvfParts {
  readonly name: string;
  /** Id of the disk. */
  readonly disk: string;
  readonly network: string;
  readonly mac: string;
  /** Whether the disk has a snapshot: an entry for each of its images. */
  readonly snapshots?: boolean;
}

const ACTIVE = '5d9e0a51-0c4e-4f0e-8f8e-3a3e0c1d2e01';
const OLD = '5d9e0a51-0c4e-4f0e-8f8e-3a3e0c1d2e02';
const BASE = '7b6a5c4d-0c4e-4f0e-8f8e-3a3e0c1d2e03';
const LEAF = '7b6a5c4d-0c4e-4f0e-8f8e-3a3e0c1d2e04';

export function engineOvf(dialect: Dialect, { name, disk, network, mac, snapshots = false }: OvfParts): string {
  const images = snapshots
    ? [
        { image: BASE, parent: '', snapshot: OLD },
        { image: LEAF, parent: BASE, snapshot: ACTIVE },
      ]
    : [{ image: LEAF, parent: '', snapshot: ACTIVE }];
  const networks = `<Info>List of networks</Info><Network ovf:name="${network}"/>`;
  const item = (type: number, id: string, more: string): string =>
    `<Item><rasd:InstanceId>${id}</rasd:InstanceId><rasd:ResourceType>${type}</rasd:ResourceType>${more}</Item>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<ovf:Envelope xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1/" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData" xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ovf:version="${dialect.version}.0.0">
  <References>
    ${images.map(({ image }) => `<File ovf:href="${disk}/${image}" ovf:id="${image}" ovf:size="1073741824" ovf:description="Active VM"/>`).join('')}
    <Nic ovf:id="nic"/>
  </References>
  ${dialect.networkSection ? `<NetworkSection>${networks}</NetworkSection>` : `<Section xsi:type="ovf:NetworkSection_Type">${networks}</Section>`}
  <Section xsi:type="ovf:DiskSection_Type">
    <Info>List of Virtual Disks</Info>
    ${images
      .map(
        ({ image, parent, snapshot }) =>
          `<Disk ovf:diskId="${image}" ovf:size="1" ovf:actual_size="1" ovf:vm_snapshot_id="${snapshot}" ovf:parentRef="${parent && `${disk}/${parent}`}" ovf:fileRef="${disk}/${image}" ovf:format="http://www.vmware.com/specifications/vmdk.html#sparse" ovf:volume-format="COW" ovf:volume-type="Sparse" ovf:disk-interface="SPAPR_VSCSI" ovf:boot="true" ovf:disk-alias="${name}_Disk1" ovf:wipe-after-delete="false" ${dialect.disk}/>`,
      )
      .join('\n    ')}
  </Section>
  <Content ovf:id="out" xsi:type="ovf:VirtualSystem_Type">
    <CreationDate>2019/05/04 10:11:12</CreationDate><ExportDate>2020/01/02 03:04:05</ExportDate>
    <DeleteProtected>false</DeleteProtected><TimeZone>Etc/GMT</TimeZone><default_boot_sequence>0</default_boot_sequence>
    <Generation>7</Generation><VmType>1</VmType><MinAllocatedMem>1024</MinAllocatedMem><IsStateless>false</IsStateless>
    <AutoStartup>true</AutoStartup><Priority>50</Priority><IsSmartcardEnabled>false</IsSmartcardEnabled>
    <Name>${name}</Name><Description>from elsewhere</Description>${dialect.comment ? '<Comment>kept</Comment>' : ''}
    <TemplateId>00000000-0000-0000-0000-000000000000</TemplateId><TemplateName>Blank</TemplateName><IsInitilized>true</IsInitilized>
    ${dialect.more}
    <Section ovf:id="5d9e0a51-0c4e-4f0e-8f8e-3a3e0c1d2e05" ovf:required="false" xsi:type="ovf:OperatingSystemSection_Type"><Info>Guest Operating System</Info><Description>rhel_7_ppc64</Description></Section>
    <Section xsi:type="ovf:VirtualHardwareSection_Type">
      <Info>8 CPU, 4096 Memory</Info>
      <System><vssd:VirtualSystemType>ENGINE ${dialect.version}.0.0</vssd:VirtualSystemType></System>
      ${item(3, '1', `<rasd:num_of_sockets>2</rasd:num_of_sockets><rasd:cpu_per_socket>4</rasd:cpu_per_socket>${dialect.threads ? '<rasd:threads_per_cpu>2</rasd:threads_per_cpu><rasd:max_num_of_vcpus>64</rasd:max_num_of_vcpus><rasd:VirtualQuantity>16</rasd:VirtualQuantity>' : ''}`)}
      ${item(4, '2', '<rasd:AllocationUnits>MegaBytes</rasd:AllocationUnits><rasd:VirtualQuantity>4096</rasd:VirtualQuantity>')}
      ${images.map(({ image }) => item(17, image, `<rasd:HostResource>${disk}/${image}</rasd:HostResource><rasd:Parent>00000000-0000-0000-0000-000000000000</rasd:Parent><Type>disk</Type><Device>disk</Device><BootOrder>1</BootOrder><IsPlugged>true</IsPlugged><IsReadOnly>false</IsReadOnly>`)).join('\n      ')}
      ${item(10, 'nic', `<rasd:OtherResourceType>${network}</rasd:OtherResourceType><rasd:ResourceSubType>3</rasd:ResourceSubType><rasd:Connection>${network}</rasd:Connection><rasd:Linked>true</rasd:Linked><rasd:Name>nic1</rasd:Name><rasd:MACAddress>${mac}</rasd:MACAddress><rasd:speed>1000</rasd:speed><Type>interface</Type><Device>bridge</Device><BootOrder>0</BootOrder><IsPlugged>true</IsPlugged><IsReadOnly>false</IsReadOnly>`)}
      ${item(dialect.videoType, 'video', '<Type>video</Type><Device>vga</Device>')}
      ${item(23, '3', '<rasd:UsbPolicy>Disabled</rasd:UsbPolicy>')}
      ${item(0, 'scsi', '<Type>controller</Type><Device>virtio-scsi</Device>')}
      ${item(15, 'cdrom', '<Type>disk</Type><Device>cdrom</Device>')}
    </Section>
    ${
      snapshots
        ? `<Section xsi:type="ovf:SnapshotsSection_Type">
      <Snapshot ovf:id="${OLD}"><Type>REGULAR</Type><Description>before</Description></Snapshot>
      <Snapshot ovf:id="${ACTIVE}"><Type>ACTIVE</Type><Description>Active VM</Description></Snapshot>
    </Section>`
        : ''
    }
  </Content>
</ovf:Envelope>`;
}

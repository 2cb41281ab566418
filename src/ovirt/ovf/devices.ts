import { nameId, type DiskInput, type VmInput, type VmOptions } from '../../model/index.js';

/**
 * The devices of an OVF besides processors, memory, disks and NICs, as far as a partition, or the VM that a client
 * sees, has one: the USB and the display controller, the CD-ROM drive, and the adapter of the virtual disks (RHEV-M
 * REST guide, example 15.40). Resource types are those of CIM_ResourceAllocationSettingData: 15 DVD drive, 20 and 23
 * controllers of the engine's.
 */
export function deviceItems(vm: VmInput, disks: readonly DiskInput[]): object[] {
  const id = (device: string): string => nameId('device', vm.id ?? '', device);
  const { monitors = 1, usb = false } = vm.options ?? {};
  return [
    {
      'rasd:Caption': 'USB Controller',
      'rasd:InstanceId': 3,
      'rasd:ResourceType': 23,
      'rasd:UsbPolicy': usb ? 'ENABLED_NATIVE' : 'DISABLED',
    },
    {
      'rasd:Caption': 'Graphical Controller',
      'rasd:InstanceId': id('video'),
      'rasd:ResourceType': 20,
      'rasd:VirtualQuantity': monitors,
      'rasd:SinglePciQxl': false,
      Type: 'video',
      Device: vm.displayType === 'spice' ? 'qxl' : 'vga',
      ...PLUGGED,
      IsReadOnly: true,
    },
    {
      'rasd:Caption': 'CDROM',
      'rasd:InstanceId': id('cdrom'),
      'rasd:ResourceType': 15,
      Type: 'disk',
      Device: 'cdrom',
      ...PLUGGED,
      IsReadOnly: true,
    },
    ...(disks.length > 0
      ? [
          {
            'rasd:ResourceType': 0,
            'rasd:InstanceId': id('scsi'),
            Type: 'controller',
            Device: 'scsi',
            ...PLUGGED,
            IsReadOnly: false,
            SpecParams: { model: 'ibmvscsi' },
          },
        ]
      : []),
  ];
}

const PLUGGED = { BootOrder: 0, IsPlugged: true };

const LETTERS = { hd: 'C', cdrom: 'D', network: 'N' } as const;
/** The engine's numbers for an order to boot in, by its letters. */
const SEQUENCES = ['C', 'DC', 'N', 'CDN', 'CND', 'DCN', 'DNC', 'NCD', 'NDC', 'CD', 'D', 'CN', 'DN', 'NC', 'ND'];

/** The engine's number of a boot order; from disk if none is given. */
export function bootSequence({ options, bootDevices }: VmInput): number {
  const devices = options?.bootDevices ?? bootDevices ?? [];
  return Math.max(0, SEQUENCES.indexOf(devices.map((device) => LETTERS[device]).join('')));
}

/** The devices of such a number, in their order; undefined if no engine writes it. */
export const bootDevicesOf = (sequence: number): VmOptions['bootDevices'] =>
  SEQUENCES[sequence]?.split('').flatMap((letter) => DEVICES.filter((device) => LETTERS[device] === letter));

const DEVICES = ['hd', 'cdrom', 'network'] as const;

const INTERFACES: Readonly<Record<string, number>> = {
  rtl8139_virtio: 0,
  rtl8139: 1,
  e1000: 2,
  virtio: 3,
  spapr_vlan: 4,
  pci_passthrough: 5,
};

/** The engine's number of a NIC's kind. */
export const nicKind = (kind = 'spapr_vlan'): number => INTERFACES[kind] ?? INTERFACES['spapr_vlan'] ?? 4;

/** The kind of a NIC by such a number; undefined if no engine writes it. */
export const nicKindOf = (number: number): string | undefined =>
  Object.entries(INTERFACES).find(([, one]) => one === number)?.[0];

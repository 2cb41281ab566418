import { CodecError, parseXml, type XmlElement } from '../../codec/index.js';
import { Fault, ZERO_ID, type DiskInput, type NicInput, type VmInput, type VmOptions } from '../../model/index.js';
import { GIB, MIB } from '../../units.js';
import { bootDevicesOf, nicKindOf } from './devices.js';
import { whyLost, type Lost } from './lost.js';

/** The VM in an OVF, and the parts of the OVF that the gateway cannot hold. */
export interface FromOvf {
  readonly vm: VmInput;
  /** By id, the one to boot from first. */
  readonly disks: readonly DiskInput[];
  /** Their networks by name. */
  readonly nics: readonly NicInput[];
  readonly ignored: readonly Lost[];
}

/**
 * Reads an OVF in the dialect of engines (3.5 to 4.5), as their `All-Content` gives it and virt-v2v writes it: DSP0243
 * with `xsi:type` sections, sizes in units of their own, and disks by the id before the slash of their file. Resource
 * types are those of CIM_ResourceAllocationSettingData. Throws `request.value` for a text that is not such an OVF.
 */
export function readOvf(text: string): FromOvf {
  const envelope = rootOf(text);
  const content = child(envelope, 'Content') ?? child(envelope, 'VirtualSystem');
  if (!content) throw wrong('it has no Content');
  const ignored: Lost[] = content.children.flatMap((one) => lost(local(one.name), textWithin(one)));
  const os = sectionOf(content, 'OperatingSystemSection');
  if (os && osOf(os) === undefined) ignored.push(...lost('OperatingSystemSection', textOf(os, 'Description') ?? ''));
  const snapshots = sectionOf(content, 'SnapshotsSection')?.children.filter(isOld) ?? [];
  if (snapshots.length > 0)
    ignored.push({
      path: `${PATH}/SnapshotsSection`,
      why: 'a disk is imported with its current content, without its snapshots',
    });
  const hardware = sectionOf(content, 'VirtualHardwareSection');
  const items = hardware?.children.filter(({ name }) => local(name) === 'Item') ?? [];
  const byType = (type: number): XmlElement[] => items.filter((item) => Number(textOf(item, 'ResourceType')) === type);
  for (const item of items) {
    const type = Number(textOf(item, 'ResourceType'));
    if (!KNOWN.has(type) && !isOff(item))
      ignored.push({
        path: `${PATH}/Item[ResourceType=${type || textOf(item, 'ResourceType') || '?'}]`,
        why: DEVICES[type] ?? 'VMs cannot have this device',
      });
  }
  for (const [type, name, why] of PARTIAL)
    if (byType(type).some((item) => !IDLE[name].test(textOf(item, name) ?? '')))
      ignored.push({ path: `${PATH}/Item[ResourceType=${type}]/${name}`, why });
  const [cpu] = byType(3);
  const [memory] = byType(4);
  const options = optionsOf(content, items);
  return {
    vm: {
      ...systemOf(content),
      ...(Object.keys(options).length > 0 && { options }),
      ...(cpu && cpuOf(cpu)),
      ...(memory && { memoryBytes: memoryOf(memory) }),
    },
    disks: disksOf(envelope, byType(17)),
    nics: byType(10).map(nicOf),
    ignored,
  };
}

/** What is lost is named below this. */
const PATH = 'vm.initialization.configuration.data';

function lost(name: string, text: string): Lost[] {
  const why = whyLost(name, text);
  return why === undefined ? [] : [{ path: `${PATH}/${name}`, why }];
}

/** The text of an element, or of what is in it. */
const textWithin = ({ text, children }: XmlElement): string => `${text}${children.map(textWithin).join('')}`;

/** A snapshot other than what the VM is now. */
const isOld = (one: XmlElement): boolean =>
  local(one.name) === 'Snapshot' && textOf(one, 'Type')?.toUpperCase() !== 'ACTIVE';

/** Names of operating systems as engines have them, `rhel_9x64`; others write sentences or numbers of CIM. */
function osOf(section: XmlElement): string | undefined {
  const name = textOf(section, 'Description');
  return name !== undefined && /^[a-z]\w*$/i.test(name) ? name : undefined;
}

/**
 * Resource types of the hardware section that are supported: processors, memory, NICs, disks. Empty drives and
 * controllers exist anyway.
 */
const KNOWN: ReadonlySet<number> = new Set([0, 3, 4, 5, 6, 10, 15, 17, 20]);

/** Values that say nothing, also where they are absent. */
const IDLE = {
  ResourceSubType: /^4?$/,
  IsPlugged: /^(true|1)?$/i,
  VirtualQuantity: /^[01]?$/,
};

/** Parts of devices that are taken over, but not whole: 10 is a NIC, 17 a disk, 20 a display adapter. */
const PARTIAL: readonly (readonly [number, keyof typeof IDLE, string])[] = [
  [10, 'ResourceSubType', 'NICs are always spapr_vlan'],
  [17, 'IsPlugged', 'a VM is imported with all of its disks active: deactivate the disk afterwards'],
  [20, 'VirtualQuantity', 'the cloud determines the console of a VM'],
];

/** A controller that the document itself turns off. */
const isOff = (item: XmlElement): boolean => textOf(item, 'UsbPolicy')?.toUpperCase() === 'DISABLED';

const DEVICES: Readonly<Record<number, string>> = {
  20: 'VMs have no display adapter',
  23: 'VMs have no USB controller',
  24: 'VMs have no display adapter',
  26: 'a console is opened on request',
  32768: 'VMs have no monitors',
  32770: 'a console is opened on request',
};

function rootOf(text: string): XmlElement {
  try {
    const root = parseXml(text);
    if (local(root.name) !== 'Envelope') throw wrong(`its root is ${root.name.slice(0, 100)}`);
    return root;
  } catch (error) {
    if (error instanceof CodecError) throw wrong(error.message, error);
    throw error;
  }
}

const wrong = (why: string, cause?: unknown): Fault =>
  new Fault('request.value', { text: `The OVF of initialization.configuration cannot be read: ${why}` }, { cause });

/** Prefixes differ from writer to writer; names do not. */
const local = (name: string): string => name.slice(name.indexOf(':') + 1);

const child = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((one) => local(one.name) === name);

function attribute(element: XmlElement, name: string): string | undefined {
  for (const [key, value] of element.attributes) if (local(key) === name) return value;
  return undefined;
}

/** The element's text; empty is absent. Engines write `InstanceId`, the standard says `InstanceID`. */
function textOf(element: XmlElement, name: string): string | undefined {
  const found = element.children.find((one) => local(one.name).toLowerCase() === name.toLowerCase());
  const text = found?.text.trim();
  return text === '' ? undefined : text;
}

/** `<Section xsi:type="ovf:VirtualHardwareSection_Type">`, or `<VirtualHardwareSection>`. */
function sectionOf(parent: XmlElement, name: string): XmlElement | undefined {
  return parent.children.find(
    (one) => local(one.name) === name || local(attribute(one, 'type') ?? '') === `${name}_Type`,
  );
}

const flag = (text: string | undefined): boolean | undefined =>
  text === undefined ? undefined : /^(true|1)$/i.test(text);

/** Without what is undefined. */
const known = <T extends object>(value: { readonly [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;

function systemOf(content: XmlElement): VmInput {
  const os = sectionOf(content, 'OperatingSystemSection');
  const guaranteed = Number(textOf(content, 'MinAllocatedMem'));
  const priority = Number(textOf(content, 'Priority'));
  const type = textOf(content, 'VmType');
  return known<VmInput>({
    name: textOf(content, 'Name'),
    description: textOf(content, 'Description'),
    comment: textOf(content, 'Comment'),
    osType: os && osOf(os),
    type: type === undefined ? undefined : type === '0' ? 'desktop' : 'server',
    displayType: textOf(content, 'DefaultDisplayType') === '1' ? 'spice' : undefined,
    deleteProtected: flag(textOf(content, 'DeleteProtected')),
    highlyAvailable: flag(textOf(content, 'AutoStartup')),
    priority: priority > 0 ? priority : undefined,
    memoryGuaranteedBytes: guaranteed > 0 ? guaranteed * MIB : undefined,
  });
}

/** The engine's numbers of types of VMs, besides servers. */
const TYPES: Readonly<Record<string, NonNullable<VmOptions['type']>>> = { 0: 'desktop', 2: 'high_performance' };

/** Options that have no effect on a cloud, but are kept and shown, as those of a document are; defaults are left out. */
function optionsOf(content: XmlElement, items: readonly XmlElement[]): VmOptions {
  const isOn = (...names: readonly string[]): true | undefined =>
    names.some((name) => flag(textOf(content, name)) === true) ? true : undefined;
  const sequence = textOf(content, 'default_boot_sequence') ?? textOf(content, 'DefaultBootSequence') ?? '0';
  const timeZone = textOf(content, 'TimeZone');
  const valueOf = (types: readonly number[], name: string): string =>
    items
      .filter((item) => types.includes(Number(textOf(item, 'ResourceType'))))
      .map((item) => textOf(item, name))
      .find((text) => text !== undefined) ?? '';
  const monitors = Number(valueOf([20, 32768], 'VirtualQuantity'));
  return known<VmOptions>({
    type: TYPES[textOf(content, 'VmType') ?? ''],
    bootDevices: sequence === '0' ? undefined : bootDevicesOf(Number(sequence)),
    bootMenu: isOn('IsBootMenuEnabled', 'BootMenuEnabled'),
    timeZone: timeZone === 'Etc/GMT' ? undefined : timeZone,
    monitors: monitors > 1 ? monitors : undefined,
    smartcard: isOn('IsSmartcardEnabled'),
    fileTransfer: isOn('IsSpiceFileTransferEnabled', 'SpiceFileTransferEnabled'),
    copyPaste: isOn('IsSpiceCopyPasteEnabled', 'SpiceCopyPasteEnabled'),
    ssoMethods: textOf(content, 'SsoMethod') === 'guest_agent' ? ['guest_agent'] : undefined,
    usb: /^enabled/i.test(valueOf([23], 'UsbPolicy')) ? true : undefined,
  });
}

function cpuOf(item: XmlElement): VmInput {
  const number = (name: string): number | undefined => Number(textOf(item, name)) || undefined;
  const sockets = number('num_of_sockets');
  if (sockets === undefined) return known<VmInput>({ sockets: number('VirtualQuantity'), cores: 1, threads: 1 });
  const threads = number('threads_per_cpu') ?? 1;
  // Engines before 4.0 have no threads, and count threads as cores
  return { sockets, cores: number('cpu_per_socket') ?? 1, threads };
}

const UNITS: Readonly<Record<string, number>> = { bytes: 1, kilobytes: 2 ** 10, megabytes: MIB, gigabytes: GIB };

/** `MegaBytes`, or `byte * 2^20` as DSP0243 has it. */
function memoryOf(item: XmlElement): number {
  const unit = (textOf(item, 'AllocationUnits') ?? 'MegaBytes').toLowerCase();
  const power = /^byte\s*\*\s*2\^(\d+)$/.exec(unit)?.[1];
  const factor = power === undefined ? UNITS[unit] : 2 ** Number(power);
  const quantity = Number(textOf(item, 'VirtualQuantity'));
  if (factor === undefined || !(quantity > 0)) throw wrong(`its memory is ${quantity} ${unit.slice(0, 50)}`);
  return quantity * factor;
}

/** `<disk>/<image>` of the file; a file of one name is the disk itself. */
const diskIdOf = (file: string): string => (file.split('/')[0] ?? file).toLowerCase();

/** Disks by id, the one to boot from first. Of a disk with snapshots there is an entry, and an item, for each image. */
function disksOf(envelope: XmlElement, items: readonly XmlElement[]): DiskInput[] {
  const section = sectionOf(envelope, 'DiskSection');
  const declared = (section?.children ?? []).filter(({ name }) => local(name) === 'Disk');
  const byId = new Map<string, XmlElement[]>();
  for (const disk of declared) {
    const id = diskIdOf(fileOf(disk));
    if (id !== ZERO_ID) byId.set(id, [...(byId.get(id) ?? []), disk]);
  }
  const itemOf = (disk: XmlElement): XmlElement | undefined =>
    items.find((one) => textOf(one, 'HostResource') === fileOf(disk));
  const disks = [...byId].map(([id, images]) => {
    const own = images.map(itemOf).filter((one) => one !== undefined);
    const [item] = own;
    const orders = own.map((one) => Number(textOf(one, 'BootOrder'))).filter((order) => order > 0);
    const disk = known<DiskInput>({
      id,
      alias: images.map((image) => attribute(image, 'disk-alias')).find((alias) => alias !== undefined && alias !== ''),
      bootable: images.some((image) => flag(attribute(image, 'boot')) === true),
      readOnly: item && flag(textOf(item, 'IsReadOnly')),
      interface: interfaceOf(images),
      wipeAfterDelete: images.some((image) => flag(attribute(image, 'wipe-after-delete')) === true) ? true : undefined,
      active: (item && flag(textOf(item, 'IsPlugged'))) ?? true,
    });
    return { disk, order: Math.min(...orders, Infinity) };
  });
  const rank = ({ disk, order }: (typeof disks)[number]): number => (disk.bootable ? 0 : Math.min(order, MOST_ORDER));
  return disks.sort((a, b) => rank(a) - rank(b)).map(({ disk }) => disk);
}

/** `SPAPR_VSCSI` is `spapr_vscsi`: engines write the names of their enumeration, documents have them in lower case. */
const interfaceOf = (images: readonly XmlElement[]): string | undefined =>
  images.map((image) => attribute(image, 'disk-interface')?.toLowerCase()).find((name) => name);

/** More than any device's place in the order of boot. */
const MOST_ORDER = 1e6;

const fileOf = (disk: XmlElement): string => attribute(disk, 'fileRef') ?? attribute(disk, 'diskId') ?? '';

function nicOf(item: XmlElement): NicInput {
  const kind = nicKindOf(Number(textOf(item, 'ResourceSubType') ?? NaN));
  const network = textOf(item, 'Connection') ?? textOf(item, 'OtherResourceType');
  return known<NicInput>({
    name: textOf(item, 'Name') ?? textOf(item, 'ElementName'),
    // a new NIC passes no device through
    interface: kind === 'pci_passthrough' ? undefined : kind,
    mac: textOf(item, 'MACAddress') ?? textOf(item, 'Address'),
    network: network === undefined ? undefined : { name: network },
    linked: flag(textOf(item, 'Linked')),
    plugged: flag(textOf(item, 'IsPlugged')),
  });
}

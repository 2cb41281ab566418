import { required } from '../invariant.js';
import {
  Fault,
  needed,
  incomplete,
  propertyOf,
  type Network,
  type Nic,
  type Ref,
  type NicInput,
} from '../model/index.js';
import type { Scope } from './context.js';
import { fit, isAble, ofNic, requireAble } from './fitting.js';
import { profileId, profileOf } from './inventory.js';
import { asksBlank, BLANK, isBlankNic, requireBlank, waitingNetwork, withoutBlank } from './blanknics.js';
import { beginPort, isUnfinishedPort, resumePort, type PendingPort } from './ports.js';
import { stays } from './rivals.js';
import { isPassing, patiently } from './patience.js';
import { resolve, resolveNetwork } from './references.js';
import { may, related, type Rule } from './rules.js';
import { look } from './vms/find.js';

/**
 * The NICs of a VM: Neutron ports attached to it, and unplugged ones whose notes name it. Sources:
 * RHEV-M REST guide, 15.6.2;
 * docs/reference/power.md, 4.3. A port that replaced another (PowerVC cannot move a port to another network) keeps the
 * first one's id in its
 * note `nic`: oVirt's ids outlive such a change.
 */
interface Shown {
  readonly nic: Nic;
  readonly port: Nic;
}

const NAME = propertyOf('Nic', 'name');

const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i;

async function shown(scope: Scope, vmId: string): Promise<Shown[]> {
  const ports = await scope.session.nics.list(vmId);
  for (const port of ports) resumePort(scope, port);
  const replaced = new Set(ports.map(({ notes }) => notes?.['old']));
  const there = ports.filter(({ id }) => !replaced.has(id));
  const names = namesOf(there);
  return there.map((port, index) => ({ port, nic: asNic(port, vmId, required(names[index], 'the name of a NIC')) }));
}

/** A port that Nova made has no name: it has the first of nic1, nic2 … that no other has. */
function namesOf(ports: readonly Nic[]): string[] {
  const taken = new Set(ports.flatMap(({ name }) => name || []));
  return ports.map(({ name }) => {
    if (name) return name;
    let number = 1;
    while (taken.has(`nic${number}`)) number += 1;
    taken.add(`nic${number}`);
    return `nic${number}`;
  });
}

const nameOf = ({ id, name }: Nic): string => required(name, `the name of NIC ${id}`);

/** Writes such names down before anything changes, so that they don't shift when a NIC comes or goes. */
async function keepNames(scope: Scope, all: readonly Shown[]): Promise<void> {
  for (const { port, nic } of all) if (!port.name) await scope.session.nics.update(port.id, { name: nameOf(nic) });
}

/** One at a time in this process changes which NICs the VM has, and what they are called. */
const naming = <T>(scope: Scope, vmId: string, act: () => Promise<T>): Promise<T> =>
  scope.work.alone(`nic-names/${vmId}`, act);

/** Ids of the VM's ports of that name. */
async function namesakes(scope: Scope, vmId: string, name: string): Promise<string[]> {
  const ports = await scope.session.nics.list(vmId);
  const names = namesOf(ports);
  return ports.filter((_, index) => names[index] === name).map(({ id }) => id);
}

const asNic = (port: Nic, vmId: string, name: string): Nic => ({
  ...port,
  network: isBlankNic(port) ? undefined : port.network,
  id: port.notes?.['nic'] ?? port.id,
  name,
  vm: { id: vmId },
  interface: shownInterface(port),
  plugged: port.attachedTo === vmId,
  ...(port.network?.id !== undefined && !isBlankNic(port) && { vnicProfile: { id: profileId(port.network.id) } }),
});

/** Names of emulated adapters: one that was asked for is noted and read back, though the adapter is what it is. */
const EMULATED: ReadonlySet<string> = new Set(['e1000', 'rtl8139', 'rtl8139_virtio', 'virtio']);

const shownInterface = ({ interface: real = 'spapr_vlan', notes }: Nic): string =>
  real === 'spapr_vlan' ? (notes?.['interface'] ?? real) : real;

/** The note of the interface that was asked for; none for what the port is anyway. */
const interfaceNote = (scope: Scope, asked: string | undefined): { readonly interface?: string } =>
  asked !== undefined && EMULATED.has(asked) && isAble(scope, 'nic.notes') ? { interface: asked } : {};

/** The notes when another interface is asked for; undefined when that changes nothing. */
function notesWith(scope: Scope, { nic, port }: Shown, asked: string | undefined): Record<string, string> | undefined {
  if (asked === undefined || asked === nic.interface || !isAble(scope, 'nic.notes')) return undefined;
  const { interface: before, ...rest } = port.notes ?? {};
  const note = interfaceNote(scope, asked);
  return before === note.interface ? undefined : { ...rest, ...note };
}

/** Two calls: the VM and the ports. Throws `not-found` for an unknown VM. */
export async function list(scope: Scope, vmId: string): Promise<Nic[]> {
  await scope.session.vms.get(vmId);
  return (await shown(scope, vmId)).map(({ nic }) => nic);
}

/** One call. Throws `not-found`. */
export async function get(scope: Scope, vmId: string, id: string): Promise<Nic> {
  return (await pick(scope, vmId, id)).nic;
}

async function pick(scope: Scope, vmId: string, id: string): Promise<Shown> {
  return find(await shown(scope, vmId), id);
}

function find(all: readonly Shown[], id: string): Shown {
  const found = all.find(({ nic }) => nic.id === id);
  if (!found) throw new Fault('not-found', { what: 'NIC', id });
  return found;
}

function atRest(scope: Scope, { port }: Shown, rule: Rule): void {
  if (isUnfinishedPort(port)) throw related(scope, rule);
}

/** Adds a NIC: its port first, with what it is for in its notes, then the plugging. Undone when the VM refuses it. */
export async function add(scope: Scope, vmId: string, given: NicInput): Promise<Nic> {
  const input = fit(scope, ofNic, 'add NIC', given);
  const vm = await look(scope, vmId);
  const joins = may(scope, 'nic.add', vm).joins || isPassing(vm);
  const name = needed(input.name, NAME, 'add');
  const blank = asksBlank(input);
  if (blank) requireBlank(scope, 'add NIC');
  const network = blank ? undefined : await wantedNetwork(scope, input);
  checkMac(input.mac);
  const plugged = input.plugged !== false && !blank;
  const port = await naming(scope, vmId, async () => {
    const all = await shown(scope, vmId);
    checkName(all, name);
    await keepNames(scope, all);
    const made = await scope.session.nics.create({
      name,
      networkId: (
        network ??
        (await waitingNetwork(
          scope,
          all.map(({ port: other }) => other),
        ))
      ).id,
      ...(input.mac !== undefined && { mac: input.mac.toLowerCase() }),
      ...(input.linked !== undefined && { linked: input.linked }),
      notes: {
        vm: vmId,
        ...(blank && BLANK),
        ...interfaceNote(scope, input.interface),
        ...(plugged && { pending: (joins ? 'join' : 'add') satisfies PendingPort }),
      },
    });
    if (await stays(scope, made.id, () => namesakes(scope, vmId, name))) return made;
    await mark(scope, made, vmId, 'remove');
    throw nameTaken();
  });
  // A VM that is being deployed gets it when it is there: until then it is listed, unplugged
  if (plugged && joins) resumePort(scope, { ...port, notes: { vm: vmId, pending: 'join' } });
  else if (plugged) await patiently(scope, beginPort(scope, port.id));
  return get(scope, vmId, port.id);
}

async function wantedNetwork(scope: Scope, input: NicInput): Promise<Network> {
  if (input.network?.id === undefined && input.network?.name === undefined) {
    if (input.vnicProfile) return ofProfile(scope, input.vnicProfile);
    throw incomplete(propertyOf('Nic', 'network'), 'add');
  }
  return resolveNetwork(scope, input.network);
}

/**
 * A profile stands for its network: version 3 takes either, version 4 the profile alone. Throws `not-found.reference`.
 */
async function ofProfile(scope: Scope, profile: Ref): Promise<Network> {
  const networks = await scope.session.inventory.networks();
  const { id } = resolve(
    'VnicProfile',
    profile,
    networks.map((one) => profileOf(one)),
  );
  return required(
    networks.find((one) => profileOf(one).id === id),
    `the network of vNIC profile ${id}`,
  );
}

function checkName(all: readonly Shown[], name: string | undefined): void {
  if (all.some(({ nic }) => nic.name === name)) throw nameTaken();
}

const nameTaken = (): Fault => new Fault('conflict', { text: 'Network interface is already in use.' });

function checkMac(mac: string | undefined): void {
  if (mac !== undefined && !MAC.test(mac))
    throw new Fault('refused', {
      text: 'MAC address must be in format "HH:HH:HH:HH:HH:HH" where H is a hexadecimal character (either a digit or A-F, case is insignificant).',
    });
}

/** Changes what differs: name, link state, network (by a new port in the old one's place), MAC, plugged. */
export async function update(scope: Scope, vmId: string, id: string, given: NicInput): Promise<Nic> {
  const all = await shown(scope, vmId);
  const found = find(all, id);
  const { nic, port } = found;
  const input = fit(scope, ofNic, 'update NIC', given, nic);
  may(scope, 'nic.update', await look(scope, vmId));
  atRest(scope, found, 'nic.update');
  checkMac(input.mac);
  if (input.name !== undefined && input.name !== nic.name) checkName(all, input.name);

  if (asksBlank(input)) requireBlank(scope, 'update NIC');
  const network = asksBlank(input) ? undefined : await otherNetwork(scope, nic, input);
  if (network) requireAble(scope, 'nic.notes', 'update NIC', propertyOf('Nic', 'network'));
  const mac = input.mac !== undefined && input.mac.toLowerCase() !== nic.mac ? input.mac.toLowerCase() : undefined;
  // A NIC that gets a network is plugged in it
  const plugged = !asksBlank(input) && (input.plugged ?? (nic.plugged === true || (isBlankNic(port) && !!network)));
  const notes = notesWith(scope, found, input.interface);
  const settled = {
    ...(notes && { notes }),
    ...(input.name !== undefined && input.name !== nic.name && { name: input.name }),
    ...(input.linked !== undefined && input.linked !== nic.linked && { linked: input.linked }),
  };
  const isBack = network !== undefined && isBlankNic(port) && network.id === port.network?.id;
  if ((network && !isBack) || (mac !== undefined && nic.plugged)) {
    await replace(scope, vmId, found, {
      ...nic,
      ...settled,
      ...(input.interface !== undefined && { interface: input.interface }),
      plugged,
      network: network ?? nic.network,
      mac: mac ?? nic.mac,
    });
    return get(scope, vmId, id);
  }
  if (mac !== undefined || Object.keys(settled).length)
    await renaming(scope, vmId, found, settled.name, () =>
      scope.session.nics.update(port.id, { ...settled, ...(mac !== undefined && { mac }) }),
    );
  const now = isBack ? { ...found, port: { ...port, notes: withoutBlank(port.notes) } } : found;
  if (isBack) await scope.session.nics.update(port.id, { notes: now.port.notes });
  if (plugged !== nic.plugged) await plug(scope, vmId, now, plugged);
  if (asksBlank(input)) await emptied(scope, vmId, id);
  return get(scope, vmId, id);
}

/** Its port, which is unplugged now, is shown without its network. */
async function emptied(scope: Scope, vmId: string, id: string): Promise<void> {
  const { port } = await pick(scope, vmId, id);
  await scope.session.nics.update(port.id, { notes: { ...port.notes, vm: vmId, ...BLANK } });
}

/** A change that may give a new name. */
async function renaming(
  scope: Scope,
  vmId: string,
  { nic, port }: Shown,
  name: string | undefined,
  change: () => Promise<void>,
): Promise<void> {
  if (name === undefined) return change();
  await naming(scope, vmId, async () => {
    const all = await shown(scope, vmId);
    checkName(all, name);
    await keepNames(scope, all);
    await change();
    if (await stays(scope, port.id, () => namesakes(scope, vmId, name))) return;
    await scope.session.nics.update(port.id, { name: nameOf(nic) });
    throw nameTaken();
  });
}

/** Of the two ways to name it, the one that says something new counts: a document that comes back whole holds both. */
async function otherNetwork(scope: Scope, nic: Nic, { network, vnicProfile }: NicInput): Promise<Network | undefined> {
  const isNew = (ref: Ref | undefined, now: Ref | undefined): ref is Ref =>
    ref !== undefined && (ref.id !== undefined || ref.name !== undefined) && ref.id !== now?.id;
  const wanted = isNew(network, nic.network)
    ? await resolveNetwork(scope, network)
    : isNew(vnicProfile, nic.vnicProfile)
      ? await ofProfile(scope, vnicProfile)
      : undefined;
  return wanted?.id === nic.network?.id ? undefined : wanted;
}

/** A new port takes the NIC's place; the old one goes when the new one is plugged. */
const replace = (scope: Scope, vmId: string, { port }: Shown, nic: Nic): Promise<void> =>
  standIn(scope, nic, {
    vm: vmId,
    ...interfaceNote(scope, nic.interface),
    nic: nic.id,
    old: port.id,
    pending: (nic.plugged ? 'replace' : 'replace-unplugged') satisfies PendingPort,
  });

/** Unplugs and deletes the port. */
export async function remove(scope: Scope, vmId: string, id: string): Promise<void> {
  const all = await shown(scope, vmId);
  const found = find(all, id);
  if (found.nic.plugged) may(scope, 'nic.remove.plugged', await look(scope, vmId));
  atRest(scope, found, 'nic.remove.plugged');
  await naming(scope, vmId, () =>
    keepNames(
      scope,
      all.filter((one) => one !== found),
    ),
  );
  await mark(scope, found.port, vmId, 'remove');
}

/** A plugged NIC is plugged already: to ask again changes nothing. */
export const activate = async (scope: Scope, vmId: string, id: string): Promise<void> => replug(scope, vmId, id, true);
/** The port is detached and stays listed, unplugged. */
export const deactivate = async (scope: Scope, vmId: string, id: string): Promise<void> =>
  replug(scope, vmId, id, false);

async function replug(scope: Scope, vmId: string, id: string, plugged: boolean): Promise<void> {
  const rule = plugged ? 'nic.activate' : 'nic.deactivate';
  const found = await pick(scope, vmId, id);
  may(scope, rule, await look(scope, vmId));
  atRest(scope, found, rule);
  if (plugged && isBlankNic(found.port))
    throw new Fault('conflict', { text: 'Cannot activate Interface. It has no network: give it one.' });
  if (found.nic.plugged !== plugged) await plug(scope, vmId, found, plugged);
}

/**
 * A port without notes may be Nova's own, which goes with its unplugging: another one then stands in for it, and keeps
 * the NIC's id and address.
 */
async function plug(scope: Scope, vmId: string, { nic, port }: Shown, plugged: boolean): Promise<void> {
  if (plugged) return mark(scope, port, vmId, 'plug');
  if (port.notes?.['vm'] !== undefined) return mark(scope, port, vmId, 'unplug');
  await standIn(scope, nic, {
    vm: vmId,
    ...interfaceNote(scope, nic.interface),
    nic: nic.id,
    old: port.id,
    ...(nic.mac !== undefined && { mac: nic.mac }),
    pending: 'leave' satisfies PendingPort,
  });
}

async function mark(scope: Scope, port: Nic, vmId: string, pending: PendingPort): Promise<void> {
  await scope.session.nics.update(port.id, { notes: { ...port.notes, vm: vmId, pending } });
  await patiently(scope, beginPort(scope, port.id));
}

async function standIn(
  scope: Scope,
  { name, network, mac, linked }: Nic,
  notes: Record<string, string>,
): Promise<void> {
  const made = await scope.session.nics.create({
    name: required(name, 'the name of a NIC'),
    networkId: required(network?.id, 'the network of a NIC'),
    // Two ports of one network can't have the same address: it follows when the former port is gone.
    ...(mac !== undefined && notes['mac'] === undefined && { mac }),
    ...(linked !== undefined && { linked }),
    notes,
  });
  await patiently(scope, beginPort(scope, made.id));
}

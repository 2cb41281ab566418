import { required } from '../../invariant.js';
import { Fault, isFault, propertyOf, type Nic, type NicPort } from '../../model/index.js';
import type { InstanceNetwork } from '../../generated/powervs/instances.js';
import type { Interface } from '../../generated/powervs/networks.js';
import { removed } from '../http/removal.js';
import type { Connection } from './connection.js';
import { STOPGAP, type GroupNotes } from './group-notes.js';
import { createNicInterfaces } from './nic-interfaces.js';
import { marked, unmarked, type Marked, type Marks } from './marks.js';
import { unsupported } from './unsupported.js';
import { createWaitingNics } from './waiting-nics.js';
import type { WorkingNotes } from './working-notes.js';

const about = (id: string) => [{ what: 'NIC', id }];

/** The network of each interface that this process has seen: PowerVS finds one only through its network. */
export type Whereabouts = Map<string, string>;

/**
 * Work of several calls, which another gateway has to be able to finish: a mark in the interface's name tells of it,
 * and is set and removed by the call that unplugs or plugs it.
 */
const HELD: ReadonlySet<string | undefined> = new Set(['add', 'join', 'remove']);

/**
 * NICs on PowerVS: network interfaces (docs/reference/power.md, 3.2). MAC addresses cannot be chosen, links cannot be
 * unplugged.
 */
export function createNicPort(
  connection: Connection,
  notes: WorkingNotes,
  marks: Marks,
  whereabouts: Whereabouts,
  groupNotes: Pick<GroupNotes, 'note' | 'read' | 'readNow' | 'having' | 'renewed' | 'damaged'>,
): NicPort {
  const withoutNetwork = createWaitingNics(groupNotes);
  const interfaces = createNicInterfaces(groupNotes);

  function shown(network: string, one: Interface): Nic {
    const seen = unmarked(one.name ?? '');
    whereabouts.set(one.id, network);
    marks.set(one.id, seen);
    return nicOf(network, { ...one, name: seen.name }, seen.notes ?? notes.read(one.id));
  }

  const notesOf = (id: string): Readonly<Record<string, string>> => marks.get(id)?.notes ?? notes.read(id);
  const workingOn = (): string[] => [...notes.ids(), ...[...marks].flatMap(([id, seen]) => (seen.notes ? id : []))];

  async function interfacesIn(network: string): Promise<Nic[]> {
    return (
      await connection.call('interfaces.list', { params: { network }, about: [{ what: 'Network', id: network }] })
    ).interfaces.map((one) => shown(network, one));
  }

  /**
   * One call, and one for each network of the VM: an instance has the addresses, the network the names. Another gateway
   * may have noted NICs without a network. The one that the VM was deployed with for want of a NIC is none of them: a
   * client that made none finds none, and gives its first NIC the network and the name that it likes.
   */
  async function list(vmId: string): Promise<Nic[]> {
    const all = await everyOne(vmId);
    const stopgap = stopgapIn(all, groupNotes.read(vmId)[STOPGAP]);
    return all.filter((nic) => nic !== stopgap);
  }

  async function everyOne(vmId: string): Promise<Nic[]> {
    const [{ networks }] = await Promise.all([
      connection.call('instances.networks', { params: { instance: vmId }, about: [{ what: 'VM', id: vmId }] }),
      groupNotes.renewed(),
    ]);
    for (const network of networks) check(vmId, network);
    const working = workingOn()
      .filter((id) => notesOf(id)['vm'] === vmId)
      .flatMap((id) => whereabouts.get(id) ?? []);
    const ids = [...new Set([...networks.flatMap(({ networkID }) => networkID ?? []), ...working])];
    const all = (await Promise.all(ids.map(interfacesIn))).flat();
    const order = new Map(networks.map(({ networkInterfaceID }, index) => [networkInterfaceID ?? '', index]));
    const place = ({ id = '' }: Nic): number => order.get(id) ?? order.size;
    const known = withoutNetwork.known(vmId);
    const there = all
      .filter((nic) => (nic.attachedTo ?? nic.notes?.['vm']) === vmId)
      .sort((a, b) => place(a) - place(b))
      .map((nic) => (known.has(nic.id) ? { ...nic, notes: { ...nic.notes, nic: known.get(nic.id) ?? nic.id } } : nic));
    return [...there, ...withoutNetwork.waiting(vmId).map(withWork)].map(withInterface);
  }

  function withInterface(nic: Nic): Nic {
    const requested = interfaces.of(nic.notes?.['nic'] ?? nic.id);
    return requested === undefined ? nic : { ...nic, notes: { ...nic.notes, interface: requested } };
  }

  /** One without a network, with the notes of work under way. */
  const withWork = (nic: Nic): Nic => ({ ...nic, notes: { ...nic.notes, ...notes.read(nic.id) } });

  async function find(id: string): Promise<Nic> {
    const waiting = withoutNetwork.find(id);
    if (waiting) return withInterface(withWork(waiting));
    const known = whereabouts.get(id);
    if (known !== undefined)
      return withInterface(
        shown(
          known,
          await connection.call('interfaces.get', { params: { network: known, interface: id }, about: about(id) }),
        ),
      );
    for (const { networkID } of (await connection.call('networks.list', {})).networks) {
      const found = (await interfacesIn(networkID)).find((nic) => nic.id === id);
      if (found) return withInterface(found);
    }
    throw new Fault('not-found', { what: 'NIC', id });
  }

  const networkOf = async (id: string): Promise<string> =>
    whereabouts.get(id) ?? required((await find(id)).network?.id, `the network of interface ${id}`);

  async function change(id: string, body: { name?: string; instanceID?: string }): Promise<void> {
    await connection.call('interfaces.update', {
      params: { network: await networkOf(id), interface: id },
      about: about(id),
      body,
    });
    if (body.name !== undefined) marks.set(id, unmarked(body.name));
  }

  async function create({
    name,
    networkId,
    mac,
    linked,
    notes: { blank, nic, interface: requested, ...given } = {},
  }: Parameters<NicPort['create']>[0]): Promise<Nic> {
    refuse(mac, linked);
    const { vm } = given;
    if (blank === 'true' && vm !== undefined) {
      const added = await withoutNetwork.add(vm, name);
      if (requested !== undefined) await interfaces.set(vm, added.id, requested);
      return withInterface(added);
    }
    notes.check(given);
    const isHeld = HELD.has(given['pending']);
    const created = await connection.call('interfaces.create', {
      params: { network: networkId },
      about: [{ what: 'Network', id: networkId }],
      body: { name: isHeld ? marked(name, given) : name },
    });
    if (!isHeld) notes.replace(created.id, given);
    const port = shown(networkId, created);
    if (vm !== undefined)
      await orRemoved(created.id, async () => {
        if (nic !== undefined) await withoutNetwork.become(vm, nic, created.id);
        if (requested !== undefined) await interfaces.set(vm, nic ?? created.id, requested);
      });
    return withInterface(port);
  }

  /** What belongs to a new interface is written down, or it goes. */
  async function orRemoved(port: string, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      await removed(remove(port));
      throw error;
    }
  }

  async function update(
    id: string,
    { name, linked, mac, notes: all }: Parameters<NicPort['update']>[1],
  ): Promise<void> {
    refuse(mac, linked);
    const { blank: _, nic, interface: requested, ...given } = all ?? {};
    const known = nic ?? id;
    if (all && requested !== interfaces.of(known)) {
      const owner = all['vm'] ?? (await find(id)).vm?.id;
      if (owner !== undefined) await interfaces.set(owner, known, requested);
    }
    if (withoutNetwork.find(id)) {
      if (name !== undefined) await withoutNetwork.rename(id, name);
      if (all) notes.replace(id, given);
      return;
    }
    return updateInterface(id, name, all && given);
  }

  async function updateInterface(
    id: string,
    name: string | undefined,
    given: Readonly<Record<string, string>> | undefined,
  ): Promise<void> {
    const seen = await seenOf(id);
    // A mark that is written already, or has to go, is a matter of the name; one to come waits for the unplugging
    const working = given ?? seen.notes;
    const { pending, vm } = seen.notes ?? {};
    if (vm !== undefined && (pending === 'add' || pending === 'join') && given && given['pending'] === undefined)
      await joined(vm, id, seen.name);
    const called = marked(name ?? seen.name, seen.notes && working ? working : {});
    if (called !== marked(seen.name, seen.notes ?? {})) await change(id, { name: called });
    if (given !== undefined && !unmarked(called).notes) notes.replace(id, given);
  }

  const isFollowed = (vmId: string, name: string): boolean => hasStopgap(vmId) || waitingAs(vmId, name) !== undefined;

  const waitingAs = (vmId: string, name: string): Nic | undefined =>
    withoutNetwork.waiting(vmId).find((one) => one.name === name);

  /** The gateway that began it may have ended before it wrote down which NIC without a network this one is. */
  async function joined(vmId: string, id: string, name: string): Promise<void> {
    await replaceStopgap(vmId, id);
    const waiting = waitingAs(vmId, name);
    if (waiting) await withoutNetwork.become(vmId, waiting.id, id);
  }

  async function seenOf(id: string): Promise<Marked> {
    if (!marks.has(id)) await find(id);
    return required(marks.get(id), `what interface ${id} is called`);
  }

  /** Those of this process, and those whose names tell of work: a call, and one for each network. */
  async function noted(): Promise<Nic[]> {
    const { networks } = await connection.call('networks.list', {});
    const all: Nic[] = [];
    // One after the other: it is done in the background
    for (const { networkID } of networks) all.push(...(await interfacesIn(networkID)));
    return all.filter(({ notes = {} }) => Object.keys(notes).length > 0);
  }

  /** After a failed call, reads the interface: it may exist already. */
  async function settle(id: string, act: () => Promise<unknown>, isDone: (nic: Nic) => boolean): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!isFault(error, 'backend.conflict') && !isFault(error, 'backend.refused')) throw error;
      if (!isDone(await find(id))) throw error;
    }
  }

  const hasStopgap = (vmId: string): boolean => groupNotes.read(vmId)[STOPGAP] !== undefined;

  /**
   * The first NIC replaces the one that the VM was deployed with, whose name then says that it goes: another gateway
   * finishes that. The note is removed before the NIC, and read after the list: who still sees the note has seen the
   * NIC in the list.
   */
  async function replaceStopgap(vmId: string, id: string): Promise<void> {
    if (!hasStopgap(vmId)) return;
    const listed = (await everyOne(vmId)).filter((nic) => nic.id !== id);
    const stopgap = stopgapIn(listed, (await groupNotes.readNow(vmId))[STOPGAP]);
    const goes = stopgap?.notes?.['pending'] === undefined ? stopgap?.id : undefined;
    if (stopgap && goes !== undefined)
      await change(goes, { instanceID: '', name: marked(stopgap.name ?? '', { pending: 'remove', vm: vmId }) });
    await groupNotes.note(vmId, { [STOPGAP]: null });
    if (goes !== undefined) await removed(remove(goes));
  }

  async function remove(id: string): Promise<void> {
    if (withoutNetwork.find(id)) {
      await withoutNetwork.remove(id);
      await interfaces.forget(id);
      return notes.forget(id);
    }
    const wasJoining = notesOf(id)['pending'] === 'add';
    const knownId = withoutNetwork.knownAs(id) ?? id;
    await connection.call('interfaces.delete', {
      params: { network: await networkOf(id), interface: id },
      about: about(id),
    });
    notes.forget(id);
    marks.delete(id);
    whereabouts.delete(id);
    if (!wasJoining || knownId === id) await interfaces.forget(knownId);
    await withoutNetwork.lost(id, wasJoining);
  }

  return {
    list,
    create,
    update,
    get: find,
    noted,
    remove,
    async plug(vmId, id) {
      const seen = await seenOf(id);
      await settle(
        id,
        // with a NIC to replace, or to become, the mark stays until that is done: who settles it removes both
        () => change(id, { instanceID: vmId, ...(seen.notes && !isFollowed(vmId, seen.name) && { name: seen.name }) }),
        ({ attachedTo }) => attachedTo === vmId,
      );
    },
    async unplug(vmId, id) {
      const { name } = await seenOf(id);
      const working = notesOf(id);
      const isHeld = HELD.has(working['pending']);
      await removed(
        settle(
          id,
          () => change(id, { instanceID: '', ...(isHeld && { name: marked(name, working) }) }),
          ({ attachedTo }) => attachedTo !== vmId,
        ),
      );
    },
    metrics: async () => ({}),
  };
}

/**
 * The interface that a VM was deployed with in this network for want of a NIC: the only one there, but for those that
 * are being added.
 */
function stopgapIn(all: readonly Nic[], network: string | undefined): Nic | undefined {
  const [stopgap, ...others] = all.filter(
    ({ network: its, notes }) => its?.id === network && !['add', 'join'].includes(notes?.['pending'] ?? ''),
  );
  return network === undefined || others.length > 0 ? undefined : stopgap;
}

/** Older networks have ports instead, which no call ties to an instance's addresses. */
function check(vmId: string, { networkInterfaceID, networkName, networkID }: InstanceNetwork): void {
  if (!networkInterfaceID)
    throw unsupported(
      'list NICs',
      `Network ${networkName ?? networkID ?? ''} of VM ${vmId}`,
      'it reports no network interface: the networks of the workspace have no interfaces.',
    );
}

function refuse(mac: string | undefined, linked: boolean | undefined): void {
  if (mac !== undefined)
    throw unsupported('update NIC', propertyOf('Nic', 'mac'), 'Power Virtual Server chooses the MAC address.');
  if (linked === false)
    throw unsupported('update NIC', propertyOf('Nic', 'linked'), 'the link state of an interface cannot be set.');
}

function nicOf(network: string, one: Interface, notes: Readonly<Record<string, string>>): Nic {
  const attachedTo = one.instance?.instanceID || undefined;
  const vmId = attachedTo ?? notes['vm'];
  return {
    id: one.id,
    name: one.name ?? '',
    network: { id: network },
    linked: true,
    plugged: attachedTo !== undefined,
    status: one.status?.trim().toLowerCase() === 'active' ? 'up' : 'down',
    ...(one.macAddress && { mac: one.macAddress.toLowerCase() }),
    addresses: [one.ipAddress, one.externalIP].filter((address): address is string => !!address),
    ...(attachedTo !== undefined && { attachedTo }),
    ...(vmId !== undefined && { vm: { id: vmId } }),
    notes: { ...notes },
  };
}

import { required } from '../../invariant.js';
import { Fault, isFault, propertyOf, type Nic, type NicPort } from '../../model/index.js';
import type { InstanceNetwork } from '../../generated/powervs/instances.js';
import type { Interface } from '../../generated/powervs/networks.js';
import { removed } from '../http/removal.js';
import type { Connection } from './connection.js';
import { unsupported } from './unsupported.js';
import type { WorkingNotes } from './working-notes.js';

const about = (id: string) => [{ what: 'NIC', id }];

/** The network of each interface that this process has seen: PowerVS finds one only through its network. */
export type Whereabouts = Map<string, string>;

/** VMs that were deployed without a NIC in the settings' network, and that network, until they get a NIC. */
export type Stopgaps = Map<string, string>;

/**
 * NICs on PowerVS: network interfaces (docs/reference/power.md, 3.2). MAC addresses cannot be chosen, links cannot be
 * unplugged.
 */
export function createNicPort(
  connection: Connection,
  notes: WorkingNotes,
  whereabouts: Whereabouts,
  stopgaps: Stopgaps,
): NicPort {
  function shown(network: string, one: Interface): Nic {
    whereabouts.set(one.id, network);
    return nicOf(network, one, notes.read(one.id));
  }

  async function interfacesIn(network: string): Promise<Nic[]> {
    return (
      await connection.call('interfaces.list', { params: { network }, about: [{ what: 'Network', id: network }] })
    ).interfaces.map((one) => shown(network, one));
  }

  /** One call, and one for each network of the VM: an instance has the addresses, the network the names. */
  async function list(vmId: string): Promise<Nic[]> {
    const { networks } = await connection.call('instances.networks', {
      params: { instance: vmId },
      about: [{ what: 'VM', id: vmId }],
    });
    for (const network of networks) check(vmId, network);
    const working = notes
      .ids()
      .filter((id) => notes.read(id)['vm'] === vmId)
      .flatMap((id) => whereabouts.get(id) ?? []);
    const ids = [...new Set([...networks.flatMap(({ networkID }) => networkID ?? []), ...working])];
    const all = (await Promise.all(ids.map(interfacesIn))).flat();
    const order = new Map(networks.map(({ networkInterfaceID }, index) => [networkInterfaceID ?? '', index]));
    const place = ({ id = '' }: Nic): number => order.get(id) ?? order.size;
    return all.filter((nic) => (nic.attachedTo ?? nic.notes?.['vm']) === vmId).sort((a, b) => place(a) - place(b));
  }

  async function find(id: string): Promise<Nic> {
    const known = whereabouts.get(id);
    if (known !== undefined)
      return shown(
        known,
        await connection.call('interfaces.get', { params: { network: known, interface: id }, about: about(id) }),
      );
    for (const { networkID } of (await connection.call('networks.list', {})).networks) {
      const found = (await interfacesIn(networkID)).find((nic) => nic.id === id);
      if (found) return found;
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
  }

  async function create({
    name,
    networkId,
    mac,
    linked,
    notes: given = {},
  }: Parameters<NicPort['create']>[0]): Promise<Nic> {
    refuse(mac, linked);
    notes.check(given);
    const made = await connection.call('interfaces.create', {
      params: { network: networkId },
      about: [{ what: 'Network', id: networkId }],
      body: { name },
    });
    notes.replace(made.id, given);
    return shown(networkId, made);
  }

  async function update(
    id: string,
    { name, linked, mac, notes: given }: Parameters<NicPort['update']>[1],
  ): Promise<void> {
    refuse(mac, linked);
    if (name !== undefined) await change(id, { name });
    if (given !== undefined) notes.replace(id, given);
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

  /** The first NIC replaces the one with which the VM was deployed. */
  async function replaceStopgap(vmId: string, id: string): Promise<void> {
    const network = stopgaps.get(vmId);
    if (network === undefined) return;
    stopgaps.delete(vmId);
    const [stopgap, ...others] = (await list(vmId)).filter((nic) => nic.id !== id && nic.network?.id === network);
    if (stopgap?.id === undefined || others.length > 0) return;
    await change(stopgap.id, { instanceID: '' });
    await connection.call('interfaces.delete', {
      params: { network, interface: stopgap.id },
      about: about(stopgap.id),
    });
    whereabouts.delete(stopgap.id);
  }

  return {
    list,
    create,
    update,
    get: find,
    noted: async () => Promise.all(notes.ids().map(find)),
    async remove(id) {
      await connection.call('interfaces.delete', {
        params: { network: await networkOf(id), interface: id },
        about: about(id),
      });
      notes.forget(id);
      whereabouts.delete(id);
    },
    async plug(vmId, id) {
      await settle(
        id,
        () => change(id, { instanceID: vmId }),
        ({ attachedTo }) => attachedTo === vmId,
      );
      await replaceStopgap(vmId, id);
    },
    async unplug(vmId, id) {
      await removed(
        settle(
          id,
          () => change(id, { instanceID: '' }),
          ({ attachedTo }) => attachedTo !== vmId,
        ),
      );
    },
    metrics: async () => ({}),
  };
}

/** Older networks have ports instead, which no call ties to an instance's addresses. */
function check(vmId: string, { networkInterfaceID, networkName, networkID }: InstanceNetwork): void {
  if (!networkInterfaceID)
    throw unsupported(
      'list NICs',
      `Network ${networkName ?? networkID ?? ''} of VM ${vmId}`,
      'it tells no network interface: the workspace has networks without interfaces.',
    );
}

function refuse(mac: string | undefined, linked: boolean | undefined): void {
  if (mac !== undefined)
    throw unsupported('update NIC', propertyOf('Nic', 'mac'), 'Power Virtual Server chooses the MAC address.');
  if (linked === false)
    throw unsupported('update NIC', propertyOf('Nic', 'linked'), 'an interface has no link state that could be set.');
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

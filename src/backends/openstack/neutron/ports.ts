import { isFault, type Nic, type NicPort } from '../../../model/index.js';
import { nicIn } from '../../../generated/mapping/openstack.js';
import type { Port } from '../../../generated/openstack/neutron.js';
import type { Connection } from '../connection.js';
import type { Target } from '../../http/refusal.js';
import { read } from '../loose.js';
import { all, hasNext, pages } from '../paging.js';
import { describe, hasOwnNotes, notesIn } from './port-notes.js';
import { removed } from '../../http/removal.js';

const aboutNic = (id: string): readonly Target[] => [{ what: 'NIC', id }];
const aboutPlug = (vmId: string, id: string): readonly Target[] => [
  { what: 'VM', id: vmId },
  { what: 'NIC', id },
];

/** The NIC port without metrics: plain Neutron and Nova (docs/reference/power.md, 1.6). */
export function createPorts(connection: Connection, pageSize: number): Omit<NicPort, 'metrics'> {
  const act = (id: string) => ({ params: { port: id }, about: aboutNic(id) });
  const port = async (id: string): Promise<Port> => (await connection.call('neutron.ports.get', act(id))).port;

  function ports(query: Readonly<Record<string, string | readonly string[]>>): Promise<Port[]> {
    const fetch = async (marker: string | undefined) => {
      const { ports, ports_links } = await connection.call('neutron.ports.list', {
        query: { project_id: connection.login.project.id, limit: pageSize, marker, ...query },
      });
      return { items: ports, more: hasNext(ports_links) };
    };
    return all(pages(fetch));
  }

  /**
   * Neutron since Rocky filters by an empty text too (extension empty-string-filtering): the VM's ports and unattached
   * ones come in one call.
   */
  async function list(vmId: string): Promise<Nic[]> {
    return (await ports({ device_id: [vmId, ''] }))
      .map(nicOf)
      .filter((nic) => (nic.attachedTo ?? nic.notes?.['vm']) === vmId);
  }

  async function plug(vmId: string, id: string): Promise<void> {
    try {
      await connection.call('nova.interfaces.attach', {
        params: { server: vmId },
        about: aboutPlug(vmId, id),
        body: { interfaceAttachment: { port_id: id } },
      });
    } catch (error) {
      if (!isFault(error, 'backend.refused') && !isFault(error, 'backend.conflict')) throw error;
      if ((await port(id)).device_id !== vmId) throw error;
    }
  }

  return {
    list,
    listAll: async () => (await ports({})).map(nicOf),
    plug,
    get: async (id) => nicOf(await port(id)),
    noted: async () => (await ports({})).map(nicOf).filter((nic) => hasOwnNotes(nic.notes)),
    async create({ networkId, name, mac, linked, notes }) {
      const body = {
        network_id: networkId,
        name,
        description: describe(notes ?? {}),
        ...(mac !== undefined && { mac_address: mac }),
        ...(linked !== undefined && { admin_state_up: linked }),
      };
      return nicOf(
        (
          await connection.call('neutron.ports.create', {
            about: [{ what: 'Network', id: networkId }],
            body: { port: body },
          })
        ).port,
      );
    },
    async update(id, { name, linked, mac, notes }) {
      const change = {
        ...(name !== undefined && { name }),
        ...(linked !== undefined && { admin_state_up: linked }),
        ...(mac !== undefined && { mac_address: mac }),
        ...(notes !== undefined && { description: describe(notes) }),
      };
      if (Object.keys(change).length > 0)
        await connection.call('neutron.ports.update', { ...act(id), body: { port: change } });
    },
    async remove(id) {
      await connection.call('neutron.ports.delete', act(id));
    },
    async unplug(vmId, id) {
      await removed(
        connection.call('nova.interfaces.detach', { params: { server: vmId, port: id }, about: aboutPlug(vmId, id) }),
      );
    },
  };
}

/** The NIC of a port. Those that Nova made have no name. */
function nicOf(port: Port): Nic {
  const { value } = read(() => nicIn(port, { base: '' }));
  const notes = notesIn(port.description);
  const attachedTo = port.device_id || undefined;
  const vmId = attachedTo ?? notes['vm'];
  return {
    ...value,
    notes,
    plugged: attachedTo !== undefined,
    addresses: (port.fixed_ips ?? []).flatMap(({ ip_address }) => ip_address ?? []),
    ...(attachedTo !== undefined && { attachedTo }),
    ...(vmId !== undefined && { vm: { id: vmId } }),
  };
}

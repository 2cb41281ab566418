import type { Vm } from '../../model/index.js';
import { vmIn } from '../../generated/mapping/openstack.js';
import type { Server } from '../../generated/openstack/nova.js';
import { clusterId, hostId } from './inventory.js';
import { read } from './loose.js';
import { join } from './notes.js';
import { ownHostOf } from './own-hosts.js';
import { taggedNotes } from './server-tags.js';

/** Note of the image that a server was made from: one that boots from a volume tells none. */
export const TEMPLATE = 'template';

/** What every OpenStack tells of a server beside the table vm.json: what is put together from several attributes. */
export function serverOf(server: Server): Vm {
  const { value } = read(() => vmIn(server, { base: '' }));
  const notes = join(server.metadata);
  const zone = server['OS-EXT-AZ:availability_zone'];
  const hostname = server['OS-EXT-SRV-ATTR:hypervisor_hostname'];
  // Kept for administrators
  const host = hostname ? { id: hostId(hostname), name: hostname } : ownHostOf(server);
  return {
    ...value,
    cores: 1,
    threads: 1,
    architecture: 'ppc64',
    type: 'server',
    displayType: 'vnc',
    ...(zone && { cluster: { id: clusterId(zone), name: zone } }),
    ...(host && { host }),
    ...(notes['description'] !== undefined && { description: notes['description'] }),
    addresses: Object.values(server.addresses ?? {})
      .flat()
      .flatMap(({ addr }) => addr ?? []),
    notes,
    volumeIds: server['os-extended-volumes:volumes_attached']?.map(({ id }) => id) ?? [],
    pmemVolumes: [],
  };
}

/** The VM of a plain server, whose size is its flavor's (2.47 and later); PowerVC tells it in attributes of its own. */
export function vmOf(server: Server): Vm {
  const { flavor } = server;
  const specs = flavor?.extra_specs ?? {};
  const vm = serverOf({
    ...server,
    memory_mb: flavor?.ram,
    cpus: flavor?.vcpus,
    vcpus: specs['powervm:proc_units'],
    root_gb: flavor?.disk,
    min_memory_mb: specs['powervm:min_mem'],
    max_memory_mb: specs['powervm:max_mem'],
    launched_at: server['OS-SRV-USG:launched_at'],
  });
  const { [TEMPLATE]: template, ...notes } = vm.notes ?? {};
  return {
    ...vm,
    notes: { ...notes, ...taggedNotes(server.tags) },
    ...(template !== undefined && { template: { id: template } }),
  };
}

import type { Vm } from '../../../model/index.js';
import { vmIn } from '../../../generated/mapping/openstack.js';
import type { Server } from '../../../generated/openstack/nova.js';
import { clusterId, hostId } from '../inventory.js';
import { unreadable } from '../../http/read.js';
import { join } from '../notes/notes.js';
import { PAGE_SIZE } from './flavors.js';
import { ownHostOf } from './own-hosts.js';
import { taggedNotes } from './server-tags.js';

const CONTEXT = { base: '' };

/** The note of the image that a server was made from: Nova reports none for one that boots from a volume. */
export const TEMPLATE = 'template';

/** Properties of a server that combine several attributes, beside the table vm.json, on every OpenStack. */
export function serverOf(server: Server): Vm {
  const vm = vmFrom(server);
  const notes = join(server.metadata);
  const zone = server['OS-EXT-AZ:availability_zone'];
  const hostname = server['OS-EXT-SRV-ATTR:hypervisor_hostname'];
  // Set one by one: copying the VM took more than half of the time to map a server
  vm.cores = 1;
  vm.threads = 1;
  vm.architecture = 'ppc64';
  vm.type = 'server';
  vm.displayType = 'vnc';
  if (zone) vm.cluster = { id: clusterId(zone), name: zone };
  // Only administrators see it
  vm.host = hostname ? { id: hostId(hostname), name: hostname } : ownHostOf(server);
  vm.description = notes['description'];
  vm.addresses = addressesOf(server);
  vm.notes = notes;
  vm.volumeIds = server['os-extended-volumes:volumes_attached']?.map(({ id }) => id) ?? [];
  vm.pmemVolumes = [];
  return vm;
}

/** Runs the table. Throws `backend.answer`. */
function vmFrom(server: Server): Vm {
  try {
    return vmIn(server, CONTEXT).value;
  } catch (cause) {
    throw unreadable('OpenStack', cause);
  }
}

function addressesOf({ addresses }: Server): string[] {
  const found: string[] = [];
  for (const network in addresses) for (const { addr } of addresses[network] ?? []) if (addr != null) found.push(addr);
  return found;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, kb: 1, mb: 1024, gb: 1024 * 1024 };

/** The page size of an extra spec, KiB, as digits; undefined for a word such as `large`. */
function pageSizeOf(text: string | undefined): string | undefined {
  const [, digits, unit = ''] = /^(\d+)([kmg]b)?$/i.exec(text?.trim() ?? '') ?? [];
  const factor = UNITS[unit.toLowerCase()];
  return digits === undefined || factor === undefined ? undefined : String(Number(digits) * factor);
}

/** The VM of a plain server, whose size is its flavor's (2.47 and later); PowerVC has attributes of its own for it. */
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
  const pages = pageSizeOf(specs[PAGE_SIZE]);
  const named = [
    ...Object.entries(specs).filter(([name]) => name.startsWith('powervm:')),
    ...(pages === undefined ? [] : [['hugepages', pages] as const]),
  ];
  return {
    ...vm,
    notes: { ...notes, ...taggedNotes(server.tags) },
    ...(template !== undefined && { template: { id: template } }),
    ...(named.length > 0 && { customProperties: named.map(([name, value]) => ({ name, value })) }),
  };
}

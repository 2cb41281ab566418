import { clusterId, hostId } from '../../src/backends/openstack/inventory.js';
import { diskProfileId } from '../../src/services/disks/profile-id.js';
import { eventually, type Rest } from './rest.js';

type Item = Readonly<Record<string, unknown>>;

/** Ids and names of the corpus → those of the cloud. */
export type Names = ReadonlyMap<string, string>;

/** The text with the cloud's ids and names in the place of the corpus's. */
export const placed = (text: string, names: Names): string =>
  [...names].filter(([from]) => from !== '').reduce((all, [from, to]) => all.replaceAll(from, to), text);

interface Made {
  readonly id: string;
}

/** What the projects of a run share. */
export interface Shared {
  readonly names: Names;
  /** The id of a flavor of this size: MiB, virtual processors. */
  readonly flavorOf: (memoryMib: number, processors: number) => Promise<string>;
  /** The availability zone. */
  readonly zone: string;
  close(): Promise<void>;
}

/**
 * Makes images, networks, volume types and flavors; `close` removes them. `mark` makes names of volume types their own,
 * and with `allMarked` those of images and networks, for clients that name them.
 */
export async function sharedStage(
  admin: Rest,
  inventory: Record<string, unknown>,
  mark: string,
  { allMarked = false } = {},
): Promise<Shared> {
  const names = new Map<string, string>();
  const undo: (() => Promise<unknown>)[] = [];
  const flavors = async (): Promise<(Made & { name: string })[]> =>
    (await admin.call<{ flavors: (Made & { name: string })[] }>('compute', 'GET', '/flavors')).flavors;
  const before = new Set((await flavors()).map(({ id }) => id));
  // Those that the gateway has made meanwhile, of which the last stays until it makes another
  undo.push(async () => {
    for (const { id, name } of await flavors())
      if (name.startsWith('ovirt-') && !before.has(id)) await admin.maybe('compute', 'DELETE', `/flavors/${id}`);
  });
  const items = (kind: string): Item[] => (inventory[kind] ?? []) as Item[];
  const flavorsMade = new Map<string, Promise<string>>();

  function marked(name: unknown, anyway = allMarked): string {
    const own = anyway ? `${mark}-${String(name)}` : String(name);
    names.set(String(name), own);
    return own;
  }

  async function makeFlavor(ram: number, vcpus: number): Promise<string> {
    const { flavor } = await admin.call<{ flavor: Made }>('compute', 'POST', '/flavors', {
      flavor: { name: `corpus-${mark}-${ram}-${vcpus}`, ram, vcpus, disk: 0 },
    });
    undo.push(() => admin.maybe('compute', 'DELETE', `/flavors/${flavor.id}`));
    return flavor.id;
  }
  function flavorOf(memoryMib: number, processors: number): Promise<string> {
    const key = `${memoryMib} ${processors}`;
    const created = flavorsMade.get(key) ?? makeFlavor(memoryMib, processors);
    flavorsMade.set(key, created);
    return created;
  }

  async function close(): Promise<void> {
    for (const step of undo.reverse()) await step();
  }

  async function image({ id, name, disk_format: format = 'raw', min_disk: minDisk = 1 }: Item): Promise<void> {
    const created = await admin.call<Made>('image', 'POST', '/v2/images', {
      name: marked(name),
      disk_format: format,
      container_format: 'bare',
      visibility: 'public',
      min_disk: format === 'iso' ? 0 : Math.min(Number(minDisk), 1),
    });
    undo.push(() => admin.maybe('image', 'DELETE', `/v2/images/${created.id}`));
    await admin.call('image', 'PUT', `/v2/images/${created.id}/file`, new Uint8Array(65536));
    names.set(String(id), created.id);
  }

  async function network({ id, name }: Item, index: number): Promise<void> {
    const { network: created } = await admin.call<{ network: Made }>('network', 'POST', '/v2.0/networks', {
      network: { name: marked(name), shared: true },
    });
    undo.push(() =>
      eventually(`network ${created.id} goes`, async () => {
        try {
          await admin.maybe('network', 'DELETE', `/v2.0/networks/${created.id}`);
          return true;
        } catch {
          return undefined;
        }
      }),
    );
    await admin.call('network', 'POST', '/v2.0/subnets', {
      subnet: {
        network_id: created.id,
        ip_version: 4,
        cidr: index === 0 ? '192.0.2.0/24' : '198.51.100.0/24',
        enable_dhcp: false,
      },
    });
    names.set(String(id), created.id);
  }

  async function type({ id, name, extra_specs: specs }: Item): Promise<void> {
    const { multiattach } = (specs ?? {}) as { readonly multiattach?: string };
    const { volume_type: created } = await admin.call<{ volume_type: Made }>('volume', 'POST', '/types', {
      volume_type: { name: marked(name, true), extra_specs: multiattach === undefined ? {} : { multiattach } },
    });
    undo.push(() => admin.maybe('volume', 'DELETE', `/types/${created.id}`));
    names.set(String(id), created.id).set(diskProfileId(String(id)), diskProfileId(created.id));
  }

  try {
    for (const one of items('images')) await image(one);
    for (const [index, one] of items('networks').entries()) await network(one, index);
    for (const one of items('volumeTypes')) await type(one);
    const { availabilityZoneInfo: zones } = await admin.call<{
      availabilityZoneInfo: { zoneName: string; hosts: Record<string, object> | null }[];
    }>('compute', 'GET', '/os-availability-zone/detail');
    const zone = zones.find(({ hosts }) =>
      Object.values(hosts ?? {}).some((services) => 'nova-compute' in services),
    )!.zoneName;
    for (const { name } of items('hostGroups'))
      names.set(clusterId(String(name)), clusterId(zone)).set(String(name), zone);
    const { hypervisors } = await admin.call<{
      hypervisors: { hypervisor_hostname: string; service: { host: string } }[];
    }>('compute', 'GET', '/os-hypervisors/detail');
    for (const [index, { name, display_name: shown }] of items('hosts').entries()) {
      const real = hypervisors[index % hypervisors.length]!;
      names
        .set(hostId(String(name)), hostId(real.hypervisor_hostname))
        .set(String(name), real.service.host)
        .set(String(shown), real.hypervisor_hostname);
    }
    return { names, flavorOf, zone, close };
  } catch (error) {
    await close();
    throw error;
  }
}

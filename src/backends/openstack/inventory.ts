import {
  Fault,
  nameOrId,
  rememberedIds,
  type Cluster,
  type Disk,
  type Host,
  type InventoryPort,
  type Network,
  type Ref,
  type Template,
} from '../../model/index.js';
import { clusterIn, hostIn, networkIn, templateDiskIn, templateIn } from '../../generated/mapping/openstack.js';
import type { BlockDevice, Image } from '../../generated/openstack/glance.js';
import type { Aggregate, Hypervisor } from '../../generated/openstack/nova.js';
import type { Connection } from './connection.js';
import type { Processors } from './nova/processors.js';
import { architectureNamed, hardwareOf } from './nova/hardware.js';
import { looseNumber, read } from './loose.js';
import { ownHosts, unlessKept } from './nova/own-hosts.js';
import { all, hasNext, pages } from './paging.js';
import { remember, type Remembered } from './remember.js';

const CONTEXT = { base: '' };

/** Ids of entities that have only a name in Nova. A cloud has few of them, and each VM of a list refers to two. */
export const clusterId = rememberedIds('cluster');
export const hostId = rememberedIds('host');

/** Cached entities of one login, for the names and ids in other answers. */
export interface NovaReferences {
  readonly aggregates: Remembered<Aggregate[]>;
  readonly hypervisors: Remembered<Hypervisor[]>;
}
export const novaReferences = (seconds: number): NovaReferences => ({
  aggregates: remember(seconds),
  hypervisors: remember(seconds),
});

/** The part of the inventory that is plain OpenStack. */
export interface PlainInventory {
  readonly clusters: () => Promise<Cluster[]>;
  readonly hosts: InventoryPort['hosts'];
  readonly listedHosts: NonNullable<InventoryPort['listedHosts']>;
  readonly templates: () => Promise<Template[]>;
  readonly template: (id: string) => Promise<Template>;
  readonly networks: () => Promise<Network[]>;
  /** Nova's availability zone of a cluster. Throws `not-found.reference`. */
  readonly zoneOf: (cluster: Ref) => Promise<string>;
  /** Nova's name of a host. Throws `not-found.reference`. */
  readonly hostNameOf: (host: Ref) => Promise<string>;
  /** Nova's id of a hypervisor. Throws `not-found.reference`. */
  readonly hypervisorIdOf: (host: Ref) => Promise<string>;
}

/** `aggregates`: the source of clusters; by default Nova's aggregates. */
export function createInventory(
  connection: Connection,
  references: NovaReferences,
  pageSize: number,
  processors: Processors,
  aggregates = async (): Promise<Aggregate[]> => (await connection.lasting.call('nova.aggregates.list', {})).aggregates,
): PlainInventory {
  const hypervisors = async (): Promise<Hypervisor[]> =>
    (await connection.lasting.call('nova.hypervisors.list', {})).hypervisors;

  const clusters = async (): Promise<Cluster[]> => clustersOf(await references.aggregates.get(aggregates), processors);

  async function listedHosts({ fresh = false }: { readonly fresh?: boolean } = {}): Promise<Host[] | undefined> {
    const groups = await clusters();
    const listed = references.hypervisors.satisfying(hypervisors, () => !fresh);
    return unlessKept(
      listed.then((found) => found.map((hypervisor) => hostOf(hypervisor, groups))),
      () => undefined,
    );
  }

  const hosts: InventoryPort['hosts'] = async (options) =>
    (await listedHosts(options)) ?? ownHosts(connection, pageSize, clusterId);

  const templates = async (): Promise<Template[]> => {
    const fetch = async (marker: string | undefined) => {
      const { images, next } = await connection.call('glance.images.list', { query: { limit: pageSize, marker } });
      return { items: images, more: Boolean(next) };
    };
    return (await all(pages(fetch)))
      .filter((image) => !isOthers(image, connection.login.project.id))
      .map((image) => templateOf(image, processors));
  };

  const networks = async (): Promise<Network[]> => {
    const fetch = async (marker: string | undefined) => {
      const { networks, networks_links } = await connection.call('neutron.networks.list', {
        query: { limit: pageSize, marker },
      });
      return { items: networks, more: hasNext(networks_links) };
    };
    return (await all(pages(fetch))).map((network) => ({
      ...read(() => networkIn(network, CONTEXT)).value,
      usages: ['vm'],
    }));
  };

  async function zoneOf(cluster: Ref): Promise<string> {
    const named = ({ availability_zone: zone }: Aggregate): boolean =>
      !!zone && (cluster.id !== undefined ? clusterId(zone) === cluster.id : zone === cluster.name);
    const found = (await references.aggregates.satisfying(aggregates, (groups) => groups.some(named))).find(named);
    return found?.availability_zone ?? unknown('Cluster', cluster);
  }

  async function hypervisorOf(host: Ref): Promise<Hypervisor> {
    const named = (one: Hypervisor): boolean =>
      host.id !== undefined
        ? hostId(one.hypervisor_hostname) === host.id
        : [one.service?.host_display_name, one.hypervisor_hostname].includes(host.name);
    const known = await references.hypervisors.satisfying(hypervisors, (some) => some.some(named));
    return known.find(named) ?? unknown('Host', host);
  }

  async function hostNameOf(host: Ref): Promise<string> {
    const { service, hypervisor_hostname: name } = await hypervisorOf(host);
    return service?.host ?? name;
  }

  async function hypervisorIdOf(host: Ref): Promise<string> {
    const { id } = await hypervisorOf(host);
    return id === undefined ? unknown('Host', host) : String(id);
  }

  return {
    clusters,
    hosts,
    listedHosts,
    templates,
    networks,
    zoneOf,
    hostNameOf,
    hypervisorIdOf,
    template: async (id) =>
      templateOf(
        await connection.call('glance.images.get', { params: { image: id }, about: [{ what: 'Template', id }] }),
        processors,
      ),
  };
}

/**
 * A private image of another project: Glance lists it to administrators alone, who see nothing else of other projects
 * either.
 */
const isOthers = ({ visibility, owner }: Image, project: string): boolean =>
  visibility === 'private' && typeof owner === 'string' && owner !== project;

function unknown(what: string, { id, name }: Ref): never {
  throw new Fault('not-found.reference', { what, by: id === undefined ? 'name' : 'id', value: id ?? name ?? '' });
}

/** Several aggregates may share a zone: they are one cluster. */
function clustersOf(aggregates: readonly Aggregate[], processors: Processors): Cluster[] {
  const byZone = new Map<string, Cluster>();
  for (const aggregate of aggregates) {
    const zone = aggregate.availability_zone;
    if (!zone) continue;
    const known = byZone.get(zone);
    const one = read(() => clusterIn(aggregate, CONTEXT)).value;
    byZone.set(
      zone,
      known
        ? { ...known, hostNames: [...(known.hostNames ?? []), ...(one.hostNames ?? [])] }
        : { ...one, id: clusterId(zone) },
    );
  }
  return [...byZone.values()].map((cluster) => {
    const architecture = processors.architecture(cluster.hostNames);
    const oldest = processors.oldest(cluster.hostNames ?? []) ?? processors.assumed(architecture);
    return { ...cluster, architecture, ...(oldest && { processors: oldest }) };
  });
}

/**
 * A host belongs to the cluster whose aggregate names its service.
 */
function hostOf(hypervisor: Hypervisor, clusters: readonly Cluster[]): Host {
  const lower = (text: string | null | undefined) => text?.trim().toLowerCase();
  const { maintenance_status, hypervisor_state, state, status, hypervisor_hostname: hostname, service } = hypervisor;
  const words = {
    maintenance_status: lower(maintenance_status),
    hypervisor_state: lower(hypervisor_state),
    state: lower(state),
    status: lower(status),
  };
  const name = service?.host ?? hostname;
  const cluster = clusters.find(({ hostNames }) => hostNames?.some((one) => one === name || one === hostname));
  return {
    ...read(() => hostIn({ ...hypervisor, ...words }, CONTEXT)).value,
    id: hostId(hostname),
    name: service?.host_display_name ?? hostname,
    ...hardwareOf(hypervisor),
    ...(cluster && { cluster: { id: cluster.id, name: cluster.name } }),
  };
}

function templateOf(image: Image, processors: Processors): Template {
  const disks = blockDevices(image)
    .filter((device) => device.volume_id || device.snapshot_id)
    .map((device): Disk => ({
      ...read(() => templateDiskIn(device.volume_id ? device : { ...device, volume_id: device.snapshot_id }, CONTEXT))
        .value,
      status: 'ok',
    }));
  // Glance's 0 means no requirement.
  return {
    ...read(() => templateIn({ ...image, min_ram: looseNumber(image.min_ram) || null }, CONTEXT)).value,
    name: nameOrId(image.name, image.id),
    architecture: processors.architecture(),
    ...architectureNamed(image.hw_architecture ?? image.architecture),
    disks: disks.map((disk) => ({ ...disk, alias: nameOrId(image.name, disk.id) })),
  };
}

/** PowerVC returns the list, or the list as a JSON text (docs/reference/power.md, 1.3). */
export function blockDevices({ id, block_device_mapping: devices }: Image): BlockDevice[] {
  if (typeof devices !== 'string') return devices ?? [];
  try {
    const parsed = JSON.parse(devices === '' ? '[]' : devices) as unknown;
    if (Array.isArray(parsed)) return parsed as BlockDevice[];
  } catch (cause) {
    throw new Fault(
      'backend.answer',
      { service: 'Glance', text: `image ${id}: block_device_mapping is not JSON` },
      { cause },
    );
  }
  throw new Fault('backend.answer', { service: 'Glance', text: `image ${id}: block_device_mapping is not a list` });
}

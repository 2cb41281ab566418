import {
  Fault,
  nameId,
  nameOrId,
  propertyOf,
  type AffinityGroup,
  type Cluster,
  type Disk,
  type Host,
  type InventoryPort,
  type StorageDomain,
  type Template,
} from '../../model/index.js';
import { affinityGroupIn, networkIn, templateIn } from '../../generated/mapping/powervs.js';
import type { Image } from '../../generated/powervs/images.js';
import type { Instance } from '../../generated/powervs/instances.js';
import type { PlacementGroup, System, SystemPool } from '../../generated/powervs/systems.js';
import type { Connection } from './connection.js';
import { isDeploymentMark } from './deployments.js';
import { exportIn } from './exports.js';
import { read } from './read.js';
import { isNotesGroup, notesIn, tagsOf, type GroupNotes } from './group-notes.js';
import { unsupported } from './unsupported.js';
import { clusterId, hostId } from './vm.js';
import { domainId } from './volumes.js';
import { GIB } from '../../units.js';

const CONTEXT = { base: '' };
const aboutTemplate = (id: string) => [{ what: 'Template', id }];

/** The volumes of images that are whole, which never change: a list of images does not tell them. */
export type ImageVolumes = Map<string, NonNullable<Image['volumes']>>;

/** The storage tier behind a storage domain. One call. Throws `not-found.reference`. */
export async function tierOf(connection: Connection, storageDomainId: string): Promise<string> {
  const tier = (await connection.call('systems.tiers', {})).find(({ name }) => domainId(name) === storageDomainId);
  if (!tier) throw new Fault('not-found.reference', { what: 'StorageDomain', by: 'id', value: storageDomainId });
  return tier.name;
}

/**
 * System pools are clusters, their systems hosts, storage tiers storage domains, images templates, placement groups
 * affinity groups (docs/reference/power.md, 3.2 and 4.5).
 */
export function createInventoryPort(
  connection: Connection,
  groupNotes: Pick<GroupNotes, 'read' | 'noteOrRetry' | 'forget'>,
  imageVolumes: ImageVolumes,
): InventoryPort {
  /** An image has no description of a client's. */
  const described = (found: Template): Template => {
    const { description } = groupNotes.read(found.id);
    return { ...found, ...(description !== undefined && { description }) };
  };
  const pools = async (): Promise<[string, SystemPool][]> => Object.entries(await connection.call('systems.pools', {}));

  async function clusters(): Promise<Cluster[]> {
    return (await pools()).map(([name, pool]) => ({
      id: clusterId(name),
      name,
      description: `System pool ${pool.type ?? name}`,
      architecture: 'ppc64',
      processors: 'POWER9',
      hostNames: (pool.systems ?? []).map((system) => hostName(name, system)),
    }));
  }

  async function hosts(): Promise<Host[]> {
    const [all, { pvmInstances }] = await Promise.all([pools(), connection.call('instances.list', {})]);
    return all.flatMap(([name, { systems }]) => (systems ?? []).map((system) => hostOf(name, system, pvmInstances)));
  }

  /** A tier's capacity is the sum of its pools, or of all pools where the list names none for it. Two calls. */
  async function storageDomains(): Promise<StorageDomain[]> {
    const [tiers, { storageTypesCapacity }] = await Promise.all([
      connection.call('systems.tiers', {}),
      connection.call('systems.capacity', {}),
    ]);
    // Tiers share pools: a volume changes its tier within its pool
    const every = (storageTypesCapacity ?? []).flatMap(({ storagePoolsCapacity }) => storagePoolsCapacity ?? []);
    return tiers.map(({ name, description, state }, index) => {
      const held = storageTypesCapacity?.find(({ storageType }) => storageType === name)?.storagePoolsCapacity ?? every;
      const sumOf = (key: 'availableCapacity' | 'totalCapacity'): number =>
        held.reduce((sum, pool) => sum + (pool[key] ?? 0), 0) * GIB;
      const [free, total] = [sumOf('availableCapacity'), sumOf('totalCapacity')];
      return {
        id: domainId(name),
        name,
        type: 'data',
        master: index === 0,
        storageType: 'fcp',
        status: state === 'inactive' ? 'inactive' : 'active',
        ...(description && { description }),
        ...(held.length > 0 && { availableBytes: free, usedBytes: Math.max(0, total - free) }),
      };
    });
  }

  async function template(id: string): Promise<Template> {
    const image = await connection.call('images.get', { params: { image: id }, about: aboutTemplate(id) });
    if (image.volumes && templateOf(image).status === 'ok') imageVolumes.set(id, image.volumes);
    return described(templateOf(image));
  }

  /** One call. */
  async function templates(): Promise<Template[]> {
    const { images } = await connection.call('images.list', {});
    const ids = new Set(images.map(({ imageID }) => imageID));
    for (const id of imageVolumes.keys()) if (!ids.has(id)) imageVolumes.delete(id);
    return images
      .map((image) => ({ ...image, volumes: image.volumes ?? imageVolumes.get(image.imageID) ?? null }))
      .map(templateOf)
      .map(described);
  }

  return {
    clusters,
    hosts,
    storageDomains,
    template,
    templates,
    networks: async () =>
      (await connection.call('networks.list', {})).networks.map((network) => ({
        ...read(() => networkIn(network, CONTEXT)).value,
        status: 'operational',
        usages: ['vm'],
      })),
    // Sizes are free; SAP's profiles are no sizes for any VM.
    instanceTypes: async () => [],
    async updateTemplate(id, { name, description, factsNote }) {
      if (name !== undefined || factsNote !== undefined)
        throw unsupported('update template', propertyOf('Template', 'name'), 'images cannot be changed.');
      if (description !== undefined) await groupNotes.noteOrRetry(id, { description });
    },
    async removeTemplate(id) {
      await connection.call('images.delete', { params: { image: id }, about: aboutTemplate(id) });
      await groupNotes.forget(id);
    },
    affinityGroups: async () =>
      (await connection.call('groups.list', {})).placementGroups
        .filter(({ name }) => !isDeploymentMark(name) && !isNotesGroup(name))
        .map(affinityGroupOf),
    async addAffinityGroup({ name, positive, enforcing, description }) {
      if (!enforcing)
        throw unsupported(
          'add affinity group',
          'A group that does not enforce',
          'the policy of a placement group is always enforced.',
        );
      const created = await connection.call('groups.create', {
        body: {
          name,
          policy: positive ? 'affinity' : 'anti-affinity',
          ...(description !== undefined && { userTags: tagsOf({ description }) }),
        },
      });
      return affinityGroupOf(created);
    },
    async removeAffinityGroup(id) {
      await connection.call('groups.delete', { params: { group: id }, about: [{ what: 'Affinity group', id }] });
    },
    maintain: async () => {
      throw unsupported('set maintenance', 'A host', "the hosts are IBM's.");
    },
  };
}

/** A placement group has no description: it is in the group's user tags. */
function affinityGroupOf(group: PlacementGroup): AffinityGroup {
  const { description } = notesIn(group.userTags ?? []);
  return {
    ...read(() => affinityGroupIn(group, CONTEXT)).value,
    enforcing: true,
    ...(description !== undefined && { description }),
  };
}

const hostName = (pool: string, { hostMTMSName, id }: System): string => hostMTMSName || `${pool}-${id ?? 0}`;

/** Its VMs are those of the workspace; others are not visible. */
function hostOf(pool: string, system: System, instances: readonly Instance[]): Host {
  const { id, cores, totalCores, availableCores, memory, totalMemory, availableMemory } = system;
  const name = hostName(pool, system);
  const all = totalCores ?? cores;
  const gib = totalMemory ?? memory;
  const here = instances.filter(({ sysType, hostID }) => sysType === pool && id != null && hostID === id);
  return {
    id: id == null ? nameId('host', pool, name) : hostId(pool, id),
    name,
    address: name,
    status: 'up',
    cluster: { id: clusterId(pool), name: pool },
    sockets: 1,
    threads: 8,
    ...(all !== undefined && { cores: Math.floor(all) }),
    cpuName: pool,
    hypervisor: 'phyp',
    vmsTotal: here.length,
    vmsActive: here.filter(({ status }) => status.trim().toUpperCase() === 'ACTIVE').length,
    manufacturer: 'IBM',
    ...(gib !== undefined && { memoryBytes: gib * GIB }),
    ...(availableMemory !== undefined && { memoryFreeBytes: availableMemory * GIB }),
    ...(all !== undefined && availableCores !== undefined && { processorsUsed: all - availableCores }),
  };
}

/** A single image has its volumes, a list does not. */
function templateOf(image: Image): Template {
  const volumes = image.volumes ?? [];
  const root = volumes.find(({ bootable }) => bootable) ?? volumes[0];
  const size = root?.size ?? image.size;
  const domain = image.storageType
    ? { storageDomain: { id: domainId(image.storageType), name: image.storageType } }
    : {};
  const disks = volumes.map((volume): Disk => ({
    id: volume.volumeID,
    alias: nameOrId(volume.name, volume.volumeID),
    bootable: volume.bootable ?? false,
    status: 'ok',
    format: 'raw',
    interface: 'spapr_vscsi',
    ...domain,
    ...(volume.size !== undefined && { sizeBytes: volume.size * GIB, actualBytes: volume.size * GIB }),
  }));
  const { value } = read(() => templateIn({ ...image, state: image.state?.trim().toLowerCase() ?? null }, CONTEXT));
  return {
    ...value,
    ...exportIn(value.name),
    architecture: 'ppc64',
    isIso: false,
    ...(image.volumes && { disks }),
    ...(size !== undefined && { minDiskGib: Math.ceil(size), sizeBytes: Math.round(size * GIB) }),
  };
}

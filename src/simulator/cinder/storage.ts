import { Refusal, refuse } from '../refusal.js';
import type { StorageProvider, Volume, VolumeType } from '../world/types.js';
import type { World } from '../world/world.js';

/** The storage template by id or name. */
export const findType = (world: World, ref: string): VolumeType | undefined =>
  world.volumeTypes.get(ref) ?? [...world.volumeTypes.values()].find(({ name }) => name === ref);

/** The template that the reference names and the project may use, or the first one. Throws Cinder's 404. */
export function typeFor(world: World, ref: string | undefined, project?: string): VolumeType | undefined {
  if (ref === undefined) return world.volumeTypes.values().next().value;
  const type = findType(world, ref);
  if (type === undefined || (project !== undefined && !type.is_public && !type.access.includes(project)))
    throw refuse.missing(
      /^[0-9a-f-]{36}$/.test(ref)
        ? `Volume type ${ref} could not be found.`
        : `Volume type with name ${ref} could not be found.`,
    );
  return type;
}

/** What pools say of themselves, which a template may ask for. */
export const POOL = { storage_protocol: 'FC', vendor_name: 'IBM' } as const;

/** Where volumes of the template go: the provider that it names, or the first; none if none is as it asks. */
export function providerFor(world: World, type: VolumeType | undefined): StorageProvider | undefined {
  const named = type?.extra_specs['capabilities:volume_backend_name'] ?? type?.extra_specs.volume_backend_name;
  const strange = Object.entries(POOL).some(([key, value]) => {
    const requested = type?.extra_specs[`capabilities:${key}`] ?? type?.extra_specs[key];
    return requested !== undefined && requested !== value;
  });
  if (strange) return undefined;
  return named === undefined ? world.storageProviders.values().next().value : world.storageProviders.get(named);
}

export const isShared = (type: VolumeType | undefined): boolean => /true/i.test(type?.extra_specs.multiattach ?? '');

/** Takes space on the storage, or frees it. */
export function take(world: World, storage: string | null, gib: number): void {
  const provider = world.storageProviders.get(storage ?? '');
  if (provider !== undefined) provider.free_capacity_gb -= gib;
}

const usedGib = (world: World, project: string): number =>
  [...world.volumes.values(), ...world.snapshots.values()]
    .filter(({ project_id }) => project_id === project)
    .reduce((sum, { size }) => sum + size, 0);

/** Throws Cinder's 413 if another volume of this size exceeds the quota (recorded: 335, 340, 354). */
export function checkQuota(world: World, project: string, gib: number, volumes = 1): void {
  const quota = world.quotaOf(project);
  const held = [...world.volumes.values()].filter(({ project_id }) => project_id === project).length;
  if (volumes > 0 && held + volumes > quota.volumes)
    throw refuse.overLimit(
      `VolumeLimitExceeded: Maximum number of volumes allowed (${quota.volumes}) exceeded for quota 'volumes'.`,
    );
  if (volumes > 0 && quota.per_volume_gigabytes >= 0 && gib > quota.per_volume_gigabytes)
    throw refuse.overLimit(
      `VolumeSizeExceedsLimit: Requested volume size ${gib}G is larger than maximum allowed limit ` +
        `${quota.per_volume_gigabytes}G.`,
    );
  const used = usedGib(world, project);
  if (used + gib > quota.gigabytes) {
    throw refuse.overLimit(
      'VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. ' +
        `Requested ${gib}G, quota is ${quota.gigabytes}G and ${used}G has been consumed.`,
    );
  }
}

/** Throws PowerVC's refusal of an extend when the pool is full (docs/reference/power.md, 1.5). */
export function checkCapacity(world: World, volume: Volume, more: number): void {
  const provider = world.storageProviders.get(volume.storage_hostname ?? '');
  if (provider !== undefined && provider.free_capacity_gb < more)
    throw new Refusal(
      507,
      `The storage pool ${provider.pool} of ${provider.display_name} has not enough free capacity to ` +
        `extend volume ${volume.id}.`,
    );
}

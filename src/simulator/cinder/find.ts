import { refuse } from '../refusal.js';
import type { SimulatedCall } from '../router.js';
import type { Volume, VolumeSnapshot } from '../world/types.js';
import type { World } from '../world/world.js';

const mine = (call: SimulatedCall, { project_id }: { project_id: string }): boolean =>
  project_id === call.token.projectId || call.token.roles.includes('admin');

/** The volume, when the caller may see it. Throws Cinder's 404. */
export function findVolume(call: SimulatedCall, world: World, id = call.params.volume ?? ''): Volume {
  const volume = world.volumes.get(id);
  if (volume === undefined || !mine(call, volume)) throw refuse.notFound('Volume', id);
  return volume;
}

export function findSnapshot(call: SimulatedCall, world: World, id = call.params.snapshot ?? ''): VolumeSnapshot {
  const snapshot = world.snapshots.get(id);
  if (snapshot === undefined || !mine(call, snapshot)) throw refuse.notFound('Snapshot', id);
  return snapshot;
}

/**
 * Lists hold the caller's project, or all projects if an administrator asks; `all_tenants` of anybody else is ignored.
 */
export const listed = (call: SimulatedCall, { project_id }: { project_id: string }): boolean =>
  project_id === call.token.projectId ||
  (call.token.roles.includes('admin') && /^(1|true)$/i.test(call.query.get('all_tenants') ?? ''));

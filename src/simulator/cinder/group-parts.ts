import { textIn, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import type { SimulatedCall } from '../router.js';
import type { VolumeGroup } from '../world/types.js';
import type { World } from '../world/world.js';

export const volumesIn = (world: World, group: string) =>
  [...world.volumes.values()].filter(({ group_id }) => group_id === group);
export const snapshotsOf = (world: World, group: string) =>
  [...world.groupSnapshots.values()].filter(({ group_id }) => group_id === group);

export function findGroup(call: SimulatedCall, world: World, id = call.params.group ?? ''): VolumeGroup {
  const group = world.groups.get(id);
  if (group === undefined || (group.project_id !== call.token.projectId && !call.token.roles.includes('admin')))
    throw refuse.notFound('Group', id);
  return group;
}

/** The status that an administrator sets. Throws Cinder's 403 and 400. */
export function statusIn(call: SimulatedCall, requested: JsonObject, policy: string): string {
  if (!call.token.roles.includes('admin')) throw refuse.forbidden(`Policy doesn't allow ${policy} to be performed.`);
  const status = textIn(requested, 'status') ?? '';
  if (!/^(creating|available|deleting|error|error_deleting|updating)$/.test(status))
    throw refuse.bad(`Invalid input for field/attribute status. Value: ${status}.`);
  return status;
}

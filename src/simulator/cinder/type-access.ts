import { isObject, textIn } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, ok, type Answer, type SimulatedCall } from '../router.js';
import type { VolumeType } from '../world/types.js';
import type { World } from '../world/world.js';

/** Whether the caller's project may use the type. */
export const mayUse = ({ is_public, access }: VolumeType, project: string): boolean =>
  is_public || access.includes(project);

/** Who may use a type that is not public. Throws Cinder's 404. */
export function listAccess(_: SimulatedCall, __: World, type: VolumeType): Answer {
  if (type.is_public) throw refuse.missing('Access list not available for public volume types.');
  return ok({
    volume_type_access: type.access.map((project_id) => ({ volume_type_id: type.id, project_id })),
  });
}

/** `addProjectAccess` and `removeProjectAccess`. */
export function changeAccess(call: SimulatedCall, _: World, type: VolumeType): Answer {
  const [name = '', args] = Object.entries(isObject(call.body) ? call.body : {})[0] ?? [];
  const project = textIn(args, 'project') ?? '';
  if (name === 'addProjectAccess') {
    if (type.is_public)
      throw refuse.conflict('Invalid volume type: Type access modification is not applicable to public volume type.');
    if (type.access.includes(project))
      throw refuse.conflict(`Volume type access for ${type.id} / ${project} combination already exists.`);
    type.access.push(project);
  } else if (name === 'removeProjectAccess') {
    if (!type.access.includes(project))
      throw refuse.missing(`Volume type access not found for ${type.id} / ${project} combination.`);
    type.access = type.access.filter((one) => one !== project);
  } else throw refuse.bad(`There is no such action: ${name}`);
  return accepted();
}

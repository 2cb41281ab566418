import { isObject, textIn, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, type Answer, type SimulatedCall } from '../router.js';
import type { VolumeSnapshot } from '../world/types.js';
import type { World } from '../world/world.js';
import { findSnapshot } from './find.js';
import { beginSnapshotDelete } from './snapshots.js';

type Action = (world: World, snapshot: VolumeSnapshot, args: JsonObject) => Answer;

const STATUSES = new Set(['available', 'creating', 'deleting', 'error', 'error_deleting']);

/** What a driver that makes snapshots itself tells; `from` another status only. */
const setStatus: Action = (world, snapshot, args) => {
  const status = textIn(args, 'status') ?? '';
  if (!STATUSES.has(status))
    throw refuse.bad(
      `Invalid input for field/attribute status. Value: ${status}. '${status}' is not one of ['available', ` +
        `'creating', 'deleting', 'error', 'error_deleting']`,
    );
  snapshot.status = status;
  const progress = textIn(args, 'progress');
  if (progress !== undefined) snapshot.progress = progress;
  snapshot.updated_at = world.clock.stamp();
  return accepted();
};

const actions: Readonly<Record<string, { readonly admin: boolean; readonly act: Action }>> = {
  'os-reset_status': { admin: true, act: setStatus },
  'os-update_snapshot_status': { admin: false, act: setStatus },
  'os-force_delete': {
    admin: true,
    act: (world, snapshot) => {
      beginSnapshotDelete(world, snapshot);
      return accepted();
    },
  },
};

/** `POST /snapshots/{snapshot}/action`: the body's only key names the action. */
export function snapshotAction(call: SimulatedCall, world: World): Answer {
  const snapshot = findSnapshot(call, world);
  const [name = '', args] = Object.entries(isObject(call.body) ? call.body : {})[0] ?? [];
  const found = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (found === undefined) throw refuse.bad(`There is no such action: ${name}`);
  if (found.admin && !call.token.roles.includes('admin'))
    throw refuse.forbidden(
      `Policy doesn't allow volume_extension:snapshot_admin_actions:${name.slice(3)} to be performed.`,
    );
  return found.act(world, snapshot, isObject(args) ? args : {});
}

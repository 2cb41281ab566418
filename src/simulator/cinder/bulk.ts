import { isArray, objectIn, truthy } from '../json.js';
import { Refusal, refuse } from '../refusal.js';
import { accepted, type Answer, type SimulatedCall } from '../router.js';
import type { World } from '../world/world.js';
import { findVolume } from './find.js';
import { removeVolume } from './volumes.js';

const ACTION = 'bulk-volume-delete';

/**
 * PowerVC's bulk deletion (IBM's documents of 2.3.3, "Bulk volume delete API"): volumes that cannot be deleted are
 * listed in a 206, unless it is all of them. `cascade` also deletes their snapshots.
 */
export function bulkVolumes(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, ACTION);
  const ids = isArray(requested?.volumes) ? requested.volumes.map(String) : [];
  if (ids.length === 0)
    throw refuse.bad(`Invalid input for field/attribute ${ACTION}. 'volumes' is a required property`);
  const failures: { id: string; error: Refusal }[] = [];
  for (const id of ids)
    try {
      const volume = findVolume(call, world, id);
      if (truthy(requested?.cascade))
        for (const snapshot of [...world.snapshots.values()])
          if (snapshot.volume_id === id) world.snapshots.delete(snapshot.id);
      removeVolume(world, volume, truthy(requested?.force));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      failures.push({ id, error });
    }
  const [first] = failures;
  if (first === undefined) return accepted();
  if (failures.length === ids.length) throw first.error;
  return { status: 206, body: { failed: failures.map(({ id, error }) => ({ volumeId: id, message: error.message })) } };
}

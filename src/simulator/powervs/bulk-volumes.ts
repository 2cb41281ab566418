import type { Answer } from '../router.js';
import { Refusal } from '../refusal.js';
import { bad } from './refusals.js';
import {
  answer,
  flag,
  instanceOf,
  needed,
  number,
  route,
  text,
  texts,
  type Route,
  type SimulatedCall,
} from './routes.js';
import { createVolume, detachVolumes, removeVolume } from './volumes.js';
import { volumeReference } from './views.js';
import type { World } from './world.js';

/** Several volumes by one call: version 2 of the API (docs/reference/power.md, 3.2). */
function createSeveral(call: SimulatedCall, world: World): Answer {
  const [name, size] = [needed(text(call, 'name'), 'name'), needed(number(call, 'size'), 'size')];
  const count = number(call, 'count') ?? 1;
  if (!Number.isInteger(count) || count < 1) throw bad(`count ${count} is no number of volumes`);
  const names = count === 1 ? [name] : Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
  const created = names.map((one) => createVolume({ ...call, body: { ...call.body, name: one, size } }, world));
  return answer({ volumes: created.map((one) => volumeReference(world, one)) }, 201);
}

/** Those that cannot be deleted are left: 206. */
function removeSeveral(call: SimulatedCall, world: World): Answer {
  const ids = needed(texts(call, 'volumeIDs'), 'volumeIDs');
  const refused = ids.filter((id) => {
    try {
      removeVolume(world, world.get('volumes', id, 'volume'));
      return false;
    } catch (error) {
      if (error instanceof Refusal) return true;
      throw error;
    }
  });
  const summary = `${ids.length - refused.length} of ${ids.length} volumes are being deleted`;
  return refused.length === 0
    ? answer({ summary }, 202)
    : answer({ summary: `${summary}; refused: ${refused.join(', ')}` }, 206);
}

function detachSeveral(call: SimulatedCall, world: World): Answer {
  const vm = instanceOf(call, world);
  const boots = flag(call, 'detachPrimaryBootVolume') ?? false;
  const named = texts(call, 'volumeIDs') ?? [];
  const all = flag(call, 'detachAllVolumes') ?? false;
  if (!all && !boots && named.length === 0) throw bad('volumeIDs is required if detachAllVolumes is not provided');
  const chosen = world.volumesOf(vm.pvmInstanceID).filter(({ volumeID, attachments }) => {
    const boot = attachments.some((one) => one.pvmInstanceID === vm.pvmInstanceID && one.boot);
    return named.includes(volumeID) || (boot ? boots : all);
  });
  for (const id of named) world.get('volumes', id, 'volume');
  detachVolumes(world, vm, chosen);
  return answer({ summary: `${chosen.length} volumes are being detached` }, 202);
}

export const bulkVolumeRoutes: readonly Route[] = [
  route('GET', '2:/volumes', (call, world) => {
    const requested = texts(call, 'volumeList');
    const found = [...world.volumes.values()].filter(({ volumeID }) => requested?.includes(volumeID) ?? true);
    return answer({ volumes: found.map((one) => volumeReference(world, one)) });
  }),
  route('POST', '2:/volumes', createSeveral),
  route('DELETE', '2:/volumes', removeSeveral),
  route('DELETE', '2:/pvm-instances/{instance}/volumes', detachSeveral),
];

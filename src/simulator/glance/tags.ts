import { refuse } from '../refusal.js';
import { noContent, type Answer, type SimulatedCall } from '../router.js';
import type { World } from '../world/world.js';
import { findImage } from './images.js';

/** Recorded: 060. */
function add(call: SimulatedCall, world: World): Answer {
  const image = findImage(call, world);
  image.tags = [...new Set([...image.tags, call.params.tag ?? ''])];
  image.updated_at = world.clock.stamp();
  return noContent;
}

function remove(call: SimulatedCall, world: World): Answer {
  const image = findImage(call, world);
  const tag = call.params.tag ?? '';
  if (!image.tags.includes(tag)) throw refuse.missing(`Failed to find tag ${tag} of image ${image.id}`);
  image.tags = image.tags.filter((one) => one !== tag);
  image.updated_at = world.clock.stamp();
  return noContent;
}

export const tags = { add, remove };

import { objectIn, str, textIn, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { ok, type Answer, type SimulatedCall } from '../router.js';
import type { Volume } from '../world/types.js';
import type { World } from '../world/world.js';
import { touch } from './attach.js';

type Action = (call: SimulatedCall, world: World, volume: Volume, args: JsonObject) => Answer;

/** What a volume that was made of an image knows of it. */
export const imageMetadataActions: Readonly<Record<string, Action>> = {
  'os-set_image_metadata': (_, world, volume, args) => {
    const given = objectIn(args, 'metadata');
    if (given === undefined)
      throw refuse.bad("Invalid input for field/attribute os-set_image_metadata. 'metadata' is a required property");
    const texts = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, str(value)]));
    volume.image_metadata = { ...volume.image_metadata, ...texts };
    touch(world, volume);
    return ok({ metadata: volume.image_metadata });
  },
  'os-show_image_metadata': (_, __, volume) => ok({ metadata: volume.image_metadata ?? {} }),
  'os-unset_image_metadata': (_, world, volume, args) => {
    const key = textIn(args, 'key') ?? '';
    if (!Object.hasOwn(volume.image_metadata ?? {}, key)) throw refuse.missing('Metadata does not exist.');
    const left = Object.entries(volume.image_metadata ?? {}).filter(([name]) => name !== key);
    volume.image_metadata = Object.fromEntries(left);
    touch(world, volume);
    return { status: 200 };
  },
};

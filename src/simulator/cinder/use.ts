import { textIn, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, type Answer, type SimulatedCall } from '../router.js';
import type { Volume } from '../world/types.js';
import type { World } from '../world/world.js';
import { release, rest, touch } from './attach.js';
import { removeVolume } from './volumes.js';

type Action = (call: SimulatedCall, world: World, volume: Volume, args: JsonObject) => Answer;

/** Sets the status, from one of those given. Throws Cinder's 400. */
const turn =
  (from: readonly string[], to: (volume: Volume) => string): Action =>
  (_, world, volume) => {
    if (!from.includes(volume.status))
      throw refuse.bad(
        `Invalid volume: Volume status must be ${from.join(' or ')} to reserve, ` +
          `but the current status is ${volume.status}.`,
      );
    volume.status = to(volume);
    touch(world, volume);
    return accepted();
  };

/** The old calls by which Nova reported to Cinder that a server or a host uses a volume; administrators still may. */
const attach: Action = (_, world, volume, args) => {
  const server = textIn(args, 'instance_uuid');
  if (server === undefined && textIn(args, 'host_name') === undefined)
    throw refuse.bad('Invalid request to attach volume to an invalid target');
  if (volume.status !== 'available' && volume.status !== 'reserved' && volume.status !== 'attaching')
    throw refuse.bad('Invalid volume: volume is already attached');
  volume.attachments = [
    ...volume.attachments.filter(({ state }) => state === 'attached'),
    {
      id: world.random.uuid(),
      server_id: server ?? '',
      device: textIn(args, 'mountpoint') ?? '/dev/vdb',
      attached_at: world.clock.stamp(),
      state: 'attached',
      boot_index: null,
      delete_on_termination: false,
    },
  ];
  volume.status = 'in-use';
  touch(world, volume);
  return accepted();
};

/** Also of a volume that is not attached: nothing changes then. */
const detach: Action = (_, world, volume, args) => {
  const id = textIn(args, 'attachment_id');
  const gone = volume.attachments.filter((one) => id === undefined || one.id === id);
  for (const { server_id } of gone) release(world, volume, server_id);
  return accepted();
};

const forceDelete: Action = (_, world, volume) => {
  removeVolume(world, volume, true);
  return accepted();
};

/** Of an administrator. Throws Cinder's 403. */
const admins =
  (name: string, act: Action): Action =>
  (call, world, volume, args) => {
    if (!call.token.roles.includes('admin'))
      throw refuse.forbidden(`Policy doesn't allow volume_extension:volume_admin_actions:${name} to be performed.`);
    return act(call, world, volume, args);
  };

/** What a volume is set aside for, used by, and freed of. */
export const useActions: Readonly<Record<string, Action>> = {
  'os-reserve': turn(['available'], () => 'attaching'),
  'os-unreserve': (_, world, volume) => {
    if (volume.status === 'attaching') volume.status = rest(volume);
    touch(world, volume);
    return accepted();
  },
  'os-begin_detaching': turn(['in-use'], () => 'detaching'),
  'os-roll_detaching': (_, world, volume) => {
    if (volume.status === 'detaching') volume.status = rest(volume);
    touch(world, volume);
    return accepted();
  },
  'os-attach': attach,
  'os-detach': detach,
  'os-force_detach': admins('force_detach', detach),
  'os-force_delete': admins('force_delete', forceDelete),
};

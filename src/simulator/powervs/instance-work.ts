import type { Size } from './sizes.js';
import { needed } from './routes.js';
import { boundsOf } from './complete.js';
import { captureWork } from './captures.js';
import type { WorkKind } from '../work.js';
import type { Instance } from './types.js';
import type { World } from './world.js';

function failed(world: World, { id }: { id: string }, message: string): void {
  const one = world.instances.get(id);
  if (one)
    Object.assign(one, {
      status: 'ERROR',
      taskState: '',
      health: { status: 'CRITICAL', reason: message },
      fault: { code: 500, message, details: '' },
    });
}

const settle = (world: World, id: string, change: Partial<Instance>): void => {
  const one = world.instances.get(id);
  if (one) Object.assign(one, { taskState: '', updatedDate: world.now() }, change);
};

function removed(world: World, id: string, withData: boolean): void {
  for (const volume of world.volumesOf(id)) {
    const mine = volume.attachments.find(({ pvmInstanceID }) => pvmInstanceID === id);
    volume.attachments = volume.attachments.filter((one) => one !== mine);
    if (volume.attachments.length > 0) continue;
    if (mine?.deleteOnTermination || withData) world.volumes.delete(volume.volumeID);
    else volume.state = 'available';
  }
  for (const group of world.placementGroups.values()) group.members = group.members.filter((one) => one !== id);
  for (const one of [...world.interfaces.values()]) if (one.instanceID === id) world.interfaces.delete(one.id);
  for (const one of [...world.vpmemVolumes.values()]) if (one.pvmInstanceID === id) world.vpmemVolumes.delete(one.uuid);
  world.instances.delete(id);
}

export const instanceWork: Readonly<Record<string, WorkKind<World>>> = {
  'instance.build': {
    seconds: 20,
    done: (world, { id }) => settle(world, id, { status: 'ACTIVE', health: { status: 'OK', reason: '' } }),
    failed,
  },
  'instance.power': { seconds: 5, done: (world, { id, args }) => settle(world, id, { status: args['to'] }), failed },
  'instance.resize': {
    seconds: 8,
    done(world, { id, args }) {
      const size = JSON.parse(needed(args['size'], 'size')) as Size;
      // The range of a running instance is that of what it was when it was last down
      settle(world, id, { ...size, status: args['back'], ...(args['back'] === 'SHUTOFF' && boundsOf(size)) });
    },
    failed,
  },
  'instance.delete': { seconds: 6, done: (world, { id, args }) => removed(world, id, args['data'] === 'true'), failed },
  ...captureWork,
};

import { accepted, type Answer, type SimulatedCall } from '../router.js';
import type { Server } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import { settle } from './power.js';
import { place, zoneOf } from './schedule.js';
import { fail, note } from './servers.js';
import { checkState } from './states.js';

/**
 * Off its host, with what it is kept: this Nova offloads at once (recorded: 303 to 306). Disks that are files of the
 * host become an image meanwhile, of which nothing is shown here.
 */
export function shelve(call: SimulatedCall, world: World, server: Server): Answer {
  checkState(server, 'shelve', ['active', 'stopped', 'paused', 'suspended']);
  note(call, world, server, 'shelve');
  server.task_state = 'shelving';
  world.work.begin('server.shelve', server.id);
  return accepted();
}

export function shelveOffload(call: SimulatedCall, world: World, server: Server): Answer {
  checkState(server, 'shelveOffload', ['shelved']);
  note(call, world, server, 'shelveOffload');
  server.task_state = 'shelving_offloading';
  world.work.begin('server.offload', server.id);
  return accepted();
}

export function unshelve(call: SimulatedCall, world: World, server: Server): Answer {
  checkState(server, 'unshelve', ['shelved', 'shelved_offloaded']);
  note(call, world, server, 'unshelve');
  server.task_state = 'unshelving';
  world.work.begin('server.unshelve', server.id);
  return accepted();
}

const failed: WorkKind<World>['failed'] = (world, { id }, message) => {
  fail(world, id, message);
};

export const shelveWork: Readonly<Record<string, WorkKind<World>>> = {
  'server.shelve': {
    seconds: 10,
    done(world, { id }) {
      settle(world, id, 'shelving', { vm_state: 'shelved', power_state: 4, task_state: 'shelving_offloading' });
      if (world.servers.get(id)?.task_state === 'shelving_offloading') world.work.begin('server.offload', id);
    },
    failed,
  },
  'server.offload': {
    seconds: 2,
    done(world, { id }) {
      settle(world, id, 'shelving_offloading', { vm_state: 'shelved_offloaded', power_state: 4, host: null });
    },
    failed,
  },
  'server.unshelve': {
    seconds: 15,
    done(world, { id }) {
      const server = world.servers.get(id);
      if (server?.task_state !== 'unshelving') return;
      const host = server.host === null ? place(world, server, undefined)?.name : server.host;
      if (host === undefined) {
        settle(world, id, 'unshelving', {});
        return;
      }
      settle(world, id, 'unshelving', {
        vm_state: 'active',
        power_state: 1,
        host,
        availability_zone: zoneOf(world, host),
      });
    },
    failed,
  },
};

import { textIn } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, type Answer, type SimulatedCall } from '../router.js';
import type { Server } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import { forgetShelvedImage, shelvedImage } from './capture.js';
import { settle } from './power.js';
import { hostsOf, place, zoneOf } from './schedule.js';
import { fail, note } from './servers.js';
import { checkState } from './states.js';

/**
 * Off its host, with what it is kept: this Nova offloads at once (recorded: 303 to 306). A disk that is a file of the
 * host is kept in an image meanwhile.
 */
export function shelve(call: SimulatedCall, world: World, server: Server): Answer {
  checkState(server, 'shelve', ['active', 'stopped', 'paused', 'suspended']);
  note(call, world, server, 'shelve');
  shelvedImage(call, world, server);
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

/** Since 2.77 to a zone, since 2.91 to a host, which only an administrator may choose. */
export function unshelve(call: SimulatedCall, world: World, server: Server, args: unknown): Answer {
  const [zone, host] = [textIn(args, 'availability_zone'), textIn(args, 'host')];
  if (host !== undefined && !call.token.roles.includes('admin'))
    throw refuse.forbidden("Policy doesn't allow os_compute_api:os-shelve:unshelve_to_host to be performed.");
  if (host !== undefined && !world.hosts.has(host)) throw refuse.bad(`Compute host ${host} could not be found.`);
  const among = host === undefined ? (zone === undefined ? undefined : hostsOf(world, zone)) : [host];
  if (zone !== undefined && among === undefined) throw refuse.bad('The requested availability zone is not available');
  checkState(server, 'unshelve', ['shelved', 'shelved_offloaded']);
  note(call, world, server, 'unshelve');
  server.task_state = 'unshelving';
  world.work.begin('server.unshelve', server.id, among === undefined ? {} : { hosts: JSON.stringify(among) });
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
    done(world, { id, args }) {
      const server = world.servers.get(id);
      if (server?.task_state !== 'unshelving') return;
      const among = args.hosts === undefined ? undefined : (JSON.parse(args.hosts) as string[]);
      const host = server.host === null ? place(world, server, among)?.name : server.host;
      if (host === undefined) {
        settle(world, id, 'unshelving', {});
        return;
      }
      forgetShelvedImage(world, server);
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

import { isObject, python, textIn } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, type Answer, type SimulatedCall } from '../router.js';
import type { Server } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import { fail, note } from './servers.js';
import { checkState } from './states.js';

/** One change of power: from which states, the task shown meanwhile, and what the server is afterwards. */
interface Change {
  readonly from: readonly string[];
  readonly task: string;
  readonly seconds: number;
  readonly to: string;
  readonly power: number;
  readonly named?: string;
}

/** States: openstack/nova, compute/api.py, check_instance_state of each. */
const CHANGES: Readonly<Record<string, Change>> = {
  'os-start': { from: ['stopped'], task: 'powering-on', seconds: 5, to: 'active', power: 1, named: 'start' },
  'os-stop': {
    from: ['active', 'rescued', 'error'],
    task: 'powering-off',
    seconds: 8,
    to: 'stopped',
    power: 4,
    named: 'stop',
  },
  suspend: { from: ['active'], task: 'suspending', seconds: 10, to: 'suspended', power: 7 },
  resume: { from: ['suspended'], task: 'resuming', seconds: 10, to: 'active', power: 1 },
  pause: { from: ['active'], task: 'pausing', seconds: 3, to: 'paused', power: 3 },
  unpause: { from: ['paused'], task: 'unpausing', seconds: 3, to: 'active', power: 1 },
};

export const POWER_ACTIONS = Object.keys(CHANGES);

export function changePower(call: SimulatedCall, world: World, server: Server, action: string): Answer {
  const change = CHANGES[action];
  if (change === undefined) throw refuse.bad(`There is no such action: ${action}`);
  const name = change.named ?? action;
  checkState(server, name, change.from);
  note(call, world, server, name);
  server.task_state = change.task;
  world.work.begin(`server.${action}`, server.id);
  return accepted();
}

const TYPES = ['HARD', 'Hard', 'hard', 'SOFT', 'Soft', 'soft'];

export function reboot(call: SimulatedCall, world: World, server: Server, args: unknown): Answer {
  const type = textIn(args, 'type');
  if (type === undefined)
    throw refuse.bad(
      `Invalid input for field/attribute reboot. Value: ${python(isObject(args) ? args : null)}. ` +
        `'type' is a required property`,
    );
  if (!TYPES.includes(type))
    throw refuse.bad(
      `Invalid input for field/attribute type. Value: ${type}. '${type}' is not one of ${python(TYPES)}`,
    );
  const hard = type.toUpperCase() === 'HARD';
  checkState(server, 'reboot', hard ? ['active', 'stopped', 'paused', 'suspended', 'error'] : ['active']);
  note(call, world, server, 'reboot');
  server.task_state = hard ? 'rebooting_hard' : 'rebooting';
  world.work.begin('server.reboot', server.id);
  return accepted();
}

/** `os-resetState`: an administrator's way out of a state. */
export function resetState(call: SimulatedCall, world: World, server: Server, args: unknown): Answer {
  const state = textIn(args, 'state');
  if (state !== 'active' && state !== 'error')
    throw refuse.bad(
      `Invalid input for field/attribute state. Value: ${state ?? ''}. '${state ?? ''}' is not one of ` +
        `['active', 'error']`,
    );
  note(call, world, server, 'resetState');
  Object.assign(server, { vm_state: state, task_state: null, fault: null });
  return accepted();
}

/** Ends a task; no effect if the server has another task meanwhile, such as its deletion. */
export function settle(world: World, id: string, task: string, change: Partial<Server>): void {
  const server = world.servers.get(id);
  if (server?.task_state === task) Object.assign(server, { task_state: null, updated: world.clock.stamp(), ...change });
}

function kind(action: string, { task, seconds, to, power }: Change): [string, WorkKind<World>] {
  return [
    `server.${action}`,
    {
      seconds,
      done(world, { id }) {
        const running = power === 1;
        // PowerVC shows its own task, activating, until the partition's RMC connection is up (docs/reference/power.md,
        // 1.2).
        if (action === 'os-start') {
          settle(world, id, task, { vm_state: to, power_state: power, task_state: 'activating', fault: null });
          if (world.servers.get(id)?.task_state === 'activating') world.work.begin('server.activate', id);
        } else
          settle(world, id, task, { vm_state: to, power_state: power, rmc_state: running ? 'active' : 'inactive' });
      },
      failed: (world, { id }, message) => {
        fail(world, id, message);
      },
    },
  ];
}

export const powerWork: Readonly<Record<string, WorkKind<World>>> = {
  ...Object.fromEntries(Object.entries(CHANGES).map(([action, change]) => kind(action, change))),
  'server.activate': {
    seconds: 5,
    done(world, { id }) {
      settle(world, id, 'activating', { rmc_state: 'active' });
    },
    // The partition runs, but nobody reaches its RMC: PowerVC warns.
    failed(world, { id }) {
      settle(world, id, 'activating', {});
    },
  },
  'server.reboot': {
    seconds: 15,
    done(world, { id }) {
      for (const task of ['rebooting', 'rebooting_hard'])
        settle(world, id, task, { vm_state: 'active', power_state: 1, rmc_state: 'active', fault: null });
    },
    failed: (world, { id }, message) => {
      fail(world, id, message);
    },
  },
};

import { textIn } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, ok, type Answer, type SimulatedCall } from '../router.js';
import { volumesOf } from '../cinder/attach.js';
import type { Server } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import { settle } from './power.js';
import { fail, note } from './servers.js';
import { checkState } from './states.js';

const bootsFromVolume = (world: World, { id }: Server): boolean =>
  volumesOf(world, id).some(({ attachments }) =>
    attachments.some(({ server_id, boot_index }) => server_id === id && boot_index === 0),
  );

/** Boots from another image (recorded: 297 to 300); of a server that boots from a volume since 2.87. */
export function rescue(call: SimulatedCall, world: World, server: Server, args: unknown): Answer {
  checkState(server, 'rescue', ['active', 'stopped', 'error']);
  if (call.version < 87 && bootsFromVolume(world, server))
    throw refuse.bad(`Instance ${server.id} cannot be rescued: Cannot rescue a volume-backed instance`);
  note(call, world, server, 'rescue');
  server.task_state = 'rescuing';
  world.work.begin('server.rescue', server.id);
  return ok({ adminPass: textIn(args, 'adminPass') ?? world.random.hex(12) });
}

export function unrescue(call: SimulatedCall, world: World, server: Server): Answer {
  checkState(server, 'unrescue', ['rescued']);
  note(call, world, server, 'unrescue');
  server.task_state = 'unrescuing';
  world.work.begin('server.unrescue', server.id);
  return accepted();
}

const failed: WorkKind<World>['failed'] = (world, { id }, message) => {
  fail(world, id, message);
};

export const rescueWork: Readonly<Record<string, WorkKind<World>>> = {
  'server.rescue': {
    seconds: 10,
    done(world, { id }) {
      settle(world, id, 'rescuing', { vm_state: 'rescued', power_state: 1 });
    },
    failed,
  },
  'server.unrescue': {
    seconds: 10,
    done(world, { id }) {
      settle(world, id, 'unrescuing', { vm_state: 'active', power_state: 1 });
    },
    failed,
  },
};

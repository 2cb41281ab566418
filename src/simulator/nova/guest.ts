import { textIn } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, ok, type Answer, type SimulatedCall } from '../router.js';
import type { Server } from '../world/types.js';
import type { World } from '../world/world.js';
import { note } from './servers.js';
import { checkState } from './states.js';

/** Recorded: 244. A guest that nobody runs says little. */
export function consoleOutput(_call: SimulatedCall, _world: World, server: Server): Answer {
  if (server.host === null) throw refuse.conflict(`Instance ${server.id} is not ready`);
  return ok({ output: `${server.name} login: \n` });
}

/** Up to 2.5; then in `remote-consoles` (recorded: 245, 247). */
export function vncConsole(call: SimulatedCall, world: World, server: Server, args: unknown): Answer {
  if (call.version >= 6) throw refuse.missing('The resource could not be found.');
  checkState(server, 'get_vnc_console', ['active']);
  const url = `http://127.0.0.1:6080/vnc_auto.html?path=%3Ftoken%3D${world.random.uuid()}`;
  return ok({ console: { type: textIn(args, 'type') ?? 'novnc', url } });
}

/** Recorded: 307, 308. */
export function changePassword(call: SimulatedCall, world: World, server: Server): Answer {
  checkState(server, 'changePassword', ['active']);
  note(call, world, server, 'changePassword');
  return accepted();
}

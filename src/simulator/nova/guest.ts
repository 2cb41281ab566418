import { isObject, str, textIn } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, noContent, ok, type Answer, type SimulatedCall } from '../router.js';
import type { Server } from '../world/types.js';
import type { World } from '../world/world.js';
import { findServer, note } from './servers.js';
import { checkState } from './states.js';

/** Recorded: 244. A guest that nobody runs says little. */
export function consoleOutput(_call: SimulatedCall, _world: World, server: Server, args: unknown): Answer {
  if (server.host === null) throw refuse.conflict(`Instance ${server.id} is not ready`);
  return ok({ output: lastOf(bootLog(server), args) });
}

const bootLog = ({ name, memory_mb, cpus }: Server): string[] => [
  'Booting from the first disk ...',
  'Loading Linux ...',
  'Loading initial ramdisk ...',
  `Memory: ${memory_mb * 1024}K available`,
  `smp: Brought up 1 node, ${cpus} CPUs`,
  'Run /init as init process',
  'Starting system message bus ...',
  'Starting network ...',
  'Reached target Multi-User System.',
  `${name} login: `,
];

/** The last lines that `length` asks for; all of them without it. Throws Nova's 400. */
function lastOf(lines: readonly string[], args: unknown): string {
  const given = isObject(args) ? (args.length ?? -1) : -1;
  const length = typeof given === 'string' && /^-?\d+$/.test(given) ? Number(given) : given;
  if (typeof length !== 'number' || !Number.isInteger(length) || length < -1)
    throw refuse.bad(`Invalid input for field/attribute length. Value: ${str(given)}.`);
  return length === -1 ? `${lines.join('\n')}\n` : lines.slice(Math.max(0, lines.length - length)).join('\n');
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

/** Guests here tell no password that they made. */
export const serverPassword = {
  get: (call: SimulatedCall, world: World): Answer => {
    findServer(call, world);
    return ok({ password: '' });
  },
  clear: (call: SimulatedCall, world: World): Answer => {
    findServer(call, world);
    return noContent;
  },
};

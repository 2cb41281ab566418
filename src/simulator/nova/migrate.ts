import { textIn } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, type Answer, type SimulatedCall } from '../router.js';
import type { Host, Server } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import { bind } from '../neutron/ports.js';
import { settle } from './power.js';
import { noteMigration, settleMigration } from './reports.js';
import { hostsOf, place, zoneOf } from './schedule.js';
import { note } from './servers.js';
import { checkState } from './states.js';
import { portsOf } from './view.js';

/** Where to: the host named, or any other of the zone. Throws Nova's 400 (recorded: 288, 290). */
function target(world: World, server: Server, named: string | undefined): Host {
  if (named !== undefined && !world.hosts.has(named)) throw refuse.bad(`Compute host ${named} could not be found.`);
  const host = place(
    world,
    server,
    named === undefined ? hostsOf(world, server.availability_zone) : [named],
    server.host ?? undefined,
  );
  if (host === undefined) throw refuse.bad('No valid host was found. There are not enough hosts available.');
  return host;
}

function begin(call: SimulatedCall, world: World, server: Server, host: Host, action: string): Answer {
  note(call, world, server, action);
  noteMigration(world, server, action, { host: host.name });
  server.task_state = 'migrating';
  const waits = action === 'migrate' && world.settings.cloud === 'openstack';
  world.work.begin('server.migrate', server.id, { host: host.name, ...(waits ? { waits: 'true' } : {}) });
  return accepted();
}

export function liveMigrate(call: SimulatedCall, world: World, server: Server, args: unknown): Answer {
  checkState(server, 'os-migrateLive', ['active', 'paused']);
  if (world.settings.cloud === 'powervc' && server.rmc_state !== 'active')
    throw refuse.bad(`Instance ${server.id} cannot be migrated while its RMC connection is ${server.rmc_state}`);
  return begin(call, world, server, target(world, server, textIn(args, 'host')), 'live-migration');
}

/** PowerVC's cold migration has no step of confirmation either; OpenStack's has (recorded: 293, 294). */
export function migrate(call: SimulatedCall, world: World, server: Server, args: unknown): Answer {
  checkState(server, 'migrate', ['stopped', 'active']);
  return begin(call, world, server, target(world, server, textIn(args, 'host')), 'migrate');
}

/** Remote restart: only when the server's host is down (recorded: 311, 312). */
export function evacuate(call: SimulatedCall, world: World, server: Server, args: unknown): Answer {
  const named = textIn(args, 'host');
  if (named === server.host) throw refuse.bad("The target host can't be the same one.");
  if (world.hosts.get(server.host ?? '')?.state !== 'down')
    throw refuse.bad(`Compute service of ${server.host ?? ''} is still in use.`);
  return begin(call, world, server, target(world, server, named), 'evacuate');
}

export const migrateWork: Readonly<Record<string, WorkKind<World>>> = {
  'server.migrate': {
    seconds: 30,
    done(world, { id, args }) {
      const host = args.host ?? '';
      const from = world.servers.get(id)?.host;
      settleMigration(world, id, args.waits === undefined ? 'completed' : 'finished');
      settle(world, id, 'migrating', {
        host,
        availability_zone: zoneOf(world, host),
        ...(args.waits === undefined ? {} : { vm_state: 'resized', resized_from: JSON.stringify({ host: from }) }),
      });
      if (world.servers.get(id)?.host === host) for (const port of portsOf(world, id)) bind(world, port, id, host);
    },
    failed(world, { id }) {
      settleMigration(world, id, 'error');
      settle(world, id, 'migrating', {});
    },
  },
};

import { isObject, python } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, noContent, type Answer, type SimulatedCall } from '../router.js';
import type { Flavor, Server } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import { checkQuota } from './create.js';
import { flavorOf, sizing, within } from './flavor.js';
import { addPmemVolumes, deletePmemVolumes } from './pmem.js';
import { settle } from './power.js';
import { noteMigration, settleMigration } from './reports.js';
import { freeMemoryMb } from './schedule.js';
import { attributesIn, fail, note } from './servers.js';
import { checkState } from './states.js';

const BOUNDS = {
  min_vcpu: 'min_cpus',
  max_vcpu: 'max_cpus',
  min_proc_units: 'min_proc_units',
  max_proc_units: 'max_proc_units',
  min_mem: 'min_memory_mb',
  max_mem: 'max_memory_mb',
} as const;

/**
 * A running partition changes by DLPAR: within its bounds, not the bounds themselves, and only over RMC
 * (docs/reference/power.md, 1.2 and 1.4).
 */
function checkRunning(server: Server, { ram, vcpus, extra_specs }: Flavor): void {
  if (server.rmc_state !== 'active')
    throw refuse.conflict(
      `Instance ${server.id} cannot be resized while it is active and its RMC connection is ${server.rmc_state}`,
    );
  for (const [spec, bound] of Object.entries(BOUNDS)) {
    const given = extra_specs[`powervm:${spec}`];
    if (given !== undefined && Number(given) !== server[bound])
      throw refuse.bad(`The value of powervm:${spec} cannot be changed while the virtual machine is active.`);
  }
  within('memory', ram, server.min_memory_mb, server.max_memory_mb);
  within('virtual processors', vcpus, server.min_cpus, server.max_cpus);
  within(
    'processing units',
    Number(extra_specs['powervm:proc_units'] ?? server.proc_units),
    server.min_proc_units,
    server.max_proc_units,
  );
}

/**
 * PowerVC's resize: the flavor inline, no step of confirmation; or pmem volumes at the cost of RAM. OpenStack's:
 * another flavor, which waits to be confirmed.
 */
export function resize(call: SimulatedCall, world: World, server: Server, args: unknown): Answer {
  if (!isObject(args))
    throw refuse.bad(
      `Invalid input for field/attribute resize. Value: ${python(args)}. ${python(args)} is not of type 'object'`,
    );
  if ('add-pmem-vol' in args) return addPmemVolumes(call, world, server, args['add-pmem-vol'], true);
  if ('del-pmem-vol' in args) return deletePmemVolumes(call, world, server, args['del-pmem-vol'], true);
  if (world.settings.cloud === 'openstack' && args.flavorRef === undefined)
    throw refuse.bad(
      `Invalid input for field/attribute resize. Value: ${python(args)}. 'flavorRef' is a required property`,
    );
  const flavor = flavorOf(call, world, args);
  if (args.flavorRef !== undefined && flavor.id === server.flavor_id)
    throw refuse.bad('When resizing, instances must change flavor!');
  checkState(server, 'resize', ['active', 'stopped']);
  // Bounds that the flavor leaves out stay as they are.
  if (server.vm_state === 'active' && world.settings.cloud === 'powervc') checkRunning(server, flavor);
  const requested = sizing(world.settings.cloud, flavor, world.settings.cloud === 'powervc' ? server : undefined);
  if (world.settings.cloud === 'openstack')
    checkQuota(world, server.project_id, {
      instances: 0,
      cores: requested.cpus - server.cpus,
      ram: requested.memory_mb - server.memory_mb,
    });
  const host = world.hosts.get(server.host ?? '');
  if (host !== undefined && requested.memory_mb - server.memory_mb > freeMemoryMb(world, host))
    throw refuse.bad('No valid host was found. No valid host found for resize');
  note(call, world, server, 'resize');
  noteMigration(world, server, 'resize', { flavor: flavor.id });
  Object.assign(server, attributesIn(args));
  server.task_state = 'resize_prep';
  world.work.begin('server.resize', server.id, { sizing: JSON.stringify(requested) });
  return accepted();
}

/** The state of a server after its resize: running or off, as before. */
const resumed = (world: World, { power_state }: Server): Partial<Server> => ({
  vm_state: power_state === 1 ? 'active' : 'stopped',
  resized_from: null,
  updated: world.clock.stamp(),
});

/** On PowerVC there is never anything to confirm (recorded of OpenStack: 254, 258). */
export function confirmResize(call: SimulatedCall, world: World, server: Server): Answer {
  checkState(server, 'confirmResize', ['resized']);
  note(call, world, server, 'confirmResize');
  settleMigration(world, server.id, 'confirmed');
  Object.assign(server, resumed(world, server));
  return noContent;
}

/** Recorded: 263. */
export function revertResize(call: SimulatedCall, world: World, server: Server): Answer {
  checkState(server, 'revertResize', ['resized']);
  note(call, world, server, 'revertResize');
  settleMigration(world, server.id, 'reverted');
  Object.assign(server, JSON.parse(server.resized_from ?? '{}') as Partial<Server>, resumed(world, server));
  return accepted();
}

export const resizeWork: Readonly<Record<string, WorkKind<World>>> = {
  'server.resize': {
    seconds: 10,
    done(world, { id, args }) {
      const changed = JSON.parse(args.sizing ?? '{}') as Partial<Server>;
      const server = world.servers.get(id);
      if (world.settings.cloud === 'powervc' || server === undefined) {
        settle(world, id, 'resize_prep', changed);
        return;
      }
      const before = Object.fromEntries(Object.keys(changed).map((key) => [key, server[key as keyof Server]]));
      settleMigration(world, id, 'finished');
      settle(world, id, 'resize_prep', { ...changed, vm_state: 'resized', resized_from: JSON.stringify(before) });
    },
    failed: (world, { id }, message) => {
      settleMigration(world, id, 'error');
      fail(world, id, message);
    },
  },
};

import { naive } from '../clock.js';
import type { JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { ok, type Answer, type SimulatedCall } from '../router.js';
import type { Server } from '../world/types.js';
import type { World } from '../world/world.js';

const HOUR = 3_600_000;

function serverUsage(world: World, server: Server, from: number, to: number): JsonObject & { hours: number } {
  const since = Math.max(from, Date.parse(server.launched_at ?? server.created));
  return {
    hours: Math.max(0, to - since) / HOUR,
    flavor: world.flavors.get(server.flavor_id)?.name ?? server.name,
    instance_id: server.id,
    name: server.name,
    tenant_id: server.project_id,
    memory_mb: server.memory_mb,
    local_gb: server.root_gb,
    vcpus: server.cpus,
    started_at: naive(server.created),
    ended_at: null,
    state: server.vm_state,
    uptime: Math.floor(Math.max(0, world.clock.now() - Date.parse(server.created)) / 1000),
  };
}

function tenantUsage(call: SimulatedCall, world: World, project: string): JsonObject {
  const now = world.clock.now();
  const time = (key: string, fallback: number): number => {
    const text = call.query.get(key);
    if (text === null) return fallback;
    const requested = Date.parse(`${text.replace(' ', 'T').replace(/Z?$/, 'Z')}`);
    if (Number.isNaN(requested)) throw refuse.bad('Invalid datetime string');
    return requested;
  };
  const [start, stop] = [time('start', now), time('end', now)];
  if (start > stop) throw refuse.bad('Invalid start time. The start time cannot occur after the end time.');
  const servers = [...world.servers.values()].filter(({ project_id }) => project_id === project);
  const usages = servers.map((server) => serverUsage(world, server, start, Math.min(stop, now)));
  const total = (of: (server: Server) => number): number =>
    servers.reduce((sum, server, index) => sum + of(server) * (usages[index]?.hours ?? 0), 0);
  const stamp = (ms: number): string => new Date(ms).toISOString().replace('Z', '000');
  return {
    tenant_id: project,
    server_usages: usages,
    total_local_gb_usage: total(({ root_gb }) => root_gb),
    total_vcpus_usage: total(({ cpus }) => cpus),
    total_memory_mb_usage: total(({ memory_mb }) => memory_mb),
    total_hours: total(() => 1),
    start: stamp(start),
    stop: stamp(stop),
  };
}

/** What a project's servers have used (recorded: 205), without removed ones. */
export const usage = {
  get: (call: SimulatedCall, world: World): Answer =>
    ok({ tenant_usage: tenantUsage(call, world, call.params.project ?? '') }),
  list: (call: SimulatedCall, world: World): Answer =>
    ok({ tenant_usages: [...world.projects.keys()].map((project) => tenantUsage(call, world, project)) }),
};

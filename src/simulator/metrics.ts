import { createHash } from 'node:crypto';
import type { JsonObject } from './json.js';
import { isArray, isObject, objectIn, textIn } from './json.js';
import { refuse } from './refusal.js';
import { ok, route, type Answer, type SimulatedCall, type Route } from './router.js';
import { stableUuid } from './stable-id.js';
import { type ViewParts, partsIn, partsOfThese } from './nova/view.js';
import type { Server } from './world/types.js';
import type { World } from './world/world.js';

/**
 * Gnocchi, as far as docs/reference/power.md, 1.4 (last entry) describes it. Every measure is a function of its metric
 * and its time, so results repeat.
 */
interface Metric {
  readonly id: string;
  readonly name: string;
  readonly running: boolean;
  readonly value: (seconds: number) => number;
}
interface Resource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly original: string;
  readonly server: Server;
  readonly metrics: readonly Metric[];
}

const GRANULARITY = 300;
const DISK = ['disk.device.read.bytes', 'disk.device.write.bytes'];
const NETWORK = ['network.incoming.bytes', 'network.outgoing.bytes'];

/** 0 to 1, wandering slowly with time. */
const wave = (id: string, seconds: number): number => {
  const phase = createHash('md5').update(id).digest().readUInt16BE(0);
  return (Math.sin(seconds / 1800 + phase) + 1) / 2;
};

/** A counter: never falls. */
const counter =
  (id: string, top: number) =>
  (seconds: number): number => {
    const rate = (createHash('md5').update(id).digest().readUInt16BE(2) / 65536) * top;
    return Math.round(rate * (seconds - 1_760_000_000) + top * 300 * (1 - Math.cos(seconds / 1800)));
  };

function metric(of: string, name: string, server: Server, value: (id: string) => (seconds: number) => number): Metric {
  const id = stableUuid('metric', of, name);
  return { id, name, running: server.vm_state === 'active', value: value(id) };
}

/** A server as Gnocchi knows it. */
function instanceOf(server: Server): Resource {
  const percent =
    (id: string) =>
    (seconds: number): number =>
      Number((5 + 40 * wave(id, seconds)).toFixed(4));
  const memory =
    (id: string) =>
    (seconds: number): number =>
      Math.round(server.memory_mb * (0.3 + 0.4 * wave(id, seconds)));
  return {
    id: server.id,
    type: 'instance',
    name: server.name,
    original: server.id,
    server,
    metrics: [metric(server.id, 'cpu_util', server, percent), metric(server.id, 'memory.usage', server, memory)],
  };
}

function resourcesOf(world: World, server: Server, parts: ViewParts): Resource[] {
  const own = instanceOf(server);
  if (world.settings.metrics === 'vm') return [own];
  const part = (type: string, name: string, original: string, names: readonly string[], top: number): Resource => ({
    id: stableUuid(type, original),
    type,
    name,
    original,
    server,
    metrics: names.map((each) => metric(original, each, server, (id) => counter(id, top))),
  });
  return [
    own,
    ...parts.volumes(server.id).map(({ id }) => part('instance_disk', id, `${server.id}-${id}`, DISK, 4_000_000)),
    ...parts
      .ports(server.id)
      .map(({ mac_address }) =>
        part('instance_network_interface', mac_address, `${server.id}-${mac_address}`, NETWORK, 1_000_000),
      ),
  ];
}

const isSeen = ({ token }: SimulatedCall, { project_id: project }: Server): boolean =>
  project === token.projectId || token.roles.includes('admin');

/** Those that the caller may see; of one server if it is named, because there may be thousands. */
function seen(call: SimulatedCall, world: World, serverId?: string): Resource[] {
  if (world.settings.metrics === 'off') return [];
  const one = serverId === undefined ? undefined : world.servers.get(serverId);
  const servers = (serverId === undefined ? [...world.servers.values()] : one ? [one] : []).filter((server) =>
    isSeen(call, server),
  );
  const parts = one ? partsIn(world) : partsOfThese(world, servers);
  return servers.flatMap((server) => resourcesOf(world, server, parts));
}

/** The server of each metric that was returned. */
const owners = new WeakMap<World, Map<string, string>>();

function tell(world: World, resource: Resource): JsonObject {
  const known = owners.get(world) ?? new Map<string, string>();
  owners.set(world, known);
  for (const { id } of resource.metrics) known.set(id, resource.server.id);
  return body(resource);
}

const body = ({ id, type, name, original, server, metrics }: Resource): JsonObject => ({
  id,
  type,
  name,
  original_resource_id: original,
  project_id: server.project_id,
  user_id: server.user_id,
  started_at: server.created,
  ended_at: null,
  revision_start: server.created,
  revision_end: null,
  ...(type === 'instance' ? { display_name: name, host: server.host } : { instance_id: server.id }),
  metrics: Object.fromEntries(metrics.map((each) => [each.name, each.id])),
});

function find(call: SimulatedCall, world: World): Resource {
  const { type, resource } = call.params;
  const found = seen(call, world, type === 'instance' ? resource : undefined).find(
    (candidate) => candidate.type === type && (candidate.id === resource || candidate.original === resource),
  );
  if (found === undefined) throw refuse.missing(`Resource ${resource ?? ''} does not exist`);
  return found;
}

const list = (call: SimulatedCall, world: World): Answer =>
  ok(
    seen(call, world)
      .filter(({ type }) => type === call.params.type)
      .map((resource) => tell(world, resource)),
  );

function search(call: SimulatedCall, world: World): Answer {
  const criteria = objectIn(call.body, '=') ?? {};
  const conditions = Object.entries(criteria);
  const of = criteria['instance_id'];
  const fits = (item: JsonObject): boolean => conditions.every(([key, value]) => item[key] === value);
  return ok(
    seen(call, world, typeof of === 'string' ? of : undefined)
      .filter(({ type }) => type === call.params.type)
      .map((resource) => tell(world, resource))
      .filter(fits),
  );
}

/** Seconds since the epoch: an instant (without a zone: UTC), such seconds, or seconds before now (`-900`). */
function startOf(text: string | null, now: number): number {
  if (text === null) return now - 3600;
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text) < 0 ? now + Number(text) : Number(text);
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`) / 1000;
}

/**
 * Measures of instances, by metric: `{"operations": ["metric", [<name>, "mean"], …], "resource_type": "instance",
 * "search": {"in": {"id": [<id>, …]}}}`.
 */
function aggregates(call: SimulatedCall, world: World): Answer {
  const operations = isObject(call.body) ? call.body['operations'] : undefined;
  const conditions = isArray(operations) && operations[0] === 'metric' ? operations.slice(1).filter(isArray) : [];
  const ids = objectIn(objectIn(call.body, 'search'), 'in')?.['id'];
  if (conditions.length === 0 || !isArray(ids) || textIn(call.body, 'resource_type') !== 'instance')
    throw refuse.bad('Invalid input: only measures of instances by their ids are simulated');
  const servers = ids.flatMap((id) => (typeof id === 'string' ? (world.servers.get(id) ?? []) : []));
  const found = servers
    .filter((server) => world.settings.metrics !== 'off' && isSeen(call, server))
    .map((server) => {
      const { metrics } = instanceOf(server);
      const named = metrics.flatMap((each) => {
        const [, how] = conditions.find(([name]) => name === each.name) ?? [];
        return typeof how === 'string' ? [[each.name, { [how]: series(call, world, each) }] as const] : [];
      });
      return [server.id, Object.fromEntries(named)] as const;
    })
    .filter(([, named]) => Object.keys(named).length > 0);
  if (found.length === 0)
    throw refuse.missing(`Metric ${conditions.map(([name]) => String(name)).join()} does not exist`);
  return ok({ measures: Object.fromEntries(found) });
}

const measures = (call: SimulatedCall, world: World, found: Metric): Answer => ok(series(call, world, found));

/** `[[instant, granularity, value], …]` of the last hour, or since `start`; none while the partition is off. */
function series(call: SimulatedCall, world: World, found: Metric): unknown[] {
  const now = Math.floor(world.clock.now() / 1000 / GRANULARITY) * GRANULARITY;
  const since = startOf(call.query.get('start'), now);
  if (Number.isNaN(since)) throw refuse.bad(`Invalid value for start`);
  const first = Math.max(Math.ceil(since / GRANULARITY) * GRANULARITY, now - 24 * 3600);
  const instants = found.running
    ? Array.from({ length: Math.max(0, (now - first) / GRANULARITY + 1) }, (_, index) => first + index * GRANULARITY)
    : [];
  return instants.map((seconds) => [
    new Date(seconds * 1000).toISOString().replace('.000Z', '+00:00'),
    GRANULARITY,
    found.value(seconds),
  ]);
}

function measuresByName(call: SimulatedCall, world: World): Answer {
  const found = find(call, world).metrics.find(({ name }) => name === call.params.metric);
  if (found === undefined) throw refuse.missing(`Metric ${call.params.metric ?? ''} does not exist`);
  return measures(call, world, found);
}

function measuresById(call: SimulatedCall, world: World): Answer {
  const found = seen(call, world, owners.get(world)?.get(call.params.metric ?? ''))
    .flatMap(({ metrics }) => metrics)
    .find(({ id }) => id === call.params.metric);
  if (found === undefined) throw refuse.missing(`Metric ${call.params.metric ?? ''} does not exist`);
  return measures(call, world, found);
}

/** Gnocchi v1: paths below `/metric`, with the version. */
export const metricRoutes: readonly Route[] = [
  route('GET', '/v1/resource/{type}', 'list resource', list),
  route('GET', '/v1/resource/{type}/{resource}', 'get resource', (call, world) => ok(tell(world, find(call, world)))),
  route('POST', '/v1/search/resource/{type}', 'search resource', search, 'reader'),
  route('POST', '/v1/aggregates', 'search resource', aggregates, 'reader'),
  route('GET', '/v1/resource/{type}/{resource}/metric/{metric}/measures', 'get measures', measuresByName),
  route('GET', '/v1/metric/{metric}/measures', 'get measures', measuresById),
];

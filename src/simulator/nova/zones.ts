import { naive } from '../clock.js';
import { isObject, textIn, truthy, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { ok, type Answer, type SimulatedCall } from '../router.js';
import { stableUuid } from '../stable-id.js';
import type { Host } from '../world/types.js';
import type { World } from '../world/world.js';
import { zoneOf } from './schedule.js';

/** Since 2.53 a UUID (recorded: 145). */
export const serviceId = (call: SimulatedCall, { id, name }: Host): number | string =>
  call.version >= 53 ? stableUuid('service', name) : id + 10;

const zoneNames = (world: World): Map<string, string[]> => {
  const zones = new Map<string, string[]>();
  for (const { name, metadata, hosts: members } of world.hostGroups.values()) {
    const zone = metadata.availability_zone ?? name;
    zones.set(zone, [...(zones.get(zone) ?? []), ...members]);
  }
  return zones;
};

/** The nova-compute of a host. */
const serviceBody = (call: SimulatedCall, world: World, host: Host): JsonObject => ({
  binary: 'nova-compute',
  host: host.name,
  id: serviceId(call, host),
  zone: zoneOf(world, host.name),
  status: host.service_status,
  state: host.state,
  updated_at: naive(world.clock.stamp()),
  disabled_reason: host.disabled_reason,
  ...(call.version >= 11 ? { forced_down: false } : {}),
});

/** Of the host alone, as services were changed before 2.53. */
const briefly = (call: SimulatedCall, host: Host, more: JsonObject): Answer =>
  ok({ service: { binary: textIn(call.body, 'binary') ?? 'nova-compute', host: host.name, ...more } });

const ofHost = (call: SimulatedCall, world: World): Host => {
  const name = textIn(call.body, 'host') ?? '';
  const host = world.hosts.get(name);
  if (host === undefined) throw refuse.missing(`Could not find binary nova-compute on host ${name}.`);
  return host;
};

function setStatus(host: Host, status: Host['service_status'], reason: string | null): void {
  host.service_status = status;
  host.disabled_reason = status === 'disabled' ? reason : null;
}

/** Since 2.53 by its UUID (recorded: 146, 147); before by what is to be done, and the host in the body. */
function updateService(call: SimulatedCall, world: World): Answer {
  const which = call.params.service ?? '';
  const reason = textIn(call.body, 'disabled_reason') ?? null;
  if (call.version < 53) {
    switch (which) {
      case 'enable':
      case 'disable':
      case 'disable-log-reason': {
        const host = ofHost(call, world);
        if (which === 'disable-log-reason' && reason === null) throw refuse.bad('Missing disabled reason field');
        setStatus(host, which === 'enable' ? 'enabled' : 'disabled', which === 'disable' ? null : reason);
        const why = which === 'disable-log-reason' ? { disabled_reason: reason } : {};
        return briefly(call, host, { status: host.service_status, ...why });
      }
      case 'force-down': {
        if (call.version < 11) throw refuse.missing('Unknown action');
        const host = ofHost(call, world);
        host.state = truthy(isObject(call.body) ? call.body.forced_down : false) ? 'down' : 'up';
        return briefly(call, host, { forced_down: host.state === 'down' });
      }
      default:
        throw refuse.missing('Unknown action');
    }
  }
  const host = [...world.hosts.values()].find((one) => serviceId(call, one) === which);
  if (host === undefined) throw refuse.notFound('Service', which);
  const status = textIn(call.body, 'status');
  if (status !== undefined) setStatus(host, status === 'disabled' ? 'disabled' : 'enabled', reason);
  if (isObject(call.body) && call.body.forced_down !== undefined)
    host.state = truthy(call.body.forced_down) ? 'down' : 'up';
  return ok({ service: serviceBody(call, world, host) });
}

export const zones = {
  updateService,
  list: (_: SimulatedCall, world: World): Answer =>
    ok({
      availabilityZoneInfo: [...zoneNames(world).keys()].map((zoneName) => ({
        zoneName,
        zoneState: { available: true },
        hosts: null,
      })),
    }),
  detail: (_: SimulatedCall, world: World): Answer =>
    ok({
      availabilityZoneInfo: [...zoneNames(world)].map(([zoneName, members]) => ({
        zoneName,
        zoneState: { available: true },
        hosts: Object.fromEntries(
          members.map((name) => [
            name,
            {
              'nova-compute': {
                available: world.hosts.get(name)?.state === 'up',
                active: true,
                updated_at: naive(world.clock.stamp()),
              },
            },
          ]),
        ),
      })),
    }),
  services: (call: SimulatedCall, world: World): Answer =>
    ok({
      services: [...world.hosts.values()]
        .map((host) => serviceBody(call, world, host))
        .filter((service) => ['host', 'binary'].every((key) => (call.query.get(key) ?? service[key]) === service[key])),
    }),
};

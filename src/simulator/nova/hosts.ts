import { isObject, python, str, textIn, truthy, type JsonObject } from '../json.js';
import { refuse, type Refusal } from '../refusal.js';
import { accepted, ok, type Answer, type SimulatedCall } from '../router.js';
import { stableUuid } from '../stable-id.js';
import type { Host } from '../world/types.js';
import type { World } from '../world/world.js';
import { loadOf, zoneOf } from './schedule.js';
import { serviceId } from './zones.js';

/** Since 2.53 ids are UUIDs (recorded: 139, 145). */
const hypervisorId = (call: SimulatedCall, { id, name }: Host): number | string =>
  call.version >= 53 ? stableUuid('hypervisor', name) : id;

const MEASURED = [
  'vcpus',
  'memory_mb',
  'local_gb',
  'vcpus_used',
  'memory_mb_used',
  'local_gb_used',
  'free_ram_mb',
  'free_disk_gb',
  'current_workload',
  'running_vms',
  'disk_available_least',
] as const;

/** Its servers, as it tells them: up to 2.52 where they are asked for by path, then by `with_servers`. */
const serversOn = (world: World, { name }: Host): JsonObject[] =>
  [...world.servers.values()]
    .filter(({ host }) => host === name)
    .map((one) => ({ name: one.instance_name, uuid: one.id }));

/** Since 2.53 with the servers where these are asked for; since 2.88 what Placement measures is left to it. */
function sinceBase(call: SimulatedCall, world: World, host: Host, body: JsonObject): JsonObject {
  const requested = call.version >= 53 && truthy(call.query.get('with_servers'));
  const servers = requested ? serversOn(world, host) : [];
  const view = requested && (servers.length > 0 || call.version >= 75) ? { ...body, servers } : body;
  if (call.version < 88) return view;
  const gone: ReadonlySet<string> = new Set([...MEASURED, 'cpu_info']);
  return {
    ...Object.fromEntries(Object.entries(view).filter(([key]) => !gone.has(key))),
    uptime: uptimeOf(world, host),
  };
}

function uptimeOf(world: World, host: Host): string {
  const load = (loadOf(world, host).active / 4).toFixed(2);
  return ` 00:00:00 up 1 day,  0:00,  0 users,  load average: ${load}, ${load}, ${load}`;
}

/** Hypervisors, on PowerVC with its fields (docs/reference/power.md, 1.4, last part). */
function hypervisorBody(call: SimulatedCall, world: World, host: Host): JsonObject {
  const load = loadOf(world, host);
  const cpu = {
    vendor: host.cpu_arch === 'ppc64' ? 'ibm' : 'Intel',
    arch: host.cpu_arch,
    model: host.cpu_model,
    mhz: host.cpu_mhz,
    topology: { cores: host.cpus, threads: host.threads },
  };
  const plain: JsonObject = {
    id: hypervisorId(call, host),
    hypervisor_hostname: host.name,
    state: host.state,
    status: host.service_status,
    hypervisor_type: 'phyp',
    hypervisor_version: 1,
    host_ip: host.access_ip,
    service: { id: serviceId(call, host), host: host.name, disabled_reason: host.disabled_reason },
    vcpus: host.cpus,
    memory_mb: host.memory_mb,
    local_gb: 0,
    vcpus_used: load.cpus,
    memory_mb_used: load.memoryMb,
    local_gb_used: 0,
    free_ram_mb: host.memory_mb - load.memoryMb,
    free_disk_gb: 0,
    current_workload: 0,
    running_vms: load.active,
    disk_available_least: 0,
    cpu_info: call.version >= 28 ? cpu : JSON.stringify(cpu),
  };
  if (world.settings.cloud === 'openstack') return sinceBase(call, world, host, plain);
  return {
    ...plain,
    service: { ...(plain.service as JsonObject), host_display_name: host.display_name },
    hypervisor_state: host.state === 'up' ? host.hypervisor_state : 'error',
    maintenance_status: host.maintenance_status,
    maintenance_migration_action: 'none',
    proc_units: host.proc_units,
    proc_units_used: Number(load.procUnits.toFixed(2)),
    proc_units_reserved: 0.5,
    memory_mb_reserved: host.memory_reserved_mb,
    num_vms: load.servers,
    lmb_size: host.lmb_mb,
  };
}

function hypervisor(call: SimulatedCall, world: World): Answer {
  const found = [...world.hosts.values()].find((host) => String(hypervisorId(call, host)) === call.params.hypervisor);
  if (found === undefined) throw refuse.missing(`Compute host ${call.params.hypervisor ?? ''} could not be found.`);
  return ok({ hypervisor: hypervisorBody(call, world, found) });
}

/**
 * Up to 2.87; then among the rest of it. PowerVM's driver has no uptime: Nova says so. The load is a quarter for each
 * server that runs.
 */
function uptime(call: SimulatedCall, world: World): Answer {
  const found = [...world.hosts.values()].find((host) => String(hypervisorId(call, host)) === call.params.hypervisor);
  if (found === undefined) throw refuse.missing(`Compute host ${call.params.hypervisor ?? ''} could not be found.`);
  if (world.settings.cloud !== 'openstack')
    throw refuse.unimplemented('Virt driver does not implement uptime function.');
  if (call.version >= 88) throw refuse.unknown();
  return ok({
    hypervisor: {
      id: hypervisorId(call, found),
      hypervisor_hostname: found.name,
      state: found.state,
      status: found.service_status,
      uptime: uptimeOf(world, found),
    },
  });
}

function statistics(call: SimulatedCall, world: World): Answer {
  const bodies = [...world.hosts.values()].map((host) => hypervisorBody(call, world, host));
  return ok({
    hypervisor_statistics: {
      count: bodies.length,
      ...Object.fromEntries(MEASURED.map((key) => [key, bodies.reduce((sum, body) => sum + Number(body[key]), 0)])),
    },
  });
}

const brief = (call: SimulatedCall, host: Host): JsonObject => ({
  id: hypervisorId(call, host),
  hypervisor_hostname: host.name,
  state: host.state,
  status: host.service_status,
});

/** Those whose name holds the text. Throws Nova's 404 where there are none. */
function matching(world: World, text: string): Host[] {
  const found = [...world.hosts.values()].filter(({ name }) => name.includes(text));
  if (found.length === 0) throw refuse.missing(`No hypervisor matching '${text}' could be found.`);
  return found;
}

/** Since 2.53 the pattern and the servers are parameters of the lists. */
function listed(call: SimulatedCall, world: World): Host[] {
  const pattern = call.version >= 53 ? call.query.get('hypervisor_hostname_pattern') : null;
  return pattern === null ? [...world.hosts.values()] : matching(world, pattern);
}

const named = (call: SimulatedCall, world: World): Host[] => {
  if (call.version >= 53) throw refuse.unknown();
  return matching(world, call.params.hypervisor ?? '');
};

export const hypervisors = {
  list: (call: SimulatedCall, world: World): Answer =>
    ok({
      hypervisors: listed(call, world).map((host) =>
        truthy(call.query.get('with_servers')) && call.version >= 53
          ? { ...brief(call, host), servers: serversOn(world, host) }
          : brief(call, host),
      ),
    }),
  detail: (call: SimulatedCall, world: World): Answer =>
    ok({ hypervisors: listed(call, world).map((host) => hypervisorBody(call, world, host)) }),
  search: (call: SimulatedCall, world: World): Answer =>
    ok({ hypervisors: named(call, world).map((host) => brief(call, host)) }),
  servers: (call: SimulatedCall, world: World): Answer =>
    ok({
      hypervisors: named(call, world).map((host) => {
        const servers = serversOn(world, host);
        return { ...brief(call, host), ...(servers.length > 0 ? { servers } : {}) };
      }),
    }),
  get: hypervisor,
  uptime,
  statistics,
};

function host(call: SimulatedCall, world: World): Answer {
  const name = call.params.host ?? '';
  const found = world.hosts.get(name);
  if (found === undefined) throw refuse.missing(`Compute host ${name} could not be found.`);
  const load = loadOf(world, found);
  return ok({
    host: [
      { resource: { project: '(total)', memory_mb: found.memory_mb, host: name, cpu: found.cpus, disk_gb: 0 } },
      { resource: { project: '(used_now)', memory_mb: load.memoryMb, host: name, cpu: load.cpus, disk_gb: 0 } },
      ...(world.settings.cloud === 'powervc'
        ? [
            {
              registration: {
                manager_type: 'hmc',
                access_ip: found.access_ip,
                user_id: 'hscroot',
                host_display_name: found.display_name,
                primary_hmc_uuid: null,
              },
            },
          ]
        : []),
    ],
  });
}

/** `PUT /ego/prs/hypervisor_maintenance/{host}`: `{"status": "enable"|"disable", …}`. */
function maintenance(call: SimulatedCall, world: World): Answer {
  const found = world.hosts.get(call.params.host ?? '');
  if (found === undefined) throw refuse.missing(`Compute host ${call.params.host ?? ''} could not be found.`);
  const status = textIn(call.body, 'status');
  if (status !== 'enable' && status !== 'disable')
    throw refuse.bad(
      `Invalid input for field/attribute status. Value: ${status ?? ''}. '${status ?? ''}' is not one of ` +
        `['enable', 'disable']`,
    );
  found.maintenance_status = status === 'enable' ? 'on' : 'ok';
  return accepted({ hypervisor_maintenance: { maintenance_status: found.maintenance_status } });
}

const SWITCHES: readonly unknown[] = ['enable', 'disable', 'Enable', 'Disable', 'ENABLE', 'DISABLE'];

/** Up to 2.42. Throws Nova's 404. */
function namedHost(call: SimulatedCall, world: World): Host {
  if (call.version >= 43) throw refuse.unknown();
  const name = call.params.host ?? '';
  const found = world.hosts.get(name);
  if (found === undefined) throw refuse.missing(`Host '${name}' is not mapped to any cell`);
  return found;
}

/** Enables or disables the host's service. The driver of PowerVM keeps no maintenance of its own. */
function update(call: SimulatedCall, world: World): Answer {
  const requested = isObject(call.body) ? call.body : {};
  const { status, maintenance_mode: mode } = requested;
  for (const [key, value] of Object.entries({ status, maintenance_mode: mode }))
    if (value !== undefined && !SWITCHES.includes(value))
      throw refuse.bad(
        `Invalid input for field/attribute ${key}. Value: ${str(value)}. ${python(value)} is not one of ` +
          python(SWITCHES),
      );
  const found = namedHost(call, world);
  if (mode !== undefined) throw unsupported();
  if (status === undefined) return ok({ host: found.name });
  found.service_status = str(status).toLowerCase() === 'enable' ? 'enabled' : 'disabled';
  return ok({ host: found.name, status: found.service_status });
}

const unsupported = (): Refusal => refuse.unimplemented('The requested functionality is not supported.');

/** The driver of PowerVM does not start or end hosts. */
function power(call: SimulatedCall, world: World): Answer {
  namedHost(call, world);
  throw unsupported();
}

export const hosts = {
  list: (call: SimulatedCall, world: World): Answer =>
    ok({
      hosts: [...world.hosts.values()]
        .map((one) => ({
          host_name: one.name,
          service: 'compute',
          zone: world.settings.cloud === 'powervc' ? 'nova' : zoneOf(world, one.name),
          ...(world.settings.cloud === 'powervc' && { host_display_name: one.display_name }),
        }))
        .filter(({ zone }) => (call.query.get('zone') || zone) === zone),
    }),
  get: host,
  update,
  power,
  maintenance,
};

import { naive } from '../clock.js';
import { textIn, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, ok, type Answer, type SimulatedCall } from '../router.js';
import { stableUuid } from '../stable-id.js';
import type { Host } from '../world/types.js';
import type { World } from '../world/world.js';
import { loadOf } from './schedule.js';

/** Since 2.53 ids are UUIDs (recorded: 139, 145). */
const hypervisorId = (call: SimulatedCall, { id, name }: Host): number | string =>
  call.version >= 53 ? stableUuid('hypervisor', name) : id;
const serviceId = (call: SimulatedCall, { id, name }: Host): number | string =>
  call.version >= 53 ? stableUuid('service', name) : id + 10;

/** The nova-compute of a host. */
export const serviceBody = (call: SimulatedCall, world: World, host: Host): JsonObject => ({
  binary: 'nova-compute',
  host: host.name,
  id: serviceId(call, host),
  zone: [...zoneNames(world)].find(([, members]) => members.includes(host.name))?.[0] ?? 'nova',
  status: host.service_status,
  state: host.state,
  updated_at: naive(world.clock.stamp()),
  disabled_reason: host.disabled_reason,
  ...(call.version >= 53 ? { forced_down: false } : {}),
});

/** Hypervisors, on PowerVC with its fields (docs/reference/power.md, 1.4, last part). */
function hypervisorBody(call: SimulatedCall, world: World, host: Host): JsonObject {
  const load = loadOf(world, host);
  const cpu = {
    vendor: 'ibm',
    arch: 'ppc64',
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
  if (world.settings.cloud === 'openstack') return plain;
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
  const load = (loadOf(world, found).active / 4).toFixed(2);
  return ok({
    hypervisor: {
      id: hypervisorId(call, found),
      hypervisor_hostname: found.name,
      state: found.state,
      status: found.service_status,
      uptime: ` 00:00:00 up 1 day,  0:00,  0 users,  load average: ${load}, ${load}, ${load}`,
    },
  });
}

function statistics(call: SimulatedCall, world: World): Answer {
  const bodies = [...world.hosts.values()].map((host) => hypervisorBody(call, world, host));
  const keys = [
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
  ];
  return ok({
    hypervisor_statistics: {
      count: bodies.length,
      ...Object.fromEntries(keys.map((key) => [key, bodies.reduce((sum, body) => sum + Number(body[key]), 0)])),
    },
  });
}

export const hypervisors = {
  list: (call: SimulatedCall, world: World): Answer =>
    ok({
      hypervisors: [...world.hosts.values()].map((host) => ({
        id: hypervisorId(call, host),
        hypervisor_hostname: host.name,
        state: host.state,
        status: host.service_status,
      })),
    }),
  detail: (call: SimulatedCall, world: World): Answer =>
    ok({ hypervisors: [...world.hosts.values()].map((host) => hypervisorBody(call, world, host)) }),
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
      {
        registration: {
          manager_type: 'hmc',
          access_ip: found.access_ip,
          user_id: 'hscroot',
          host_display_name: found.display_name,
          primary_hmc_uuid: null,
        },
      },
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
      `Invalid input for field/attribute status. Value: ${status ?? ''}. '${status ?? ''}' is not one of ['enable', 'disable']`,
    );
  found.maintenance_status = status === 'enable' ? 'on' : 'ok';
  return accepted({ hypervisor_maintenance: { maintenance_status: found.maintenance_status } });
}

export const hosts = {
  list: (_: SimulatedCall, world: World): Answer =>
    ok({
      hosts: [...world.hosts.values()].map(({ name, display_name }) => ({
        host_name: name,
        service: 'compute',
        zone: 'nova',
        host_display_name: display_name,
      })),
    }),
  get: host,
  maintenance,
};

const zoneNames = (world: World): Map<string, string[]> => {
  const zones = new Map<string, string[]>();
  for (const { name, metadata, hosts: members } of world.hostGroups.values()) {
    const zone = metadata.availability_zone ?? name;
    zones.set(zone, [...(zones.get(zone) ?? []), ...members]);
  }
  return zones;
};

export const zones = {
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

import { naive } from '../clock.js';
import type { JsonObject } from '../json.js';
import type { PmemVolume, Server } from '../world/types.js';
import type { World } from '../world/world.js';

export const pmemOf = (world: World, serverId: string): PmemVolume[] =>
  [...world.pmemVolumes.values()].filter(({ server_id }) => server_id === serverId);

/**
 * PowerVC derives a partition's health from its state, its RMC connection and its host (docs/reference/power.md, 1.2).
 */
function health(server: Server): JsonObject {
  const reason = (key: string, value: string): JsonObject[] => [
    {
      resource_local: 'server',
      display_name: server.name,
      resource_id: server.id,
      resource_property_key: key,
      resource_property_value: value,
    },
  ];
  if (server.vm_state === 'error')
    return { health_value: 'CRITICAL', id: server.id, value_reason: reason('vm_state', 'error') };
  if (server.vm_state === 'building')
    return { health_value: 'UNKNOWN', id: server.id, unknown_reason: 'The virtual machine is being built.' };
  if (server.vm_state === 'active' && server.rmc_state === 'inactive')
    return { health_value: 'WARNING', id: server.id, value_reason: reason('rmc_state', 'inactive') };
  return { health_value: 'OK', id: server.id };
}

/** As PowerVC shows pmem: booleans are texts, no `volume_uuid` while CONFIGURING (PowerVC pmem API). */
export const pmemBody = ({
  created_at,
  uuid,
  name,
  size,
  affinity,
  type,
  volume_uuid,
  status,
}: PmemVolume): JsonObject => ({
  created_at: naive(created_at),
  uuid,
  name,
  size,
  affinity: String(affinity),
  type,
  ...(volume_uuid === null ? {} : { volume_uuid }),
  status,
});

/**
 * What IBM adds, quirks included: `cpus` are virtual processors and `vcpus` processing units, both texts; `launched_at`
 * has no zone (docs/reference/power.md, 1.2).
 */
export function powervm(world: World, server: Server): JsonObject {
  const units = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));
  return {
    cpus: String(server.cpus),
    min_cpus: String(server.min_cpus),
    max_cpus: String(server.max_cpus),
    vcpus: units(server.proc_units),
    min_vcpus: units(server.min_proc_units),
    max_vcpus: units(server.max_proc_units),
    vcpu_mode: server.dedicated ? 'dedicated' : 'shared',
    uncapped: String(server.uncapped),
    shared_weight: server.shared_weight,
    avail_priority: server.avail_priority,
    memory_mb: server.memory_mb,
    min_memory_mb: server.min_memory_mb,
    max_memory_mb: server.max_memory_mb,
    memory_mode: 'dedicated',
    desired_compatibility_mode: server.extra_specs['powervm:processor_compatibility'] ?? 'default',
    current_compatibility_mode: world.hosts.get(server.host ?? '')?.cpu_model ?? 'default',
    dedicated_sharing_mode: '',
    cpu_utilization: server.vm_state === 'active' ? server.cpu_utilization : 0,
    root_gb: server.root_gb,
    ephemeral_gb: 0,
    launched_at: naive(server.launched_at),
    health_status: health(server),
    compliance_status: [{ status: 'compliant', category: 'resource.allocation' }],
    operating_system: server.operating_system,
    os_distro: server.os_distro,
    endianness: server.os_distro === 'aix' || server.os_distro === 'ibmi' ? 'big-endian' : 'little-endian',
    srr_capability: server.srr_capability,
    srr_state: server.srr_capability ? 'Enabled' : 'Disabled',
    // Absent for a partition that was taken over and not deployed.
    ...(server.storage_connectivity_group_id === null
      ? {}
      : { storage_connectivity_group_id: server.storage_connectivity_group_id }),
    // No document shows the key under which a server tells its pmem volumes (docs/reference/power.md, 2): an
    // assumption.
    pmem_volumes: pmemOf(world, server.id).map(pmemBody),
  };
}

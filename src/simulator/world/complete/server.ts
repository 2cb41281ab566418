import type { Seeds, Server } from '../types.js';
import { EPOCH } from './settings.js';
import type { Origin } from './origin.js';

const powerOf = (vmState: string): number =>
  ({ active: 1, paused: 3, stopped: 4, suspended: 7, error: 0, building: 0 })[vmState] ?? 0;

export function server(seed: Seeds['servers'], from: Origin): Server {
  const memory = seed.memory_mb ?? 4096;
  const cpus = seed.cpus ?? 2;
  const units = seed.proc_units ?? cpus / 4;
  const state = seed.vm_state ?? 'active';
  return {
    project_id: from.projectId,
    user_id: from.userId,
    vm_state: state,
    task_state: null,
    power_state: powerOf(state),
    host: null,
    availability_zone: 'Default Group',
    image_id: null,
    flavor_id: from.uuid(),
    extra_specs: {},
    root_gb: 20,
    cpus,
    min_cpus: 1,
    max_cpus: cpus * 4,
    proc_units: units,
    min_proc_units: 0.1,
    max_proc_units: units * 4,
    dedicated: false,
    uncapped: true,
    shared_weight: 128,
    avail_priority: 127,
    memory_mb: memory,
    min_memory_mb: Math.min(memory, 1024),
    max_memory_mb: memory * 4,
    srr_capability: false,
    created: EPOCH,
    updated: EPOCH,
    launched_at: state === 'building' ? null : EPOCH,
    metadata: {},
    description: null,
    hostname: null,
    reservation_id: null,
    access_ipv4: '',
    access_ipv6: '',
    disk_config: 'MANUAL',
    locked_reason: null,
    key_name: null,
    config_drive: false,
    user_data: null,
    fault: null,
    operating_system: 'Linux',
    os_distro: 'rhel',
    rmc_state: state === 'active' ? 'active' : 'inactive',
    cpu_utilization: 0,
    instance_name: `${seed.name}-${seed.id.slice(0, 8)}`,
    storage_connectivity_group_id: null,
    locked: false,
    actions: [],
    tags: [],
    resized_from: null,
    ...seed,
  };
}

import type { Host } from '../../../model/index.js';
import * as events from '../../../services/events/events.js';
import { storageRows, vmRows, tagRowsByHost, userRows, templateRowsByHost } from '../rows.js';
import { field, related, rowsOf, searchTable } from '../table.js';
import { MIB } from '../../../units.js';

/** searchbackend/VdsConditionFieldAutoCompleter. */
export const hostSearch = searchTable('host', {
  object: 'host',
  words: ['host'],
  fields: {
    name: field('text', 'Its name', ({ name }) => name, { hint: 'name' }),
    description: field('text', 'Its description', ({ description }) => description),
    comment: field('text', 'Its comment: hosts have none', () => undefined),
    id: field('id', 'Its id', ({ id }) => id),
    status: field('word', 'Its status', ({ status }) => status, {
      words: [
        'unassigned',
        'down',
        'maintenance',
        'up',
        'non_responsive',
        'error',
        'installing',
        'install_failed',
        'reboot',
        'preparing_for_maintenance',
        'non_operational',
        'pending_approval',
        'initializing',
        'connecting',
        'installing_os',
        'kdumping',
      ],
    }),
    external_status: field('word', 'Set by external monitoring: never set', () => 'ok', {
      words: ['ok', 'info', 'warning', 'error', 'failure'],
    }),
    update_available: field('flag', 'Whether an update is available: not reported', () => false),
    ha_score: field('number', 'Its score for a hosted engine: there is none', () => undefined),
    spm_id: field('number', 'Its number in the storage pool: there is none', () => undefined),
    hw_id: field('text', 'Serial number of its hardware', ({ serialNumber }) => serialNumber),
    cluster: field('text', 'Name of its cluster', ({ cluster }) => cluster?.name),
    datacenter: field('text', 'Name of its data center', (_, { project }) => project.name),
    address: field('text', 'Its address', ({ address }) => address),
    cpu_usage: field('percent', 'Processor use: not measured in lists', () => undefined),
    mem_usage: field('percent', 'Memory in use', ({ memoryBytes, memoryFreeBytes }) =>
      memoryBytes && memoryFreeBytes !== undefined ? 100 * (1 - memoryFreeBytes / memoryBytes) : undefined,
    ),
    network_usage: field('percent', 'Network use: not measured in lists', () => undefined),
    load: field('number', 'Load: not reported', () => undefined),
    version: field('text', 'Version of its hypervisor', ({ hypervisorVersion }) => hypervisorVersion),
    cpus: field('number', 'Its processor cores', ({ sockets = 1, cores }) => cores && sockets * cores),
    memory: field('size', 'Its memory, MB', ({ memoryBytes }) => memoryBytes, { unit: MIB }),
    cpu_speed: field('number', 'Speed of its processors, MHz', ({ cpuSpeedMhz }) => cpuSpeedMhz),
    cpu_model: field('text', 'Model of its processors', ({ cpuName }) => cpuName),
    active_vms: field('number', 'Number of running VMs on it', ({ vmsActive }) => vmsActive),
    migrating_vms: field('number', 'Number of VMs migrating from or to it: not reported', () => undefined),
    committed_mem: field('percent', 'Memory committed to VMs', ({ memoryBytes, memoryFreeBytes }) =>
      memoryBytes && memoryFreeBytes !== undefined ? 100 * (1 - memoryFreeBytes / memoryBytes) : undefined,
    ),
    tag: field('text', 'A tag that it has, or a parent of one', () => undefined, {
      via: ['tag', 'name'],
      knownByOther: true,
      free: false,
    }),
    type: field('word', 'Kind of host', () => 'rhel', { words: ['rhel', 'ovirt_node', 'rhev_h'] }),
    architecture: field('word', 'Its architecture', ({ architecture = 'ppc64' }) => architecture, {
      words: ['undefined', 'x86_64', 'ppc64', 'ppc64le', 's390x'],
    }),
  },
  related: () => ({
    vm: related(
      'vm',
      ({ id }: Host) => [id],
      vmRows(({ host }) => [host?.id]),
    ),
    template: related('template', ({ id }: Host) => [id], templateRowsByHost),
    tag: related('tag', ({ id }: Host) => [id], tagRowsByHost),
    user: related('user', () => [''], userRows),
    storage: related('storage', () => [''], storageRows),
    event: related(
      'event',
      ({ id }: Host) => [id],
      (scope) => rowsOf(events.list(scope), ({ host }) => [host?.id]),
    ),
  }),
});

import { uuidOf, vmStatuses, type Vm } from '../../../model/index.js';
import * as disks from '../../../services/disks/index.js';
import * as events from '../../../services/events/events.js';
import { DEFAULT_QUOTA } from '../../../services/inventory/datacenters.js';
import * as inventory from '../../../services/inventory/inventory.js';
import { tagNotesOf } from '../../../services/tags/tags.js';
import { disksOfVm, userRows, tagRows, storageRowsByVm } from '../rows.js';
import { field, related, rowsOf, rowsOfPages, searchTable } from '../table.js';
import { MIB } from '../../../units.js';

/**
 * Further words of engines' searches: these distinguish the source and target of a migration, documents do not.
 * `PoweredDown` was `Down` in 3.0.
 */
const otherStatuses = { migrating: ['migrating_from', 'migrating_to'], down: ['powered_down'] } as const;
const statusesOf = ({ status }: Vm): readonly string[] => [
  status,
  ...((otherStatuses as Readonly<Record<string, readonly string[]>>)[status] ?? []),
];

/** Uptime, milliseconds; undefined while it is down. */
const uptime = ({ startedAt, powerState }: Vm): number | undefined =>
  startedAt === undefined || powerState !== 'running' ? undefined : Math.max(0, Date.now() - Date.parse(startedAt));

/**
 * searchbackend/VmConditionFieldAutoCompleter. Fields that partitions lack (a guest agent's data, pools) are
 * empty, but may be searched.
 */
export const vmSearch = searchTable('vm', {
  object: 'VM',
  words: ['vm'],
  fields: {
    name: field('text', 'Its name', ({ name }) => name, { hint: 'name', order: 'name' }),
    description: field('text', 'Its description', ({ description }) => description),
    comment: field('text', 'Its comment', ({ comment }) => comment),
    id: field('id', 'Its id', ({ id }) => id),
    status: field('word', 'Its status', statusesOf, {
      words: [...vmStatuses, ...Object.values(otherStatuses).flat()],
      hint: 'status',
    }),
    ip: field('ip', 'An address of one of its NICs', ({ addresses }) => addresses),
    host: field('text', 'Name of its host', ({ host }) => host?.name, {
      via: ['host', 'name'],
      hint: 'host',
    }),
    on_host: field('text', 'Same as host: the name in version 4', ({ host }) => host?.name, {
      via: ['host', 'name'],
      hint: 'host',
      free: false,
    }),
    fqdn: field('text', 'FQDN reported by the guest: unknown without an agent', () => undefined),
    uptime: field('span', 'Uptime', uptime),
    os: field(
      'text',
      "Its operating system: oVirt's name (other_ppc64) or the cloud's (AIX, IBM i, Linux, rhel …)",
      ({ osType, guestOs }) => [osType ?? 'other_ppc64', ...(guestOs === undefined ? [] : [guestOs])],
      { free: false },
    ),
    creationdate: field('date', 'Creation date', ({ createdAt }) => createdAt, { order: 'createdAt' }),
    address: field('text', 'The host name given to the guest', ({ hostName }) => hostName),
    cpu_usage: field('percent', 'Processor use', ({ cpuUsagePercent }) => cpuUsagePercent),
    mem_usage: field('percent', 'Memory use: not measured in lists', () => undefined),
    network_usage: field('percent', 'Network use: not measured in lists', () => undefined),
    migration_progress_percent: field(
      'percent',
      'Progress of its migration: not reported by the cloud',
      () => undefined,
    ),
    memory: field('size', 'Its memory, MB', ({ memoryBytes }) => memoryBytes, { unit: MIB }),
    guaranteed_memory: field('size', 'Its minimum memory, MB', ({ memoryGuaranteedBytes }) => memoryGuaranteedBytes, {
      unit: MIB,
    }),
    apps: field('text', 'Applications in the guest: unknown without an agent', () => undefined, { free: false }),
    cluster: field('text', 'Name of its cluster', ({ cluster }) => cluster?.name),
    domain: field('text', 'The domain of the guest: not reported', () => undefined),
    pool: field('text', 'Name of its pool: there are none', () => undefined),
    loggedinuser: field('text', 'User logged in to the guest: not known', () => undefined),
    tag: field('text', 'A tag assigned to it, or a parent of one', tagNotesOf, { via: ['tag', 'name'], free: false }),
    datacenter: field('text', 'Name of its data center', (_, { project }) => project.name),
    type: field('word', 'Server or desktop', ({ type }) => type, { words: ['server', 'desktop'] }),
    quota: field('text', 'Name of its quota', () => DEFAULT_QUOTA),
    architecture: field('word', 'Its architecture', ({ architecture }) => architecture, {
      words: ['undefined', 'x86_64', 'ppc64', 'ppc64le', 's390x'],
    }),
    custom_emulated_machine: field('text', 'Not available', () => undefined),
    custom_cpu_type: field('text', 'Not available', () => undefined),
    compatibility_level: field('text', 'The version of its cluster: none', () => undefined),
    custom_compatibility_level: field('text', 'The version of its own: none', () => undefined),
    created_by_user_id: field('id', 'Id of the user who made it', ({ creatorId }) =>
      creatorId === undefined ? undefined : uuidOf('user', creatorId),
    ),
    next_run_config_exists: field('flag', 'Whether changes wait for its next start', ({ nextRun = false }) => nextRun),
    has_illegal_images: field('flag', 'Whether a disk of it cannot be used; lists do not contain it', () => undefined),
    bios_type: field('word', 'The type of its BIOS', ({ options }) => options?.biosType ?? 'cluster_default', {
      words: ['cluster_default', 'i440fx_sea_bios', 'q35_sea_bios', 'q35_ovmf', 'q35_secure_boot'],
    }),
    k8s_namespace: field('text', 'Its namespace in Kubernetes: none', () => undefined),
    vcpus: field(
      'number',
      'Its virtual processors',
      ({ sockets = 1, cores = 1, threads = 1 }) => sockets * cores * threads,
    ),
    pmem_vol: field(
      'flag',
      'Whether it has persistent memory volumes',
      ({ pmemVolumes = [] }) => pmemVolumes.length > 0,
      { hint: 'pmem' },
    ),
  },
  orders: ({ session }) => session.vms.orders ?? [],
  related: () => ({
    host: related(
      'host',
      ({ host }: Vm) => [host?.id],
      (scope) => rowsOf(inventory.hosts(scope), ({ id }) => [id]),
    ),
    template: related(
      'template',
      ({ template }: Vm) => [template?.id],
      (scope) => rowsOf(inventory.templates(scope), ({ id }) => [id]),
    ),
    disk: related(
      'disk',
      ({ id }: Vm) => [id],
      (scope) => rowsOfPages(disks.listAll(scope), disksOfVm),
    ),
    storage: related('storage', ({ id }: Vm) => [id], storageRowsByVm),
    user: related('user', () => [''], userRows),
    event: related(
      'event',
      ({ id }: Vm) => [id],
      (scope) => rowsOf(events.list(scope), ({ vm }) => [vm?.id]),
    ),
    tag: related('tag', tagNotesOf, tagRows),
  }),
});

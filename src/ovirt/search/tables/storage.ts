import type { StorageDomain } from '../../../model/index.js';
import * as disks from '../../../services/disks/index.js';
import * as inventory from '../../../services/inventory/inventory.js';
import { dataCenterRows } from '../rows.js';
import { field, related, rowsOf, rowsOfPages, searchTable } from '../table.js';
import { GIB } from '../../../units.js';

/** The thresholds that storage domains are shown with (schemas/ovirt/v4/mapping/storage-domain.json). */
const LOW_SPACE_PERCENT = 10;
const CRITICAL_SPACE_GB = 5;

/** searchbackend/StorageDomainFieldAutoCompleter. Sizes are GB. */
export const storageSearch = searchTable('storage', {
  object: 'storage domain',
  words: ['storage'],
  fields: {
    name: field('text', 'Its name', ({ name }) => name, { hint: 'name' }),
    description: field('text', 'Its description', ({ description }) => description),
    comment: field('text', 'Its comment: storage domains have none', () => undefined),
    id: field('id', 'Its id', ({ id }) => id),
    status: field('word', 'Its status', ({ status }) => status, {
      words: ['unattached', 'active', 'inactive', 'locked', 'mixed', 'unknown', 'maintenance'],
    }),
    shared_status: field('word', 'Its status in all data centers: there is one', ({ status }) => status, {
      words: ['unattached', 'active', 'inactive', 'mixed', 'locked'],
    }),
    external_status: field('word', 'Set by external monitoring: never set', () => 'ok', {
      words: ['ok', 'info', 'warning', 'error', 'failure'],
    }),
    wipe_after_delete: field('flag', 'Whether disks are wiped after deletion', () => false),
    discard_after_delete: field('flag', 'Whether the space of deleted disks is discarded', () => false),
    backup: field('flag', 'Whether it is for backups', () => false),
    low_space_threshold: field('percent', 'Low-space warning threshold: as an engine sets it', () => LOW_SPACE_PERCENT),
    critical_space_threshold: field('number', 'Critical free space, GB: as an engine sets it', () => CRITICAL_SPACE_GB),
    datacenter: field('text', 'Name of its data center', (_, { project }) => project.name),
    type: field(
      'word',
      'Storage type or domain type',
      ({ storageType, type }) => [storageType, type].filter((word) => word !== undefined),
      {
        words: [
          'unknown',
          'nfs',
          'fcp',
          'iscsi',
          'localfs',
          'posixfs',
          'glusterfs',
          'glance',
          'cinder',
          'data',
          'iso',
          'export',
        ],
      },
    ),
    size: field('size', 'Free space, GB, compared as engines do', ({ availableBytes }) => availableBytes, {
      unit: GIB,
    }),
    free_size: field('size', 'Free space, GB', ({ availableBytes }) => availableBytes, { unit: GIB }),
    used_size: field('size', 'Used space, GB', ({ usedBytes }) => usedBytes, { unit: GIB }),
    total_size: field(
      'size',
      'Free and used space, GB',
      ({ availableBytes, usedBytes }) =>
        availableBytes === undefined && usedBytes === undefined ? undefined : (availableBytes ?? 0) + (usedBytes ?? 0),
      { unit: GIB },
    ),
    used: field('size', 'Used space, GB', ({ usedBytes }) => usedBytes, { unit: GIB }),
    committed: field('size', 'Space committed to disks, GB', ({ committedBytes }) => committedBytes, { unit: GIB }),
  },
  related: () => ({
    host: related(
      'host',
      () => [''],
      (scope) => rowsOf(inventory.hosts(scope), () => ['']),
    ),
    cluster: related(
      'cluster',
      () => [''],
      (scope) => rowsOf(inventory.clusters(scope), () => ['']),
    ),
    datacenter: related('datacenter', () => [''], dataCenterRows),
    disk: related(
      'disk',
      ({ id }: StorageDomain) => [id],
      (scope) => rowsOfPages(disks.listAll(scope), ({ storageDomain }) => [storageDomain?.id]),
    ),
  }),
});

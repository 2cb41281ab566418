import type { StorageDomain } from '../../../model/index.js';
import * as disks from '../../../services/disks.js';
import { field, related, rowsOfPages, searchTable } from '../table.js';
import { GIB } from '../../units.js';

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
    external_status: field('word', 'Told from outside: nobody does', () => 'ok', {
      words: ['ok', 'info', 'warning', 'error', 'failure'],
    }),
    wipe_after_delete: field('flag', 'Whether disks are to be wiped', () => false),
    low_space_threshold: field('percent', 'From when on space is low: not told', () => undefined),
    critical_space_threshold: field('number', 'How much has to stay free, GB: not told', () => undefined),
    datacenter: field('text', 'Name of its data center', (_, { project }) => project.name),
    type: field(
      'word',
      'Kind of its storage, or what it is for',
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
    size: field('size', 'What is free, GB: as engines compare it', ({ availableBytes }) => availableBytes, {
      unit: GIB,
    }),
    used: field('size', 'What is used, GB', ({ usedBytes }) => usedBytes, { unit: GIB }),
    committed: field('size', 'What is given to disks, GB', ({ committedBytes }) => committedBytes, { unit: GIB }),
  },
  related: () => ({
    disk: related(
      'disk',
      ({ id }: StorageDomain) => [id],
      (scope) => rowsOfPages(disks.listAll(scope), ({ storageDomain }) => [storageDomain?.id]),
    ),
  }),
});

import type { Disk } from '../../../model/index.js';
import { DEFAULT_QUOTA } from '../../../services/inventory/datacenters.js';
import * as inventory from '../../../services/inventory/inventory.js';
import { dataCenterRows, disksOfVm, vmRows } from '../rows.js';
import { field, related, rowsOf, searchTable } from '../table.js';

/**
 * searchbackend/DiskConditionFieldAutoCompleter. Sizes are bytes, as in an engine's database. The name is the alias.
 */
export const diskSearch = searchTable('disk', {
  object: 'disk',
  words: ['disk'],
  fields: {
    alias: field('text', 'Its alias', ({ alias }) => alias, { hint: 'name' }),
    name: field('text', 'Same as alias', ({ alias }) => alias),
    description: field('text', 'Its description', ({ description }) => description),
    id: field('id', 'Its id', ({ id }) => id),
    provisioned_size: field('size', 'Its size, bytes', ({ sizeBytes }) => sizeBytes),
    size: field('size', 'Same as provisioned_size', ({ sizeBytes }) => sizeBytes),
    actual_size: field(
      'size',
      'Its actual size on the storage, bytes',
      ({ actualBytes, sizeBytes }) => actualBytes ?? sizeBytes,
    ),
    creation_date: field('date', 'Creation date', ({ createdAt }) => createdAt),
    bootable: field('flag', 'Whether a VM boots from it', ({ bootable }) => bootable),
    shareable: field('flag', 'Whether several VMs can share it', ({ shareable }) => shareable),
    wipe_after_delete: field('flag', 'Whether it is wiped after deletion', ({ wipeAfterDelete }) => wipeAfterDelete),
    status: field('word', 'Its status', ({ status }) => status, {
      words: ['unassigned', 'ok', 'locked', 'illegal', 'invalid'],
    }),
    disk_type: field('word', 'Image or lun', ({ logicalUnits = [] }) => (logicalUnits.length > 0 ? 'lun' : 'image'), {
      words: ['image', 'lun', 'cinder'],
    }),
    disk_content_type: field('word', 'What it holds: always data', () => 'data', {
      words: [
        'data',
        'ovf_store',
        'memory_dump_volume',
        'memory_metadata_volume',
        'iso',
        'hosted_engine',
        'hosted_engine_sanlock',
        'hosted_engine_metadata',
        'hosted_engine_configuration',
        'backup_scratch',
      ],
    }),
    allocation_policy: field(
      'word',
      'Thin (sparse) or thick (preallocated)',
      ({ sparse }) => (sparse === undefined ? undefined : sparse ? 'sparse' : 'preallocated'),
      { words: ['unassigned', 'preallocated', 'sparse'] },
    ),
    last_modified: field('date', 'When it was changed: not reported', () => undefined),
    number_of_vms: field('number', 'Number of VMs that it is attached to', ({ vmIds = [] }) => vmIds.length),
    vm_names: field('text', 'Name of a VM that it is attached to', () => undefined, {
      via: ['vm', 'name'],
      free: false,
    }),
    storage: field('text', 'Name of its storage domain', ({ storageDomain }) => storageDomain?.name),
    datacenter: field('text', 'Name of its data center', (_, { project }) => project.name),
    quota: field('text', 'Name of its quota', () => DEFAULT_QUOTA),
  },
  related: () => ({
    datacenter: related('datacenter', () => [''], dataCenterRows),
    vm: related(
      'vm',
      disksOfVm,
      vmRows(({ id }) => [id]),
    ),
    storage: related(
      'storage',
      ({ storageDomain }: Disk) => [storageDomain?.id],
      (scope) => rowsOf(inventory.storageDomains(scope), ({ id }) => [id]),
    ),
  }),
});

import type { DataCenter } from '../../../model/index.js';
import * as disks from '../../../services/disks.js';
import * as inventory from '../../../services/inventory.js';
import { field, type Read, related, rowsOf, rowsOfPages, type SearchTable } from '../table.js';
import { clusterSearch } from './clusters.js';
import { diskSearch } from './disks.js';
import { hostSearch } from './hosts.js';
import { networkSearch } from './networks.js';
import { storageSearch } from './storage.js';
import { vmRows, vmSearch } from './vms.js';

/** There is one data center, so that all is in it. */
const all = (): readonly string[] => [''];
const within = <R>(table: () => SearchTable<R>, read: Read<R>) => related<DataCenter, R>(table, all, read);

/** searchbackend/StoragePoolFieldAutoCompleter. */
export const dataCenterSearch: SearchTable<DataCenter> = {
  object: 'data center',
  words: ['datacenter'],
  fields: {
    name: field('text', 'Its name', ({ name }) => name, { hint: 'name' }),
    description: field('text', 'Its description', ({ description }) => description),
    comment: field('text', 'Its comment: data centers have none', () => undefined),
    id: field('id', 'Its id', ({ id }) => id),
    type: field('word', 'Whether its storage is local', () => 'shared', {
      words: [
        'shared',
        'local',
        'unknown',
        'nfs',
        'fcp',
        'iscsi',
        'localfs',
        'posixfs',
        'glusterfs',
        'glance',
        'cinder',
      ],
    }),
    local: field('flag', 'Whether its storage is local', () => false),
    compatibility_version: field('text', 'Its level', () => ['3.6', '4.7'], { free: false }),
    status: field('word', 'Its status', ({ status }) => status, {
      words: ['uninitialized', 'up', 'maintenance', 'not_operational', 'non_responsive', 'contend'],
    }),
  },
  related: () => ({
    cluster: within(
      () => clusterSearch,
      (scope) => rowsOf(inventory.clusters(scope), all),
    ),
    host: within(
      () => hostSearch,
      (scope) => rowsOf(inventory.hosts(scope), all),
    ),
    vm: within(() => vmSearch, vmRows(all)),
    storage: within(
      () => storageSearch,
      (scope) => rowsOf(inventory.storageDomains(scope), all),
    ),
    disk: within(
      () => diskSearch,
      (scope) => rowsOfPages(disks.listAll(scope), all),
    ),
    network: within(
      () => networkSearch,
      (scope) => rowsOf(inventory.networks(scope), all),
    ),
  }),
};

import type { DataCenter } from '../../../model/index.js';
import * as disks from '../../../services/disks/index.js';
import { currentLevel, engineTables } from '../../../services/engine.js';
import * as inventory from '../../../services/inventory/inventory.js';
import { vmRows } from '../rows.js';
import { field, type Read, related, rowsOf, rowsOfPages, type Searched, searchTable } from '../table.js';

/** There is one data center, which everything is in. */
const all = (): readonly string[] => [''];
const within = <Word extends keyof Searched>(word: Word, read: Read<Searched[Word]>) =>
  related<DataCenter, Word>(word, all, read);

/** searchbackend/StoragePoolFieldAutoCompleter. */
export const dataCenterSearch = searchTable('datacenter', {
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
    compatibility_version: field('text', 'Its level', (_, { engine }) => currentLevel(engineTables(engine)), {
      free: false,
    }),
    status: field('word', 'Its status', ({ status }) => status, {
      words: ['uninitialized', 'up', 'maintenance', 'not_operational', 'non_responsive', 'contend'],
    }),
  },
  related: () => ({
    cluster: within('cluster', (scope) => rowsOf(inventory.clusters(scope), all)),
    host: within('host', (scope) => rowsOf(inventory.hosts(scope), all)),
    vm: within('vm', vmRows(all)),
    storage: within('storage', (scope) => rowsOf(inventory.storageDomains(scope), all)),
    disk: within('disk', (scope) => rowsOfPages(disks.listAll(scope), all)),
    network: within('network', (scope) => rowsOf(inventory.networks(scope), all)),
  }),
});

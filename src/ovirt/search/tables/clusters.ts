import type { Cluster } from '../../../model/index.js';
import { cpuTypeOf, currentLevel, engineTables } from '../../../services/engine.js';
import * as inventory from '../../../services/inventory/inventory.js';
import { dataCenterRows, networkRows, storageRows, vmRows } from '../rows.js';
import { field, related, rowsOf, searchTable } from '../table.js';

/** searchbackend/ClusterConditionFieldAutoCompleter. */
export const clusterSearch = searchTable('cluster', {
  object: 'cluster',
  words: ['cluster'],
  fields: {
    name: field('text', 'Its name', ({ name }) => name, { hint: 'name' }),
    description: field('text', 'Its description', ({ description }) => description),
    comment: field('text', 'Its comment: clusters have none', () => undefined),
    id: field('id', 'Its id', ({ id }) => id),
    datacenter: field('text', 'Name of its data center', (_, { project }) => project.name),
    architecture: field('word', 'Its architecture', ({ architecture }) => architecture, {
      words: ['undefined', 'x86_64', 'ppc64', 'ppc64le', 's390x'],
    }),
    compatibility_level: field('text', 'Its level', (_, { engine }) => currentLevel(engineTables(engine)), {
      free: false,
    }),
    cpu_type: field('text', 'The type of its processors', (cluster, { engine }) => cpuTypeOf(engine, cluster)),
    initialized: field('flag', 'Whether it is enabled', () => true),
  },
  related: () => ({
    datacenter: related('datacenter', () => [''], dataCenterRows),
    storage: related('storage', () => [''], storageRows),
    network: related('network', () => [''], networkRows),
    host: related(
      'host',
      ({ id }: Cluster) => [id],
      (scope) => rowsOf(inventory.hosts(scope), ({ cluster }) => [cluster?.id]),
    ),
    vm: related(
      'vm',
      ({ id }: Cluster) => [id],
      vmRows(({ cluster }) => [cluster?.id]),
    ),
  }),
});

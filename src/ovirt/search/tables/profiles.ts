import type { InstanceType, VnicProfile } from '../../../model/index.js';
import { currentLevel, engineTables } from '../../../services/engine.js';
import * as inventory from '../../../services/inventory/inventory.js';
import { field, related, rowsOf, type SearchTable } from '../table.js';
import { MIB } from '../../../units.js';

/** searchbackend/VnicProfileConditionFieldAutoCompleter. */
export const vnicProfileSearch: SearchTable<VnicProfile> = {
  object: 'vNIC profile',
  words: ['vnicprofile'],
  fields: {
    name: field('text', 'Its name', ({ name }) => name, { hint: 'name' }),
    description: field('text', 'Its description: profiles have none', () => undefined),
    id: field('id', 'Its id', ({ id }) => id),
    network_name: field('text', 'Name of its network', () => undefined, { via: ['network', 'name'], free: false }),
    port_mirroring: field('flag', 'Whether it mirrors', () => false),
    passthrough: field('flag', 'Whether it passes a device through', () => false),
    datacenter: field('text', 'Name of its data center', (_, { project }) => project.name),
    qos_name: field('text', 'Name of its limits: it has none', () => undefined),
    compatibility_version: field(
      'text',
      "Its data center's level",
      (_, { engine }) => currentLevel(engineTables(engine)),
      {
        free: false,
      },
    ),
    network_filter: field('text', 'Name of its filter: it has none', () => undefined),
    failover: field('text', 'Name of its failover profile: it has none', () => undefined),
  },
  related: () => ({
    network: related(
      'network',
      ({ network }: VnicProfile) => [network?.id],
      (scope) => rowsOf(inventory.networks(scope), ({ id }) => [id]),
    ),
  }),
};

/** Instance types are templates to an engine's search. */
export const instanceTypeSearch: SearchTable<InstanceType> = {
  object: 'instance type',
  words: ['instancetype'],
  fields: {
    name: field('text', 'Its name', ({ name }) => name, { hint: 'name' }),
    description: field('text', 'Its description', ({ description }) => description),
    id: field('id', 'Its id', ({ id }) => id),
    mem: field('size', 'Its memory, MB', ({ memoryBytes }) => memoryBytes, { unit: MIB }),
    cpus: field('number', 'Its processors', ({ sockets = 1, cores = 1, threads = 1 }) => sockets * cores * threads),
  },
};

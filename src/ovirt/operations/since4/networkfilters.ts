import { nameId } from '../../../model/index.js';
import { engineTables } from '../../../services/engine.js';
import * as inventory from '../../../services/inventory/inventory.js';
import type { Call, Operation } from '../../declare/operation.js';
import { idIn, inOwnDataCenter } from '../shared.js';
import { fixed } from './fixed.js';

/** libvirt's filters that an engine knows, with the level that introduced each. */
const filtersOf = ({ scope }: Call) =>
  (engineTables(scope.engine).networkFilters ?? []).flatMap(({ since: [major, minor], names }) =>
    names.map((name) => ({
      id: nameId('networkfilter', name),
      name,
      version: { build: -1, major, minor, revision: -1 },
    })),
  );

const at = (owner: string, look?: (call: Call) => Promise<unknown>): Operation[] =>
  fixed({
    owner,
    ...(look && { look }),
    name: 'networkfilters',
    key: 'networkfilter',
    element: 'network_filter',
    list: 'network_filters',
    entity: 'network filter',
    how:
      'The filters that engines list. None has an effect: {cloud} uses security groups. ' +
      'Filter parameters of a NIC are refused.',
    items: filtersOf,
  });

async function cluster(call: Call): Promise<void> {
  await inOwnDataCenter(call);
  await inventory.cluster(call.scope, idIn(call, 'cluster'));
}

export const networkFilterOperations: readonly Operation[] = [
  ...at(''),
  ...at('/clusters/{cluster:id}', cluster),
  ...at('/datacenters/{datacenter:id}/clusters/{cluster:id}', cluster),
];

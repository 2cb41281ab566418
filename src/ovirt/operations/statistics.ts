import { Fault, type Disk, type Statistic } from '../../model/index.js';
import * as statistics from '../../services/statistics.js';
import { collection } from '../declare/collection.js';
import type { Call, Ids, Operation } from '../declare/operation.js';
import { declareResource, parentOf } from '../declare/resource.js';

const resource = declareResource<Statistic>({
  entity: 'statistic',
  element: 'statistic',
  list: 'statistics',
  table: 'statistic',
  // A disk or NIC is read through its VM, so that is its address (RHEV-M REST guide, examples 15.19 and 15.28)
  finish(document, _statistic, _call, href) {
    const owner = parentOf(parentOf(href));
    for (const part of [document['disk'], document['nic']]) if (part) Object.assign(part, { href: owner });
  },
});

function statisticsOf<P extends string>(
  path: P,
  whose: string,
  load: (call: Call<Ids<P>>) => Promise<Statistic[]>,
): Operation[] {
  const at = collection(path, '{statistic:id}', resource);
  const how =
    "{cloud}'s metrics. What it does not measure version 3 leaves out or tells as 0; version 4 lists all that an engine " +
    'does, with 0 or without a value.';
  return [
    at.list({ summary: `The statistics of ${whose}`, how, verb: (call) => load(call) }),
    at.get({
      summary: `One statistic of ${whose}`,
      how,
      async verb(call) {
        const { ids } = call as unknown as Call<{ readonly statistic: string }>;
        const found = (await load(call as unknown as Call<Ids<P>>)).find(({ id }) => id === ids.statistic);
        if (!found) throw new Fault('not-found', { what: 'Statistic', id: ids.statistic });
        return found;
      },
    }),
  ];
}

/** RHEV-M REST guide, 15.6.1.3, 15.6.2.2 and 15.6.6. */
export const vmStatisticOperations = statisticsOf('/vms/{vm:id}/statistics', 'a VM', ({ scope, ids }) =>
  statistics.vm(scope, ids.vm),
);
export const diskStatisticOperations = statisticsOf(
  '/vms/{vm:id}/disks/{disk:id}/statistics',
  'a disk',
  ({ scope, ids }) => statistics.disk(scope, ids.vm, ids.disk),
);
export const nicStatisticOperations = statisticsOf(
  '/vms/{vm:id}/nics/{nic:id}/statistics',
  'a network interface',
  ({ scope, ids }) => statistics.nic(scope, ids.vm, ids.nic),
);
/** What Nova counts of a hypervisor. */
export const hostStatisticOperations = statisticsOf('/hosts/{host:id}/statistics', 'a host', ({ scope, ids }) =>
  statistics.host(scope, ids.host),
);
/** Those of a disk without its VM; `look` throws if it does not exist. */
export const disksStatisticsAt = (item: string, look: (call: Call) => Promise<Disk>): Operation[] =>
  statisticsOf(`${item}/statistics`, 'a disk', async (call) => statistics.anyDisk(call.scope, await look(call)));

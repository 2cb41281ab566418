import type { Operation } from '../operation.js';
import { entryOperation } from '../entry.js';
import { cdromOperations } from './cdroms.js';
import { diskOperations, floatingDiskOperations } from './disks.js';
import { clusterOperations, hostOperations, networkOperations, storageDomainOperations, templateOperations } from './inventory.js';
import { nicOperations } from './nics.js';
import { numaNodeOperations } from './numanodes.js';
import { allPmemOperations, pmemOperations } from './pmemvolumes.js';
import { sessionOperations } from './sessions.js';
import { snapshotOperations } from './snapshots.js';
import { diskStatisticOperations, nicStatisticOperations, vmStatisticOperations } from './statistics.js';
import { vmOperations } from './vms.js';

/** The order is that of engines: of the links in the root document, and of the links in a VM (shared/facts/ovirt.md, sections 2 and 10). */
const collections: readonly Operation[] = [
  ...clusterOperations, ...hostOperations, ...networkOperations, ...storageDomainOperations, ...templateOperations,
  ...vmOperations, ...diskOperations, ...diskStatisticOperations, ...nicOperations, ...nicStatisticOperations, ...numaNodeOperations, ...cdromOperations,
  ...snapshotOperations, ...vmStatisticOperations, ...sessionOperations, ...pmemOperations,
  ...floatingDiskOperations, ...allPmemOperations,
];

/** Every operation that the gateway declares. */
export const operations: readonly Operation[] = [entryOperation(collections), ...collections];

import type { Operation } from '../declare/operation.js';
import { entryOperation } from './entry.js';
import { domainOperations, groupOperations, permissionOperations, roleOperations, userOperations } from './access.js';
import { capabilityOperations } from './capabilities.js';
import { cdromOperations } from './cdroms.js';
import { clusterOperations } from './clusters.js';
import { dataCenterOperations } from './datacenters.js';
import { diskOperations } from './disks.js';
import { eventOperations, jobOperations } from './events.js';
import { floatingDiskOperations } from './floatingdisks.js';
import {
  applicationOperations,
  graphicsConsoleOperations,
  hostDeviceOperations,
  katelloOperations,
  reportedDeviceOperations,
  watchdogOperations,
} from './guest.js';
import { hostOperations } from './hosts.js';
import { diskProfileOperations } from './diskprofiles.js';
import { networkOperations, vnicProfileOperations } from './networks.js';
import { nicOperations } from './nics.js';
import { numaNodeOperations } from './numanodes.js';
import { operatingSystemOperations } from './operatingsystems.js';
import { vmDiskPermissionOperations, vmPermissionOperations } from './permissions.js';
import { allPmemOperations, pmemOperations } from './pmemvolumes.js';
import { sessionOperations } from './sessions.js';
import { untilVersion3 } from './shared.js';
import { operationsSince4 } from './since4/index.js';
import { snapshotOperations } from './snapshots.js';
import { storageDomainOperations } from './storagedomains.js';
import { diskStatisticOperations, nicStatisticOperations, vmStatisticOperations } from './statistics.js';
import { tagOperations, vmTagOperations } from './tags.js';
import { instanceTypeOperations, templateOperations } from './templates.js';
import { unknownHere } from './unknown.js';
import { vmActionOperations } from './vmactions.js';
import { vmOperations } from './vms.js';

/**
 * The order is that of engines: of the links in the root document, and of the links in a VM (docs/reference/ovirt.md,
 * sections 2 and 10).
 */
const collections: readonly Operation[] = [
  ...capabilityOperations,
  ...clusterOperations,
  ...dataCenterOperations,
  ...eventOperations,
  ...hostOperations,
  ...networkOperations,
  ...roleOperations,
  ...storageDomainOperations,
  ...tagOperations,
  ...unknownHere('bookmarks'),
  ...unknownHere('icons'),
  ...templateOperations,
  ...instanceTypeOperations,
  ...userOperations,
  ...groupOperations,
  ...domainOperations,
  ...unknownHere('vmpools'),
  ...vmOperations,
  ...vmActionOperations,
  ...applicationOperations,
  ...diskOperations,
  ...vmDiskPermissionOperations,
  ...diskStatisticOperations,
  ...nicOperations,
  ...nicStatisticOperations,
  ...numaNodeOperations,
  ...cdromOperations,
  ...snapshotOperations,
  ...vmTagOperations,
  ...vmPermissionOperations,
  ...vmStatisticOperations,
  ...reportedDeviceOperations,
  ...watchdogOperations,
  ...sessionOperations,
  ...katelloOperations,
  ...graphicsConsoleOperations,
  ...hostDeviceOperations,
  ...pmemOperations,
  ...floatingDiskOperations,
  ...jobOperations,
  ...unknownHere('storageconnections'),
  ...vnicProfileOperations,
  ...diskProfileOperations,
  ...unknownHere('cpuprofiles'),
  ...unknownHere('schedulingpolicyunits'),
  ...untilVersion3(unknownHere('schedulingpolicies')),
  ...permissionOperations,
  ...untilVersion3(unknownHere('macpools')),
  ...operatingSystemOperations,
  ...unknownHere('externalhostproviders'),
  ...unknownHere('openstackimageproviders'),
  ...unknownHere('openstackvolumeproviders'),
  ...unknownHere('openstacknetworkproviders'),
  ...unknownHere('katelloerrata'),
  ...allPmemOperations,
  ...operationsSince4,
];

/** Every operation that the gateway declares. */
export const operations: readonly Operation[] = [entryOperation, ...collections];

/**
 * PowerVC's VM snapshots as oVirt's. Sources: RHEV-M REST guide, 15.6.5; docs/reference/power.md, 1.5 and 4.3.
 * oVirt's engine reverts the VM's configuration with its disks; PowerVC reverts the volumes alone.
 */

export { list, get } from './find.js';
export { add } from './add.js';
export { remove } from './remove.js';
export { restore } from './restore.js';
export { disk, nic, cdrom, diskList as disks, nicList as nics, cdromList as cdroms } from './parts.js';

/** The VMs. Sources: docs/reference/ovirt.md, section 10; docs/reference/power.md, 4.2 and 4.5. */
export { add } from './vms/add.js';
export { checkName, get, list, look } from './vms/find.js';
export { asVm } from './vms/kept.js';
export { reboot, reset, shutdown, start, stop, suspend } from './vms/power.js';
export { remove } from './vms/remove.js';
export { update } from './vms/update.js';
export { importVm } from './vms/import.js';

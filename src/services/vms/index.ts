/** The VMs. Sources: docs/reference/ovirt.md, section 10; docs/reference/power.md, 4.2 and 4.5. */
export { add } from './add.js';
export { count, get, list, look } from './find.js';
export { asVm } from './shown.js';
export { reboot, reset, shutdown, start, stop, suspend } from './power.js';
export { remove } from './remove.js';
export { update } from './update.js';
export { importVm } from './import.js';

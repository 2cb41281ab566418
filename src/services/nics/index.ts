/**
 * The NICs of a VM: Neutron ports attached to it, and unplugged ones whose notes name it. Sources:
 * RHEV-M REST guide, 15.6.2; docs/reference/power.md, 4.3.
 */

export { list, ofVm, get } from './find.js';
export { add } from './add.js';
export { isAddedBlank } from './blank.js';
export { update } from './update.js';
export { remove, activate, deactivate } from './plug.js';

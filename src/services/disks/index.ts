/**
 * The disks of a VM: the volumes attached to it, those that name it in their notes (deactivated, or being attached),
 * and its pmem volumes. Sources: RHEV-M REST guide, 15.6.1; docs/reference/power.md, 4.3.
 */

export { asDisk, statusOf, notesOf } from './shown.js';
export { list, volumesOf, get, listAll, findAny, ASKED_ID, findDisk, getAny } from './find.js';
export { add } from './add.js';
export { update, updateAny } from './update.js';
export { move, relocate, moveAny } from './move.js';
export { remove, mark, activate, deactivate } from './plug.js';

/**
 * The disks of a VM: the volumes attached to it, those that name it in their notes (deactivated, or being attached),
 * and its pmem volumes. Sources: RHEV-M REST guide, 15.6.1; docs/reference/power.md, 4.3.
 */

export { asDisk, statusOf, notesOf } from './disks/shown.js';
export { list, volumesOf, get, listAll, findAny, ASKED_ID, findDisk, getAny } from './disks/find.js';
export { add } from './disks/add.js';
export { update, updateAny } from './disks/update.js';
export { move, relocate, moveAny } from './disks/move.js';
export { remove, mark, activate, deactivate } from './disks/plug.js';

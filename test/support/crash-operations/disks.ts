import * as disks from '../../../src/services/disks/index.js';
import { GIB } from '../../../src/units.js';
import { VM, DATA, IDLE, FLOATING, LUN, type Operation, finished, named, isAttached, isListed } from './world.js';

/** Operations on disks. */
export const diskOperations: readonly Operation[] = [
  {
    name: 'add a disk',
    run: (scope) => finished(disks.add(scope, VM, { alias: 'new', sizeBytes: GIB })),
    done: (created) => named(created, 'new').length === 1 && isAttached(created, named(created, 'new')[0]!.id),
    untouched: (created) => named(created, 'new').length === 0,
  },
  {
    name: 'add an inactive disk',
    run: (scope) => finished(disks.add(scope, VM, { alias: 'new', sizeBytes: GIB, active: false })),
    done: (created) => named(created, 'new').length === 1 && isListed(created, named(created, 'new')[0]!.id),
    untouched: (created) => named(created, 'new').length === 0,
  },
  {
    name: 'attach a floating disk',
    run: (scope) => finished(disks.add(scope, VM, { id: FLOATING })),
    done: (created) => isAttached(created, FLOATING),
    untouched: (created) => !isListed(created, FLOATING),
  },
  {
    name: 'add a LUN',
    run: (scope) => finished(disks.add(scope, VM, { alias: 'lun', logicalUnits: [{ id: LUN }] })),
    done: (created) => isAttached(created, created.luns[0]!.managed ?? ''),
    untouched: (created) => created.luns[0]!.managed === undefined,
  },
  {
    name: 'delete an active disk',
    run: (scope) => finished(disks.remove(scope, VM, DATA, { detach: false })),
    done: (created) => !created.volumes.has(DATA),
    untouched: (created) => isAttached(created, DATA),
  },
  {
    name: 'delete an inactive disk',
    run: (scope) => finished(disks.remove(scope, VM, IDLE, { detach: false })),
    done: (created) => !created.volumes.has(IDLE),
    untouched: (created) => isListed(created, IDLE),
  },
  {
    name: 'detach a disk',
    run: (scope) => finished(disks.remove(scope, VM, DATA, { detach: true })),
    floating: [DATA],
    done: (created) => created.volumes.has(DATA) && !isAttached(created, DATA) && !isListed(created, DATA),
    untouched: (created) => isAttached(created, DATA),
  },
  {
    name: 'deactivate a disk',
    run: (scope) => finished(disks.deactivate(scope, VM, DATA)),
    done: (created) => !isAttached(created, DATA) && isListed(created, DATA),
    untouched: (created) => isAttached(created, DATA),
  },
  {
    name: 'activate a disk',
    run: (scope) => finished(disks.activate(scope, VM, IDLE)),
    done: (created) => isAttached(created, IDLE),
    untouched: (created) => !isAttached(created, IDLE),
  },
];

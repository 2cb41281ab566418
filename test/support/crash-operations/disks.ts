import * as disks from '../../../src/services/disks/index.js';
import { GIB } from '../../../src/units.js';
import { VM, DATA, IDLE, FLOATING, LUN, type Operation, finished, named, isAttached, isListed } from './world.js';

/** Operations on disks. */
export const diskOperations: readonly Operation[] = [
  {
    name: 'add a disk',
    run: (scope) => finished(disks.add(scope, VM, { alias: 'new', sizeBytes: GIB })),
    done: (made) => named(made, 'new').length === 1 && isAttached(made, named(made, 'new')[0]!.id),
    untouched: (made) => named(made, 'new').length === 0,
  },
  {
    name: 'add an inactive disk',
    run: (scope) => finished(disks.add(scope, VM, { alias: 'new', sizeBytes: GIB, active: false })),
    done: (made) => named(made, 'new').length === 1 && isListed(made, named(made, 'new')[0]!.id),
    untouched: (made) => named(made, 'new').length === 0,
  },
  {
    name: 'attach a floating disk',
    run: (scope) => finished(disks.add(scope, VM, { id: FLOATING })),
    done: (made) => isAttached(made, FLOATING),
    untouched: (made) => !isListed(made, FLOATING),
  },
  {
    name: 'add a LUN',
    run: (scope) => finished(disks.add(scope, VM, { alias: 'lun', logicalUnits: [{ id: LUN }] })),
    done: (made) => isAttached(made, made.luns[0]!.managed ?? ''),
    untouched: (made) => made.luns[0]!.managed === undefined,
  },
  {
    name: 'delete an active disk',
    run: (scope) => finished(disks.remove(scope, VM, DATA, { detach: false })),
    done: (made) => !made.volumes.has(DATA),
    untouched: (made) => isAttached(made, DATA),
  },
  {
    name: 'delete an inactive disk',
    run: (scope) => finished(disks.remove(scope, VM, IDLE, { detach: false })),
    done: (made) => !made.volumes.has(IDLE),
    untouched: (made) => isListed(made, IDLE),
  },
  {
    name: 'detach a disk',
    run: (scope) => finished(disks.remove(scope, VM, DATA, { detach: true })),
    floating: [DATA],
    done: (made) => made.volumes.has(DATA) && !isAttached(made, DATA) && !isListed(made, DATA),
    untouched: (made) => isAttached(made, DATA),
  },
  {
    name: 'deactivate a disk',
    run: (scope) => finished(disks.deactivate(scope, VM, DATA)),
    done: (made) => !isAttached(made, DATA) && isListed(made, DATA),
    untouched: (made) => isAttached(made, DATA),
  },
  {
    name: 'activate a disk',
    run: (scope) => finished(disks.activate(scope, VM, IDLE)),
    done: (made) => isAttached(made, IDLE),
    untouched: (made) => !isAttached(made, IDLE),
  },
];

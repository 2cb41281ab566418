import { ZERO_ID } from '../../../src/model/index.js';
import { pack } from '../../../src/services/snapshots/configurations.js';
import * as cdroms from '../../../src/services/vms/cdroms.js';
import * as pmem from '../../../src/services/pmem/pmem.js';
import * as snapshots from '../../../src/services/snapshots/index.js';
import { GIB } from '../../../src/units.js';
import { id } from '../fake-world.js';
import {
  VM,
  SNAPSHOT,
  type Operation,
  finished,
  media,
  isAttached,
  taken,
  running,
  withMedium,
  withPmem,
} from './world.js';

/** Operations on snapshots, CDs and persistent memory. */
export const partOperations: readonly Operation[] = [
  {
    name: 'take a snapshot',
    run: (scope) => finished(snapshots.add(scope, VM, { description: 'x' })),
    done: (made) => taken(made)[0]?.status === 'ok',
    untouched: (made) => taken(made).length === 0,
  },
  {
    name: 'delete a snapshot',
    given: (made) => {
      Object.assign(made.snapshot(SNAPSHOT), { name: 'ovirt-1' });
      made.vm(VM).notes['snapshot.ovirt-1'] = pack({ at: 1, description: 'x', vm: {}, disks: [], nics: [] });
    },
    run: (scope) => finished(snapshots.remove(scope, VM, SNAPSHOT)),
    done: (made) => made.snapshots.size === 0,
    untouched: (made) => made.snapshots.has(SNAPSHOT),
  },
  {
    name: 'restore a snapshot',
    run: (scope) => finished(snapshots.restore(scope, VM, SNAPSHOT)),
    done: (made) => made.snapshot(SNAPSHOT).status === 'ok',
    untouched: () => false,
  },
  {
    name: 'insert a CD',
    run: (scope) => cdroms.change(scope, VM, ZERO_ID, { file: { id: 'boot.iso' } }),
    done: (made) =>
      media(made)
        .map(({ notes }) => notes['medium'])
        .join() === 'boot.iso' && isAttached(made, media(made)[0]!.id),
    untouched: (made) => media(made).length === 0,
  },
  {
    name: 'change the CD for the session',
    given: (made) => {
      running(made);
      withMedium(made);
    },
    run: (scope) => cdroms.change(scope, VM, ZERO_ID, { file: { id: 'tools.iso' } }, { current: true }),
    done: (made) =>
      media(made)
        .map(({ notes }) => notes['medium'])
        .join() === 'tools.iso',
    untouched: (made) =>
      media(made)
        .map(({ notes }) => notes['medium'])
        .join() === 'boot.iso',
  },
  {
    name: 'eject the CD',
    given: withMedium,
    run: (scope) => cdroms.change(scope, VM, ZERO_ID, { file: { id: '' } }),
    done: (made) => media(made).length === 0,
    untouched: (made) => media(made).length === 1,
  },
  {
    name: "add pmem from the VM's own memory",
    run: (scope) => pmem.add(scope, VM, [{ name: 'p', sizeBytes: GIB, aggregatedMemory: true }]),
    done: (made) => made.vm(VM).pmemVolumes.length === 1 && made.vm(VM).memoryBytes === 3 * GIB,
    untouched: (made) => made.vm(VM).pmemVolumes.length === 0 && made.vm(VM).memoryBytes === 4 * GIB,
  },
  {
    name: 'rename such pmem',
    given: withPmem,
    run: (scope) => pmem.rename(scope, VM, id('pmem', 1), { name: 'new' }),
    done: (made) => made.vm(VM).pmemVolumes[0]!.name === 'new',
    untouched: (made) => made.vm(VM).pmemVolumes[0]!.name === 'old',
  },
  {
    name: 'delete such pmem',
    given: withPmem,
    run: (scope) => finished(pmem.remove(scope, VM, id('pmem', 1), {})),
    done: (made) => made.vm(VM).pmemVolumes.length === 0 && made.vm(VM).memoryBytes === 5 * GIB,
    untouched: (made) => made.vm(VM).pmemVolumes.length === 1,
  },
];

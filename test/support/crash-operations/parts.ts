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
    done: (created) => taken(created)[0]?.status === 'ok',
    untouched: (created) => taken(created).length === 0,
  },
  {
    name: 'delete a snapshot',
    given: (created) => {
      Object.assign(created.snapshot(SNAPSHOT), { name: 'ovirt-1' });
      created.vm(VM).notes['snapshot.ovirt-1'] = pack({ at: 1, description: 'x', vm: {}, disks: [], nics: [] });
    },
    run: (scope) => finished(snapshots.remove(scope, VM, SNAPSHOT)),
    done: (created) => created.snapshots.size === 0,
    untouched: (created) => created.snapshots.has(SNAPSHOT),
  },
  {
    name: 'restore a snapshot',
    run: (scope) => finished(snapshots.restore(scope, VM, SNAPSHOT)),
    done: (created) => created.snapshot(SNAPSHOT).status === 'ok',
    untouched: () => false,
  },
  {
    name: 'insert a CD',
    run: (scope) => cdroms.change(scope, VM, ZERO_ID, { file: { id: 'boot.iso' } }),
    done: (created) =>
      media(created)
        .map(({ notes }) => notes['medium'])
        .join() === 'boot.iso' && isAttached(created, media(created)[0]!.id),
    untouched: (created) => media(created).length === 0,
  },
  {
    name: 'change the CD for the session',
    given: (created) => {
      running(created);
      withMedium(created);
    },
    run: (scope) => cdroms.change(scope, VM, ZERO_ID, { file: { id: 'tools.iso' } }, { current: true }),
    done: (created) =>
      media(created)
        .map(({ notes }) => notes['medium'])
        .join() === 'tools.iso',
    untouched: (created) =>
      media(created)
        .map(({ notes }) => notes['medium'])
        .join() === 'boot.iso',
  },
  {
    name: 'eject the CD',
    given: withMedium,
    run: (scope) => cdroms.change(scope, VM, ZERO_ID, { file: { id: '' } }),
    done: (created) => media(created).length === 0,
    untouched: (created) => media(created).length === 1,
  },
  {
    name: "add pmem from the VM's own memory",
    run: (scope) => pmem.add(scope, VM, [{ name: 'p', sizeBytes: GIB, aggregatedMemory: true }]),
    done: (created) => created.vm(VM).pmemVolumes.length === 1 && created.vm(VM).memoryBytes === 3 * GIB,
    untouched: (created) => created.vm(VM).pmemVolumes.length === 0 && created.vm(VM).memoryBytes === 4 * GIB,
  },
  {
    name: 'rename such pmem',
    given: withPmem,
    run: (scope) => pmem.rename(scope, VM, id('pmem', 1), { name: 'new' }),
    done: (created) => created.vm(VM).pmemVolumes[0]!.name === 'new',
    untouched: (created) => created.vm(VM).pmemVolumes[0]!.name === 'old',
  },
  {
    name: 'delete such pmem',
    given: withPmem,
    run: (scope) => finished(pmem.remove(scope, VM, id('pmem', 1), {})),
    done: (created) => created.vm(VM).pmemVolumes.length === 0 && created.vm(VM).memoryBytes === 5 * GIB,
    untouched: (created) => created.vm(VM).pmemVolumes.length === 1,
  },
];

import { unsupportedPorts } from '../../src/backends/unsupported-ports.js';
import type { BackendSession, Disk, Fault, NotesPatch } from '../../src/model/index.js';
import type { FakeVm, FakeWorld } from './fake-world.js';
import { accessMethods } from './fake-backend/access.js';
import { disksMethods } from './fake-backend/disks.js';
import { inventoryMethods } from './fake-backend/inventory.js';
import { nicsMethods } from './fake-backend/nics.js';
import { pmemMethods } from './fake-backend/pmem.js';
import { patched, shownDisk, shownVm } from './fake-backend/shown.js';
import { snapshotsMethods } from './fake-backend/snapshots.js';
import { vmsMethods } from './fake-backend/vms.js';
import { Wiring } from './fake-backend/wiring.js';

/**
 * A backend in memory, for the verbs alone: a session on a FakeWorld, with PowerVC's rules as far as the verbs depend
 * on them. Each method is a call, which a test can count, refuse, or be killed by.
 */
export interface FakeSession extends BackendSession {
  /** Names of the calls made: `disks.create`. */
  readonly calls: string[];
  /** Refuses the nth call of that name (from 1; 0 for every one), before or after it is executed. */
  refuse(call: string, fault: Fault, options?: { readonly nth?: number; readonly after?: boolean }): void;
  /**
   * After so many calls the process is no more: the last one is executed, and neither it nor any later one ever
   * answers.
   */
  killAfter(calls: number): void;
  readonly killed: boolean;
}

function listVms(world: FakeWorld, query: { name?: string; hasPmem?: boolean } = {}): FakeVm[] {
  for (const vm of [...world.vms.values()]) world.look(vm);
  return [...world.vms.values()].filter(
    (vm) => (query.name === undefined || vm.name === query.name) && (!query.hasPmem || vm.pmemVolumes.length > 0),
  );
}

function listVolumes(world: FakeWorld): Disk[] {
  for (const volume of [...world.volumes.values()]) world.look(volume);
  return [...world.volumes.values()].map(shownDisk);
}

const sharedMethods = (world: FakeWorld) => ({
  read: async () => ({ ...world.shared }),
  note: async (patch: NotesPatch) => {
    world.shared = patched(world.shared, patch);
  },
});

export function fakeSession(world: FakeWorld): FakeSession {
  const wiring = new Wiring();
  const session: FakeSession = {
    // Able to do everything
    capabilities: new Proxy({} as BackendSession['capabilities'], { get: () => true }),
    architectures: ['ppc64'],
    user: { id: 'u', name: 'admin' },
    project: { id: 'p', name: 'ibm-default' },
    expiresAt: Date.now() + 3_600_000,
    vms: {
      ...wiring.port('vms', vmsMethods(world)),
      list: (query) => wiring.page('vms.list', () => listVms(world, query).map((vm) => shownVm(world, vm))),
    },
    disks: {
      ...wiring.port('disks', disksMethods(world)),
      list: () => wiring.page('disks.list', () => listVolumes(world)),
    },
    images: unsupportedPorts(
      { cloud: 'Fake', hypervisor: 'Fake', group: 'host group', storage: 'storage template' },
      'it has no images.',
    ).images,
    nics: wiring.port('nics', nicsMethods(world)),
    snapshots: wiring.port('snapshots', snapshotsMethods(world)),
    pmem: wiring.port('pmem', pmemMethods(world)),
    inventory: wiring.port('inventory', inventoryMethods(world)),
    access: wiring.port('access', accessMethods(world)),
    shared: wiring.port('shared', sharedMethods(world)),
    calls: wiring.calls,
    get killed() {
      return wiring.killed;
    },
    refuse: (call, fault, options) => wiring.refuse(call, fault, options),
    killAfter: (calls) => wiring.killAfter(calls),
    with: () => session,
    export: () => '',
    hold: () => () => undefined,
    check: async () => true,
    logout: async () => undefined,
  };
  return session;
}

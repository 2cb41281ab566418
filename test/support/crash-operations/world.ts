import { expect } from 'vitest';
import type { Scope, Started } from '../../../src/services/context.js';
import * as disks from '../../../src/services/disks/index.js';
import * as nics from '../../../src/services/nics/index.js';
import * as pmem from '../../../src/services/pmem/pmem.js';
import * as snapshots from '../../../src/services/snapshots/index.js';
import * as vms from '../../../src/services/vms/index.js';
import { GIB } from '../../../src/units.js';
import { FakeWorld, id } from '../fake-world.js';

export const VM = id('vm', 1);
export const BOOT = id('disk', 1);
export const DATA = id('disk', 2);
export const IDLE = id('disk', 3);
export const FLOATING = id('disk', 4);
export const NIC = id('nic', 1);
export const NOVA_NIC = id('nic', 2);
export const SPARE_NIC = id('nic', 3);
export const SNAPSHOT = id('snapshot', 1);
export const LUN = id('lun', 1);

export function world(): FakeWorld {
  const made = new FakeWorld();
  made.addVm({ id: VM, name: 'web' });
  made.addVolume({ id: BOOT, alias: 'boot', vmIds: [VM], bootable: true, deleteWithVm: true });
  made.addVolume({ id: DATA, alias: 'data', vmIds: [VM] });
  made.addVolume({ id: IDLE, alias: 'idle', notes: { vm: VM } });
  made.addVolume({ id: FLOATING, alias: 'floating' });
  made.addPort({ id: NIC, name: 'own', attachedTo: VM, notes: { vm: VM } });
  made.addPort({ id: NOVA_NIC, attachedTo: VM, madeByNova: true });
  made.addPort({ id: SPARE_NIC, name: 'spare', notes: { vm: VM } });
  made.addSnapshot({
    id: SNAPSHOT,
    vm: { id: VM },
    name: 'before',
    volumes: [{ volumeId: BOOT, snapshotId: id('volume-snapshot', 1), sizeBytes: GIB, bootable: true }],
  });
  made.luns.push({ id: LUN, storageHost: 'svc', sizeBytes: 3 * GIB });
  return made;
}

export interface Operation {
  readonly name: string;
  readonly given?: (world: FakeWorld) => void;
  readonly run: (scope: Scope) => Promise<unknown>;
  /** Looks of a client that comes back; the VM's lists by default. */
  readonly resume?: (scope: Scope) => Promise<unknown>;
  readonly done: (world: FakeWorld) => boolean;
  readonly untouched: (world: FakeWorld) => boolean;
  /** Ids that belong to nothing in the end, because the operation wants it so. */
  readonly floating?: readonly string[];
}

export const finished = async <T>(started: Promise<Started<T>>): Promise<T> => (await started).finished;
export const named = (made: FakeWorld, alias: string) =>
  [...made.volumes.values()].filter((volume) => volume.alias === alias);
export const portNamed = (made: FakeWorld, name: string) =>
  [...made.ports.values()].filter((port) => port.name === name);
export const vmNamed = (made: FakeWorld, name: string) => [...made.vms.values()].filter((vm) => vm.name === name);
export const media = (made: FakeWorld) =>
  [...made.volumes.values()].filter(({ notes }) => notes['medium'] !== undefined);
export const isAttached = (made: FakeWorld, diskId: string): boolean =>
  made.volumes.get(diskId)?.vmIds.includes(VM) === true;
export const isListed = (made: FakeWorld, diskId: string): boolean => made.volumes.get(diskId)?.notes['vm'] === VM;
/** The port that stands for the NIC, whose id may be another port's. */
export const portOf = (made: FakeWorld, nicId: string) =>
  [...made.ports.values()].find((port) => (port.notes['nic'] ?? port.id) === nicId);
export const taken = (made: FakeWorld) => [...made.snapshots.values()].filter(({ name }) => name?.startsWith('ovirt-'));
export const collect = async (pages: AsyncIterable<unknown>): Promise<void> => {
  for await (const page of pages) expect(page).toBeDefined();
};

export async function lookAtVm(scope: Scope): Promise<void> {
  await vms.get(scope, VM);
  await disks.list(scope, VM);
  await nics.list(scope, VM);
  await snapshots.list(scope, VM);
  await pmem.list(scope, VM);
}

export const running = (made: FakeWorld): void => {
  Object.assign(made.vm(VM), { status: 'up', powerState: 'running' });
};
export const withMedium = (made: FakeWorld): void => {
  made.addVolume({
    id: id('disk', 9),
    alias: 'cd',
    vmIds: [VM],
    notes: { vm: VM, medium: 'boot.iso', read_only: 'true' },
  });
  Object.assign(made.vm(VM).notes, { cdrom: 'boot.iso', 'cdrom.session': 'boot.iso' });
};
export const withPmem = (made: FakeWorld): void => {
  made.vm(VM).pmemVolumes = [{ id: id('pmem', 1), name: 'old', sizeBytes: GIB, status: 'ok' }];
  made.vm(VM).notes['pmem.aggregated'] = '{"at":1,"names":["old"]}';
};

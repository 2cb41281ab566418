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
  const created = new FakeWorld();
  created.addVm({ id: VM, name: 'web' });
  created.addVolume({ id: BOOT, alias: 'boot', vmIds: [VM], bootable: true, deleteWithVm: true });
  created.addVolume({ id: DATA, alias: 'data', vmIds: [VM] });
  created.addVolume({ id: IDLE, alias: 'idle', notes: { vm: VM } });
  created.addVolume({ id: FLOATING, alias: 'floating' });
  created.addPort({ id: NIC, name: 'own', attachedTo: VM, notes: { vm: VM } });
  created.addPort({ id: NOVA_NIC, attachedTo: VM, madeByNova: true });
  created.addPort({ id: SPARE_NIC, name: 'spare', notes: { vm: VM } });
  created.addSnapshot({
    id: SNAPSHOT,
    vm: { id: VM },
    name: 'before',
    volumes: [{ volumeId: BOOT, snapshotId: id('volume-snapshot', 1), sizeBytes: GIB, bootable: true }],
  });
  created.luns.push({ id: LUN, storageHost: 'svc', sizeBytes: 3 * GIB });
  return created;
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
export const named = (created: FakeWorld, alias: string) =>
  [...created.volumes.values()].filter((volume) => volume.alias === alias);
export const portNamed = (created: FakeWorld, name: string) =>
  [...created.ports.values()].filter((port) => port.name === name);
export const vmNamed = (created: FakeWorld, name: string) => [...created.vms.values()].filter((vm) => vm.name === name);
export const media = (created: FakeWorld) =>
  [...created.volumes.values()].filter(({ notes }) => notes['medium'] !== undefined);
export const isAttached = (created: FakeWorld, diskId: string): boolean =>
  created.volumes.get(diskId)?.vmIds.includes(VM) === true;
export const isListed = (created: FakeWorld, diskId: string): boolean =>
  created.volumes.get(diskId)?.notes['vm'] === VM;
/** The port that stands for the NIC, whose id may be another port's. */
export const portOf = (created: FakeWorld, nicId: string) =>
  [...created.ports.values()].find((port) => (port.notes['nic'] ?? port.id) === nicId);
export const taken = (created: FakeWorld) =>
  [...created.snapshots.values()].filter(({ name }) => name?.startsWith('ovirt-'));
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

export const running = (created: FakeWorld): void => {
  Object.assign(created.vm(VM), { status: 'up', powerState: 'running' });
};
export const withMedium = (created: FakeWorld): void => {
  created.addVolume({
    id: id('disk', 9),
    alias: 'cd',
    vmIds: [VM],
    notes: { vm: VM, medium: 'boot.iso', read_only: 'true' },
  });
  Object.assign(created.vm(VM).notes, { cdrom: 'boot.iso', 'cdrom.session': 'boot.iso' });
};
export const withPmem = (created: FakeWorld): void => {
  created.vm(VM).pmemVolumes = [{ id: id('pmem', 1), name: 'old', sizeBytes: GIB, status: 'ok' }];
  created.vm(VM).notes['pmem.aggregated'] = '{"at":1,"names":["old"]}';
};

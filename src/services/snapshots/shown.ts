import { nameId, type Disk, type Snapshot, type Vm } from '../../model/index.js';
import { pack, type Configuration } from './configurations.js';
import type { Scope } from '../context.js';
import * as disks from '../disks/index.js';
import * as nics from '../nics/index.js';
import { configurationOf } from './notes.js';
import { asVm } from '../vms/index.js';

/** The pseudo snapshot that every VM has: its present state. */
export const activeId = (vmId: string): string => nameId('snapshot', vmId, 'active');

export async function active(scope: Scope, vm: Vm, newest: Snapshot | undefined, content: boolean): Promise<Snapshot> {
  return {
    id: activeId(vm.id),
    description: 'Active VM',
    type: 'active',
    createdAt: vm.createdAt,
    status: 'ok',
    persistMemory: false,
    vm: { id: vm.id },
    ...(newest && { previous: { id: newest.id } }),
    ...(content && { configuration: await current(scope, vm) }),
  };
}

async function current(scope: Scope, vm: Vm): Promise<Vm> {
  const [volumes, ports] = await Promise.all([disks.volumesOf(scope, vm), nics.ofVm(scope, vm.id)]);
  return { ...asVm(vm), disks: volumes, nics: ports };
}

/** The VM in a snapshot's notes; parts without an id are not the gateway's. */
function asItWas({ id, name, status, creatorId }: Vm, then: Configuration): Vm {
  const { disks: _, nics: __, pmemVolumes: ___, ...vm } = then.vm;
  const volumes = whole(then.disks).map((disk): Disk => ({ status: 'ok', ...disk }));
  return {
    name,
    status,
    ...vm,
    id,
    ...(creatorId !== undefined && { creatorId }),
    disks: volumes,
    nics: whole(then.nics),
  };
}

const whole = <T extends { readonly id?: string }>(all: readonly T[]): (T & { readonly id: string })[] =>
  all.filter((one): one is T & { readonly id: string } => one.id !== undefined);

export function asSnapshot(snapshot: Snapshot, vm: Vm, previous: Snapshot | undefined, content: boolean): Snapshot {
  const then = configurationOf(vm, snapshot);
  const failed = snapshot.failure && ` (${snapshot.failure} failed)`;
  return {
    ...snapshot,
    type: 'regular',
    description: `${then?.description ?? snapshot.description ?? snapshot.name ?? ''}${failed ?? ''}`,
    persistMemory: false,
    vm: { id: vm.id },
    ...(previous && { previous: { id: previous.id } }),
    ...(content && then && { configuration: asItWas(vm, then) }),
  };
}

/** The VM's present configuration, packed, with its disks. */
export const packed = async (scope: Scope, vm: Vm, volumes: readonly Disk[], description: string): Promise<string> =>
  pack({
    at: Date.now(),
    description,
    vm: asVm(vm),
    disks: volumes.filter((disk) => disk.active),
    nics: await nics.ofVm(scope, vm.id),
  });

/** By date, as engines list them. */
export const inOrder = (taken: readonly Snapshot[]): Snapshot[] =>
  [...taken].sort((a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? ''));

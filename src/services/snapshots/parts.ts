import { Fault, ZERO_ID, type Cdrom, type Disk, type Nic, type Snapshot, type Vm } from '../../model/index.js';
import type { Scope } from '../context.js';
import { withProfile } from '../disks/profiles.js';
import { volumesOf } from '../disks/index.js';
import { requireAble } from '../fitting.js';
import { activeId, asSnapshot } from './shown.js';
import { get } from './find.js';
import { namedVm } from '../vms/named.js';

/** Its VM where that was read: the active one has its disks. */
async function withContent(scope: Scope, vmId: string, id: string): Promise<{ snapshot: Snapshot; vm?: Vm }> {
  if (id === activeId(vmId)) return { snapshot: await get(scope, vmId, id, { content: true }) };
  const vm = await namedVm(scope, vmId);
  const existing = await scope.session.snapshots.list(vmId, { notes: true });
  const snapshot = existing.find((candidate) => candidate.id === id);
  if (!snapshot) throw new Fault('not-found', { what: 'Snapshot', id });
  return { snapshot: asSnapshot(snapshot, vm, undefined, true), vm };
}

/**
 * The disks as they were; `imageId` is the volume snapshot's id. Without a configuration they have the present
 * properties of its volumes, where the snapshot has none itself.
 */
export async function diskList(scope: Scope, vmId: string, id: string): Promise<Disk[]> {
  const { snapshot, vm } = await withContent(scope, vmId, id);
  const copies = new Map((snapshot.volumes ?? []).map((volume) => [volume.volumeId, volume]));
  const then = snapshot.configuration?.disks ?? (await volumesAsDisks(scope, vm, snapshot));
  return then.map((disk) => ({
    ...withProfile(disk),
    vm: { id: vmId },
    imageId: copies.get(disk.id)?.snapshotId ?? disk.imageId,
    snapshot: { id },
    status: 'ok',
  }));
}

async function volumesAsDisks(scope: Scope, vm: Vm | undefined, { volumes = [] }: Snapshot): Promise<Disk[]> {
  const now = new Map((vm ? await volumesOf(scope, vm) : []).map((disk) => [disk.id, disk]));
  return volumes.map(({ volumeId, sizeBytes, bootable }): Disk => {
    const sizes = { sizeBytes, actualBytes: sizeBytes, bootable };
    const known = Object.fromEntries(Object.entries(sizes).filter(([, value]) => value !== undefined));
    const plain = { id: volumeId, status: 'ok', format: 'raw', interface: 'spapr_vscsi', active: true } as const;
    return { ...plain, ...now.get(volumeId), ...known };
  });
}

export async function nicList(scope: Scope, vmId: string, id: string): Promise<Nic[]> {
  const { snapshot } = await withContent(scope, vmId, id);
  // the active one is the VM as it is
  if (id !== activeId(vmId)) requireAble(scope, 'vm.notes', 'list snapshot NICs', 'What the NICs were');
  return (snapshot.configuration?.nics ?? []).map((nic) => ({ ...nic, vm: { id: vmId } }));
}

/** The drive, which is empty in a snapshot. */
export async function cdromList(scope: Scope, vmId: string, id: string): Promise<Cdrom[]> {
  await get(scope, vmId, id);
  return [{ id: ZERO_ID, vm: { id: vmId } }];
}

const one = <T extends { id?: string }>(what: string, all: readonly T[], id: string): T => {
  const found = all.find((candidate) => candidate.id === id);
  if (!found) throw new Fault('not-found', { what, id });
  return found;
};

export const disk = async (scope: Scope, vmId: string, id: string, diskId: string): Promise<Disk> =>
  one('Disk', await diskList(scope, vmId, id), diskId);
export const nic = async (scope: Scope, vmId: string, id: string, nicId: string): Promise<Nic> =>
  one('NIC', await nicList(scope, vmId, id), nicId);
export const cdrom = async (scope: Scope, vmId: string, id: string, cdromId: string): Promise<Cdrom> =>
  one('CdRom', await cdromList(scope, vmId, id), cdromId);

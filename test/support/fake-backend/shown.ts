import { Fault, type Disk, type Nic, type NotesPatch, type Vm } from '../../../src/model/index.js';
import type { FakePort, FakeVm, FakeVolume, FakeWorld } from '../fake-world.js';

export const refused = (text: string): Fault => new Fault('backend.refused', { text });
export const conflict = (text: string): Fault => new Fault('backend.conflict', { text });

export function patched(notes: Record<string, string>, patch: NotesPatch): Record<string, string> {
  const merged: Record<string, string | null> = { ...notes, ...patch };
  return Object.fromEntries(Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== null));
}

export const shownVm = (world: FakeWorld, vm: FakeVm): Vm => ({
  ...vm,
  volumeIds: world.volumesOf(vm.id).map(({ id }) => id),
});
export const shownDisk = ({ deleteWithVm: _, hasSnapshots: __, ...disk }: FakeVolume): Disk => ({
  ...disk,
  vmIds: [...disk.vmIds],
});
export const shownPort = ({ madeByNova: _, ...port }: FakePort): Nic => ({
  ...port,
  plugged: port.attachedTo !== undefined,
});

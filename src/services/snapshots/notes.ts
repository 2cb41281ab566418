import { isFault, type Snapshot, type Vm } from '../../model/index.js';
import { CONFIGURATION, noteOf, packedOf, unpack, type Configuration } from './configurations.js';
import type { Scope } from '../context.js';
import { isAble } from '../fitting.js';
import { warnOf } from '../notes/bad-notes.js';
import { readNote } from '../notes/notes.js';
import { unlessGone } from '../work/wait.js';

/**
 * The configuration of a snapshot in the snapshot's own notes. Where it cannot be created with notes, it gets them as
 * soon as it is listed; meanwhile the VM's note `snapshotting` marks it, so that it can be resumed after a crash.
 */
const SNAPSHOTTING = 'snapshotting';

/** The longest description of a snapshot that backends store. */
export const DESCRIPTION = 255;

/** How long to wait before a configuration that could not be moved is tried again. */
const HAND_OVER_MS = 60_000;

export const configurationOf = (vm: Vm, snapshot: Snapshot): Configuration | undefined =>
  unpack(packedOf(snapshot, vm));

/** The snapshots, with their notes where needed: for the content, or the rest of a long description. */
export async function withNotes(scope: Scope, vmId: string, content: boolean): Promise<Snapshot[]> {
  const { snapshots } = scope.session;
  const existing = await snapshots.list(vmId, { notes: content });
  const cut = ({ notes, description }: Snapshot): boolean =>
    notes?.[CONFIGURATION] === undefined && description?.length === DESCRIPTION;
  return !content && isAble(scope, 'vm.notes') && existing.some(cut) ? snapshots.list(vmId, { notes: true }) : existing;
}

/** Notes that a snapshot is being taken. */
export const announce = (scope: Scope, vmId: string, name: string, description: string): Promise<void> =>
  scope.session.vms.note(vmId, { [SNAPSHOTTING]: JSON.stringify({ name, at: Date.now(), description }) });

/** Removes that note: the snapshot was not taken, or is complete. */
export const withdraw = (scope: Scope, vmId: string): Promise<void> => forget(scope, vmId, SNAPSHOTTING);

/** Whether it has volumes, which hold its notes. */
export const takesNotes = ({ volumes = [] }: Snapshot): boolean =>
  volumes.some(({ snapshotId }) => snapshotId !== undefined);

/** Stores the snapshot's configuration. Returns false where the backend refuses, which is logged. */
export async function keepConfiguration(
  scope: Scope,
  vmId: string,
  snapshot: Snapshot,
  text: string,
): Promise<boolean> {
  try {
    await scope.session.snapshots.note(vmId, snapshot, { [CONFIGURATION]: text });
    return true;
  } catch (error) {
    if (!isFault(error) || error.retry !== 'never') throw error;
    scope.log.warn('notes cannot be stored with a snapshot', { vm: vmId, snapshot: snapshot.id, error: error.message });
    return false;
  }
}

/**
 * Resumes a snapshot that a crash left without its configuration: it gets the VM's present one, made by `packed`.
 * Returns at once.
 */
export function resumeSnapshotting(
  scope: Scope,
  vm: Vm,
  existing: readonly Snapshot[],
  packed: (description: string, snapshot: Snapshot) => Promise<string>,
): void {
  const text = vm.notes?.[SNAPSHOTTING];
  if (text === undefined) return;
  const begun = readNote('Snapshotting', text, warnOf(scope, `VM ${vm.id}`, SNAPSHOTTING));
  if (begun && begun.at + scope.settings.leaseMs >= Date.now()) return;
  const snapshot = begun && existing.find(({ name }) => name === begun.name);
  if (snapshot?.status === 'locked' && !snapshot.failure) return;
  scope.work.start(`snapshotting/${vm.id}`, async () => {
    if (begun && snapshot && takesNotes(snapshot))
      await keepConfiguration(scope, vm.id, snapshot, await packed(begun.description, snapshot));
    await withdraw(scope, vm.id);
  });
}

/** Moves configurations that the VM holds to their snapshots. Returns at once. */
export function handOver(scope: Scope, vm: Vm, existing: readonly Snapshot[]): void {
  const waiting = existing.flatMap((snapshot) => {
    const text = vm.notes?.[noteOf(snapshot.name ?? '')];
    return unpack(text) && text !== undefined && snapshot.status === 'ok' ? [{ snapshot, text }] : [];
  });
  if (waiting.length === 0) return;
  scope.work.atMost(`configurations/${vm.id}`, HAND_OVER_MS, async () => {
    for (const { snapshot, text } of waiting)
      if (await keepConfiguration(scope, vm.id, snapshot, text))
        await forget(scope, vm.id, noteOf(snapshot.name ?? ''));
  });
}

export const forget = async (scope: Scope, vmId: string, key: string): Promise<void> => {
  await unlessGone(scope.session.vms.note(vmId, { [key]: null }));
};

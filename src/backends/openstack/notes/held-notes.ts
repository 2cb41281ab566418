import { isFault, setsOf, WORKING_NOTES, type NotesPatch, type Vm } from '../../../model/index.js';
import type { Waiting } from './building-notes.js';
import type { ErrorNotes, Places } from './error-notes.js';

/**
 * Notes of VMs whose metadata is full, and of those in error. Nova limits a server's items, which everybody shares, and
 * changes none of a server in error: notes that only work in progress needs are then kept elsewhere, so that a VM can
 * always be started, stopped and removed. Those of a server in error go to its first volume (error-notes.ts), all
 * others, and those of one without volumes, are held in this process. A crash loses these: interrupted work stays as it
 * is until it is requested again. Any other note is refused as Nova refuses it.
 */
export interface HeldNotes {
  /** Where notes of servers in error are. */
  readonly places: Places;
  /** Notes that wait for the end of a deployment. */
  readonly waiting: Waiting;
  /** Servers whose resize this process has confirmed: as soon as they are idle, it has ended. */
  readonly confirmed: Set<string>;
  /** The VM with the notes that are held for it. */
  over(vm: Vm): Vm;
  /** Drops the notes of a removed VM. */
  forget(id: string, inError: ErrorNotes): Promise<void>;
  /** Writes the patch by `write`, and keeps elsewhere what Nova does not take. Throws Nova's refusal of other notes. */
  note(id: string, patch: NotesPatch, write: (patch: NotesPatch) => Promise<void>, inError: ErrorNotes): Promise<void>;
}

const HOLDABLE: ReadonlySet<string> = new Set([
  ...WORKING_NOTES.vm,
  'failed',
  'keep_disks',
  'resizing',
  'cdrom.session',
]);

/** Nova's refusal to change the metadata of a server in error (openstack/nova, compute/api.py). */
export const isInError = (error: unknown): boolean =>
  isFault(error, 'backend.conflict') && /in vm_state error\b/.test(error.message);

export function createHeldNotes(): HeldNotes {
  const held = new Map<string, Readonly<Record<string, string>>>();
  const places: Places = new Map();
  const waiting: Waiting = new Map();
  const confirmed = new Set<string>();

  function change(id: string, patch: NotesPatch): void {
    const kept = setsOf({ ...held.get(id), ...patch });
    if (Object.keys(kept).length > 0) held.set(id, kept);
    else held.delete(id);
  }
  const drop = (id: string, keys: readonly string[]): void => {
    if (held.has(id)) change(id, Object.fromEntries(keys.map((key) => [key, null])));
  };

  return {
    places,
    waiting,
    confirmed,
    over(vm) {
      const notes = held.get(vm.id);
      return notes ? { ...vm, notes: { ...vm.notes, ...notes } } : vm;
    },
    async forget(id, inError) {
      held.delete(id);
      waiting.delete(id);
      confirmed.delete(id);
      await inError.clear(id);
    },
    async note(id, patch, write, inError) {
      const removals = Object.keys(patch).filter((key) => patch[key] === null);
      try {
        await write(patch);
      } catch (error) {
        const sets = setsOf(patch);
        const holdable = Object.keys(sets).every((key) => HOLDABLE.has(key));
        const isFull = isFault(error, 'backend.quota');
        if (!(isFull || isInError(error)) || !holdable) throw error;
        const isKept = !isFull && Object.keys(sets).length > 0 && (await inError.write(id, sets));
        if (!isKept) change(id, sets);
        drop(id, removals);
        await inError.remove(id, removals);
        if (isFull && removals.length > 0) await write(Object.fromEntries(removals.map((key) => [key, null])));
        return;
      }
      drop(id, Object.keys(patch));
      // what is removed of a server in error may be there, not in its own metadata
      await inError.remove(id, removals);
    },
  };
}

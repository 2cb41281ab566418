import { randomUUID } from 'node:crypto';
import type { Nic } from '../../model/index.js';
import { valueIn, type GroupNotes } from './group-notes.js';

/**
 * NICs without a network: a network interface is always in one. So they are in the note `nics` of their VM
 * (group-notes.ts), which also says which interface one of them has become: oVirt's ids do not change.
 */
interface WaitingNic {
  readonly id: string;
  readonly name: string;
  /** The interface that it has become. */
  readonly port?: string;
}

const NOTE = 'nics';

export interface WaitingNics {
  /** Those of a VM that have no network yet. */
  waiting(vmId: string): Nic[];
  /** The ids under which interfaces of a VM are known, by the interface. */
  known(vmId: string): ReadonlyMap<string, string>;
  /** The id under which an interface is known, if not its own. */
  knownAs(port: string): string | undefined;
  /** One without a network by its id. */
  find(id: string): Nic | undefined;
  /** Adds one. Four calls. Throws the cloud's refusal. */
  add(vmId: string, name: string): Promise<Nic>;
  rename(id: string, name: string): Promise<void>;
  /** It becomes that interface; with undefined it waits again. */
  become(vmId: string, id: string, port: string | undefined): Promise<void>;
  remove(id: string): Promise<void>;
  /** The interface goes: back to waiting, or for good. */
  lost(port: string, waitsAgain: boolean): Promise<void>;
}

export function createWaitingNics(
  groupNotes: Pick<GroupNotes, 'note' | 'read' | 'readNow' | 'having' | 'damaged'>,
): WaitingNics {
  const parsedOf = (vmId: string, note: string | undefined): readonly WaitingNic[] =>
    note === undefined ? [] : parsed(note, (why) => groupNotes.damaged(vmId, why));
  const of = (vmId: string): readonly WaitingNic[] => parsedOf(vmId, groupNotes.read(vmId)[NOTE]);
  const nicOf = (vmId: string, { id, name }: WaitingNic): Nic => ({
    id,
    name,
    linked: true,
    plugged: false,
    status: 'down',
    vm: { id: vmId },
    notes: { vm: vmId, blank: 'true' },
  });

  async function change(vmId: string, act: (all: readonly WaitingNic[]) => readonly WaitingNic[]): Promise<void> {
    const after = act(parsedOf(vmId, (await groupNotes.readNow(vmId))[NOTE]));
    await groupNotes.note(vmId, { [NOTE]: after.length > 0 ? JSON.stringify(after) : null });
  }

  const ownerOf = (
    isIt: (one: WaitingNic) => boolean,
  ): { readonly vmId: string; readonly one: WaitingNic } | undefined =>
    groupNotes
      .having(NOTE)
      .flatMap((vmId) => of(vmId).map((one) => ({ vmId, one })))
      .find(({ one }) => isIt(one));
  const waitingOne = (id: string): ReturnType<typeof ownerOf> =>
    ownerOf((one) => one.id === id && one.port === undefined);

  const become = (vmId: string, id: string, port: string | undefined): Promise<void> =>
    change(vmId, (all) =>
      all.map((one) => (one.id === id ? { id, name: one.name, ...(port !== undefined && { port }) } : one)),
    );

  return {
    waiting: (vmId) =>
      of(vmId)
        .filter(({ port }) => port === undefined)
        .map((one) => nicOf(vmId, one)),
    known: (vmId) => new Map(of(vmId).flatMap(({ id, port }) => (port === undefined ? [] : [[port, id] as const]))),
    knownAs: (port) => ownerOf((one) => one.port === port)?.one.id,
    find(id) {
      const found = waitingOne(id);
      return found && nicOf(found.vmId, found.one);
    },
    async add(vmId, name) {
      const one = { id: randomUUID(), name };
      await change(vmId, (all) => [...all, one]);
      return nicOf(vmId, one);
    },
    async rename(id, name) {
      const found = waitingOne(id);
      if (found) await change(found.vmId, (all) => all.map((one) => (one.id === id ? { ...one, name } : one)));
    },
    become,
    async remove(id) {
      const found = waitingOne(id);
      if (found) await change(found.vmId, (all) => all.filter((one) => one.id !== id));
    },
    async lost(port, waitsAgain) {
      const found = ownerOf((one) => one.port === port);
      if (!found) return;
      if (waitsAgain) await become(found.vmId, found.one.id, undefined);
      else await change(found.vmId, (all) => all.filter((one) => one.port !== port));
    },
  };
}

/** The NICs in the note; none in one that somebody has changed, which is reported to `bad`. */
function parsed(note: string, bad: (why: string) => void): readonly WaitingNic[] {
  const found = valueIn(note);
  const all: readonly unknown[] = Array.isArray(found) ? found : [];
  const nics = all.filter(isWaitingNic);
  if (!Array.isArray(found) || nics.length < all.length) bad(`its note ${NOTE} is no list of NICs`);
  return nics;
}

const isWaitingNic = (one: unknown): one is WaitingNic =>
  typeof one === 'object' &&
  one !== null &&
  typeof (one as WaitingNic).id === 'string' &&
  typeof (one as WaitingNic).name === 'string' &&
  ['string', 'undefined'].includes(typeof (one as WaitingNic).port);

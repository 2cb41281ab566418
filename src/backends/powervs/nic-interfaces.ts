import { textsIn, type GroupNotes } from './group-notes.js';

/**
 * The interfaces that clients asked for (`virtio`, `e1000`), which have no effect: an adapter is always PowerVM's. They
 * are in the note `interfaces` of their VM (group-notes.ts), by the NIC's id as clients know it.
 */
export interface NicInterfaces {
  of(id: string): string | undefined;
  /** Undefined removes it. Four calls, none where nothing changes. Throws the cloud's refusal. */
  set(vmId: string, id: string, requested: string | undefined): Promise<void>;
  /** The NIC is gone. */
  forget(id: string): Promise<void>;
}

const NOTE = 'interfaces';

export function createNicInterfaces(
  groupNotes: Pick<GroupNotes, 'note' | 'read' | 'readNow' | 'having' | 'damaged'>,
): NicInterfaces {
  const textsOf = (
    vmId: string,
    { [NOTE]: note }: Readonly<Record<string, string>>,
  ): Readonly<Record<string, string>> =>
    note === undefined ? {} : textsIn(note, (why) => groupNotes.damaged(vmId, `its note ${NOTE}: ${why}`));
  const ownerOf = (id: string): string | undefined =>
    groupNotes.having(NOTE).find((vmId) => textsOf(vmId, groupNotes.read(vmId))[id] !== undefined);
  const of = (id: string): string | undefined => {
    const owner = ownerOf(id);
    return owner === undefined ? undefined : textsOf(owner, groupNotes.read(owner))[id];
  };

  async function set(vmId: string, id: string, requested: string | undefined): Promise<void> {
    if (of(id) === requested) return;
    const { [id]: _, ...others } = textsOf(vmId, await groupNotes.readNow(vmId));
    const after = { ...others, ...(requested !== undefined && { [id]: requested }) };
    await groupNotes.note(vmId, { [NOTE]: Object.keys(after).length > 0 ? JSON.stringify(after) : null });
  }

  return {
    of,
    set,
    async forget(id) {
      const owner = ownerOf(id);
      if (owner !== undefined) await set(owner, id, undefined);
    },
  };
}

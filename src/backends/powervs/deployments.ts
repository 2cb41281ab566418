import { isFault, type FaultCode, type NotesPatch } from '../../model/index.js';
import type { Instance } from '../../generated/powervs/instances.js';
import { removed } from '../http/removal.js';
import type { Connection } from './connection.js';
import { notesIn, tagsOf, type GroupNotes } from './group-notes.js';
import type { WorkingNotes } from './working-notes.js';

const PREFIX = 'ovirt-create-';

/** Whether the placement group is a mark, and no affinity group of a client's. */
export const isDeploymentMark = (groupName: string): boolean => groupName.startsWith(PREFIX);

/** Answers after which there is no instance. After any other there may be one. */
const REFUSALS: readonly FaultCode[] = [
  'backend.refused',
  'backend.conflict',
  'backend.quota',
  'backend.space',
  'backend.forbidden',
  'not-found',
];

type Named = Pick<Instance, 'pvmInstanceID' | 'serverName'>;

/**
 * Instances that are being deployed, and are to be down in the end, so that every gateway can finish them. An instance
 * has no field that could tell: its name becomes the guest's, and only IBM's service of tags takes a tag away. So an
 * empty placement group `ovirt-create-<name>` is there from before the deployment until its end. It places nothing.
 */
export interface Deployments {
  /**
   * Deploys with a mark, which holds the notes of the VM (group-notes.ts) until it has an id. One call more, two when
   * it is refused.
   */
  begin<T>(name: string, kept: Readonly<Record<string, string>>, deploy: () => Promise<T>): Promise<T>;
  /** Merges notes of a VM: the mark is set and removed with `pending=create`, and removed when the VM is to run. */
  note(id: string, patch: NotesPatch): Promise<void>;
  /** The notes as they are now: another gateway may have finished the deployment. One call while it goes on. */
  current(instance: Named): Promise<Readonly<Record<string, string>>>;
  /** The mark follows the instance to another name. */
  renamed(id: string, name: string): Promise<void>;
  /** Ids of instances whose deployment no gateway may be at. Two calls, one when there are no marks. */
  left(): Promise<string[]>;
}

/** `sighted`: marks without an instance, which all logins of this process have seen. */
export function createDeployments(
  connection: Connection,
  notes: WorkingNotes,
  names: Map<string, string>,
  sighted: Set<string>,
  groupNotes: Pick<GroupNotes, 'noteOrRetry' | 'read' | 'damaged'>,
): Deployments {
  const marks = async () =>
    (await connection.call('groups.list', {})).placementGroups.filter(({ name }) => isDeploymentMark(name));

  async function mark(name: string, kept: Readonly<Record<string, string>> = {}): Promise<void> {
    const tags = Object.keys(kept).length > 0 && { userTags: tagsOf(kept) };
    try {
      await connection.call('groups.create', { body: { name: PREFIX + name, policy: 'anti-affinity', ...tags } });
    } catch (error) {
      // Of a deployment under the same name that did not come to be
      if (!isFault(error, 'backend.conflict') || !(await marks()).some((one) => one.name === PREFIX + name))
        throw error;
    }
  }

  async function unmark(name: string): Promise<void> {
    const found = (await marks()).find((one) => one.name === PREFIX + name);
    if (!found) return;
    const about = [{ what: 'Placement group', id: found.id }];
    await removed(connection.call('groups.delete', { params: { group: found.id }, about }));
  }

  async function nameOf(id: string): Promise<string> {
    const about = [{ what: 'VM', id }];
    return names.get(id) ?? (await connection.call('instances.get', { params: { instance: id }, about })).serverName;
  }

  const isMarked = (id: string): boolean => notes.read(id)['pending'] === 'create';

  return {
    async begin(name, kept, deploy) {
      await mark(name, kept);
      try {
        return await deploy();
      } catch (error) {
        if (REFUSALS.some((code) => isFault(error, code))) await unmark(name);
        throw error;
      }
    },
    async note(id, patch) {
      const before = isMarked(id);
      const after = notes.merged(notes.read(id), patch);
      const stays = after['pending'] === 'create' && after['start'] === undefined;
      if (stays && !before) await mark(await nameOf(id));
      notes.note(id, patch);
      if (before && !stays) await unmark(await nameOf(id));
      if (!stays) names.delete(id);
    },
    async current({ pvmInstanceID: id, serverName }) {
      const noted = notes.read(id);
      if (!isMarked(id) || noted['start'] !== undefined) return noted;
      names.set(id, serverName);
      if (!(await marks()).some((one) => one.name === PREFIX + serverName)) notes.note(id, { pending: null });
      return notes.read(id);
    },
    async renamed(id, name) {
      if (isMarked(id)) await mark(name);
    },
    async left() {
      const all = await marks();
      if (all.length === 0) return [];
      const { pvmInstances } = await connection.call('instances.list', {});
      const found: string[] = [];
      for (const { name: group, userTags } of all) {
        const name = group.slice(PREFIX.length);
        const instance = pvmInstances.find(({ serverName }) => serverName === name);
        if (instance) {
          const id = instance.pvmInstanceID;
          if (!isMarked(id)) notes.note(id, { pending: 'create' });
          const kept = notesIn(userTags ?? [], (why) => groupNotes.damaged(id, `${group}: ${why}`));
          // a gateway that was killed right after the deployment has not kept them
          if (Object.keys(kept).length > 0 && Object.keys(groupNotes.read(id)).length === 0)
            await groupNotes.noteOrRetry(id, kept);
          found.push(id);
          sighted.delete(name);
        } else if (sighted.delete(name)) await unmark(name);
        // Its deployment may just have begun
        else sighted.add(name);
      }
      return found;
    },
  };
}

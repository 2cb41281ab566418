import {
  Fault,
  isFault,
  nameId,
  nameOrId,
  propertyOf,
  type Disk,
  type DiskPort,
  type NotesPatch,
  type Property,
} from '../../model/index.js';
import { diskIn } from '../../generated/mapping/powervs.js';
import type { Volume } from '../../generated/powervs/volumes.js';
import { removed } from '../http/removal.js';
import type { Connection } from './connection.js';
import { lasting, type GroupNotes } from './group-notes.js';
import { marked, unmarked, type Marked, type Marks } from './marks.js';
import { read } from './read.js';
import type { PowerVsSettings } from './settings.js';
import { unsupported } from './unsupported.js';
import type { WorkingNotes } from './working-notes.js';
import { GIB } from '../../units.js';

const about = (id: string) => [{ what: 'Disk', id }];
const both = (vmId: string, id: string) => [
  { what: 'VM', id: vmId },
  { what: 'Disk', id },
];

/** A storage tier is shown as a storage domain, and has no id. */
export const domainId = (tier: string): string => nameId('storagedomain', tier);

/** Work of several calls, which another gateway has to be able to finish: a mark in the volume's name tells of it. */
const HELD: ReadonlySet<string | undefined> = new Set(['add', 'remove-active']);

/** Disks on PowerVS: volumes, counted in GiB (docs/reference/power.md, 3.2). */
export function createDiskPort(
  connection: Connection,
  settings: PowerVsSettings,
  notes: WorkingNotes,
  marks: Marks,
  tierOf: (storageDomainId: string) => Promise<string>,
  groupNotes: Pick<GroupNotes, 'read' | 'note' | 'noteOrRetry' | 'forget'>,
): DiskPort {
  const at = (id: string) => ({ params: { volume: id }, about: about(id) });
  const of = (vmId: string, id: string) => ({ params: { instance: vmId, volume: id }, about: both(vmId, id) });
  const shown = (volume: Volume): Disk => {
    const seen = unmarked(volume.name);
    marks.set(volume.volumeID, seen);
    const { description, ...kept } = groupNotes.read(volume.volumeID);
    const working = seen.notes ?? notes.read(volume.volumeID);
    return {
      ...diskOf({ ...volume, name: seen.name }, { ...kept, ...working }),
      ...(description !== undefined && { description }),
    };
  };
  const get = async (id: string): Promise<Disk> => shown(await connection.call('volumes.get', at(id)));

  /** PowerVS lists all volumes at once. */
  async function* list(): AsyncGenerator<Disk[]> {
    const all = (await connection.call('volumes.list', {})).volumes.map(shown);
    const existingIds = new Set(all.map(({ id }) => id));
    for (const id of marks.keys()) if (!existingIds.has(id)) marks.delete(id);
    yield all;
  }

  async function create({
    name,
    description,
    sizeBytes,
    storageDomainId,
    shareable,
    bootable,
    notes: all = {},
    imageId,
  }: Parameters<DiskPort['create']>[0]): Promise<Disk> {
    const { kept, others: given } = lasting({ ...all, ...(description !== undefined && { description }) });
    notes.check(given);
    const refused: readonly [Property, string] | undefined =
      imageId !== undefined
        ? [propertyOf('Disk', 'imageId'), 'a volume cannot be created from an image.']
        : bootable && given['pending'] === undefined
          ? [propertyOf('Disk', 'bootable'), 'a volume can only be made bootable after its creation: change it then.']
          : undefined;
    if (refused) throw unsupported('add disk', ...refused);
    const { vm } = given;
    const working: Readonly<Record<string, string>> = { ...given, ...(bootable && { bootable: 'true' }) };
    const isHeld = HELD.has(working['pending']);
    if (isHeld) await checkName(name);
    const created = await connection.call('volumes.create', {
      body: {
        name: isHeld ? marked(name, working) : name,
        size: Math.ceil(sizeBytes / GIB),
        ...(storageDomainId !== undefined && { diskType: await tierOf(storageDomainId) }),
        ...(shareable !== undefined && { shareable }),
        // The volumes of a VM share a storage pool (power.md, 3.2): this one is placed with them, unless a tier is
        // named.
        ...(settings.affinity &&
          vm !== undefined &&
          storageDomainId === undefined && { affinityPolicy: 'affinity' as const, affinityPVMInstance: vm }),
      },
    });
    if (!isHeld) notes.note(created.volumeID, working);
    await groupNotes.noteOrRetry(created.volumeID, kept);
    return shown({ ...created, state: created.state ?? 'creating' });
  }

  /** PowerVS takes a name once; it cannot tell while a mark is at its end. Throws `backend.conflict`. */
  async function checkName(name: string): Promise<void> {
    for await (const page of list())
      if (page.some(({ alias }) => alias === name))
        throw new Fault('backend.conflict', { text: `A volume named ${name} already exists.` });
  }

  const seenOf = async (id: string): Promise<Marked> =>
    marks.get(id) ?? unmarked((await connection.call('volumes.get', at(id))).name);

  async function note(id: string, all: NotesPatch): Promise<void> {
    const { kept, others: patch } = lasting(all);
    await groupNotes.note(id, kept);
    if (Object.keys(patch).length === 0) return;
    const seen = await seenOf(id);
    const pending = 'pending' in patch ? patch['pending'] : seen.notes?.['pending'];
    if (!seen.notes && !HELD.has(pending ?? undefined)) return notes.note(id, patch);
    const working = notes.merged(seen.notes ?? notes.read(id), patch);
    const name = marked(seen.name, working);
    if (name !== marked(seen.name, seen.notes ?? {}))
      await connection.call('volumes.update', { ...at(id), body: { name } });
    marks.set(id, unmarked(name));
    notes.forget(id);
  }

  async function update(
    id: string,
    { name, description, shareable, readOnly, bootable }: Parameters<DiskPort['update']>[1],
  ): Promise<void> {
    if (readOnly !== undefined)
      throw unsupported('update disk', propertyOf('Disk', 'readOnly'), 'a volume is never read-only.');
    if (description !== undefined) await groupNotes.note(id, { description });
    if ([name, shareable, bootable].every((value) => value === undefined)) return;
    const seen = name === undefined ? undefined : await seenOf(id);
    await connection.call('volumes.update', {
      ...at(id),
      body: {
        ...(name !== undefined && { name: marked(name, seen?.notes ?? {}) }),
        ...(shareable !== undefined && { shareable }),
        ...(bootable !== undefined && { bootable }),
      },
    });
    if (name !== undefined) marks.set(id, { ...seen, name });
  }

  async function attach(vmId: string, id: string, { boot = false }: { readonly boot?: boolean } = {}): Promise<void> {
    const working = marks.get(id)?.notes ?? notes.read(id);
    if (working['bootable'] === 'true') await update(id, { bootable: true });
    try {
      if (boot)
        await connection.call('instances.volumes.boot', {
          params: { instance: vmId },
          about: both(vmId, id),
          body: { volumeIDs: [id], bootVolumeID: id },
        });
      else await connection.call('instances.volumes.attach', of(vmId, id));
    } catch (error) {
      // "The entity is already in the requested state" (Power Virtual Server API, 409)
      if (!isFault(error, 'backend.conflict') || !(await get(id)).vmIds?.includes(vmId)) throw error;
    }
  }

  async function detach(vmId: string, id: string): Promise<void> {
    try {
      await removed(connection.call('instances.volumes.detach', of(vmId, id)));
    } catch (error) {
      if (!isFault(error, 'backend.conflict') || (await get(id)).vmIds?.includes(vmId)) throw error;
    }
  }

  async function remove(id: string): Promise<void> {
    await connection.call('volumes.delete', at(id));
    marks.delete(id);
    await groupNotes.forget(id);
  }

  return {
    grainBytes: GIB,
    list,
    get,
    create,
    update,
    attach,
    detach,
    remove,
    async extend(id, sizeBytes) {
      await connection.call('volumes.update', { ...at(id), body: { size: Math.ceil(sizeBytes / GIB) } });
    },
    async move(id, storageDomainId) {
      await connection.call('volumes.action', {
        ...at(id),
        body: { targetStorageTier: await tierOf(storageDomainId) },
      });
    },
    async keep(vmId, id) {
      await connection.call('instances.volumes.keep', { ...of(vmId, id), body: { deleteOnTermination: false } });
    },
    note,
    unmanagedLuns: async () => [],
    manage: async () => {
      throw unsupported('add disk', 'A direct LUN', 'the storage belongs to IBM: LUNs cannot be added.');
    },
    metrics: async () => ({}),
  };
}

function diskOf(volume: Volume, { bootable: _, ...notes }: Readonly<Record<string, string>>): Disk {
  const { value } = read(() => diskIn({ ...volume, state: volume.state?.trim().toLowerCase() ?? null }, { base: '' }));
  const bootable = value.bootable ?? false;
  return {
    ...value,
    alias: nameOrId(value.alias, value.id),
    bootable,
    type: bootable ? 'system' : 'data',
    format: 'raw',
    shareable: value.shareable ?? false,
    readOnly: false,
    vmIds: volume.pvmInstanceIDs ?? [],
    notes,
    ...(volume.diskType && { storageDomain: { id: domainId(volume.diskType), name: volume.diskType } }),
  };
}

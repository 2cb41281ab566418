import {
  Fault,
  needed,
  propertyOf,
  ZERO_ID,
  type NotesPatch,
  type Ref,
  type Tag,
  type Vm,
  type TagInput,
} from '../../model/index.js';
import type { KeptTag } from '../../generated/notes/notes.js';
import * as inventory from '../inventory/inventory.js';
import type { Scope } from '../context.js';
import { resolve } from '../references.js';
import { freeId, recordsIn, type SharedText } from '../notes/shared-records.js';
import { namedVm } from '../vms/named.js';

/**
 * oVirt's tags: one tree for the whole installation, below the root tag, and the tags of each VM or host
 * (docs/reference/ovirt.md, sections 2 and 11). The tree is in the notes that all projects share, and so are the tags
 * of hosts, which have no notes of their own; a VM's tags are in its notes. Each has its own key, so that concurrent
 * writers do not overwrite each other. An id is derived from the tag's first name, and does not change when it is
 * renamed.
 */
const PREFIX = 'tag.';
const noteOf = (id: string): string => `${PREFIX}${id}`;

const HOST_PREFIX = 'host-tag.';
/** Ids of hosts and tags are UUIDs: no key is the start of another's. */
const hostNoteOf = (hostId: string, id: string): string => `${HOST_PREFIX}${hostId}.${id}`;

const rootTag: Tag = { id: ZERO_ID, name: 'root', description: 'root' };

/** The root first, then by name. One call. */
export const list = async (scope: Scope): Promise<Tag[]> => treeOf(scope, await scope.session.shared.read());

function treeOf(scope: Scope, notes: SharedText): Tag[] {
  const record = recordsIn(scope, notes, { prefix: PREFIX, kind: 'KeptTag', resource: 'tags' });
  const known = new Set(record.map(({ id }) => id));
  const tags = record.map(({ id, name, description, parent }): Tag => ({
    id,
    name,
    ...(description !== undefined && { description }),
    parent: { id: parent !== undefined && known.has(parent) ? parent : ZERO_ID },
  }));
  return [rootTag, ...tags.sort((a, b) => (a.name < b.name ? -1 : 1))];
}

function pick(tags: readonly Tag[], id: string): Tag {
  const found = tags.find((tag) => tag.id === id);
  if (!found) throw new Fault('not-found', { what: 'Tag', id });
  return found;
}

/** One call. Throws `not-found`. */
export const get = async (scope: Scope, id: string): Promise<Tag> => pick(await list(scope), id);

const write = (scope: Scope, { id, name, description, parent }: Tag): Promise<void> => {
  const record: KeptTag = {
    name,
    ...(description !== undefined && { description }),
    ...(parent?.id !== undefined && parent.id !== ZERO_ID && { parent: parent.id }),
  };
  return scope.session.shared.note({ [noteOf(id)]: JSON.stringify(record) });
};

function checkName(tags: readonly Tag[], name: string, verb: string): void {
  if (tags.some((tag) => tag.name === name)) throw new Fault('duplicate-name', { verb, what: 'Tag', name });
}

/**
 * Throws `duplicate-name`, `not-found.reference` for an unknown parent, `backend.forbidden` for a user who may not
 * write shared notes.
 */
export async function add(scope: Scope, input: TagInput): Promise<Tag> {
  const name = needed(input.name, propertyOf('Tag', 'name'), 'add');
  const tags = await list(scope);
  checkName(tags, name, 'add');
  const parent = input.parent ? resolve('Tag', input.parent, tags) : rootTag;
  const tag: Tag = {
    id: freeId('tag', name, tags),
    name,
    ...(input.description !== undefined && { description: input.description }),
    parent: { id: parent.id },
  };
  await write(scope, tag);
  return tag;
}

/** Throws `conflict` for the root, and for a parent that is the tag itself or below it. */
export async function update(scope: Scope, id: string, input: TagInput): Promise<Tag> {
  const tags = await list(scope);
  const now = pick(tags, id);
  if (id === ZERO_ID) throw new Fault('conflict', { text: 'Cannot update Tag. The root tag cannot be changed.' });
  if (input.name !== undefined && input.name !== now.name) checkName(tags, input.name, 'update');
  const parent = input.parent ? resolve('Tag', input.parent, tags) : now.parent;
  if (parent && lineOf(tags, parent.id).some((above) => above.id === id))
    throw new Fault('conflict', { text: 'Cannot update Tag. A tag cannot be its own ancestor.' });
  const { name = now.name, description = now.description } = input;
  const tag: Tag = {
    id,
    name,
    ...(description !== undefined && { description }),
    ...(parent?.id !== undefined && { parent: { id: parent.id } }),
  };
  await write(scope, tag);
  return tag;
}

/** The tag and those above it, without the root. */
function lineOf(tags: readonly Tag[], id: string | undefined): Tag[] {
  const line: Tag[] = [];
  for (let tag = tags.find((one) => one.id === id); tag && tag.id !== ZERO_ID && !line.includes(tag);) {
    line.push(tag);
    const above = tag.parent?.id;
    tag = tags.find((one) => one.id === above);
  }
  return line;
}

/**
 * Removes the tag and those below it, as engines do. VMs lose them first, hosts together with the tags, so that an
 * interrupted removal can be repeated. VMs of other projects keep a note of the removed tag, which nothing shows.
 */
export async function remove(scope: Scope, id: string): Promise<void> {
  const shared = await scope.session.shared.read();
  const tags = treeOf(scope, shared);
  scope.concerns?.({ what: pick(tags, id).name });
  if (id === ZERO_ID) throw new Fault('conflict', { text: 'Cannot remove Tag. The root tag cannot be removed.' });
  const goneIds = tags.filter((tag) => lineOf(tags, tag.id).some((above) => above.id === id)).map((tag) => tag.id);
  const gone = goneIds.map(noteOf);
  const dropped = (held: Readonly<Record<string, string>>): NotesPatch =>
    Object.fromEntries(gone.filter((key) => key in held).map((key) => [key, null]));
  for await (const page of scope.session.vms.list()) {
    for (const { id: vmId, notes = {} } of page)
      if (gone.some((key) => key in notes)) await scope.session.vms.note(vmId, dropped(notes));
  }
  const ofHosts = Object.keys(shared).filter(
    (key) => key.startsWith(HOST_PREFIX) && goneIds.some((tagId) => key.endsWith(`.${tagId}`)),
  );
  await scope.session.shared.note(Object.fromEntries([...gone, ...ofHosts].map((key) => [key, null])));
}

const borne = (tags: readonly Tag[], vm: Vm): Tag[] => tags.filter(({ id }) => vm.notes?.[noteOf(id)] !== undefined);

/** The tags of a VM. Two calls. */
export async function listOf(scope: Scope, vmId: string): Promise<Tag[]> {
  const vm = await namedVm(scope, vmId);
  return borne(await list(scope), vm).map((tag) => ({ ...tag, vm: { id: vmId } }));
}

/** Two calls. Throws `not-found` for a tag that the VM does not have. */
export const getOf = async (scope: Scope, vmId: string, id: string): Promise<Tag> =>
  pick(await listOf(scope, vmId), id);

/**
 * Gives the VM an existing tag, by id or by name. Idempotent. Throws `not-found.reference`, and `backend.forbidden` for
 * a user who may not see the tree.
 */
export async function assign(scope: Scope, vmId: string, ref: Ref): Promise<Tag> {
  const vm = await namedVm(scope, vmId);
  const tag = assignable(ref, treeOf(scope, await scope.session.shared.read({ required: true })));
  if (vm.notes?.[noteOf(tag.id)] === undefined) await scope.session.vms.note(vmId, { [noteOf(tag.id)]: tag.name });
  return { ...tag, vm: { id: vmId } };
}

function assignable(ref: Ref, tags: readonly Tag[]): Tag {
  const tag = resolve('Tag', ref, tags);
  if (tag.id === ZERO_ID) throw new Fault('conflict', { text: 'Cannot attach Tag. The root tag cannot be attached.' });
  return tag;
}

/** Removes a tag from the VM. Throws `not-found` if it does not have it. */
export async function unassign(scope: Scope, vmId: string, id: string): Promise<void> {
  scope.concerns?.({ what: (await getOf(scope, vmId, id)).name });
  await scope.session.vms.note(vmId, { [noteOf(id)]: null });
}

/**
 * For searches by tag: each tag, with the notes of VMs that have it or one below it, as engines match both. One call,
 * however many VMs there are.
 */
export async function withNotes(scope: Scope): Promise<{ readonly tag: Tag; readonly notes: readonly string[] }[]> {
  const tags = await list(scope);
  const lines = tags.map(({ id }) => ({ note: noteOf(id), above: new Set(lineOf(tags, id).map((tag) => tag.id)) }));
  return tags.map((tag) => ({
    tag,
    notes: lines.filter(({ above }) => tag.id === ZERO_ID || above.has(tag.id)).map(({ note }) => note),
  }));
}

/** The notes of the VM's tags. */
export const tagNotesOf = ({ notes = {} }: Vm): string[] => Object.keys(notes).filter((key) => key.startsWith(PREFIX));

/** The host, the shared notes, and the tree. One call beside the hosts, which are cached. */
async function lookAtHost(scope: Scope, hostId: string, { required = false } = {}) {
  const { id } = await inventory.host(scope, hostId);
  const notes = await scope.session.shared.read({ required });
  return { host: { id }, notes, tags: treeOf(scope, notes) };
}

/** The tags of a host. Throws `not-found` for an unknown host. */
export async function listOfHost(scope: Scope, hostId: string): Promise<Tag[]> {
  const { host, notes, tags } = await lookAtHost(scope, hostId);
  return tags.filter(({ id }) => notes[hostNoteOf(host.id, id)] !== undefined).map((tag) => ({ ...tag, host }));
}

/** Throws `not-found` for a tag that the host does not have. */
export const getOfHost = async (scope: Scope, hostId: string, id: string): Promise<Tag> =>
  pick(await listOfHost(scope, hostId), id);

/**
 * Gives the host an existing tag, by id or by name. Idempotent. Throws `not-found.reference`, and `backend.forbidden`
 * for a user who may not write shared notes.
 */
export async function assignToHost(scope: Scope, hostId: string, ref: Ref): Promise<Tag> {
  const { host, notes, tags } = await lookAtHost(scope, hostId, { required: true });
  const tag = assignable(ref, tags);
  const key = hostNoteOf(host.id, tag.id);
  if (notes[key] === undefined) await scope.session.shared.note({ [key]: tag.name });
  return { ...tag, host };
}

/** Removes a tag from the host. Throws `not-found` if it does not have it, `backend.forbidden` as `assignToHost`. */
export async function unassignFromHost(scope: Scope, hostId: string, id: string): Promise<void> {
  scope.concerns?.({ what: (await getOfHost(scope, hostId, id)).name });
  await scope.session.shared.note({ [hostNoteOf(hostId, id)]: null });
}

/** For searches of hosts by tag: each tag, and the hosts that have it or one below it. One call. */
export async function withHosts(scope: Scope): Promise<{ readonly tag: Tag; readonly hostIds: readonly string[] }[]> {
  const notes = await scope.session.shared.read();
  const tags = treeOf(scope, notes);
  const borneBy = Object.keys(notes)
    .filter((key) => key.startsWith(HOST_PREFIX))
    .map((key) => key.slice(HOST_PREFIX.length).split('.'));
  const lines = new Map(tags.map(({ id }) => [id, new Set(lineOf(tags, id).map((tag) => tag.id))]));
  return tags.map((tag) => ({
    tag,
    hostIds: borneBy.flatMap(([hostId = '', id = '']) => {
      const line = lines.get(id);
      return line && (tag.id === ZERO_ID || line.has(tag.id)) ? [hostId] : [];
    }),
  }));
}

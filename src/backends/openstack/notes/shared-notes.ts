import { setsOf, type SharedNotes } from '../../../model/index.js';
import type { Aggregate } from '../../../generated/openstack/nova.js';
import type { Connection } from '../connection.js';
import { unlessKept } from '../nova/own-hosts.js';
import { join, leftOver, split, type Metadata } from './notes.js';
import { unsupported } from '../unsupported.js';

/**
 * Notes that belong to no server: in the metadata of a host group, which every project can read and administrators can
 * write. They are written to the first group that has some, or else the one with the lowest id; notes of other groups
 * are read, too.
 */
export function createSharedNotes(connection: Connection): SharedNotes {
  // Never cached: another replica may have written
  const fetch = async (): Promise<Aggregate[]> => (await connection.call('nova.aggregates.list', {})).aggregates;
  const metadataOf = ({ metadata }: Aggregate): Metadata =>
    Object.fromEntries(Object.entries(metadata ?? {}).map(([key, value]) => [key, String(value)]));
  const hasNotes = (group: Aggregate): boolean => Object.keys(join(metadataOf(group))).length > 0;
  const inOrder = (groups: readonly Aggregate[]): Aggregate[] =>
    [...groups].sort((a, b) => Number(hasNotes(b)) - Number(hasNotes(a)) || Number(a.id) - Number(b.id));

  // A user who may not see host groups sees no notes in them
  const read: SharedNotes['read'] = async ({ required = false } = {}) =>
    Object.assign(
      {},
      ...inOrder(await (required ? fetch() : unlessKept(fetch(), () => [])))
        .reverse()
        .map((group) => join(metadataOf(group))),
    ) as Record<string, string>;

  const note: SharedNotes['note'] = async (patch) => {
    const groups = inOrder(await fetch());
    const [home] = groups;
    if (home?.id === undefined)
      throw unsupported(
        'save shared data',
        'Data that all projects share, such as tags,',
        'it is kept in the metadata of a host aggregate, and this cloud has none.',
      );
    for (const group of groups) {
      const sets = group === home ? split(setsOf(patch)) : {};
      const change = { ...Object.fromEntries(leftOver(patch, metadataOf(group)).map((key) => [key, null])), ...sets };
      if (Object.keys(change).length > 0) await write(String(group.id), change);
    }
  };

  async function write(aggregate: string, metadata: Readonly<Record<string, string | null>>): Promise<void> {
    await connection.call('nova.aggregates.set-metadata', {
      params: { aggregate },
      about: [{ what: 'Host group', id: aggregate }],
      body: { set_metadata: { metadata } },
    });
  }

  return { read, note };
}

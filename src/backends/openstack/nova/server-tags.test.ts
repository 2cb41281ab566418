import { expect, test } from 'vitest';
import type { NotesPatch } from '../../../model/index.js';
import type { Connection } from '../connection.js';
import { notingTags, taggedNotes } from './server-tags.js';

async function written(patch: NotesPatch): Promise<unknown[]> {
  const calls: unknown[] = [];
  const connection = {
    call: async (id: string, { params }: { params: unknown }) => {
      calls.push([id, params]);
    },
  } as unknown as Connection;
  await notingTags(connection, async (id, rest) => {
    calls.push([id, rest]);
  })('vm', patch);
  return calls;
}

test('a tag is written as a tag of the server, other notes as metadata', async () => {
  expect(await written({ 'tag.1': 'web', comment: 'c' })).toEqual([
    ['nova.servers.tags.add', { server: 'vm', tag: 'ovirt.tag.1' }],
    ['vm', { comment: 'c' }],
  ]);
  expect(await written({ 'tag.1': 'web' })).toHaveLength(1);
});

test('a removed tag is removed from the tags and from the metadata', async () => {
  expect(await written({ 'tag.1': null })).toEqual([
    ['nova.servers.tags.remove', { server: 'vm', tag: 'ovirt.tag.1' }],
    ['vm', { 'tag.1': null }],
  ]);
});

test("of a server's tags only the gateway's own are notes", () => {
  expect(taggedNotes(['ovirt.tag.1', 'production', 'ovirt.other'])).toEqual({ 'tag.1': '' });
  expect(taggedNotes()).toEqual({});
});

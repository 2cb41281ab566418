import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Server } from '../../../generated/openstack/nova.js';
import { patchIn, wait, type BuildingNotes, type Waiting } from './building-notes.js';

/** A server that is being built; `between` runs after each change of its description, as another gateway would. */
function nova(first: Partial<Server>, between: (server: Server) => void = () => undefined) {
  let server: Server = { id: 'vm', name: 'web', status: 'BUILD', metadata: { 'ovirt.pending': 'create' }, ...first };
  const calls: BuildingNotes = {
    read: async () => server,
    describe: async (_, description) => {
      server = { ...server, description };
      between(server);
    },
  };
  return { calls, now: () => server, set: (change: Partial<Server>) => (server = { ...server, ...change }) };
}

/** 88 characters that cannot be compressed. */
const digest = (text: string): string => createHash('sha512').update(text).digest('base64');

describe('notes of a server that is being built', () => {
  it('wait in its description, and later ones join them', async () => {
    const { calls, now } = nova({ description: 'web' });
    const waiting: Waiting = new Map();
    expect(await wait(calls, 'vm', { comment: 'a', start: 'true' }, waiting)).toBe(true);
    expect(await wait(calls, 'vm', { start: null }, waiting)).toBe(true);
    expect(patchIn(now())).toEqual({ comment: 'a', start: null });
    expect(waiting.get('vm')).toEqual({ comment: 'a', start: null });
  });

  it('do not wait there without the mark of a creation, by which they would be found: a copy has none', async () => {
    const { calls, now } = nova({ metadata: {} });
    expect(await wait(calls, 'vm', { pending: 'create', cloned: 'original' }, new Map())).toBe(false);
    expect(now().description).toBeUndefined();
  });

  it('leave a description of somebody else', async () => {
    const foreign = nova({ description: 'of the administrator' });
    expect(await wait(foreign.calls, 'vm', { comment: 'a' }, new Map())).toBe(false);
    expect(foreign.now().description).toBe('of the administrator');
  });

  it('that are longer than a description wait there compressed, and others join them', async () => {
    const { calls, now } = nova({ description: null });
    const comment = 'The database server of the accounting department; its owner is in room 12. '.repeat(4);
    expect(await wait(calls, 'vm', { comment }, new Map())).toBe(true);
    expect(await wait(calls, 'vm', { start: 'true' }, new Map())).toBe(true);
    expect(now().description?.length).toBeLessThan(256);
    expect(patchIn(now())).toEqual({ comment, start: 'true' });
  });

  it('that do not fit even so are refused by name, and what waits stays', async () => {
    const { calls, now } = nova({ description: null });
    await wait(calls, 'vm', { start: 'true' }, new Map());
    const comment = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(digest).join('');
    await expect(wait(calls, 'vm', { comment }, new Map())).rejects.toMatchObject({ code: 'unsupported' });
    expect(patchIn(now())).toEqual({ start: 'true' });
  });

  it('are written again if another gateway has overwritten them', async () => {
    let others = 1;
    const { calls, now, set } = nova({}, () => {
      if (others-- > 0) set({ description: 'ovirt {"comment":"b"}' });
    });
    expect(await wait(calls, 'vm', { start: 'true' }, new Map())).toBe(true);
    expect(patchIn(now())).toEqual({ comment: 'b', start: 'true' });
  });

  it('are not written there if the server is built by now', async () => {
    const { calls, now } = nova({ status: 'ACTIVE', metadata: {} });
    expect(await wait(calls, 'vm', { comment: 'a' }, new Map())).toBeUndefined();
    expect(now().description).toBeUndefined();
  });

  it('do not stay in the description of a server that is built meanwhile', async () => {
    const { calls, now, set } = nova({}, () => set({ status: 'ACTIVE', metadata: {} }));
    expect(await wait(calls, 'vm', { comment: 'a' }, new Map())).toBeUndefined();
    expect(now().description).toBeNull();
  });

  it('are nothing where the description is no note', () => {
    for (const description of ['ovirt [', 'ovirt null', 'ovirt', 'text', null, undefined])
      expect(
        patchIn({ id: 'vm', name: 'web', status: 'BUILD', ...(description !== undefined && { description }) }),
      ).toEqual({});
  });
});

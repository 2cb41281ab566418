import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyPatch, join, split, VALUE_LIMIT, type MetadataCalls } from '../src/backends/openstack/notes/notes.js';
import { describe as portDescription, hasOwnNotes, notesIn } from '../src/backends/openstack/neutron/port-notes.js';
import { Fault } from '../src/model/index.js';

const name = fc.stringMatching(/^[a-z][a-z_]{0,11}(\.[a-z][a-z0-9-]{0,8})?$/);
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.string({ minLength: 250, maxLength: 260 }),
  fc.string({ minLength: 505, maxLength: 900 }),
  fc.constant('x'.repeat(510)),
);
const notes = fc.dictionary(name, text, { maxKeys: 6 }).map((record) => ({ ...record }));

/** Metadata as Nova and Cinder keep it; `until` cuts the calls off after so many writes, as a killed gateway does. */
function store(
  metadata: Record<string, string>,
  until = Infinity,
): MetadataCalls & { metadata: Record<string, string>; calls: number } {
  const it = {
    metadata,
    calls: 0,
    async merge(more: Record<string, string>) {
      it.count();
      for (const value of Object.values(more))
        if (Array.from(value).length > 255) throw new Fault('backend.refused', { text: 'too long' });
      return Object.assign(metadata, more);
    },
    async remove(key: string) {
      it.count();
      const was = key in metadata;
      delete metadata[key];
      return was;
    },
    count() {
      if (it.calls >= until) throw new Error('killed');
      it.calls += 1;
    },
  };
  return it;
}

describe('notes in metadata', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(notes, (given) => {
        const metadata = split(given);
        expect(join({ pin_vm: 'true', ...metadata })).toEqual(given);
        for (const value of Object.values(metadata)) expect(Array.from(value).length).toBeLessThanOrEqual(VALUE_LIMIT);
      }),
    );
  });

  it('patch what was there, and leave no key behind', async () => {
    await fc.assert(
      fc.asyncProperty(notes, fc.dictionary(name, fc.option(text), { maxKeys: 6 }), async (before, patch) => {
        const kept = store({ original_host: 'host1', ...split(before) });
        await applyPatch(patch, kept);
        const sets = Object.entries(patch).filter(([, value]) => value !== null) as [string, string][];
        const requested = {
          ...Object.fromEntries(Object.entries(before).filter(([key]) => !(key in patch))),
          ...Object.fromEntries(sets),
        };
        expect(join(kept.metadata)).toEqual(requested);
        expect(kept.metadata).toEqual({ original_host: 'host1', ...split(requested) });
      }),
    );
  });

  it('lose with the next write what a removal that was cut off has left of a long one', async () => {
    const kept = store({ 'ovirt.x.1': 'rest', 'ovirt.x.2': '', 'other.1': 'theirs' });
    await applyPatch({ y: '1' }, kept);
    expect(kept.metadata).toEqual({ 'ovirt.y': '1', 'other.1': 'theirs' });
  });

  it('have the old value or the new one wherever a write is cut off', async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.option(text), fc.nat(4), async (before, after, until) => {
        const kept = store(split({ x: before }), until);
        await applyPatch({ x: after }, kept).catch((error: Error) => expect(error.message).toBe('killed'));
        expect([before, after ?? undefined]).toContain(join(kept.metadata)['x']);
        await applyPatch({ x: after }, { ...store(kept.metadata) });
        expect(join(kept.metadata)['x']).toBe(after ?? undefined);
      }),
    );
  });

  it('cost one call to set a short one, one to remove it', async () => {
    const kept = store({});
    await applyPatch({ vm: 'a', pending: 'attach' }, kept);
    await applyPatch({ pending: null }, kept);
    expect(kept.calls).toBe(2);
    expect(kept.metadata).toEqual({ 'ovirt.vm': 'a' });
  });

  it('are refused under a name that metadata cannot have; to remove such a one changes nothing', async () => {
    expect(() => split({ 'a.0': 'x' })).toThrow(Fault);
    expect(() => split({ ä: 'x' })).toThrow(Fault);
    const kept = store({});
    await applyPatch({ 'snapshot.v1.2': null, 'snapshot.Sicherung für heute': null }, kept);
    expect(kept.calls).toBe(0);
  });
});

describe("notes in a port's description", () => {
  const short = fc
    .dictionary(
      fc.stringMatching(/^[a-z]{1,8}$/).filter((key) => key !== 'text'),
      fc.string({ maxLength: 8 }),
      { maxKeys: 3 },
    )
    .map((record) => ({ ...record }));

  it('come back as they were written, with the text that somebody else wrote', () => {
    fc.assert(
      fc.property(short, fc.constantFrom('', 'uplink of the lab', 'ovirt is nice'), (given, other) => {
        const all = other === '' ? given : { ...given, text: other };
        expect(notesIn(portDescription(all))).toEqual(all);
        expect(hasOwnNotes(notesIn(portDescription(all)))).toBe(Object.keys(given).length > 0);
      }),
    );
  });

  it('read as one compact line', () => {
    expect(portDescription({ pending: 'add', vm: '25e615d2-0c0f-4586-b0d8-10646a0a1275' })).toBe(
      'ovirt.pending=add ovirt.vm=25e615d2-0c0f-4586-b0d8-10646a0a1275',
    );
    expect(notesIn('ovirt.broken=%zz rest')).toEqual({ broken: '%zz', text: 'rest' });
    expect(notesIn(null)).toEqual({});
  });

  it('are refused when they are too long', () => {
    expect(() => portDescription({ x: 'y'.repeat(255) })).toThrow(/too long for its port/);
  });
});

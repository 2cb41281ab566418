import fc from 'fast-check';
import { expect, it } from 'vitest';
import { slicesOf } from './slices.js';

/** What the slices hold, and the object without its list. */
function read(text: string, name: string, cuts: readonly number[] = []): { items: unknown[]; rest: unknown } {
  const bytes = Buffer.from(text);
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const parts = at.slice(1).map((end, n) => bytes.subarray(at[n], end));
  const slices = slicesOf(parts, name);
  const items: unknown[] = [];
  for (let step = slices.next(); ; step = slices.next()) {
    if (step.done) return { items, rest: step.value };
    items.push(...step.value);
  }
}

it('has all items and the rest of the object, however the text is cut and spaced', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 6 }),
      fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 3 }),
      fc.boolean(),
      fc.constantFrom(undefined, 1, '\t'),
      fc.array(fc.nat(), { maxLength: 5 }),
      (list, others, isFirst, space, cuts) => {
        const { servers: _, ...more } = others;
        const object = isFirst ? { servers: list, ...more } : { ...more, servers: list };
        const text = JSON.stringify(object, undefined, space);
        const { items, rest } = read(text, 'servers', cuts);
        expect(items).toEqual(JSON.parse(JSON.stringify(list)));
        expect(rest).toEqual({ ...(JSON.parse(text) as object), servers: [] });
      },
    ),
    { numRuns: 100 },
  );
});

it.each<[what: string, item: (id: number) => object]>([
  ['alike', (id) => ({ id: `${id}`, name: `vm-${id}`, metadata: { id: 'x', name: 'ä€😀'.repeat(id % 7) } })],
  ['of other kinds', (id) => ({ id, name: `"a]},{[\\` + 'ä€😀'.repeat(id % 7), links: [{ id }] })],
  [
    'that hold what looks like one',
    (id) => ({
      id: `${id}`,
      name: 'a',
      links: [
        { id: 'b', name: 'c' },
        { id: 'd', name: 'e' },
      ],
    }),
  ],
  ['whose texts look like one', (id) => ({ id: `${id}`, name: '},{"id":"1","name":"2"', text: '{"id":"1","name":' })],
  ['that begin in several ways', (id) => (id % 3 === 0 ? { name: 'a', id: 'b' } : { id: `${id}`, name: '"' })],
])('gives a long list in slices, of items %s', (_, item) => {
  const list = Array.from({ length: 3000 }, (_each, id) => item(id));
  const bytes = Buffer.from(JSON.stringify({ servers: list, links: [{ rel: 'next' }] }));
  const parts = Array.from({ length: Math.ceil(bytes.length / 1000) }, (_each, n) =>
    bytes.subarray(n * 1000, n * 1000 + 1000),
  );
  const slices = [...slicesOf(parts, 'servers')];
  expect(slices.flat()).toEqual(list);
  expect(slices.length).toBeGreaterThan(1);
  for (const slice of slices) expect(JSON.stringify(slice).length).toBeLessThan(210_000);
});

it('returns an object that has no such list as it is', () => {
  expect(read('{"volumes": [1], "in": {"servers": [2]}}', 'servers')).toEqual({
    items: [],
    rest: { volumes: [1], in: { servers: [2] } },
  });
  expect(read('[]', 'servers')).toEqual({ items: [], rest: [] });
});

it.each([
  '',
  '{"servers": [',
  '{"servers": [{}',
  '{"servers": [{}]',
  '{"servers": [{"a": "}]}',
  '{"servers": [{} {}]}',
  '{"servers": [{},]}',
  '{"servers": [,{}]}',
  '{"servers": [{}]]}',
  '{"servers": [{]}]}',
  '{"servers": [1}',
])('refuses %s', (text) => {
  for (let cut = 0; cut <= text.length; cut += 1) expect(() => read(text, 'servers', [cut])).toThrow(SyntaxError);
});

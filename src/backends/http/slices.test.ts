import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countIn, slicesOf } from './slices.js';

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

it('counts the items, and has the last one and the rest of the object, whatever the items are', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 6 }),
      fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 3 }),
      fc.boolean(),
      fc.constantFrom(undefined, 1, '\t'),
      (list, others, isFirst, space) => {
        const { servers: _, ...more } = others;
        const object = isFirst ? { servers: list, ...more } : { ...more, servers: list };
        const text = JSON.stringify(object, undefined, space);
        const parsed = JSON.parse(text) as { servers: unknown[] };
        expect(countIn(Buffer.from(text), 'servers')).toEqual({
          count: list.length,
          object: { ...parsed, servers: parsed.servers.slice(-1) },
        });
      },
    ),
    { numRuns: 200 },
  );
});

it.each(['{"servers":[{"id":"a"},{"id":"b"}', '{"servers":[{"id":"a', '{"servers":[{"id":"a"}]', '{"servers":[1}'])(
  'does not count what is cut or broken: %s',
  (text) => {
    expect(() => countIn(Buffer.from(text), 'servers')).toThrow(SyntaxError);
  },
);

/** A list of 3000 of these, in parts of 1000 bytes. */
function longList(item: (id: number) => object): { list: object[]; parts: Buffer[] } {
  const list = Array.from({ length: 3000 }, (_each, id) => item(id));
  const bytes = Buffer.from(JSON.stringify({ servers: list, links: [{ rel: 'next' }] }));
  const parts = Array.from({ length: Math.ceil(bytes.length / 1000) }, (_each, n) =>
    bytes.subarray(n * 1000, n * 1000 + 1000),
  );
  return { list, parts };
}

it.each<[what: string, item: (id: number) => object]>([
  ['alike', (id) => ({ id: `${id}`, name: `vm-${id}`, metadata: { id: 'x', name: 'ä€😀'.repeat(id % 7) } })],
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
  [
    'of which some begin in another way',
    (id) => (id % 3 === 0 ? { name: 'a', id: 'b' } : { id: `${id}`, name: '"ä€😀' }),
  ],
])('gives a long list in slices, of items %s', (_, item) => {
  const { list, parts } = longList(item);
  const slices = [...slicesOf(parts, 'servers')];
  expect(slices.flat()).toEqual(list);
  expect(slices.length).toBeGreaterThan(1);
  for (const slice of slices) expect(JSON.stringify(slice).length).toBeLessThan(210_000);
});

it.each<[what: string, item: (id: number) => object]>([
  ['that begin with a number', (id) => ({ id, name: `"a]},{[\\` + 'ä€😀'.repeat(id % 7), links: [{ id }] })],
  ['that begin in ever other ways', (id) => ({ [id === 0 ? 'id' : `key${id}`]: `${id}`, name: 'a' })],
])('gives a list whole, of items %s', (_, item) => {
  const { list, parts } = longList(item);
  expect([...slicesOf(parts, 'servers')]).toEqual([list]);
});

it('takes items from those that are known by their texts, and adds others', () => {
  const { list, parts } = longList((id) => ({ id: `vm-${id}`, name: 'ä', size: id % 2 }));
  const texts = new Map<string, { text: string; value: unknown }>();
  const known = {
    get: (id: string, text: Buffer) => (texts.get(id)?.text === text.toString() ? texts.get(id)?.value : undefined),
    add: (id: string, text: Buffer, value: unknown) => texts.set(id, { text: text.toString(), value }),
  };
  const first = [...slicesOf(parts, 'servers', known)].flat();
  // the last one is parsed with what follows the list
  expect([...texts.keys()]).toEqual(list.slice(0, -1).map((_item, id) => `vm-${id}`));
  const [changed] = [{ ...list[7], size: 'new' }];
  const other = { servers: list.with(7, changed) };
  const second = [...slicesOf([Buffer.from(JSON.stringify(other))], 'servers', known)].flat();
  expect(second).toEqual(other.servers);
  expect(second.flatMap((item, id) => (item === first[id] ? [] : [id]))).toEqual([7, 2999]);
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

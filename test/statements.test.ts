import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { missingIn, statementDocuments } from '../scripts/docs/statements.js';

/** Each statement of the documents, by its name: what is said to show it is there (docs/statements.md). */
const documents = statementDocuments();

describe.each(documents)('$document', ({ statements }) => {
  it.each(statements)('$section: $statement', ({ shown }) => {
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.map(missingIn)).toEqual(shown.map(() => undefined));
  });

  it('says nothing twice', () => {
    const said = statements.map(({ section, statement }) => `${section}: ${statement}`);
    expect(new Set(said).size).toBe(said.length);
  });
});

it('has each example of the guide', () => {
  const { guide } = JSON.parse(
    readFileSync(new URL('../fixtures/exchanges/documented.json', import.meta.url), 'utf8'),
  ) as { readonly guide: readonly { readonly example: string }[] };
  const sections = new Set(documents[0]?.statements.map(({ section }) => section));
  expect(guide.map(({ example }) => example).filter((example) => !sections.has(`Example ${example}`))).toEqual([]);
});

it('has each call of persistent memory that is sent', () => {
  const file = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
  interface Call {
    readonly id: string;
    readonly method: string;
    readonly path: string;
  }
  const { calls } = JSON.parse(file('schemas/powervc/calls.json')) as { readonly calls: readonly Call[] };
  const pmem = documents.find(({ document }) => document.includes('persistent memory'));
  const shown = (pmem?.statements ?? []).flatMap((one) =>
    one.shown.flatMap((by) => ('exchange' in by ? by.exchange : [])),
  );
  const sent = [...new Set(shown)].map((name) => file(`fixtures/exchanges/${name}.txt`).split('=== calls')[1] ?? '');
  const own = calls.filter(({ id }) => id.includes('pmem'));
  expect(own.length).toBeGreaterThan(5);
  const missing = own.filter(({ id, method, path }) => {
    const address = new RegExp(`compute ${method} ${path.replace(/\{\w+\}/g, '[^/\\s]+')}[ ?]`);
    const keys = id.split('.action.')[1]?.split('.') ?? [];
    return !sent.some((text) => address.test(text) && keys.every((key) => text.includes(`"${key}"`)));
  });
  expect(missing.map(({ id }) => id)).toEqual([]);
});

describe('what shows nothing is told', () => {
  it.each([
    [{ exchange: 'nowhere', answer: 'x' }, 'there is no exchange nowhere'],
    [{ exchange: '15.11-get-disk' }, 'nothing of 15.11-get-disk is named'],
    [{ exchange: '15.11-get-disk', answer: '<nothing>' }, 'has no <nothing> among its answer'],
    [{ exchange: '15.11-get-disk', calls: '<sparse>' }, 'has no <sparse> among its calls'],
    [{ test: 'test/nowhere.test.ts', name: 'x' }, 'there is no test/nowhere.test.ts'],
    [{ test: 'test/statements.test.ts', name: 'is not here, is ' + 'it' }, 'has no test of the name'],
    [{ test: 'scripts/docs/statements.ts', name: 'x' }, 'has no test of the name'],
  ])('%j', (shown, why) => expect(missingIn(shown)).toContain(why));
});

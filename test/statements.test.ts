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

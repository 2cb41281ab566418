import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

/** What the source asserts to be there (`x!`) and the compiler cannot see: nothing (src/invariant.ts). */
const MOST = 0;

const root = fileURLToPath(new URL('../src/', import.meta.url));

function assertionsIn(file: string): number {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest);
  let found = 0;
  const visit = (node: ts.Node): void => {
    if (ts.isNonNullExpression(node)) found += 1;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

it(`asserts that a value is there at most ${MOST} times`, () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('generated'),
  );
  const counts = files.map((file) => ({ file, count: assertionsIn(file) })).filter(({ count }) => count > 0);
  const sum = counts.reduce((total, { count }) => total + count, 0);
  expect(sum, counts.map(({ file, count }) => `${file}: ${count}`).join('\n')).toBeLessThanOrEqual(MOST);
});

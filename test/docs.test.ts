import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { rewriteBlocks, table } from '../scripts/docs/blocks.js';
import { documents, packageRoot } from '../scripts/docs/documents.js';

it.each(documents.map((document) => [document.file, document] as const))(
  '%s is what `npm run docs` makes of it',
  (file, { render }) => {
    const text = readFileSync(packageRoot + file, 'utf8');
    expect(render(text)).toBe(text);
  },
);

it('rewrites marked blocks and nothing else', () => {
  const text = 'a\n<!-- generated:x -->\nold\n<!-- /generated:x -->\nb';
  expect(rewriteBlocks(text, { x: 'new\n' })).toBe('a\n<!-- generated:x -->\nnew\n<!-- /generated:x -->\nb');
  expect(() => rewriteBlocks(text, {})).toThrow('nobody makes the block x');
  expect(() => rewriteBlocks(text, { x: '', y: '' })).toThrow('the text has no block y');
});

it('makes cells harmless', () => {
  expect(table(['h'], [['a|b\nc']])).toBe('| h |\n|---|\n| a\\|b c |');
});

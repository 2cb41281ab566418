import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'schemas/README.md'],
  ...readdirSync(`${packageRoot}docs`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

it.each(pages)('%s names only files that exist', (page) => {
  const text = readFileSync(packageRoot + page, 'utf8');
  const paths = [...text.matchAll(/`((?:src|test|scripts|docs|schemas|fixtures|deploy)\/[\w./-]+)`/g)].map(
    ([, path = '']) => packageRoot + path,
  );
  const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link = '']) =>
    join(packageRoot, dirname(page), link),
  );
  expect([...paths, ...links].filter((path) => !existsSync(path))).toEqual([]);
});

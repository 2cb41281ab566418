import console from 'node:console';
import process from 'node:process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, URL } from 'node:url';

/**
 * Circles of imports below src/, those of types counted: `import-x/no-cycle` overlooks them, and takes ten times as long.
 * Exit code 1 when there is one.
 */
const root = fileURLToPath(new URL('../../src/', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => join(root, name));
const known = new Set(files);

const IMPORT = /(?:\bfrom|\bimport\()\s*'(\.[^']+)'|^import '(\.[^']+)'/gm;

/** The files that a file imports. */
const importsOf = (file) =>
  [...readFileSync(file, 'utf8').matchAll(IMPORT)]
    .map(([, from, bare]) => join(dirname(file), (from ?? bare).replace(/\.js$/, '.ts')))
    .filter((target) => known.has(target));

const graph = new Map(files.map((file) => [file, importsOf(file)]));

/** Tarjan's strongly connected components: those of more than one file. */
function circles() {
  const index = new Map();
  const low = new Map();
  const stack = [];
  const open = new Set();
  const found = [];
  function visit(file) {
    index.set(file, index.size);
    low.set(file, index.get(file));
    stack.push(file);
    open.add(file);
    for (const next of graph.get(file)) {
      if (!index.has(next)) {
        visit(next);
        low.set(file, Math.min(low.get(file), low.get(next)));
      } else if (open.has(next)) low.set(file, Math.min(low.get(file), index.get(next)));
    }
    if (low.get(file) !== index.get(file)) return;
    const component = stack.splice(stack.indexOf(file));
    for (const one of component) open.delete(one);
    if (component.length > 1) found.push(component);
  }
  for (const file of files) if (!index.has(file)) visit(file);
  return found;
}

for (const circle of circles()) {
  console.error(`A circle of imports: ${circle.map((file) => relative(root, file)).join(', ')}`);
  process.exitCode = 1;
}

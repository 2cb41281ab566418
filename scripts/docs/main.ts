import { readFileSync, writeFileSync } from 'node:fs';
import { documents, packageRoot } from './documents.js';

/** `npm run docs`: rewrites the generated blocks of the documents. A test compares. */
for (const { file, render } of documents) {
  const path = packageRoot + file;
  const text = readFileSync(path, 'utf8');
  const rendered = render(text);
  if (rendered !== text) writeFileSync(path, rendered);
  process.stdout.write(`${file}: ${rendered === text ? 'as it was' : 'written'}\n`);
}

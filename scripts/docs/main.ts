import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { documents, packageRoot } from './documents.js';
import { inventorySchemas } from './inventories.js';

/** `npm run docs`: rewrites the generated blocks of the documents. A test compares. */
for (const { file, render } of documents) {
  const path = packageRoot + file;
  const text = readFileSync(path, 'utf8');
  const rendered = render(text);
  if (rendered !== text) writeFileSync(path, rendered);
  process.stdout.write(`${file}: ${rendered === text ? 'as it was' : 'written'}\n`);
}

mkdirSync(dirname(`${packageRoot}schemas/simulator/x`), { recursive: true });
for (const [file, text] of inventorySchemas()) {
  const path = packageRoot + file;
  const isNew = !existsSync(path) || readFileSync(path, 'utf8') !== text;
  if (isNew) writeFileSync(path, text);
  process.stdout.write(`${file}: ${isNew ? 'written' : 'as it was'}\n`);
}

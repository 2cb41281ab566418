import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/**
 * Builds dist/ unless it is newer than every source, so that `npm start` compiles nothing twice. Types are not checked,
 * which would take twice as long again: `npm test` and `npm run build` check them. In an installed package there are no
 * sources, and nothing is built.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** @param {string} file */
const modified = (file) => statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;

const sources = readdirSync(join(root, 'src'), { recursive: true })
  .filter((file) => /(?<!\.test)\.[jt]s$/.test(file))
  .map((file) => join('src', file));
const newest = Math.max(...[...sources, 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map(modified));

if (modified('dist/.tsbuildinfo') < newest) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--noCheck'], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}

import { fileURLToPath } from 'node:url';
import { checkSchemas, describeProblem } from '../../src/schemas/index.js';
import { readSchemas } from '../../src/schemas/store.js';
import { build } from './build.js';
import { writeOutput } from './output.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Checks schemas/, then writes src/generated. Exit code 1 and nothing written when anything is wrong. */
async function main(): Promise<void> {
  const problems = checkSchemas(`${root}schemas`);
  if (problems.length > 0) {
    for (const problem of problems) console.error(describeProblem(problem));
    process.exitCode = 1;
    return;
  }
  const changed = writeOutput(`${root}src/generated`, await build(readSchemas(`${root}schemas`).schemas));
  console.log(
    changed.length === 0 ? 'src/generated is up to date.' : changed.map((path) => `src/generated/${path}`).join('\n'),
  );
}

await main();

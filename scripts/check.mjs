import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';

/**
 * What `npm test` does before the first test. ESLint takes as long as all the rest, so it runs beside it. What a step
 * prints is shown when it ends; all steps run, so that one run tells everything that is wrong.
 */
const LANES = [['eslint'], ['typecheck', 'build:quick', 'lint:quick']];

/**
 * @param {string} script of package.json
 * @returns {Promise<boolean>} whether it succeeded
 */
const run = (script) =>
  new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', '--silent', script], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    /** @type {Buffer[]} */
    const printed = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (/** @type {Buffer} */ chunk) => printed.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      process.stderr.write(Buffer.concat(printed));
      if (code !== 0) process.stderr.write(`npm run ${script} failed\n`);
      resolve(code === 0);
    });
  });

const lanes = await Promise.all(
  LANES.map(async (scripts) => {
    let good = true;
    for (const script of scripts) good = (await run(script)) && good;
    return good;
  }),
);
if (!lanes.every(Boolean)) process.exitCode = 1;

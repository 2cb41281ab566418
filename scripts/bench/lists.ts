import { get } from 'node:http';
import { LOGIN } from './load.js';

/**
 * Reads lists again and again, in a process of its own: LISTS is the address, CLIENTS how many read at the same time.
 * Where one process did both, the requests that it measured waited up to 100 ms for the lists that it read, the
 * gateway's event loop 16 ms. Prints the address when the first list has ended.
 */
const { LISTS = '', CLIENTS = '1' } = process.env;

const read = (): Promise<void> =>
  new Promise((resolve, reject) => {
    get(LISTS, { headers: { authorization: LOGIN } }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${LISTS}: ${answer.statusCode}`));
      answer.resume().on('end', resolve).on('error', reject);
    }).on('error', reject);
  });

async function readAgain(): Promise<never> {
  for (;;) await read();
}

await read();
process.stdout.write(`${new URL(LISTS).origin}\n`);
process.once('SIGTERM', () => process.exit(0));
await Promise.all(Array.from({ length: Number(CLIENTS) }, readAgain));

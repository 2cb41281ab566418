import { Refused, type Command } from './command.js';

interface Entry {
  readonly what: string;
  /** Its options, with their defaults. */
  readonly options?: string;
  readonly load: () => Promise<{ readonly run: Command }>;
}

/** The commands: modules with `run`, loaded on demand. */
const commands: Readonly<Record<string, Entry>> = {
  faults: {
    what: 'each call of an operation goes wrong in each way: what is lost, doubled or half done',
    options: '--most N, 400; --kills N, kills and cuts only; --of NAME; --backend KIND',
    load: () => import('./faults.js'),
  },
  flood: {
    what: 'clients that read nothing, and many clients at once: what is shed, how soon, and the memory',
    options: '--clients N, 2000; --readers N, 300',
    load: () => import('./flood.js'),
  },
  fuzz: {
    what: 'damaged requests, notes and answers of the cloud: what ends the process, hangs or leaks',
    options: '--runs N, 1000 of each; --of KIND; --seed N; --path P',
    load: () => import('./fuzz.js'),
  },
  kills: {
    what: 'two replicas are killed in turn under load: the cloud against what clients heard',
    options: '--minutes N, 10; --backend KIND',
    load: () => import('./kills.js'),
  },
  races: {
    what: 'every two operations on one resource at once, on two processes: the cloud against what clients heard',
    options: '--rounds N, 3; --clients 2 or 3, 2; --of NAME; --backend KIND',
    load: () => import('./races.js'),
  },
  restart: {
    what: 'two replicas behind HAProxy are restarted in turn under load: which requests fail',
    load: () => import('./restart.js'),
  },
  soak: {
    what: 'mixed load at 70 % of capacity: whether memory stays flat',
    options: '--minutes N, 5',
    load: () => import('./soak.js'),
  },
};

/**
 * `npm run chaos -- <command>`: breaks things on purpose and reports the result. Bounded, on the loopback interface
 * only. Exits with 1 if a promise of docs/reliability.md was broken.
 */
const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (!command) {
  const list = Object.entries(commands).map(
    ([one, { what, options }]) => `  ${one.padEnd(10)} ${what}${options === undefined ? '' : ` (${options})`}\n`,
  );
  process.stderr.write(`npm run chaos -- <command>\n\n${list.join('')}`);
  process.exitCode = 2;
} else {
  try {
    const { run } = await command.load();
    process.exitCode = (await run(args)) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}

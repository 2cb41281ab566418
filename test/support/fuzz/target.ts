import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { startGateway } from '../../../src/gateway.js';
import { loadSettings, packageRoot } from '../../../src/settings/index.js';
import { startSimulator, type Inventory, type Simulator } from '../../../src/simulator/index.js';
import { createLog } from '../../../src/telemetry/index.js';
import { inventoryWith } from '../exchange-inventory.js';
import { folder } from '../exchange-files.js';
import { ensureBuilt } from '../gateway-process.js';
import { quick } from '../testbed.js';
import { damagingBefore, type Damaging } from './damaging.js';

/** The gateway that is fuzzed. */
interface Fuzzed {
  readonly url: string;
  /** Lines of its log since the last call that tell of a failure that nobody thought of. */
  bugs(): string[];
  isAlive(): boolean;
  /** What it holds, MiB; 0 where it has no process of its own. */
  memory(): number;
  close(): Promise<void>;
}

export type StartFuzzed = (settings: readonly string[]) => Promise<Fuzzed>;

/** A gateway and the cloud that it stands before. */
export interface Target extends Omit<Fuzzed, 'close'> {
  readonly simulator: Simulator;
  readonly way: Damaging;
  /** The cloud as it was at the start. */
  reset(): void;
  close(): Promise<void>;
}

const BUG = /internal error|no answer could be sent|unexpected (?:rejection|exception)/;
const bugsIn = (written: string): string[] => written.split('\n').filter((line) => BUG.test(line));

export async function openTarget(start: StartFuzzed): Promise<Target> {
  const given = inventoryWith(undefined, new URL('inventory.yaml', folder));
  const inventory = given.inventory as Inventory;
  const simulator = await startSimulator({ inventory, timeScale: 0, seed: 1, keepCalls: 10 });
  const way = await damagingBefore(simulator.url);
  const gateway = await start([
    ...quick.filter((set) => !set.startsWith('operations.timeoutMs=')),
    'operations.timeoutMs=300',
    'health.probeMs=0',
    `powervc.authUrl=${way.url}`,
    ...Object.entries(given.gateway)
      .filter(([path]) => path.startsWith('powervc.'))
      .map(([path, value]) => `${path}=${value}`),
  ]);
  return {
    ...gateway,
    simulator,
    way,
    reset: () => simulator.load(inventory),
    async close() {
      await gateway.close();
      await way.close();
      await simulator.close();
    },
  };
}

/** In this process. */
export const startHere: StartFuzzed = async (sets) => {
  const { settings } = loadSettings({ sets });
  let written = '';
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => (written += chunk.toString()));
  const gateway = await startGateway(settings, { log: createLog(settings.log, stream) });
  return {
    url: gateway.url,
    bugs: () => bugsIn(taken()),
    isAlive: () => true,
    memory: () => 0,
    close: () => gateway.close(),
  };

  function taken(): string {
    const all = written;
    written = '';
    return all;
  }
};

/** In a process of its own, which may end. */
export const startApart: StartFuzzed = async (sets) => {
  ensureBuilt();
  const child = spawn(
    process.execPath,
    [`${packageRoot}dist/cli/main.js`, 'serve', ...sets.flatMap((set) => ['--set', set])],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = once(child, 'exit');
  let written = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (data: Buffer): void => {
      written += data.toString();
      const found = /listens on (http:\S+)\/api/.exec(written);
      if (found?.[1] !== undefined) resolve(found[1]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    ended.then(() => reject(new Error(`The gateway ended:\n${written}`)), reject);
  });
  return {
    url,
    bugs() {
      const all = written;
      written = '';
      return bugsIn(all);
    },
    isAlive: () => child.exitCode === null && child.signalCode === null,
    memory: () =>
      child.exitCode === null
        ? Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
        : 0,
    async close() {
      child.kill('SIGTERM');
      await ended;
    },
  };
};

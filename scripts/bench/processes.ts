import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { packageRoot } from '../../src/settings/index.js';

/** What starts the gateway or a simulated cloud, as `npm start` and the image do. */
export const MAIN: readonly string[] = ['--max-semi-space-size=8', `${packageRoot}dist/cli/main.js`];

/** A program of the bench in a process of its own. */
export interface Running {
  readonly url: string;
  /** User and system time of its process and of those that it started, so far, seconds; 0 where there is no /proc. */
  readonly cpuSeconds: () => number;
  /** The same for its main thread alone: cheap to ask for. */
  readonly mainSeconds: () => number;
  /** The most memory that it has held, and what it holds now, MiB; 0 where there is no /proc. */
  readonly memory: () => { readonly peak: number; readonly now: number };
  /** Throws if it had ended before: what was measured meanwhile is worth nothing. */
  readonly stop: () => Promise<void>;
}

/** Starts a program and waits for the address that it prints. Shows its errors. */
export async function startProcess(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const stdout = nameless();
  const child = spawn(process.execPath, command, {
    env: { ...process.env, ...env },
    stdio: ['ignore', stdout, 'inherit'],
  });
  const ended = once(child, 'exit');
  const stop = new AbortController();
  const url = await Promise.race([
    addressIn(stdout, stop.signal),
    ended.then(() => {
      throw new Error(`${command.join(' ')} ended before it listened`);
    }),
  ]).finally(() => {
    stop.abort();
    closeSync(stdout);
  });
  const pid = child.pid!;
  return {
    url,
    cpuSeconds: () => cpuOf(pid),
    mainSeconds: () => onCpu(pid, String(pid)) / 1e9,
    memory: () => {
      const status = procOf(pid, 'status');
      const mib = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
      return { peak: mib('VmHWM'), now: mib('VmRSS') };
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${command.join(' ')} ended too early`);
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Seconds that a process and those that it started have run. */
function cpuOf(pid: number): number {
  const folder = `/proc/${pid}/task`;
  // those that have been there from the start
  const threads = existsSync(folder) ? readdirSync(folder) : [];
  const started = threads.flatMap((thread) => procOf(pid, `task/${thread}/children`).split(' ').filter(Boolean));
  return [...threads.map((thread) => onCpu(pid, thread) / 1e9), ...started.map((child) => cpuOf(Number(child)))].reduce(
    (sum, seconds) => sum + seconds,
    0,
  );
}

/** Nanoseconds that a thread has run. The times in `stat` are counted in ticks of 10 ms, five requests for one VM. */
const onCpu = (pid: number, thread: string): number => Number(procOf(pid, `task/${thread}/schedstat`).split(' ')[0]);

const procOf = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
};

/** A file without a name for what a program prints. Of a pipe, the process that makes the load would read each line. */
function nameless(): number {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const file = openSync(join(folder, 'stdout'), 'w+');
  rmSync(folder, { recursive: true });
  return file;
}

/** The first address in the file, once it is there. */
async function addressIn(file: number, signal: AbortSignal): Promise<string> {
  const bytes = Buffer.alloc(4096);
  for (;;) {
    const text = bytes.toString('latin1', 0, readSync(file, bytes, 0, bytes.length, 0));
    const found = /http:\/\/127\.0\.0\.1:\d+\b(?=\D)/.exec(text)?.[0];
    if (found !== undefined) return found;
    await setTimeout(20, undefined, { signal });
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A program of the bench in a process of its own. */
export interface Running {
  readonly url: string;
  /** User and system time of its process and of those that it started, so far, seconds; 0 where there is no /proc. */
  readonly cpuSeconds: () => number;
  /** The same for its main thread alone: cheap to ask for. */
  readonly mainSeconds: () => number;
  /** The most memory that it has held, and what it holds now, MiB; 0 where there is no /proc. */
  readonly memory: () => { readonly peak: number; readonly now: number };
  readonly stop: () => Promise<void>;
}

/** Starts a program and waits for the address that it prints. Shows its errors. */
export async function startProcess(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const child = spawn(process.execPath, command, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const url = await Promise.race([
    addressOf(child),
    ended.then(() => {
      throw new Error(`${command.join(' ')} ended before it listened`);
    }),
  ]);
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

async function addressOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const found = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (found !== undefined) {
      child.stdout!.resume();
      return found;
    }
  }
  throw new Error('it printed no address');
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A program of the bench in a process of its own. */
export interface Running {
  readonly url: string;
  /** User and system time so far, seconds; 0 where there is no /proc. */
  readonly cpuSeconds: () => number;
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
    cpuSeconds: () => {
      const fields = procOf(pid, 'stat').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
    },
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

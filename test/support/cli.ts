import { PassThrough, Readable } from 'node:stream';
import type { Io } from '../../src/cli/io.js';
import { run } from '../../src/cli/program.js';

/** A command that runs in this process: what it has written so far, how to end it, and its exit code. */
export interface Running {
  readonly code: Promise<number>;
  stdout(): string;
  stderr(): string;
  stop(): void;
  /** Sends what stands for SIGHUP, and waits until it is done. */
  hangUp(): Promise<void>;
  until(text: RegExp): Promise<RegExpExecArray>;
}

/** Starts the command line with streams of the test's own. */
export function start(
  argv: readonly string[],
  options: { stdin?: string; environment?: Record<string, string> } = {},
): Running {
  const out = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr'): PassThrough =>
    new PassThrough().on('data', (chunk: Buffer) => {
      out[name] += chunk.toString();
    });
  let stop = (): void => undefined;
  const stopped = new Promise<string>((resolve) => {
    stop = () => resolve('test');
  });
  let hangUp = (): Promise<void> => Promise.resolve();
  const io: Io = {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    stdin: Readable.from([options.stdin ?? '']),
    environment: options.environment ?? {},
    untilStopped: () => stopped,
    stop: () => stop(),
    endsWithin: () => undefined,
    onHangUp(act) {
      hangUp = act;
    },
  };
  const code = run(argv, io);
  return {
    code,
    stop,
    hangUp: () => hangUp(),
    stdout: () => out.stdout,
    stderr: () => out.stderr,
    async until(text) {
      const deadline = Date.now() + 120_000;
      for (;;) {
        const found = text.exec(out.stdout);
        if (found) return found;
        if (Date.now() > deadline) throw new Error(`${text} did not come; there is:\n${out.stdout}${out.stderr}`);
        await new Promise((resolve) => {
          setTimeout(resolve, 10);
        });
      }
    },
  };
}

/** Runs the command line to its end. */
export async function runCli(
  argv: readonly string[],
  options?: { stdin?: string; environment?: Record<string, string> },
): Promise<{ code: number; stdout: string; stderr: string }> {
  const running = start(argv, options);
  const code = await running.code;
  return { code, stdout: running.stdout(), stderr: running.stderr() };
}

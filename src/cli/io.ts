/** The streams and signals of a command: the process's own, or a test's. */
export interface Io {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly stdin: AsyncIterable<Buffer | string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Resolves with the reason when a running command must end: a signal, or `stop`. */
  untilStopped(): Promise<string>;
  /** Asks the running command to end. */
  stop(reason: string): void;
  /** Ends the process after that time, milliseconds, even if abandoned work keeps it alive. */
  endsWithin(ms: number): void;
  /** Calls `act` at each SIGHUP, which does not end a running command: daemons reload their files then. */
  onHangUp(act: () => Promise<void>): void;
}

/** Exit codes, as the help tells them. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** Ends a command with one plain text on standard error and an exit code: for errors that an operator can fix. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly exitCode: number = EXIT.failed,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CommandError';
  }
}

/**
 * The process' own streams. The first SIGINT or SIGTERM ends a running command gracefully, the second at once. A reader
 * that closes the output (`| head`) ends a command that only prints, but no running one.
 */
export function processIo(): Io {
  let stop: (reason: string) => void = () => undefined;
  const stopped = new Promise<string>((resolve) => {
    stop = resolve;
  });
  let running = false;
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!running) process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed);
    });
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    environment: process.env,
    untilStopped() {
      running = true;
      process.on('SIGHUP', () => undefined);
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.once(signal, () => {
          process.on(signal, () => process.exit(EXIT.failed));
          stop(signal);
        });
      }
      return stopped;
    },
    stop: (reason) => stop(reason),
    // an idle process does not wait for it
    endsWithin: (ms) => void setTimeout(() => process.exit(), ms).unref(),
    onHangUp(act) {
      process.on('SIGHUP', () => {
        act().catch((error: unknown) => process.stderr.write(`SIGHUP: ${String(error)}\n`));
      });
    },
  };
}

/** Prints a notice; failing to is no failure of a running command. */
export function announce(io: Io, text: string): void {
  try {
    io.stdout.write(text);
  } catch (error) {
    // Node writes to files synchronously, and throws if the disk is full
    io.stderr.write(`ovirt-powervc-gateway: standard output: ${(error as Error).message}\n`);
  }
}

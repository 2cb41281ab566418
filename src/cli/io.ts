/** What a command talks through: the process' own, or a test's. */
export interface Io {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly stdin: AsyncIterable<Buffer | string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Resolves with the reason when a running command is asked to end. */
  untilStopped(): Promise<string>;
}

/** Exit codes, as the help tells them. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** Ends a command with one plain text on standard error and an exit code: for what an operator can mend. */
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

/** The process' own streams. A first SIGINT or SIGTERM ends a running command in order, a second at once. */
export const processIo = (): Io => ({
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  environment: process.env,
  untilStopped: () =>
    new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.once(signal, () => {
          process.on(signal, () => process.exit(EXIT.failed));
          resolve(signal);
        });
      }
    }),
});

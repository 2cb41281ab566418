/** Why something did not start, in one line that an operator can act on: a port in use, a file that cannot be read. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}

/** The reasons for which a server cannot listen, in plain words. */
const LISTEN: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use; choose another with --port',
  EACCES: 'this user may not listen there; ports below 1024 require a privilege',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such host',
};

/** A failed `listen` as a StartError. */
export function listenError(error: unknown, host: string, port: number): StartError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return new StartError(
    `cannot listen on ${host}:${port}: ${LISTEN[code] ?? (error instanceof Error ? error.message : String(error))}`,
    { cause: error },
  );
}

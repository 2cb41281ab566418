/** Why something did not start, in one line that an operator can act on: a port in use, a file that cannot be read. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}

/** The reasons for which a server cannot listen, in plain words. */
const LISTEN: Readonly<Record<string, string>> = {
  EACCES: 'this user may not listen there; ports below 1024 require a privilege',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such host',
};

/** A failed `listen` as a StartError; `option` is the command's option for this port. */
export function listenError(error: unknown, host: string, port: number, option = '--port'): StartError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const why =
    code === 'EADDRINUSE'
      ? `the port is in use; choose another with ${option}`
      : (LISTEN[code] ?? (error instanceof Error ? error.message : String(error)));
  return new StartError(`cannot listen on ${host}:${port}: ${why}`, { cause: error });
}

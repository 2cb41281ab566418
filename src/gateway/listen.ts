import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listenError } from './start-error.js';

/** Listens and returns the port. `option` is named when the port is in use. @throws StartError */
export async function listen(server: Server, host: string, port: number, option?: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const refused = (error: unknown): void => reject(listenError(error, host, port, option));
    server.once('error', refused);
    server.listen(port, host, () => {
      server.off('error', refused);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}

/**
 * Accepts no more connections, lets running requests finish, and aborts them after `withinMs`. Returns whether it had
 * to.
 */
export async function stopListening(server: Server, withinMs: number): Promise<{ brokenOff: boolean }> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  // A kept-alive connection becomes idle only after its last answer.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const brokenOff = !(await within(closed, withinMs));
  clearInterval(idle);
  if (brokenOff) {
    server.closeAllConnections();
    await closed;
  }
  return { brokenOff };
}

/** Whether the promise settled in time. */
export async function within(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Log } from './simulation.js';

/**
 * An HTTP server that answers with `serve`. A failure of it is a bug of the simulator: it is logged, and the client
 * gets what `fail` writes, or loses its connection if the answer has begun.
 */
export const createListener = (
  serve: (incoming: IncomingMessage, response: ServerResponse) => Promise<void>,
  fail: (response: ServerResponse, message: string) => void,
  log: Log,
): Server =>
  createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      log.error('the simulator failed', {
        method: incoming.method,
        url: incoming.url,
        error: error instanceof Error ? error.stack : String(error),
      });
      if (response.headersSent) incoming.socket.destroy();
      else fail(response, `The simulator failed: ${error instanceof Error ? error.message : String(error)}`);
    });
  });

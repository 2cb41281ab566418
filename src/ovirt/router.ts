import express, { type Request, type RequestHandler, type Router } from 'express';
import { Fault } from '../model/index.js';
import { type Exchange, exchangeOf } from './exchange.js';
import type { Operation } from './operation.js';
import { respond } from './respond.js';
import type { Reply } from './reply.js';

/**
 * The routes of the declared operations. A path that has operations answers OPTIONS, and 405 with `Allow` for other
 * methods. HEAD goes with GET.
 */
export function createRoutes(
  operations: readonly Operation[],
  run: (operation: Operation, request: Request, exchange: Exchange) => Promise<Reply>,
): Router {
  const router = express.Router({ caseSensitive: true });
  const byPath = new Map<string, Operation[]>();
  for (const operation of operations) byPath.set(operation.path, [...(byPath.get(operation.path) ?? []), operation]);
  for (const [path, here] of byPath) {
    const route = router.route(path.replace(/\{(\w+):\w+\}/g, ':$1'));
    for (const operation of here) route[verbs[operation.method]](handlerOf(operation));
    const methods = new Set([
      'OPTIONS',
      ...here.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])),
    ]);
    const allow = [...methods].sort().join(', ');
    route.options(async (_request, response) =>
      respond(response, exchangeOf(response.locals), { status: 200, headers: { Allow: allow } }),
    );
    route.all((request) => {
      throw new Fault('request.method', { method: request.method, allow });
    });
  }
  return router;

  function handlerOf(operation: Operation): RequestHandler {
    return async function handleOperation(request, response) {
      const exchange = exchangeOf(response.locals);
      await respond(response, exchange, await run(operation, request, exchange));
    };
  }
}

const verbs = { GET: 'get', POST: 'post', PUT: 'put', DELETE: 'delete' } as const;

import type { Request, Response } from 'express';
import { Fault } from '../../model/index.js';
import type { Exchange } from '../declare/exchange.js';
import type { Operation, ServedVersion } from '../declare/operation.js';
import { createPaths, type Paths } from '../http/paths.js';
import { respond } from './respond.js';
import type { Reply } from '../http/reply.js';

/** The operations of one path. */
interface Route {
  /** By method. */
  readonly operations: ReadonlyMap<string, Operation>;
  /** The header of that name. */
  readonly allow: string;
}

type Run = (
  operation: Operation,
  version: ServedVersion,
  request: Request,
  exchange: Exchange,
  params: Readonly<Record<string, string>>,
) => Promise<Reply>;

/** Answers a request. Throws what the operation throws, and `request.method`. */
type Handler = (request: Request, response: Response, exchange: Exchange) => Promise<void>;

/**
 * The routes of a version's operations, by path; undefined for a path that none fits. A path that has operations
 * answers OPTIONS, and 405 with `Allow` for other methods. HEAD is handled as GET.
 */
export function createRoutes(version: ServedVersion, run: Run): (path: string) => Handler | undefined {
  const paths = pathsOf(version.operations);

  return function findRoute(path) {
    const found = paths.find(path);
    if (!found) return undefined;
    const { operations: here, allow } = found.value;
    return async function handle(request, response, exchange) {
      const { method } = request;
      const operation = here.get(method === 'HEAD' ? 'GET' : method);
      if (operation) return respond(response, exchange, await run(operation, version, request, exchange, found.params));
      if (method === 'OPTIONS') return respond(response, exchange, { status: 200, headers: { Allow: allow } });
      throw new Fault('request.method', { method, allow });
    };
  };
}

const knownPaths = new WeakMap<readonly Operation[], Paths<Route>>();

/** The same for every gateway that runs in this process. */
function pathsOf(operations: readonly Operation[]): Paths<Route> {
  const known = knownPaths.get(operations);
  if (known) return known;
  const paths = createPaths(routesOf(operations));
  knownPaths.set(operations, paths);
  return paths;
}

function routesOf(operations: readonly Operation[]): Map<string, Route> {
  const byPath = new Map<string, Map<string, Operation>>();
  for (const operation of operations) {
    const here = byPath.get(operation.path) ?? new Map<string, Operation>();
    if (!here.has(operation.method)) here.set(operation.method, operation);
    byPath.set(operation.path, here);
  }
  return new Map([...byPath].map(([path, here]) => [path, { operations: here, allow: allowOf(here) }]));
}

const allowOf = (here: ReadonlyMap<string, Operation>): string =>
  ['OPTIONS', ...(here.has('GET') ? ['HEAD'] : []), ...here.keys()].sort().join(', ');

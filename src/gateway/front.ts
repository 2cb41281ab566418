import type { RequestHandler } from 'express';

/** What answers at a path of its own, before the protocol and without a login. */
export type FrontRoutes = ReadonlyMap<string, () => Promise<{ readonly type: string; readonly body: string }>>;

/**
 * Answers these paths before the protocol is asked: they belong to the process (is it alive, what has it counted) and not to oVirt's
 * API, so that neither doors, logins nor operations apply to them.
 */
export const frontRoutes = (routes: FrontRoutes): RequestHandler => async (request, response, next) => {
  const route = request.method === 'GET' || request.method === 'HEAD' ? routes.get(request.path) : undefined;
  if (!route) {
    next();
    return;
  }
  const { type, body } = await route();
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store' });
  response.end(request.method === 'HEAD' ? undefined : body);
};

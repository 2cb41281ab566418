import type { RequestHandler } from 'express';

export interface FrontAnswer {
  readonly type: string;
  readonly body: string;
  /** 200 when absent. */
  readonly status?: number;
}

/**
 * What answers at a path of its own, before the protocol and without a login; undefined where there is nothing for this
 * query.
 */
export type FrontRoutes = ReadonlyMap<
  string,
  (query: URLSearchParams, accept?: string) => Promise<FrontAnswer | undefined>
>;

const pathOf = (target: string): string => {
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
};

/**
 * Answers these paths before the protocol is asked: they belong to the process (is it alive, what has it counted, which
 * certificate does it
 * have) and not to oVirt's API, so that neither entry points, logins nor operations apply to them. What is not there,
 * the
 * protocol refuses in its form.
 */
export const frontRoutes =
  (routes: FrontRoutes): RequestHandler =>
  async (request, response, next) => {
    // almost every request is for the protocol: it is not to wait here, not even for a promise
    const route = request.method === 'GET' || request.method === 'HEAD' ? routes.get(pathOf(request.url)) : undefined;
    if (!route) return next();
    const answer = await route(new URLSearchParams(request.url.slice(request.path.length)), request.headers.accept);
    if (!answer) return next();
    const { type, body, status = 200 } = answer;
    response.writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };

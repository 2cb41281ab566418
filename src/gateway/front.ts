import type { Request, Response } from 'express';
import { createHash } from 'node:crypto';
import { gzipped, takesGzip, type Front } from '../ovirt/index.js';

export interface FrontAnswer {
  readonly type: string;
  readonly body: string;
  /** 200 when absent. */
  readonly status?: number;
}

/**
 * Paths that are answered without a login and outside of the oVirt API; undefined where a path has no answer for this
 * query or `Accept` header.
 */
type Route = (query: URLSearchParams, accept?: string) => Promise<FrontAnswer | undefined>;
export type FrontRoutes = ReadonlyMap<string, Route>;

/** Answers of at least this many bytes are compressed: below it, gzip saves less than a packet. */
const GZIP_BYTES = 1400;

const pathOf = (target: string): string => {
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
};

/** A page may use its own style elements and submit its own forms, and nothing else: no script, no other origin. */
function policyOf(html: string): string {
  const hashes = [...html.matchAll(/<style>([^]*?)<\/style>/g)].map(
    ([, style = '']) => `'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  );
  return [
    "default-src 'none'",
    ...(hashes.length === 0 ? [] : [`style-src ${hashes.join(' ')}`]),
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/**
 * Answers paths that belong to the process (health, metrics, certificate, pages for people) before the oVirt API: entry
 * points, logins and operations do not apply to them. Everything else is passed on.
 */
export const frontRoutes =
  (routes: FrontRoutes): Front =>
  (request, response) => {
    // almost every request is for the protocol and must not wait here, not even for a promise
    const route = request.method === 'GET' || request.method === 'HEAD' ? routes.get(pathOf(request.url)) : undefined;
    return route && answered(route, request, response);
  };

async function answered(route: Route, request: Request, response: Response): Promise<boolean> {
  const answer = await route(new URLSearchParams(request.url.slice(request.path.length)), request.headers.accept);
  if (!answer) return false;
  const { type, status = 200 } = answer;
  const plain = Buffer.from(answer.body);
  const packs = plain.length >= GZIP_BYTES && takesGzip(request.headers['accept-encoding']);
  const body = packs ? await gzipped(plain) : plain;
  response.writeHead(status, {
    'content-type': type,
    'content-length': body.length,
    ...(packs && { 'content-encoding': 'gzip' }),
    vary: 'Accept, Accept-Encoding',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(type.startsWith('text/html') && {
      'content-security-policy': policyOf(answer.body),
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
  return true;
}

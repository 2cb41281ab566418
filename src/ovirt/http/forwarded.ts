import type { Request } from 'express';

// RFC 9110, 7.2: what may stand in Host, and so in X-Forwarded-Host
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._~-]+)(:\d{1,5})?$/i;

/**
 * `https://engine.example.com`: where the client thinks it is. A trusted proxy (`server.trustedProxies`) reports it in
 * X-Forwarded-Proto and X-Forwarded-Host. Malformed values, which it may pass on from a client, are ignored.
 */
export function originOf(request: Request): string {
  const { protocol, headers } = request;
  const reported = request.host;
  const host = HOST.test(reported) ? reported : (headers.host ?? 'localhost');
  return `${protocol === 'https' ? 'https' : 'http'}://${host}`;
}

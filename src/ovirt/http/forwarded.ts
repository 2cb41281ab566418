import type { Request } from 'express';

// RFC 9110, 7.2: what may stand in Host, and so in X-Forwarded-Host
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._~-]+)(:\d{1,5})?$/i;

/**
 * `https://engine.example.com`: where the client thinks it is. A proxy that is trusted (`server.trustedProxies`) tells
 * by X-Forwarded-Proto and X-Forwarded-Host; what it passes on from a client may be anything, and is then left aside.
 */
export function originOf(request: Request): string {
  const { protocol, headers } = request;
  const told = request.host;
  const host = HOST.test(told) ? told : (headers.host ?? 'localhost');
  return `${protocol === 'https' ? 'https' : 'http'}://${host}`;
}

import { isIP } from 'node:net';

/**
 * Whether a console that listens on that address answers under that `Host`. A page of another site can point its own
 * name at this machine (DNS rebinding), and its scripts then reach the console as their own site: on a loopback address
 * only names are accepted that nobody else owns, which are addresses, `localhost`, and those of `allowed`. On another
 * address any name is, unless `allowed` has some.
 */
export function acceptsHost(listening: string, allowed: readonly string[]): (host: string | undefined) => boolean {
  const names = new Set([listening, ...allowed].map((name) => name.toLowerCase()));
  const isOpen = allowed.length === 0 && !isOwn(listening.toLowerCase());
  return (host) => {
    const name = NAME.exec(host ?? '')?.[1]?.toLowerCase();
    if (name === undefined) return false;
    return isOpen || isOwn(name) || isIP(name.replace(/^\[|\]$/g, '')) > 0 || names.has(name);
  };
}

/** A `Host` without its port (RFC 9110, 7.2). A name may end in the dot of the root. */
const NAME = /^(\[[0-9a-f:.]+\]|[a-z0-9._~-]+?)\.?(?::\d{1,5})?$/i;

/** Addresses and names of the loopback interface (RFC 6761, 6.3). */
const isOwn = (name: string): boolean => /^(127\.[\d.]+|\[?::1\]?|(.+\.)?localhost)$/.test(name);

import type { IncomingMessage } from 'node:http';
import { upTo } from '../../text.js';

/** The session preferences of a request (docs/reference/ovirt.md, section 3). */
export interface SessionPreferences {
  /** `Prefer: persistent-auth`: open a session, or continue the one of the cookie. */
  readonly persistent: boolean;
  /** `Prefer: new-auth`: end the session whose cookie is sent. */
  readonly fresh: boolean;
  /** `Prefer: csrf-protection`: from now on the session's requests repeat its id in a header. */
  readonly csrf: boolean;
  /** `Session-TTL`, minutes; undefined when absent, less than 1 or no number. */
  readonly minutes: number | undefined;
}

const NONE: SessionPreferences = { persistent: false, fresh: false, csrf: false, minutes: undefined };

/** Reads `Prefer`, a list in any case that may come several times (RFC 7240, 2), and `Session-TTL`. */
export function sessionPreferences({ headers }: IncomingMessage): SessionPreferences {
  if (headers['prefer'] === undefined && headers['session-ttl'] === undefined) return NONE;
  const preferred = new Set(
    [headers['prefer'] ?? '']
      .flat()
      .join(',')
      .split(',')
      .map((item) => upTo(item, ';').trim().toLowerCase()),
  );
  const ttl = String(headers['session-ttl'] ?? '').trim();
  const minutes = /^\d{1,9}$/.test(ttl) ? Number(ttl) : 0;
  return {
    persistent: preferred.has('persistent-auth'),
    fresh: preferred.has('new-auth'),
    csrf: preferred.has('csrf-protection'),
    minutes: minutes >= 1 ? minutes : undefined,
  };
}

/** Sessions that a request may name: another application on the same host can have a cookie of this name, too. */
const MOST_COOKIES = 5;

/** The values of `JSESSIONID` among the cookies (RFC 6265, 4.2), in their order. */
export function sessionCookies({ headers }: IncomingMessage): string[] {
  if (headers.cookie === undefined) return [];
  return headers.cookie
    .split(';')
    .flatMap((pair) => {
      const [name, value] = [
        pair.slice(0, pair.indexOf('=')).trim(),
        pair
          .slice(pair.indexOf('=') + 1)
          .trim()
          .replace(/^"(.*)"$/, '$1'),
      ];
      return name === 'JSESSIONID' && value !== '' ? [value] : [];
    })
    .slice(0, MOST_COOKIES);
}

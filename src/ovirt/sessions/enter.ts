import type { Request } from 'express';
import { type Backend, type Credentials, Fault, isFault } from '../../model/index.js';
import type { Log } from '../../services/context.js';
import { credentialsOf } from '../credentials.js';
import type { EntryPoint } from '../entry-points.js';
import type { Exchange } from '../exchange.js';
import { Logins } from '../logins.js';
import { Bounded } from './bounded.js';
import { type OpenSession, type SessionSettings, Sessions } from './sessions.js';
import { sessionCookies, sessionPreferences } from './preferences.js';

/** Who a request comes from. */
export interface Entrance {
  /** Sets the exchange's backend session, or throws `auth.required`, `auth.refused`, `auth.csrf`. */
  enter(request: Request, exchange: Exchange, entryPoint: EntryPoint): Promise<void>;
  /** What a fault means for the login that it was met with: the fault that the client gets. */
  failed(exchange: Exchange, fault: Fault): Fault;
  /** What cookies and tokens stand for. */
  readonly sessions: Sessions;
}

/** Headers with credentials that are remembered. */
const MOST_KNOWN = 1000;

/** What outlives requests, where somebody else counts it or forgets it, too. */
interface Known {
  readonly logins?: Logins;
  readonly sessions?: Sessions;
}

/**
 * Basic logins, sessions by cookie (docs/reference/ovirt.md, section 3), and tokens. A good cookie wins over credentials; one
 * without
 * `Prefer: persistent-auth`, or with `new-auth`, ends its session, and the request needs credentials of its own.
 */
export function createEntrance(
  backend: Backend,
  settings: SessionSettings,
  log: Log,
  { logins = new Logins(backend), sessions = new Sessions(backend, settings, log) }: Known = {},
): Entrance {
  /** By the header that holds them: a client sends the same with each request. Sessions hold the passwords anyway. */
  const known = new Bounded<string, Credentials>(MOST_KNOWN);

  function credentialsIn(header: string | undefined): Credentials | undefined {
    if (header === undefined) return undefined;
    const before = known.get(header);
    if (before) return before;
    const credentials = credentialsOf(header);
    if (credentials) known.set(header, credentials);
    return credentials;
  }

  async function enter(request: Request, exchange: Exchange, entryPoint: EntryPoint): Promise<void> {
    const { authorization } = request.headers;
    const credentials = credentialsIn(authorization);
    const bearer = credentials ? undefined : /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (bearer !== undefined) return byToken(exchange, bearer);
    const preferences = sessionPreferences(request);
    exchange.credentials = credentials;
    const cookies = sessionCookies(request);
    const open = cookies.length > 0 ? await sessions.find(cookies, credentials) : undefined;
    if (open) {
      if (open.sealed.csrf && request.get('jsessionid') !== open.token) throw new Fault('auth.csrf');
      if (preferences.persistent && !preferences.fresh) return goOn(open, await sessions.renewed(open));
      await sessions.end(open);
    }
    if (!credentials) throw new Fault('auth.required');
    if (preferences.persistent) return goOn(undefined, await sessions.begin(credentials, preferences));
    exchange.session = await logins.get(credentials);

    function goOn(before: OpenSession | undefined, now: OpenSession): void {
      exchange.opened = now;
      exchange.session = now.session;
      // 3.x tells the id in a header of its own, too
      exchange.headers['JSESSIONID'] = now.token;
      if (before !== now)
        exchange.headers['Set-Cookie'] =
          `JSESSIONID=${now.token}; Path=${entryPoint.cookiePath}; HttpOnly${request.secure ? '; Secure' : ''}`;
    }
  }

  /** A token of the single sign-on (docs/reference/v4-wire.md, section 2). A dead one makes clients log in anew. */
  async function byToken(exchange: Exchange, token: string): Promise<void> {
    const open = await sessions.find([token], undefined);
    if (!open) throw new Fault('auth.refused');
    exchange.opened = open;
    exchange.session = open.session;
  }

  function failed(exchange: Exchange, fault: Fault): Fault {
    if (!isFault(fault, 'backend.login')) return fault;
    if (exchange.opened) {
      sessions.forget(exchange.opened);
      delete exchange.headers['JSESSIONID'];
      delete exchange.headers['Set-Cookie'];
      return new Fault('auth.refused', {}, { cause: fault });
    }
    if (exchange.credentials) logins.forget(exchange.credentials);
    return fault;
  }

  return { enter, failed, sessions };
}

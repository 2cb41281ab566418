import type { Request } from 'express';
import { type Backend, type BackendSession, type Credentials, Fault, isFault } from '../../model/index.js';
import type { Log } from '../../services/context.js';
import { credentialsOf } from '../http/credentials.js';
import type { EntryPoint } from '../version/entry-points.js';
import type { Exchange } from '../declare/exchange.js';
import { Logins } from '../sessions/logins.js';
import { Bounded } from '../sessions/bounded.js';
import { Checks } from '../sessions/checks.js';
import { LoginThrottle } from '../sessions/login-throttle.js';
import { type OpenSession, type SessionSettings, Sessions } from '../sessions/sessions.js';
import { sessionCookies, sessionPreferences } from '../sessions/preferences.js';

/** The login of a request. */
export interface Entrance {
  /**
   * Sets the exchange's backend session, synchronously if it is known to be valid, or throws `auth.required`,
   * `auth.refused`, `auth.csrf`.
   */
  enter(request: Request, exchange: Exchange, entryPoint: EntryPoint): Promise<void> | undefined;
  /** The fault that the client gets for one that a backend call raised: it may mean that the login has ended. */
  failed(exchange: Exchange, fault: Fault): Fault;
  /** What cookies and tokens stand for. */
  readonly sessions: Sessions;
  /** Whom logins have to pass. */
  readonly throttle: LoginThrottle;
}

/** The most cached headers with credentials. */
const MOST_KNOWN = 1000;

/** A header with one session and no other cookie, as clients of the API send it. */
const ONE_COOKIE = /^JSESSIONID=([\w.-]+)$/;

const tokenOf = (authorization: string | undefined): string | undefined =>
  authorization === undefined ? undefined : /^Bearer +(\S+) *$/i.exec(authorization)?.[1];

/** State that outlives requests; passed in where others share it. */
interface KnownSession {
  readonly logins?: Logins;
  readonly sessions?: Sessions;
}

/**
 * Basic logins, sessions by cookie (docs/reference/ovirt.md, section 3), and tokens. A valid cookie takes precedence
 * over credentials; without `Prefer: persistent-auth`, or with `new-auth`, its session ends, and the request needs
 * credentials.
 */
export function createEntrance(
  backend: Backend,
  settings: SessionSettings,
  log: Log,
  { logins = new Logins(backend), sessions = new Sessions(backend, settings, log) }: KnownSession = {},
): Entrance {
  const throttle = new LoginThrottle(settings);
  const checks = new Checks(settings.checkMs);
  /**
   * Verified credentials by their header: a client sends the same with each request. Sessions hold the passwords
   * anyway.
   */
  const known = new Bounded<string, Credentials>(MOST_KNOWN);

  function credentialsIn(header: string | undefined): Credentials | undefined {
    if (header === undefined) return undefined;
    const before = known.get(header);
    if (before) return before;
    return credentialsOf(header);
  }

  function enter(request: Request, exchange: Exchange, entryPoint: EntryPoint): Promise<void> | undefined {
    const { authorization, cookie, prefer } = request.headers;
    const open = openedBefore(request);
    if (open) return opened(exchange, open, cookie !== undefined);
    // the same credentials and nothing else: almost every request of many clients
    const credentials = cookie === undefined && prefer === undefined ? known.get(authorization ?? '') : undefined;
    const session = credentials && logins.known(credentials);
    if (!session || !checks.isKnownGood(session)) return entered(request, exchange, entryPoint);
    exchange.credentials = credentials;
    exchange.session = session;
    return undefined;
  }

  /** The session of the request if it is to go on as it is, and nothing needs to be awaited for that. */
  function openedBefore({ headers }: Request): OpenSession | undefined {
    const { authorization, cookie, prefer } = headers;
    if (cookie === undefined) {
      const bearer = tokenOf(authorization);
      return bearer === undefined ? undefined : sessions.known(bearer);
    }
    // further cookies, credentials and preferences are left to `entered`
    const token =
      authorization === undefined && prefer === 'persistent-auth' ? ONE_COOKIE.exec(cookie)?.[1] : undefined;
    const open = token === undefined ? undefined : sessions.known(token);
    return !open || open.sealed.csrf || sessions.isOld(open) ? undefined : open;
  }

  function opened(exchange: Exchange, open: OpenSession, byCookie: boolean): undefined {
    exchange.opened = open;
    exchange.session = open.session;
    // 3.x repeats the id in a header of its own
    if (byCookie) exchange.headers['JSESSIONID'] = open.token;
  }

  async function entered(request: Request, exchange: Exchange, entryPoint: EntryPoint): Promise<void> {
    const { authorization } = request.headers;
    const credentials = credentialsIn(authorization);
    const bearer = credentials ? undefined : tokenOf(authorization);
    if (bearer !== undefined) return byToken(exchange, bearer);
    const preferences = sessionPreferences(request);
    exchange.credentials = credentials;
    const cookies = sessionCookies(request);
    const open = cookies.length > 0 ? await sessions.live(cookies, credentials) : undefined;
    if (open) {
      if (open.sealed.csrf && request.get('jsessionid') !== open.token) throw new Fault('auth.csrf');
      if (preferences.persistent && !preferences.fresh) return goOn(open, await sessions.renewed(open));
      await sessions.end(open);
    }
    if (!credentials) throw new Fault('auth.required');
    const { client, address } = exchange;
    const caller = { client, address };
    if (preferences.persistent)
      return goOn(undefined, await throttle.admit(credentials, caller, () => sessions.begin(credentials, preferences)));
    const before = await remembered(credentials);
    exchange.session = before ?? (await throttle.admit(credentials, caller, () => logins.get(credentials)));
    if (before) return;
    checks.made(exchange.session);
    if (authorization !== undefined) known.set(authorization, credentials);

    function goOn(before: OpenSession | undefined, now: OpenSession): void {
      opened(exchange, now, true);
      if (before !== now)
        exchange.headers['Set-Cookie'] =
          `JSESSIONID=${now.token}; Path=${entryPoint.cookiePath}; HttpOnly${request.secure ? '; Secure' : ''}`;
    }
  }

  /** A login with these credentials that the cloud still accepts. */
  async function remembered(credentials: Credentials): Promise<BackendSession | undefined> {
    const session = logins.known(credentials);
    if (!session || (await checks.isGood(session))) return session;
    logins.forget(credentials);
    return undefined;
  }

  /**
   * A token of the single sign-on (docs/reference/v4-wire.md, section 2). An expired one makes clients log in again.
   */
  async function byToken(exchange: Exchange, token: string): Promise<void> {
    const open = await sessions.live([token], undefined);
    if (!open) throw new Fault('auth.refused');
    opened(exchange, open, false);
  }

  function failed(exchange: Exchange, fault: Fault): Fault {
    if (!isFault(fault, 'backend.login')) return fault;
    if (exchange.opened) {
      sessions.forget(exchange.opened);
      delete exchange.headers['JSESSIONID'];
      delete exchange.headers['Set-Cookie'];
      return new Fault('auth.refused', {}, { cause: fault });
    }
    if (!exchange.credentials) return fault;
    logins.forget(exchange.credentials);
    // the password was changed
    if (!isFault(fault.cause, 'auth.refused')) return fault;
    throttle.forget(exchange.credentials);
    return new Fault('auth.refused', {}, { cause: fault });
  }

  return { enter, failed, sessions, throttle };
}

import { createHmac, randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { type Requester, type Credentials, Fault, isFault, Turnstile } from '../../model/index.js';
import { Bounded } from './bounded.js';

export interface LoginThrottleSettings {
  /** Simultaneous and waiting logins of credentials that have never been verified. Further ones are refused. */
  readonly loginsAtOnce: number;
  readonly loginQueue: number;
  /** The longest pause after wrong logins of one user from one address, milliseconds; 0: no pauses. */
  readonly longestPauseMs: number;
}

/** Where a login comes from. */
export interface Caller {
  /** Address of the host. */
  readonly address: string;
  readonly client: Requester;
}

/** How wrong logins are slowed down: some are free, then each doubles the pause. */
interface Slope {
  readonly free: number;
  readonly firstMs: number;
  readonly longestMs: number;
}

/** The failed logins of a user or an address. */
interface Failures {
  count: number;
  /** Being tried now. */
  trying: number;
  lastAt: number;
  /** Until when logins are refused. */
  until: number;
}

/** How many entries are kept of each kind; the least recently used is dropped first. */
const MOST = 10_000;

/**
 * Limits logins at the cloud. Credentials that were verified before are exempt: other clients can neither evict nor
 * delay them. Others share a few places, with pauses that grow with wrong logins: of one user from one address, and of
 * one address for all users. A user who logs in from another address is not delayed.
 */
export class LoginThrottle {
  readonly #key = randomBytes(32);
  readonly #proven = new Bounded<string, true>(MOST);
  readonly #trying = new Map<string, Promise<unknown>>();
  readonly #users = new Bounded<string, Failures>(MOST);
  readonly #addresses = new Bounded<string, Failures>(MOST);
  readonly #turnstile: Turnstile;
  readonly #slopes: { readonly user: Slope; readonly address: Slope };
  readonly #mostOfAddress: number;

  constructor(
    { loginsAtOnce, loginQueue, longestPauseMs }: LoginThrottleSettings,
    private readonly now: () => number = Date.now,
  ) {
    this.#turnstile = new Turnstile(loginsAtOnce, loginQueue);
    // an address may be a proxy that many share: its pauses begin later and are shorter
    this.#slopes = {
      user: { free: 3, firstMs: 1000, longestMs: longestPauseMs },
      address: { free: 50, firstMs: 500, longestMs: longestPauseMs / 6 },
    };
    this.#mostOfAddress = loginsAtOnce + Math.ceil((loginQueue * 2) / 3);
  }

  /**
   * Runs the login. Throws `auth.throttled` during a pause, `overloaded` while too many log in, and what `login`
   * throws.
   */
  async admit<T>(credentials: Credentials, caller: Caller, login: () => Promise<T>): Promise<T> {
    const key = this.#keyOf(credentials);
    for (let wait = this.#trying.get(key); wait; wait = this.#trying.get(key)) await wait;
    if (!this.#proven.has(key)) return this.#tried(key, this.#first(key, credentials, caller, login));
    try {
      return await login();
    } catch (error) {
      if (isFault(error, 'auth.refused')) this.#proven.delete(key);
      throw error;
    }
  }

  /** These credentials are no longer valid. */
  forget(credentials: Credentials): void {
    this.#proven.delete(this.#keyOf(credentials));
  }

  /** Further logins with the same credentials wait for this one: they are no further guesses. */
  #tried<T>(key: string, login: Promise<T>): Promise<T> {
    const settled = login.then(
      () => undefined,
      () => undefined,
    );
    this.#trying.set(key, settled);
    return login.finally(() => {
      if (this.#trying.get(key) === settled) this.#trying.delete(key);
    });
  }

  async #first<T>(key: string, { user, profile }: Credentials, caller: Caller, login: () => Promise<T>): Promise<T> {
    const address = networkOf(caller.address);
    const name = JSON.stringify([user, profile, address]);
    const mine = this.#users.get(name) ?? none(this.now());
    const ours = this.#addresses.get(address) ?? none(this.now());
    this.#hold(mine, this.#slopes.user, mine.trying);
    this.#hold(ours, this.#slopes.address);
    if (ours.trying >= this.#mostOfAddress) throw tooMany();
    // only what is tried is remembered: invented names would push out the failures of others
    this.#users.set(name, mine);
    this.#addresses.set(address, ours);
    mine.trying += 1;
    ours.trying += 1;
    try {
      const leave = await this.#turnstile.enter(caller.client);
      if (!leave) throw tooMany();
      const result = await login().finally(leave);
      this.#proven.set(key, true);
      mine.count = 0;
      return result;
    } catch (error) {
      if (isFault(error, 'auth.refused'))
        for (const [failures, slope] of [
          [mine, this.#slopes.user],
          [ours, this.#slopes.address],
        ] as const)
          fail(failures, slope, this.now());
      throw error;
    } finally {
      mine.trying -= 1;
      ours.trying -= 1;
      if (isForgotten(mine)) this.#users.delete(name);
      if (isForgotten(ours)) this.#addresses.delete(address);
    }
  }

  #hold(failures: Failures, slope: Slope, trying = 0): void {
    // running attempts have not failed yet: this one waits for them
    const waitMs = trying > 0 ? pauseOf(failures.count + trying, slope) : Math.max(0, failures.until - this.now());
    if (waitMs > 0) throw new Fault('auth.throttled', { retryAfter: Math.ceil(waitMs / 1000) });
  }

  /** Passwords are not kept. */
  #keyOf({ user, profile, password }: Credentials): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([user, profile, password]))
      .digest('base64');
  }
}

const tooMany = (): Fault => new Fault('overloaded', { retryAfter: 1 });

/** A customer has at least a /64 of IPv6 (RFC 6177): its addresses count as one. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  return tail === undefined || groups.length >= 4 ? groups.slice(0, 4).join(':') : `${groups.join(':')}::`;
}

const none = (now: number): Failures => ({ count: 0, trying: 0, lastAt: now, until: 0 });

const isForgotten = ({ count, trying }: Failures): boolean => count === 0 && trying === 0;

const pauseOf = (count: number, { free, firstMs, longestMs }: Slope): number =>
  count < free ? 0 : Math.min(firstMs * 2 ** Math.min(count - free, 30), longestMs);

/** One failure is forgotten with each longest pause that passes. */
function fail(failures: Failures, slope: Slope, now: number): void {
  const past = slope.longestMs === 0 ? 0 : Math.floor((now - failures.lastAt) / slope.longestMs);
  // the pause that it waited for does not count
  failures.count = Math.max(0, failures.count - Math.max(0, past - 1)) + 1;
  failures.lastAt = now;
  failures.until = now + pauseOf(failures.count, slope);
}

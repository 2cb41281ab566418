import { createHmac, randomBytes } from 'node:crypto';
import type { Backend, BackendSession, Credentials } from '../../model/index.js';

interface Entry {
  readonly session: BackendSession;
  readonly usableUntil: number;
}

/** A login is renewed this long before it ends, or a tenth of its life before when that is shorter. Milliseconds. */
const MARGIN_MS = 60_000;

/**
 * The logins of this process, so that Basic authentication on each request doesn't mean a login on each request. Keyed
 * by a keyed hash of the credentials: passwords are not kept. At most `most`, the least recently used goes first. A
 * refused login is not remembered.
 */
export class Logins {
  readonly #key = randomBytes(32);
  readonly #entries = new Map<string, Entry>();
  /** Not verified yet: they evict no verified ones. */
  readonly #pending = new Map<string, Promise<BackendSession>>();
  /** Keys of known credentials: the hash was 3 % of a request for one VM. */
  readonly #keys = new WeakMap<Credentials, string>();

  constructor(
    private readonly backend: Backend,
    private readonly most = 1000,
    private readonly now: () => number = Date.now,
  ) {}

  /** The session of credentials that were verified before, and whose login has not ended. */
  known(credentials: Credentials): BackendSession | undefined {
    const key = this.#keyOf(credentials);
    const known = this.#entries.get(key);
    if (!known || known.usableUntil <= this.now()) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, known);
    return known.session;
  }

  /** The session of these credentials; requests that come at once share one login. Throws as `Backend.login`. */
  async get(credentials: Credentials): Promise<BackendSession> {
    return this.known(credentials) ?? this.#login(this.#keyOf(credentials), credentials);
  }

  /** Forgets a login that the backend no longer accepts: the next request logs in again. */
  forget(credentials: Credentials): void {
    this.#entries.delete(this.#keyOf(credentials));
  }

  /** Forgets all logins, because the settings that they were checked against have changed. */
  clear(): void {
    this.#pending.clear();
    this.#entries.clear();
  }

  #login(key: string, credentials: Credentials): Promise<BackendSession> {
    const under = this.#pending.get(key);
    if (under) return under;
    const began = this.now();
    const login = this.backend
      .login(credentials)
      .then((session) => {
        // the settings that logins were checked against may have changed meanwhile
        if (this.#pending.get(key) === login) this.#keep(key, session, began);
        return session;
      })
      .finally(() => {
        if (this.#pending.get(key) === login) this.#pending.delete(key);
      });
    this.#pending.set(key, login);
    return login;
  }

  #keep(key: string, session: BackendSession, began: number): void {
    const margin = Math.min(MARGIN_MS, (session.expiresAt - began) / 10);
    this.#entries.delete(key);
    this.#entries.set(key, { session, usableUntil: session.expiresAt - margin });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.most) break;
      this.#entries.delete(oldest);
    }
  }

  #keyOf(credentials: Credentials): string {
    const known = this.#keys.get(credentials);
    if (known !== undefined) return known;
    const { user, profile, password } = credentials;
    const key = createHmac('sha256', this.#key)
      .update(JSON.stringify([user, profile, password]))
      .digest('base64');
    this.#keys.set(credentials, key);
    return key;
  }
}

import { randomUUID } from 'node:crypto';
import { type Backend, type BackendSession, type Credentials, isFault } from '../../model/index.js';
import type { Log } from '../../services/context.js';
import { Bounded } from './bounded.js';
import { Checks } from './checks.js';
import { Seal } from './seal.js';

/** What an operator chooses about sessions. */
export interface SessionSettings {
  /**
   * What session ids are sealed with: the first seals, all open. None: a random one. Replaced as a whole when it
   * changes.
   */
  readonly secrets: readonly string[];
  /** How long an unused session lives, unless the client says otherwise. */
  readonly minutes: number;
  /** Whether clients can ask for protection against forged requests. */
  readonly csrf: boolean;
  /** How often the cloud is asked whether it still accepts a login, milliseconds; 0: never. */
  readonly checkMs: number;
  readonly loginsAtOnce: number;
  readonly loginQueue: number;
  readonly longestPauseMs: number;
}

/** What a session's id holds. */
interface Sealed {
  readonly id: string;
  readonly user: string;
  readonly profile: string;
  readonly minutes: number;
  readonly csrf: boolean;
  /** When it was sealed, epoch milliseconds. */
  readonly at: number;
  /** The backend's login. */
  readonly login: string;
}

/** A session as this process knows it. */
export interface OpenSession {
  readonly sealed: Sealed;
  /** The id: as sealed, so any replica can read it. */
  readonly token: string;
  readonly session: BackendSession;
  /** Whether a refused login can be renewed: not when only the id is known here. */
  readonly renewable: boolean;
  usedAt: number;
}

/** A session that is being opened, and the session once it is. */
interface Opening {
  readonly opening: Promise<OpenSession | undefined>;
  open?: OpenSession;
}

/**
 * How many sessions this process keeps open (others are reopened from their ids), and how many ended ids it remembers.
 */
const MOST_OPEN = 1000;
const MOST_ENDED = 10_000;
const MINUTE_MS = 60_000;

/**
 * The sessions of clients (docs/reference/ovirt.md, section 3). A session is its id: a sealed token that holds the
 * backend's login, so every replica that knows the secret can continue it, and a crash loses nothing. Each has a login
 * of its own, which ends with it. Only the replica that served it knows the time of the last use; so an id is sealed
 * again, for the client's next cookie, after half its life.
 */
export class Sessions {
  #seal: Seal;
  #secrets: readonly string[];
  readonly #open = new Bounded<string, Opening>(MOST_OPEN);
  readonly #ended = new Bounded<string, true>(MOST_ENDED);

  constructor(
    private readonly backend: Backend,
    private readonly settings: SessionSettings,
    private readonly log: Log,
    private readonly now: () => number = Date.now,
    private readonly checks = new Checks(settings.checkMs, now),
  ) {
    this.#secrets = settings.secrets;
    this.#seal = new Seal(this.#secrets);
  }

  /** The seal of the secrets as they are now. */
  #sealer(): Seal {
    if (this.settings.secrets !== this.#secrets) {
      this.#secrets = this.settings.secrets;
      this.#seal = new Seal(this.#secrets);
      // ids opened by a removed secret must be read again, and refused
      this.#open.clear();
    }
    return this.#seal;
  }

  /** How many this process keeps open. */
  get size(): number {
    return this.#open.size;
  }

  /** Logs in. Throws as `Backend.login`. */
  async begin(
    credentials: Credentials,
    { minutes = this.settings.minutes, csrf }: { readonly minutes: number | undefined; readonly csrf: boolean },
  ): Promise<OpenSession> {
    const session = await this.backend.login(credentials);
    this.checks.made(session);
    const { user, profile } = credentials;
    return this.#sealed({ id: randomUUID(), user, profile, minutes, csrf: csrf && this.settings.csrf }, session, true);
  }

  /** The session of the first id that is still valid. With the credentials of its user it can outlive its login. */
  async find(tokens: readonly string[], credentials: Credentials | undefined): Promise<OpenSession | undefined> {
    for (const token of tokens) {
      const found = await this.#opened(token, credentials);
      if (!found) continue;
      if (this.#isAlive(found)) {
        found.usedAt = this.now();
        return found;
      }
      this.#open.delete(token);
    }
    return undefined;
  }

  /**
   * The session of the id if nothing needs to be awaited for it: it is open here, and its login was checked recently.
   * Almost every request of a client with a session; the promises of `live` and `renewed` took 7 % of one for a VM.
   */
  known(token: string): OpenSession | undefined {
    this.#sealer();
    const open = this.#open.get(token)?.open;
    if (!open || !this.#isAlive(open) || !this.checks.isKnownGood(open.session)) return undefined;
    open.usedAt = this.now();
    return open;
  }

  #isAlive({ sealed, usedAt }: OpenSession): boolean {
    return !this.#ended.has(sealed.id) && this.now() - usedAt < sealed.minutes * MINUTE_MS;
  }

  /** The same, if the cloud still accepts its login: one that ended on another replica has ended here, too. */
  async live(tokens: readonly string[], credentials: Credentials | undefined): Promise<OpenSession | undefined> {
    for (;;) {
      const open = await this.find(tokens, credentials);
      if (!open || (await this.checks.isGood(open.session))) return open;
      this.forget(open);
    }
  }

  /** Whether its id ends soon. A protected client got its id once, and repeats it in a header. */
  isOld({ sealed, session }: OpenSession): boolean {
    if (sealed.csrf) return false;
    return this.now() - sealed.at > (sealed.minutes * MINUTE_MS) / 2 || session.export() !== sealed.login;
  }

  /** The session with a new id, if its present one ends soon; else the session as it is. */
  async renewed(open: OpenSession): Promise<OpenSession> {
    return this.isOld(open) ? this.#sealed(open.sealed, open.session, open.renewable) : open;
  }

  /** Ends a session, here and at the backend. */
  async end({ sealed, token, session }: OpenSession): Promise<void> {
    this.forget({ sealed, token });
    // other replicas do not know a login that was renewed here
    const wasRenewed = session.export() !== sealed.login;
    try {
      await session.logout();
      if (wasRenewed) await this.#endSealed(sealed);
    } catch (error) {
      // the login expires; here the session has ended
      this.log.warn('a login could not be ended at the backend', {
        user: sealed.user,
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }

  async #endSealed({ login }: Sealed): Promise<void> {
    try {
      await this.backend.resume(login).logout();
    } catch (error) {
      if (!isFault(error, 'auth.refused')) throw error;
    }
  }

  /** Forgets a session whose login the backend no longer accepts. */
  forget({ sealed, token }: Pick<OpenSession, 'sealed' | 'token'>): void {
    this.#ended.set(sealed.id, true);
    this.#open.delete(token);
  }

  async #sealed(what: Omit<Sealed, 'at' | 'login'>, session: BackendSession, renewable: boolean): Promise<OpenSession> {
    const sealed: Sealed = { ...what, at: this.now(), login: session.export() };
    const open: OpenSession = {
      sealed,
      token: await this.#sealer().close(sealed),
      session,
      renewable,
      usedAt: sealed.at,
    };
    this.#open.set(open.token, { opening: Promise.resolve(open), open });
    return open;
  }

  async #opened(token: string, credentials: Credentials | undefined): Promise<OpenSession | undefined> {
    this.#sealer();
    const open = await (this.#open.get(token)?.opening ?? this.#keep(token, this.#read(token, credentials)));
    if (!open || open.renewable || !isOf(open.sealed, credentials)) return open;
    // so far known by its id alone; from now on it can be renewed
    return this.#keep(token, this.#read(token, credentials));
  }

  #keep(token: string, opening: Promise<OpenSession | undefined>): Promise<OpenSession | undefined> {
    const pendingOpening: Opening = { opening };
    this.#open.set(token, pendingOpening);
    opening.then(
      (open) => {
        if (open) pendingOpening.open = open;
        else this.#open.delete(token);
      },
      () => this.#open.delete(token),
    );
    return opening;
  }

  async #read(token: string, credentials: Credentials | undefined): Promise<OpenSession | undefined> {
    const sealed = (await this.#sealer().open(token)) as Sealed | undefined;
    if (!sealed) return undefined;
    const own = isOf(sealed, credentials) ? credentials : undefined;
    try {
      const session = this.backend.resume(sealed.login, own);
      await session.prepare?.();
      return {
        sealed,
        token,
        session,
        renewable: own !== undefined,
        usedAt: sealed.at,
      };
    } catch (error) {
      if (isFault(error, 'auth.refused')) return undefined;
      throw error;
    }
  }
}

const isOf = ({ user, profile }: Sealed, credentials: Credentials | undefined): boolean =>
  credentials?.user === user && credentials.profile === profile;

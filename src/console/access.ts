import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { isFault, uuidOf, type Backend, type BackendSession } from '../model/index.js';

export interface AccessSettings {
  readonly user?: string;
  readonly password?: string;
  /** How long an unused login stays valid, minutes. */
  readonly minutes: number;
  /** Names of the cloud's administrator roles. */
  readonly roles: readonly string[];
}

interface Visitor {
  readonly user: string;
  usedAt: number;
}

/** How many logins are kept; the least recently used is dropped first. */
const MOST_VISITORS = 100;
/** The pause after a wrong password, milliseconds; each further one doubles it. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Access to the console: the login in the settings, or else an administrator of the cloud. Logins live in memory and
 * end with the process.
 */
export class Access {
  readonly #visitors = new Map<string, Visitor>();
  #failures = 0;

  constructor(
    private settings: AccessSettings,
    private readonly backend: Backend,
    private readonly pause: (milliseconds: number) => Promise<unknown>,
  ) {}

  /** Applies another login: users of an earlier one have to log in again. */
  use(settings: AccessSettings): void {
    const { user, password } = this.settings;
    if (settings.user !== user || settings.password !== password) this.#visitors.clear();
    this.settings = settings;
  }

  /** The session id of a valid login; undefined for an invalid one. Throws what an unreachable cloud throws. */
  async login(user: string, password: string): Promise<string | undefined> {
    if (!(await this.#isAdministrator(user, password))) {
      const wait = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures++, LONGEST_PAUSE_MS);
      await this.pause(wait);
      return undefined;
    }
    this.#failures = 0;
    const id = randomBytes(32).toString('base64url');
    this.#visitors.set(id, { user, usedAt: Date.now() });
    for (const oldest of this.#visitors.keys()) {
      if (this.#visitors.size <= MOST_VISITORS) break;
      this.#visitors.delete(oldest);
    }
    return id;
  }

  /** The user of a session; undefined when it has ended. */
  userOf(id: string | undefined): string | undefined {
    const visitor = id === undefined ? undefined : this.#visitors.get(id);
    if (!visitor || id === undefined) return undefined;
    this.#visitors.delete(id);
    if (Date.now() - visitor.usedAt > this.settings.minutes * 60_000) return undefined;
    visitor.usedAt = Date.now();
    this.#visitors.set(id, visitor);
    return visitor.user;
  }

  logout(id: string | undefined): void {
    if (id !== undefined) this.#visitors.delete(id);
  }

  async #isAdministrator(user: string, password: string): Promise<boolean> {
    const { user: ownUser, password: ownPassword } = this.settings;
    if (ownUser !== undefined && ownPassword !== undefined)
      // both are compared, so that the timing reveals nothing
      return [same(user, ownUser), same(password, ownPassword)].every(Boolean);
    const at = user.lastIndexOf('@');
    if (at < 1) return false;
    try {
      const session = await this.backend.login({ user: user.slice(0, at), profile: user.slice(at + 1), password });
      try {
        return await administers(session, this.settings.roles);
      } finally {
        await session.logout();
      }
    } catch (error) {
      if (isFault(error, 'auth.refused') || isFault(error, 'auth.required')) return false;
      throw error;
    }
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const same = (given: string, right: string): boolean => timingSafeEqual(digest(given), digest(right));

/** Whether the cloud gives this user one of the roles. A cloud without roles has no administrators. */
async function administers(session: BackendSession, roles: readonly string[]): Promise<boolean> {
  const own = uuidOf('user', session.user.id);
  const permissions = await session.access.permissions();
  return permissions.some(({ user, role }) => user?.id === own && roles.includes(role?.name ?? ''));
}

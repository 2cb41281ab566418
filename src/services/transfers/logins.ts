import type { BackendSession } from '../../model/index.js';
import type { Scope } from '../context.js';
import type { TransferRecord } from './store.js';

/** How a login is kept beside a transfer, for another process and for this one after a restart. */
export interface LoginSeal {
  /** The login as a text that only processes of the same secret can open. */
  close(session: BackendSession): Promise<string>;
  /** What to act with in that login; undefined for a text that cannot be opened, and for a login that has ended. */
  open(sealed: string): Promise<Scope | undefined>;
}

interface Held {
  readonly scope: Scope;
  readonly release: () => void;
}

/** A login that ends less than this later than the one that is kept is not kept instead of it, milliseconds. */
const LATER_MS = 60_000;

/**
 * The logins that this process works on transfers with. Each is held for as long as its transfer: its client may log
 * out. What another process began is worked on with the login that is kept in its record.
 */
export class TransferLogins {
  readonly #held = new Map<string, Held>();

  constructor(private readonly seal?: LoginSeal) {}

  /** What a record keeps of the login. */
  async kept({ session }: Scope): Promise<Pick<TransferRecord, 'login' | 'loginEndsAt'>> {
    return this.seal ? { login: await this.seal.close(session), loginEndsAt: session.expiresAt } : {};
  }

  /** Whether the login is good for longer than the one that the record keeps. */
  outlives({ session }: Scope, { loginEndsAt = 0 }: TransferRecord): boolean {
    return this.seal !== undefined && session.expiresAt > loginEndsAt + LATER_MS;
  }

  /** The login of a request for the transfer takes the place of one that ends earlier. */
  hold(scope: Scope, id: string): void {
    const held = this.#held.get(id);
    if (held && held.scope.session.expiresAt >= scope.session.expiresAt) return;
    this.#held.set(id, { scope, release: scope.session.hold() });
    held?.release();
  }

  /** The one that is held, or the one that is kept; undefined when there is none that is good. */
  async of({ id, login }: TransferRecord): Promise<Scope | undefined> {
    const held = this.#held.get(id);
    if (held && held.scope.session.expiresAt > Date.now()) return held.scope;
    const opened = login === undefined ? undefined : await this.seal?.open(login);
    if (opened) this.hold(opened, id);
    return this.#held.get(id)?.scope;
  }

  /** It is good for nothing any more, or not needed. */
  release(id: string): void {
    this.#held.get(id)?.release();
    this.#held.delete(id);
  }

  /** Lets go of all but those of these transfers. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.#held.keys()) if (!ids.has(id)) this.release(id);
  }
}

import type { BackendSession } from '../../model/index.js';
import type { Scope } from '../context.js';
import type { TransferRecord } from './store.js';

/** How a login is stored with a transfer, for other processes and for restarts. */
export interface LoginSeal {
  /** The login as a text that only processes with the same secret can open. */
  close(session: BackendSession): Promise<string>;
  /** The scope of that login; undefined for a text that cannot be opened, and for a login that has ended. */
  open(sealed: string): Promise<Scope | undefined>;
}

interface HeldLogin {
  readonly scope: Scope;
  readonly release: () => void;
}

/** How much later than the stored login another must end to replace it, milliseconds. */
const LATER_MS = 60_000;

/**
 * The logins with which this process works on transfers. Each is held until its transfer ends, even if the client logs
 * out. Transfers of other processes use the login in their record.
 */
export class TransferLogins {
  readonly #held = new Map<string, HeldLogin>();

  constructor(private readonly seal?: LoginSeal) {}

  /** The login for a record. */
  async kept({ session }: Scope): Promise<Pick<TransferRecord, 'login' | 'loginEndsAt'>> {
    return this.seal ? { login: await this.seal.close(session), loginEndsAt: session.expiresAt } : {};
  }

  /** Whether the login is valid for longer than the record's. */
  outlives({ session }: Scope, { loginEndsAt = 0 }: TransferRecord): boolean {
    return this.seal !== undefined && session.expiresAt > loginEndsAt + LATER_MS;
  }

  /** Replaces a login that ends earlier by that of a request for the transfer. */
  hold(scope: Scope, id: string): void {
    const held = this.#held.get(id);
    if (held && held.scope.session.expiresAt >= scope.session.expiresAt) return;
    this.#held.set(id, { scope, release: scope.session.hold() });
    held?.release();
  }

  /** The held login, or the record's; undefined if neither is valid. */
  async of({ id, login }: TransferRecord): Promise<Scope | undefined> {
    const held = this.#held.get(id);
    if (held && held.scope.session.expiresAt > Date.now()) return held.scope;
    const opened = login === undefined ? undefined : await this.seal?.open(login);
    if (opened) this.hold(opened, id);
    return this.#held.get(id)?.scope;
  }

  /** Releases a login that is no longer valid or needed. */
  release(id: string): void {
    this.#held.get(id)?.release();
    this.#held.delete(id);
  }

  /** Releases all logins but those of these transfers. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.#held.keys()) if (!ids.has(id)) this.release(id);
  }
}

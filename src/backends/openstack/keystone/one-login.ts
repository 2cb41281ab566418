import { Fault, isFault, type CallOptions, type Credentials } from '../../../model/index.js';
import { typesOf } from '../calls.js';
import { isTaken } from '../check.js';
import { logIn, logInAgain, logOut, type Login } from './keystone.js';
import type { Transport } from '../../http/messages.js';
import type { OpenStackSettings } from '../settings.js';
import { SharedReads } from '../shared-reads.js';

/** How long a catalog without a service is used before it is read again: the cloud may not have the service. */
const CATALOG_MS = 30_000;

/** Options of a call that several requests share. */
export const lasting = ({ requester: _, ...others }: CallOptions): CallOptions => others;

/** A login and its state: its token is renewed once for all users, and it lives as long as it is held. */
export class OneLogin {
  readonly reads = new SharedReads();
  private renewal: Promise<Login> | undefined;
  private ended = false;
  /** How much background work uses it. */
  private held = 0;
  private lookedAt = -Infinity;

  constructor(
    private readonly transport: Transport,
    readonly settings: OpenStackSettings,
    public login: Login,
    private readonly credentials: Credentials | undefined,
  ) {}

  /** The catalog's address of a service. */
  addressOf(service: string): URL | undefined {
    const { addresses } = this.login;
    for (const type of typesOf(service)) {
      const address = addresses.get(type);
      if (address) return address;
    }
    return undefined;
  }

  /**
   * Whether a call to this service needs a new login: its token is about to expire, or its catalog lacks the service.
   */
  isStale(service: string): boolean {
    return this.credentials !== undefined && (this.nearsItsEnd() || this.lacks(service)) && !this.isOver;
  }

  /** Throws `backend.login` where it cannot be renewed. */
  async renew(options: CallOptions): Promise<Login> {
    if (this.isOver || !this.credentials) throw new Fault('backend.login', { service: 'Keystone' });
    try {
      return await this.renewed(this.credentials, options);
    } catch (cause) {
      throw isFault(cause, 'auth.refused') ? new Fault('backend.login', { service: 'Keystone' }, { cause }) : cause;
    }
  }

  hold(options: CallOptions): () => void {
    let released = false;
    this.held += 1;
    return () => {
      if (released) return;
      released = true;
      this.held -= 1;
      // It also expires by itself: nobody else knows it
      if (this.isOver) this.retire(this.login, options).catch(() => undefined);
    };
  }

  async check(): Promise<boolean> {
    const before = this.login;
    try {
      if (this.credentials && this.nearsItsEnd() && !this.isOver) await this.renew({});
    } catch (error) {
      if (!isFault(error)) throw error;
      return !isFault(error, 'backend.login');
    }
    // One that was renewed meanwhile is valid
    return (await isTaken(this.transport, this.settings, this.login)) || this.login !== before;
  }

  async end(options: CallOptions): Promise<void> {
    if (this.ended) return;
    const clients = this.login;
    this.ended = true;
    if (this.held > 0) {
      const own = await this.ownLogin(clients, options);
      // Keystone refuses one: the client's token lives as long as the work, and is revoked with it
      if (!own) return;
      this.login = own;
    }
    await this.retire(clients, options);
    if (this.login !== clients && this.isOver) await this.retire(this.login, options);
  }

  /** A login that was logged out stays usable for work that holds it. */
  private get isOver(): boolean {
    return this.ended && this.held === 0;
  }

  private nearsItsEnd(): boolean {
    const { issuedAt, expiresAt } = this.login;
    return expiresAt - Date.now() < Math.min(this.settings.renewBeforeSeconds * 1000, (expiresAt - issuedAt) / 6);
  }

  /** A starting cloud registers its services one by one: one that the catalog lacks may exist by now. */
  private lacks(service: string): boolean {
    if (this.addressOf(service)) return false;
    const now = Date.now();
    if (now - this.lookedAt < CATALOG_MS) return false;
    this.lookedAt = now;
    return true;
  }

  private renewed(credentials: Credentials, options: CallOptions): Promise<Login> {
    this.renewal ??= logIn(this.transport, this.settings, credentials, lasting(options))
      .then((login) => {
        this.login = login;
        return login;
      })
      .finally(() => {
        this.renewal = undefined;
      });
    return this.renewal;
  }

  /** A token for work that outlives its client's. */
  private async ownLogin(clients: Login, options: CallOptions): Promise<Login | undefined> {
    const { transport, settings, credentials } = this;
    try {
      return await logInAgain(transport, settings, clients, options);
    } catch (error) {
      if (!isFault(error)) throw error;
      return credentials ? this.renewed(credentials, options).catch(() => undefined) : undefined;
    }
  }

  private async retire(login: Login, options: CallOptions): Promise<void> {
    await logOut(this.transport, this.settings, login, options);
  }
}

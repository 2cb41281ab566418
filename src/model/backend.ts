import type { Host, Permission, SshPublicKey } from '../generated/entities.js';
import type { ServiceLoad } from './load.js';
import type { Words } from './words.js';
import type { Capabilities } from './capabilities.js';
import type { CallOptions, ServiceAnswer } from './calls.js';
import type { NotesPatch, VmPort } from './ports/vms.js';
import type { DiskPort } from './ports/disks.js';
import type { ImagePort } from './ports/images.js';
import type { NicPort } from './ports/nics.js';
import type { SnapshotPort } from './ports/snapshots.js';
import type { PmemPort } from './ports/pmem.js';
import type { InventoryPort } from './ports/inventory.js';

/**
 * The port between src/services and a backend. A backend works on entities. It knows neither oVirt's protocol nor
 * composed operations: each method is one step, which the backend takes or refuses with a Fault. Methods that start
 * work return when the cloud has accepted it; callers poll to see it done.
 *
 * Every method may throw: `not-found` (the id is unknown), `backend.*` and `forbidden` (src/model/catalogue.ts);
 * further faults are named below.
 */

/** What a client logs in with: oVirt's user and profile, or a service account's. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
  readonly profile: string;
}

/** As oVirt names it: Power of either endianness is `ppc64`. */
export type Architecture = NonNullable<Host['architecture']>;

/** What happens to calls under way: they may finish, or are cut. */
export type Ending = 'orderly' | 'cut';

export interface Backend {
  /** Its name in faults and in the support matrix: `powervc`. */
  readonly name: string;
  readonly words: Words;
  readonly capabilities: Capabilities;
  /** Logs in. Throws `auth.refused` for wrong credentials. */
  login(credentials: Credentials): Promise<BackendSession>;
  /**
   * A login from the text of `BackendSession.export`, of this process or another. Makes no call. With credentials it
   * can be renewed like one of `login`; without them it ends with its token. Throws `auth.refused` for a text of
   * another backend, and for a login that has ended.
   */
  resume(exported: string, credentials?: Credentials): BackendSession;
  /**
   * Asks each service for what it reveals without a login, one call each: the identity service, and those whose
   * addresses are known since the first login. Does not throw for a service that does not answer.
   */
  probe(): Promise<readonly ServiceAnswer[]>;
  /** The load of each service of the cloud that has been called so far. */
  load(): readonly ServiceLoad[];
  /**
   * Uses what is in these files now for new connections. Throws for files that cannot be used; then nothing changes.
   */
  renew(files: CertificateFiles): void;
  /** Closes the connections: after the calls under way have finished, or at once with `cut`. */
  close(how?: Ending): Promise<void>;
}

/** Files of certificates on the way to the cloud, PEM; `keyFile` where the key is not in `certFile`. */
export interface CertificateFiles {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** One login: a user in a project. */
export interface BackendSession {
  /** What the backend can do. Services see nothing of a backend but its sessions. */
  readonly capabilities: Capabilities;
  /** Of the cloud's processors, as far as they are known; first that of what names none. */
  readonly architectures: readonly [Architecture, ...Architecture[]];
  /**
   * Learns of the cloud what a login would have, for a session of another process. Absent where there is nothing to
   * learn. Does not throw for a cloud that does not answer.
   */
  prepare?(): Promise<void>;
  readonly user: { readonly id: string; readonly name: string };
  readonly project: { readonly id: string; readonly name: string };
  /** When the login ends, epoch milliseconds. */
  readonly expiresAt: number;
  readonly vms: VmPort;
  readonly disks: DiskPort;
  readonly images: ImagePort;
  readonly nics: NicPort;
  readonly snapshots: SnapshotPort;
  readonly pmem: PmemPort;
  readonly inventory: InventoryPort;
  readonly access: AccessPort;
  readonly shared: SharedNotes;
  /** The same login, whose calls carry this correlation id to the backend and are counted by `onCall`. */
  with(options: CallOptions): BackendSession;
  /** The login as a text, for `Backend.resume`. It is a secret: seal it before it leaves the process. */
  export(): string;
  /**
   * Keeps the login alive for work that continues after the answer: a logout takes effect when the returned function is
   * called.
   */
  hold(): () => void;
  /**
   * Whether the cloud still accepts the login; true where that is unknown. Does not throw for a cloud that does not
   * answer.
   */
  check(): Promise<boolean>;
  /** Ends the client's login at once. */
  logout(): Promise<void>;
}

/** Roles and keys. */
export interface AccessPort {
  /** The roles of users and groups in the project; where the login may not see them, its own. One call. */
  permissions(): Promise<Permission[]>;
  /** The public keys of the user who is logged in, where the backend keeps keys by users. One call. */
  keys(): Promise<SshPublicKey[]>;
  /** Throws `backend.conflict` for a name that is taken, `unsupported` where keys do not belong to users. */
  addKey(key: { readonly name: string; readonly content: string }): Promise<SshPublicKey>;
  removeKey(name: string): Promise<void>;
}

/** Notes that belong to no resource and are seen by every project and replica: oVirt's tags are global. */
export interface SharedNotes {
  /**
   * One call. Empty for a user who may not read them; with `required`, for a change that builds on them, throws
   * `backend.forbidden` instead.
   */
  read(options?: { readonly required?: boolean }): Promise<Readonly<Record<string, string>>>;
  /** Merged, as all notes are. Throws `backend.forbidden` for a user who may look but not write. */
  note(patch: NotesPatch): Promise<void>;
}

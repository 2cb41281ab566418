import type { Permission, SshPublicKey } from '../generated/entities.js';
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
 * The port between the verbs (src/services) and a backend. A backend speaks in entities and knows neither oVirt's
 * protocol nor what a composed operation is: each method is one act that the backend either did or refused with a
 * Fault. Methods that start work return when the backend has accepted it; whoever called looks again to see it done.
 *
 * Every method may throw: `not-found` (the id is unknown), `backend.*` and `forbidden` as the catalogue tells; others
 * are named below.
 */

/** What a client logs in with: oVirt's user and profile, or a service account's. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
  readonly profile: string;
}

/** How calls under way end. */
export type Ending = 'orderly' | 'cut';

export interface Backend {
  /** The name that faults and the support matrix give it: `powervc`. */
  readonly name: string;
  readonly words: Words;
  readonly capabilities: Capabilities;
  /** Logs in. Throws `auth.refused` for wrong credentials. */
  login(credentials: Credentials): Promise<BackendSession>;
  /**
   * The login that `BackendSession.export` told of, here or in another process. No call is made. With credentials it
   * can be renewed, as one of `login`; without them it ends with its token. Throws `auth.refused` for a text that is
   * none of this backend's, and for a login that has ended.
   */
  resume(exported: string, credentials?: Credentials): BackendSession;
  /**
   * Asks each service for what it tells without a login, one call each: the one that logs in, and those whose addresses
   * are known since the first login. Never throws for a service that does not answer.
   */
  probe(): Promise<readonly ServiceAnswer[]>;
  /** How each service of the cloud fares that was asked so far. */
  load(): readonly ServiceLoad[];
  /** Lets go of the connections: once the calls under way have ended, or with `cut` at once. */
  close(how?: Ending): Promise<void>;
}

/** One login: a user in a project. */
export interface BackendSession {
  /** What the backend can do: for verbs, which see nothing of it but its sessions. */
  readonly capabilities: Capabilities;
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
  /**
   * The login as a text, for `Backend.resume`. It is as good as the login itself: to be sealed before it leaves the
   * process.
   */
  export(): string;
  /** Something goes on in this login after its answer: a logout does not end that, until the function is called. */
  hold(): () => void;
  /** Whether the cloud still takes the login. True where that cannot be told. Never throws for a cloud that is away. */
  check(): Promise<boolean>;
  /** Ends the client's login at once. */
  logout(): Promise<void>;
}

/** Who may do what. */
export interface AccessPort {
  /**
   * The roles that users and groups have in the project; where the login may not see them, those that it has itself.
   * One call.
   */
  permissions(): Promise<Permission[]>;
  /** The public keys of the user who is logged in, where the backend keeps keys by users. One call. */
  keys(): Promise<SshPublicKey[]>;
  /** Throws `backend.conflict` for a name that is taken, `unsupported` where keys are not a user's own. */
  addKey(key: { readonly name: string; readonly content: string }): Promise<SshPublicKey>;
  removeKey(name: string): Promise<void>;
}

/** Notes that belong to no resource, and that every project and every replica sees: oVirt's tags are global. */
export interface SharedNotes {
  /**
   * One call. Empty for a user who may not look; with `required`, as something is to be changed by it, that throws
   * `backend.forbidden`.
   */
  read(options?: { readonly required?: boolean }): Promise<Readonly<Record<string, string>>>;
  /** Merged, as all notes are. Throws `backend.forbidden` for a user who may look but not write. */
  note(patch: NotesPatch): Promise<void>;
}

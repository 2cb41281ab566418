import type { BackendSession, Property, Words } from '../model/index.js';
import type { Log } from './log.js';
import type { TransferRecord } from '../generated/notes/notes.js';
import type { JobRecord } from './work/journal.js';
import type { Work } from './work/work.js';

export type { Log } from './log.js';

/** Which engine's rules apply: that of version 3 or of version 4 of the protocol. */
export type Engine = '3.6' | '4.5';

/** The context of a service's function: one login, and what the process shares between requests. */
export interface Scope {
  readonly session: BackendSession;
  /** Whether the backend has persistent memory volumes. */
  readonly hasPmem: boolean;
  /** Name of the backend in texts, such as PowerVC. */
  readonly backend: string;
  /** The names of the cloud and its hypervisor in texts. */
  readonly words: Words;
  /** Which engine's rules apply (schemas/model/rules.json). */
  readonly engine: Engine;
  /** The profile that the user logged in with: `internal` of `admin@internal`. */
  readonly profile?: string;
  readonly work: Work;
  readonly settings: ServiceSettings;
  readonly log: Log;
  /** What this request no longer waits for, because it was late before (`dispensable`). */
  readonly late: Set<string>;
  /** Image transfers, for the janitor and for events. */
  readonly transfers?: {
    tidy(scope: Scope): Promise<void>;
    /** Those of the project, including ended ones. */
    history(scope: Scope): Promise<readonly TransferRecord[]>;
  };
  /**
   * Tells the job of the request, and so its events, what the request has found: the name of what it changes or removes,
   * the VM, or that its events are another operation's (schemas/model/events.json).
   */
  readonly concerns?: (found: Pick<JobRecord, 'what' | 'as' | 'vm'>) => void;
  /**
   * Reports to the client something that it sent and that has no effect; `why` is a sentence. Call it before anything
   * is changed: in strict mode it throws `request.unknown-content`.
   */
  readonly report: (property: Property, why: string) => void;
}

/** Times are milliseconds. */
export interface ServiceSettings {
  /** First pause between two polls of work in progress; it grows to `pollMaxMs`. */
  readonly pollMs: number;
  readonly pollMaxMs: number;
  /** Factor by which the pauses grow, 1.5 by default. */
  readonly pollGrowth?: number;
  /** How long work may take before it counts as failed. */
  readonly timeoutMs: number;
  /** How long a mark of work without visible progress is left alone, because its gateway may still be working. */
  readonly leaseMs: number;
  /** oVirt leaves a new VM down, PowerVC starts it: `stop` powers it off once it is built, `run` leaves it running. */
  readonly afterCreate: 'stop' | 'run';
  /** Names of the cloud's roles whose holders may look and change nothing. */
  readonly readerRoles: readonly string[];
}

/**
 * An operation that continues after the answer. `value` is what the client sees at once; `finished` resolves to the end
 * state, or rejects with a Fault that says what went wrong and what was undone. Its rejection is always handled: nobody
 * has to await it.
 */
export interface Started<T> {
  readonly value: T;
  /** What the client asked for exists already; the remaining work is not visible. */
  readonly isThere?: boolean;
  readonly finished: Promise<T>;
}

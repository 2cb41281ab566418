import type { BackendSession, Property, Words } from '../model/index.js';
import type { Log } from './log.js';
import type { TransferRecord } from '../generated/notes/notes.js';
import type { Work } from './work.js';

export type { Log } from './log.js';

/** Whose rules hold: those of the engines of version 3 or of version 4 of the protocol. */
export type Engine = '3.6' | '4.5';

/** What a verb acts with: one login, and what the process shares between requests. */
export interface Scope {
  readonly session: BackendSession;
  /** Whether the backend has persistent memory volumes. */
  readonly hasPmem: boolean;
  /** Name of the backend as texts say it, such as PowerVC. */
  readonly backend: string;
  /** What reasons call the cloud and its hypervisor. */
  readonly words: Words;
  /** By whose rules something is allowed or refused (schemas/model/rules.json). */
  readonly engine: Engine;
  readonly work: Work;
  readonly settings: ServiceSettings;
  readonly log: Log;
  /** Image transfers: what is left of them is tidied with the rest, and events tell of them. */
  readonly transfers?: {
    tidy(scope: Scope): Promise<void>;
    /** Those of the project, the ended ones too. */
    history(scope: Scope): Promise<readonly TransferRecord[]>;
  };
  /**
   * Tells the client of something that it sent and that has no effect here; `why` is a sentence. Called before anything
   * is done: in strict mode it throws `request.unknown-content`.
   */
  readonly report: (property: Property, why: string) => void;
}

/** Times are milliseconds. */
export interface ServiceSettings {
  /** First pause between two looks at work in progress; it grows to `pollMaxMs`. */
  readonly pollMs: number;
  readonly pollMaxMs: number;
  /** How long work may take before it counts as failed. */
  readonly timeoutMs: number;
  /** How long a mark of begun work that leads nowhere is left alone: its gateway may still be at it. */
  readonly leaseMs: number;
  /**
   * oVirt leaves a new VM down, PowerVC starts what it deploys: `stop` powers it off once it is built, `run` lets it
   * run.
   */
  readonly afterCreate: 'stop' | 'run';
}

/**
 * An operation that goes on after the answer. `value` is what the client sees at once; `finished` gives the end state,
 * or throws the Fault that tells what went wrong and what was undone. It is always watched: nobody has to await it.
 */
export interface Started<T> {
  readonly value: T;
  /** What the client asked for is there already: what goes on does not show. */
  readonly isThere?: boolean;
  readonly finished: Promise<T>;
}

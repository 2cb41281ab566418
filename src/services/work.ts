import type { Asker, BackendSession } from '../model/index.js';
import type { Log } from './log.js';
import { Journal } from './journal.js';

interface Shared {
  readonly running: Map<string, Promise<unknown>>;
  readonly last: Map<string, number>;
  readonly alone: Map<string, Promise<unknown>>;
  readonly said: Map<string, number>;
  readonly journal: Journal;
  readonly followed: Followed;
}

/** Runs work that somebody follows: as a span of a trace. */
export type Followed = <T>(resource: string, act: () => Promise<T>) => Promise<T>;

interface Options {
  readonly shared?: Shared;
  /** Holds the login that it is done in; what it gives lets go of it. */
  readonly hold?: () => () => void;
  readonly correlationId?: string;
  readonly asker?: Asker;
  readonly followed?: Followed;
}

const newShared = (): Shared => ({
  running: new Map(),
  last: new Map(),
  alone: new Map(),
  said: new Map(),
  journal: new Journal(),
  followed: (_resource, act) => act(),
});

/** Things said that are remembered so as not to be said again. */
const MOST_SAID = 10_000;

/**
 * The work in progress of this process, by the resource it is done for: so that nobody who resumes it begins what is
 * under way here.
 */
export class Work {
  readonly #running: Map<string, Promise<unknown>>;
  readonly #last: Map<string, number>;
  readonly #alone: Map<string, Promise<unknown>>;
  readonly #said: Map<string, number>;
  readonly #hold: () => () => void;
  readonly #followed: Followed;
  readonly #correlationId: string | undefined;
  readonly #asker: Asker | undefined;
  readonly journal: Journal;

  constructor(
    private readonly log: Log,
    { shared = newShared(), hold = () => () => undefined, correlationId, asker, followed }: Options = {},
  ) {
    this.#running = shared.running;
    this.#last = shared.last;
    this.#alone = shared.alone;
    this.#said = shared.said;
    this.journal = shared.journal;
    this.#followed = followed ?? shared.followed;
    this.#hold = hold;
    this.#correlationId = correlationId;
    this.#asker = asker;
  }

  /**
   * The same work, done in that login: which it holds, so that a logout does not end it. Nor does it end when its asker
   * goes: what is run commits the request. What fails is logged with the correlation id of who asked for it.
   */
  within(session: Pick<BackendSession, 'hold'>, by: Pick<Options, 'correlationId' | 'asker'> = {}): Work {
    const shared = {
      running: this.#running,
      last: this.#last,
      alone: this.#alone,
      said: this.#said,
      journal: this.journal,
      followed: this.#followed,
    };
    return new Work(this.log, {
      shared,
      hold: () => session.hold(),
      ...by,
    });
  }

  /**
   * Runs `act` for the resource, after what is under way for it: that may have looked for the last time before this was
   * asked for. Failures are logged, never lost. Throws when the request was given up before.
   */
  run<T>(resource: string, act: () => Promise<T>): Promise<T> {
    this.#asker?.commit();
    const before = this.#running.get(resource);
    const release = this.#hold();
    const followed = (): Promise<T> => this.#followed(resource, act);
    const promise = (before ? before.then(followed, followed) : begun(followed)).finally(() => {
      release();
      if (this.#running.get(resource) === promise) this.#running.delete(resource);
    });
    this.#running.set(resource, promise);
    promise.catch((error: unknown) =>
      this.log.warn('work failed', {
        resource,
        correlationId: this.#correlationId,
        error: error instanceof Error ? error.message : String(error),
      }),
    );
    return promise;
  }

  /** Runs `act` for the resource unless something is under way for it. Returns at once: the register keeps the end. */
  start(resource: string, act: () => Promise<unknown>): void {
    if (!this.has(resource)) this.run(resource, act).catch(told);
  }

  /** Calls `act` unless it was called less than `intervalMs` ago: for what would be said again and again. */
  seldom(key: string, intervalMs: number, act: () => void): void {
    const now = Date.now();
    if ((this.#said.get(key) ?? -Infinity) + intervalMs > now) return;
    this.#said.delete(key);
    this.#said.set(key, now);
    for (const oldest of this.#said.keys()) {
      if (this.#said.size <= MOST_SAID) break;
      this.#said.delete(oldest);
    }
    act();
  }

  /**
   * Runs `act` unless it ran, or began to, less than `intervalMs` ago; with `first: 'after'` not before it was asked
   * for that long ago for the first time. Returns at once.
   */
  atMost(
    resource: string,
    intervalMs: number,
    act: () => Promise<void>,
    { first = 'now' }: { readonly first?: 'now' | 'after' } = {},
  ): void {
    const now = Date.now();
    const last = this.#last.get(resource) ?? (first === 'now' ? -Infinity : now);
    if (last + intervalMs > now) {
      if (last === now) this.#last.set(resource, now);
      return;
    }
    this.#last.set(resource, now);
    this.run(resource, act).catch(told);
  }

  /** Runs `act` when nobody else of this process is at this: for what a look and an act have to be one. */
  alone<T>(what: string, act: () => Promise<T>): Promise<T> {
    const before = this.#alone.get(what);
    const promise = (before ? before.then(act, act) : begun(act)).finally(() => {
      if (this.#alone.get(what) === promise) this.#alone.delete(what);
    });
    // who asked holds it and is told of its failure; the register holds it for the next
    promise.catch(told);
    this.#alone.set(what, promise);
    return promise;
  }

  has(resource: string): boolean {
    return this.#running.has(resource);
  }

  /** Waits until nothing is under way: for an orderly end. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running.values());
  }
}

/** `run` has logged the failure. */
const told = (): void => undefined;

/** What `act` throws before its first step is a failure of the work, too. */
const begun = async <T>(act: () => Promise<T>): Promise<T> => act();

import { remember, seldom, type Requester, type BackendSession } from '../../model/index.js';
import type { Log } from '../log.js';
import { Journal } from './journal.js';

interface Shared {
  readonly running: Map<string, Promise<unknown>>;
  readonly last: Map<string, number>;
  readonly alone: Map<string, Promise<unknown>>;
  readonly said: Map<string, number>;
  readonly sighted: Map<string, number>;
  readonly pauses: Map<string, Set<() => void>>;
  readonly ended: Map<string, number>;
  readonly durations: Map<string, number>;
  readonly journal: Journal;
  readonly followed: Followed;
}

/** Runs work inside a span of a trace. */
export type Followed = <T>(resource: string, act: () => Promise<T>) => Promise<T>;

interface WorkOptions {
  readonly shared?: Shared;
  /** Holds the login of the work; returns a function that releases it. */
  readonly hold?: () => () => void;
  readonly correlationId?: string;
  readonly requester?: Requester;
  readonly followed?: Followed;
}

const newShared = (): Shared => ({
  running: new Map(),
  last: new Map(),
  alone: new Map(),
  said: new Map(),
  sighted: new Map(),
  pauses: new Map(),
  ended: new Map(),
  durations: new Map(),
  journal: new Journal(),
  followed: (_resource, act) => act(),
});

/** The work in progress of this process, by resource, so that work that is already running here is not resumed. */
export class Work {
  readonly #running: Map<string, Promise<unknown>>;
  readonly #last: Map<string, number>;
  readonly #alone: Map<string, Promise<unknown>>;
  readonly #said: Map<string, number>;
  readonly #sighted: Map<string, number>;
  readonly #pauses: Map<string, Set<() => void>>;
  readonly #ended: Map<string, number>;
  readonly #durations: Map<string, number>;
  readonly #hold: () => () => void;
  readonly #followed: Followed;
  readonly #correlationId: string | undefined;
  readonly #requester: Requester | undefined;
  readonly journal: Journal;

  constructor(
    private readonly log: Log,
    { shared = newShared(), hold = () => () => undefined, correlationId, requester, followed }: WorkOptions = {},
  ) {
    this.#running = shared.running;
    this.#last = shared.last;
    this.#alone = shared.alone;
    this.#said = shared.said;
    this.#sighted = shared.sighted;
    this.#pauses = shared.pauses;
    this.#ended = shared.ended;
    this.#durations = shared.durations;
    this.journal = shared.journal;
    this.#followed = followed ?? shared.followed;
    this.#hold = hold;
    this.#correlationId = correlationId;
    this.#requester = requester;
  }

  /**
   * The same register for work in that login, which it holds, so that a logout does not end the work. Nor does the
   * client's leaving: running work commits the request. Failures are logged with the request's correlation id.
   */
  within(session: Pick<BackendSession, 'hold'>, by: Pick<WorkOptions, 'correlationId' | 'requester'> = {}): Work {
    const shared = {
      running: this.#running,
      last: this.#last,
      alone: this.#alone,
      said: this.#said,
      sighted: this.#sighted,
      pauses: this.#pauses,
      ended: this.#ended,
      durations: this.#durations,
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
   * Runs `act` for the resource, after its running work, which may have polled for the last time before this request.
   * Failures are logged, never lost. Throws if the request was given up before.
   */
  run<T>(resource: string, act: () => Promise<T>): Promise<T> {
    this.#requester?.commit();
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

  /** Runs `act` for the resource unless work on it is running. Returns at once: the register handles the end. */
  start(resource: string, act: () => Promise<unknown>): void {
    if (!this.has(resource)) this.run(resource, act).catch(logged);
  }

  /** There is no unfinished work on the resource any more, or none yet. */
  passed(resource: string): void {
    this.#sighted.delete(resource);
  }

  /** Calls `act` unless it was called less than `intervalMs` ago: for repeated log entries. */
  seldom(key: string, intervalMs: number, act: () => void): void {
    seldom(this.#said, key, intervalMs, act);
  }

  /**
   * Whether unfinished work on the resource, which another gateway has begun, can be taken over: `leaseMs` after this
   * process has first seen it. False while this process is at it.
   */
  isLeft(resource: string, leaseMs: number): boolean {
    if (this.has(resource)) return false;
    const first = this.#sighted.get(resource);
    if (first === undefined) remember(this.#sighted, resource);
    return (first ?? Date.now()) + leaseMs <= Date.now();
  }

  /**
   * Runs `act` unless it ran or started less than `intervalMs` ago; with `first: 'after'`, not before `intervalMs` have
   * passed since the first call. Returns at once.
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
    this.run(resource, act).catch(logged);
  }

  /** Runs `act` exclusively in this process: for a read and a change that belong together. */
  alone<T>(what: string, act: () => Promise<T>): Promise<T> {
    const before = this.#alone.get(what);
    const promise = (before ? before.then(act, act) : begun(act)).finally(() => {
      if (this.#alone.get(what) === promise) this.#alone.delete(what);
    });
    // the caller gets its failure; the register keeps it for the next one
    promise.catch(logged);
    this.#alone.set(what, promise);
    return promise;
  }

  /** Pauses for `ms`, or until somebody sees that what `event` names has happened (`wake`). Whether it was that. */
  pause(ms: number, event: string): Promise<boolean> {
    const sleepers = this.#pauses.get(event) ?? new Set();
    this.#pauses.set(event, sleepers);
    return new Promise((resolve) => {
      const end = (woken: boolean) => (): void => {
        clearTimeout(timer);
        sleepers.delete(wake);
        if (sleepers.size === 0 && this.#pauses.get(event) === sleepers) this.#pauses.delete(event);
        resolve(woken);
      };
      const wake = end(true);
      const timer = setTimeout(end(false), ms);
      sleepers.add(wake);
    });
  }

  /** Ends the pauses that wait for the event. */
  wake(event: string): void {
    for (const end of this.#pauses.get(event) ?? []) end();
  }

  /** A request has seen the resource whole, and is about to remove it: work that waits for that has succeeded. */
  end(resource: string): void {
    remember(this.#ended, resource);
  }

  hasEnded(resource: string): boolean {
    return this.#ended.has(resource);
  }

  /** How long work of this kind takes, as last measured in this process, milliseconds; undefined before. */
  usual(kind: string): number | undefined {
    return this.#durations.get(kind);
  }

  /** Remembers how long work of this kind has taken, milliseconds. */
  took(kind: string, ms: number): void {
    this.#durations.set(kind, ms);
  }

  has(resource: string): boolean {
    return this.#running.has(resource);
  }

  /** Waits until no work is running, for an orderly shutdown. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running.values());
  }
}

/** `run` has logged the failure. */
const logged = (): void => undefined;

/** What `act` throws synchronously is a failure of the work, too. */
const begun = async <T>(act: () => Promise<T>): Promise<T> => act();

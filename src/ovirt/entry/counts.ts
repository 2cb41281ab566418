import type { BackendSession } from '../../model/index.js';

/** Of one kind of thing. */
export interface Count {
  total: number;
  active: number;
}

/** What a service that is not to be had would tell is absent. */
export interface Summary {
  readonly vms?: Count;
  readonly hosts?: Count;
  readonly users: Count;
  readonly storage_domains?: Count;
}

interface Entry {
  readonly counts: Promise<Summary>;
  /** Epoch milliseconds; Infinity while it is counted. */
  countedAt: number;
  renewing: boolean;
}

const isWhole = ({ vms, hosts, storage_domains: domains }: Summary): boolean =>
  vms !== undefined && hosts !== undefined && domains !== undefined;

/** The most logins whose counts are remembered; the one that was counted first goes first. */
const MOST = 1000;

/**
 * The root document's counts. SDKs ask for it at each login, and counting walks all VMs (12 calls and 1.3 s at 10,000),
 * so that they are remembered: never longer than `maxAgeMs`, and counted anew in the background from half of that on.
 * What a login may see decides what it counts, so each has its own. After a change through this process they are
 * counted anew; a change by another process shows when they are too old.
 */
export class Counts {
  readonly #entries = new Map<string, Entry>();

  /** `maxAgeMs`: 0 to count for each request. */
  constructor(
    private readonly maxAgeMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Those of this login. Throws what `count` throws; a failure is not remembered. */
  get({ user, project }: Pick<BackendSession, 'user' | 'project'>, count: () => Promise<Summary>): Promise<Summary> {
    if (this.maxAgeMs === 0) return count();
    const key = `${project.id}/${user.id}`;
    const known = this.#entries.get(key);
    const age = known ? this.now() - known.countedAt : Infinity;
    if (!known || age > this.maxAgeMs) return this.#count(key, count);
    if (age > this.maxAgeMs / 2 && !known.renewing) {
      known.renewing = true;
      this.#renew(key, known, count);
    }
    return known.counts;
  }

  /** Something was changed: what was counted is no longer so. */
  forget(): void {
    this.#entries.clear();
  }

  #count(key: string, count: () => Promise<Summary>): Promise<Summary> {
    const entry: Entry = { counts: count(), countedAt: Infinity, renewing: false };
    this.#keep(key, entry);
    entry.counts.then(
      (counts) => (isWhole(counts) ? (entry.countedAt = this.now()) : this.#drop(key, entry)),
      () => this.#drop(key, entry),
    );
    return entry.counts;
  }

  /** A failure is told to whoever asks next: what is remembered ends. */
  #renew(key: string, before: Entry, count: () => Promise<Summary>): void {
    count().then(
      (counts) => {
        if (this.#entries.get(key) === before && isWhole(counts))
          this.#keep(key, { counts: Promise.resolve(counts), countedAt: this.now(), renewing: false });
      },
      () => this.#drop(key, before),
    );
  }

  #keep(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MOST) break;
      this.#entries.delete(oldest);
    }
  }

  #drop(key: string, entry: Entry): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }
}

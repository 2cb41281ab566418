import type { BackendSession } from '../../model/index.js';

/** The count of one kind of entity. */
export interface Count {
  total: number;
  active: number;
}

/** The counts of a service that is down are absent. */
export interface Summary {
  readonly vms?: Count;
  readonly hosts?: Count;
  readonly users: Count;
  readonly storage_domains?: Count;
}

/** A count in progress. */
export interface Counting {
  /**
   * What one page of VMs yields: if there are more, or were when they were last counted, without `vms`, and without
   * `hosts` where those are the hosts of VMs.
   */
  readonly soon: Promise<Summary>;
  /** The complete count: what `soon` did not count. Call it once at most. */
  readonly whole: () => Promise<Summary>;
}

/** Begins to count. `known`: as last counted. */
export type Begin = (known: Summary | undefined) => Counting;

interface Entry {
  /** As last counted; absent before the first count has ended. */
  known: Summary | undefined;
  /** Epoch milliseconds; -Infinity if something has changed since. */
  countedAt: number;
  /** The part of the running count that requests wait for. */
  under: Promise<Summary> | undefined;
  /** The running count through all pages: one at a time, however many changes make it stale. */
  walk: Promise<void> | undefined;
}

const isWhole = ({ vms, hosts, storage_domains: domains }: Summary): boolean =>
  vms !== undefined && hosts !== undefined && domains !== undefined;

/** The most logins whose counts are cached; the oldest count is dropped first. */
const MOST = 1000;

/**
 * The root document's counts. SDKs request it at each login, and counting asks for all VMs (22 calls at 10,000), so no
 * request waits for a complete count. Counts are cached, and refreshed in the background from half of `maxAgeMs`
 * on. A request that finds them older, or after a change through this process, waits for one page of VMs at most: if
 * that is all of them the counts are exact; otherwise the number of VMs is the last known one, or absent until the
 * first count has ended. Logins see different entities, so each has counts of its own.
 */
export class Counts {
  readonly #entries = new Map<string, Entry>();

  /** `maxAgeMs`: 0 counts for each request, which waits for the complete count. */
  constructor(
    private readonly maxAgeMs: number,
    private readonly now: () => number = Date.now,
    /** Called for a failed count, which no request waits for. */
    private readonly onFailure: (error: unknown) => void = () => undefined,
  ) {}

  /** The counts of this login. Throws what counting throws; a failure is not cached. */
  async get({ user, project }: Pick<BackendSession, 'user' | 'project'>, begin: Begin): Promise<Summary> {
    if (this.maxAgeMs === 0) return wholeOf(begin(undefined));
    const entry = this.#entryOf(`${project.id}/${user.id}`);
    const age = this.now() - entry.countedAt;
    if (age > this.maxAgeMs / 2) entry.under ??= this.#count(entry, begin);
    if (entry.known && (age <= this.maxAgeMs || !entry.under)) return entry.known;
    const soon = await entry.under;
    if (!soon) throw new Error('nothing is counted');
    if (soon.vms || !entry.known) return soon;
    const { vms, hosts } = entry.known;
    return { ...(vms && { vms }), ...(hosts && { hosts }), ...soon };
  }

  /** Something has changed: counts, including running ones, are stale. */
  forget(): void {
    for (const entry of this.#entries.values()) {
      entry.countedAt = -Infinity;
      entry.under = undefined;
    }
  }

  #count(entry: Entry, begin: Begin): Promise<Summary> {
    const { soon, whole } = begin(entry.known);
    const end = (counted?: Summary): void => {
      if (entry.under !== soon) return;
      entry.under = undefined;
      if (counted && isWhole(counted)) {
        entry.known = counted;
        entry.countedAt = this.now();
      } else entry.countedAt = -Infinity;
    };
    const walk = (): void => {
      // A count that a change has made stale continues to its end; the next request then starts another
      if (entry.walk) return end();
      entry.walk = whole()
        .then(end, (error: unknown) => {
          this.onFailure(error);
          end();
        })
        .finally(() => {
          entry.walk = undefined;
        });
    };
    // The request that started it reports the failure
    soon.then(
      (counted) => (counted.vms ? end(counted) : walk()),
      () => end(),
    );
    return soon;
  }

  #entryOf(key: string): Entry {
    const known = this.#entries.get(key);
    if (known) return known;
    const entry: Entry = { known: undefined, countedAt: -Infinity, under: undefined, walk: undefined };
    this.#entries.set(key, entry);
    if (this.#entries.size > MOST) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    return entry;
  }
}

async function wholeOf({ soon, whole }: Counting): Promise<Summary> {
  const counted = await soon;
  return counted.vms ? counted : whole();
}

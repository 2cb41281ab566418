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

/** A count that was begun. */
export interface Counting {
  /** What one page of VMs tells: without `vms` where there are more. */
  readonly soon: Promise<Summary>;
  /** All of it: walks through the pages that are left. Called once at most. */
  readonly whole: () => Promise<Summary>;
}

interface Entry {
  /** As last counted; absent before the first count has ended. */
  known: Summary | undefined;
  /** Epoch milliseconds; -Infinity when something was changed since. */
  countedAt: number;
  /** The count under way, as far as somebody waits for it. */
  under: Promise<Summary> | undefined;
  /** The walk under way: one at a time, however many changes overtake it. */
  walk: Promise<void> | undefined;
}

const isWhole = ({ vms, hosts, storage_domains: domains }: Summary): boolean =>
  vms !== undefined && hosts !== undefined && domains !== undefined;

/** The most logins whose counts are remembered; the one that was counted first goes first. */
const MOST = 1000;

/**
 * The root document's counts. SDKs ask for it at each login, and counting walks all VMs (12 calls and 1.3 s at 10,000):
 * nobody waits for that. They are remembered, counted anew in the background from half of `maxAgeMs` on, and whoever
 * asks when they are older, or after a change through this process, waits for one page of VMs at most: where that is
 * all of them the counts are exact, else those of VMs are the last that are known, or absent until the first walk has
 * ended. What a login may see decides what it counts, so each has its own.
 */
export class Counts {
  readonly #entries = new Map<string, Entry>();

  /** `maxAgeMs`: 0 to count for each request, which waits for it. */
  constructor(
    private readonly maxAgeMs: number,
    private readonly now: () => number = Date.now,
    /** Told of a walk that failed: nobody waits for it. */
    private readonly onFailure: (error: unknown) => void = () => undefined,
  ) {}

  /** Those of this login. Throws what counting throws; a failure is not remembered. */
  async get({ user, project }: Pick<BackendSession, 'user' | 'project'>, begin: () => Counting): Promise<Summary> {
    if (this.maxAgeMs === 0) return wholeOf(begin());
    const entry = this.#entryOf(`${project.id}/${user.id}`);
    const age = this.now() - entry.countedAt;
    if (age > this.maxAgeMs / 2) entry.under ??= this.#count(entry, begin);
    if (entry.known && (age <= this.maxAgeMs || !entry.under)) return entry.known;
    const soon = await entry.under;
    if (!soon) throw new Error('nothing is counted');
    return soon.vms || !entry.known?.vms ? soon : { ...soon, vms: entry.known.vms };
  }

  /** Something was changed: what was counted, or is just being counted, is no longer so. */
  forget(): void {
    for (const entry of this.#entries.values()) {
      entry.countedAt = -Infinity;
      entry.under = undefined;
    }
  }

  #count(entry: Entry, begin: () => Counting): Promise<Summary> {
    const { soon, whole } = begin();
    const end = (counted?: Summary): void => {
      if (entry.under !== soon) return;
      entry.under = undefined;
      if (counted && isWhole(counted)) {
        entry.known = counted;
        entry.countedAt = this.now();
      } else entry.countedAt = -Infinity;
    };
    const walk = (): void => {
      // One that a change has overtaken goes on to its end: whoever asks after that begins another
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
    // A failure is that of whoever asked
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

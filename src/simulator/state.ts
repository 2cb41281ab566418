import type { Clock } from './clock.js';
import type { FaultRules } from './faults.js';
import { checkInventory } from './inventory/form.js';
import { progressOf, restoreProgress, type Progress } from './inventory/progress.js';
import type { Random } from './random.js';
import type { WorldParts } from './simulation.js';
import type { WorkQueue } from './work.js';

/** What an inventory holds: records by kind, settings, and what is in progress. */
type Saved<Seeds, Settings> = { readonly [K in keyof Seeds]?: readonly Seeds[K][] } & Progress & {
    readonly settings?: Settings;
  };

/** What a seed becomes. */
interface Completed<R> {
  readonly key: string;
  readonly record: R;
}

/**
 * The state of a simulated cloud: one live map per kind of record. Handlers change records in place. `Records` and
 * `Seeds` have the types of each kind, `Login` is what a token identifies, `I` the inventory that is loaded and saved.
 */
export abstract class State<
  W,
  Records,
  Seeds extends { [K in keyof Records]: unknown },
  Login,
  I extends Saved<Seeds, object>,
> implements WorldParts<W> {
  readonly collections: { readonly [K in keyof Records]: Map<string, Records[K]> };
  /** Logins by their tokens. Not part of the saved state. */
  readonly tokens = new Map<string, Login>();
  readonly clock: Clock;
  readonly random: Random;
  readonly work: WorkQueue<W>;
  readonly faults: FaultRules;
  abstract settings: object;
  readonly #kinds: readonly (keyof Records & string)[];

  constructor(parts: WorldParts<W>, kinds: readonly (keyof Records & string)[]) {
    ({ clock: this.clock, random: this.random, work: this.work, faults: this.faults } = parts);
    this.#kinds = kinds;
    this.collections = Object.fromEntries(kinds.map((kind) => [kind, new Map()])) as unknown as typeof this.collections;
  }

  /** The record of a seed, with what the seed leaves out. */
  protected abstract complete<K extends keyof Records>(kind: K, seed: Seeds[K]): Completed<Records[K]>;

  /** Sets `settings` to the inventory's, and to the defaults of what it does not say. */
  protected abstract configure(inventory: I): void;

  /** Adds a record, filling in what the seed leaves out; one with the same key is replaced. */
  add<K extends keyof Records>(kind: K, seed: Seeds[K]): Records[K] {
    const { key, record } = this.complete(kind, structuredClone(seed));
    this.collections[kind].set(key, record);
    return record;
  }

  /** Replaces the whole state; logins end. Throws a TypeError for a value that is no inventory. */
  load(inventory: I): void {
    checkInventory(inventory, this.#kinds);
    for (const kind of this.#kinds) this.collections[kind].clear();
    this.tokens.clear();
    this.configure(inventory);
    const seeds: { readonly [K in keyof Seeds]?: readonly Seeds[K][] } = inventory;
    for (const kind of this.#kinds) for (const seed of seeds[kind] ?? []) this.add(kind, seed);
    restoreProgress(this, inventory);
  }

  /** The whole state as plain data, which `load` takes back. */
  save(): I {
    const records = Object.fromEntries(this.#kinds.map((kind) => [kind, [...this.collections[kind].values()]]));
    return structuredClone({ settings: this.settings, ...records, ...progressOf(this) }) as unknown as I;
  }
}

import type { Scope } from '../../services/context.js';
import type { Condition } from './ast.js';
import type { Known } from './table.js';

/** What related entities have told, for one request. */
export interface Found {
  readonly known: Known;
  readonly keys: readonly ReadonlySet<string>[];
}

export type Test<N> = (entity: N, found: Found) => boolean;

export interface Plan<N> {
  readonly test: Test<N>;
  /** Reads what conditions on other objects need: each of those objects once, side by side. */
  prepare(scope: Scope): Promise<Found>;
  /** The keys that a condition on another object left, when it stands for a field of this one. */
  readonly viaOf: ReadonlyMap<Condition, number>;
}

export interface Options {
  readonly caseSensitive: boolean;
  readonly now: number;
}

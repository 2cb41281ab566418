import type { Scope } from '../../services/context.js';
import type { Condition } from './ast.js';
import type { Known } from './table.js';

/** Values of related entities, for one request. */
export interface Prepared {
  readonly known: Known;
  readonly keys: readonly ReadonlySet<string>[];
}

export type Test<N> = (entity: N, found: Prepared) => boolean;

export interface Plan<N> {
  readonly test: Test<N>;
  /** Reads what conditions on other objects need: each of those objects once, in parallel. */
  prepare(scope: Scope): Promise<Prepared>;
  /** For a condition on another object that replaces a field of this one: the index of its keys. */
  readonly viaOf: ReadonlyMap<Condition, number>;
}

export interface PlanOptions {
  readonly caseSensitive: boolean;
  readonly now: number;
}

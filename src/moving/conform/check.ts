import type { Bench } from './bench.js';

/** How much is checked: what only reads; a day of a VM; and what is to be refused, too. Each holds those before it. */
export type Profile = 'read-only' | 'day' | 'full';
export const profiles: readonly Profile[] = ['read-only', 'day', 'full'];

/** `not run`: something that it needs is not there, or failed before. */
export type Result = 'kept' | 'differs' | 'not offered' | 'not run';
export const results: readonly Result[] = ['kept', 'differs', 'not offered', 'not run'];

export interface Check {
  /** Stable, for the file of known deviations: `vms.list.xml`. */
  readonly name: string;
  readonly title: string;
  /** Where it is written or seen: a file of the engine, an example of the guide, a client that relies on it. */
  readonly source: string;
  readonly profile: Profile;
  /** The version that it is of; both where absent. */
  readonly api?: string;
  /** The operation that the support matrix lists it under. */
  readonly operation?: string;
  /** @throws Differs, NotOffered, NotRun */
  run(bench: Bench): Promise<void>;
}

export interface CheckResult extends Omit<Check, 'run' | 'api'> {
  readonly api: string;
  readonly result: Result;
  readonly expected?: string;
  readonly got?: string;
  /** Why it is not offered or was not run; why it is known to differ; how it differed before it was repeated and kept. */
  readonly why?: string;
  /** Differs as the file of known deviations says. */
  readonly known?: boolean;
  readonly milliseconds: number;
}

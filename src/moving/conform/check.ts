import type { Bench } from './bench.js';

/** How much is checked: reads only; also the life of a VM; also refusals. Each profile includes those before it. */
export type Profile = 'read-only' | 'day' | 'full';
export const profiles: readonly Profile[] = ['read-only', 'day', 'full'];

/** `not run`: a prerequisite is missing, or an earlier check failed. */
export type Result = 'kept' | 'differs' | 'not offered' | 'not run';
export const results: readonly Result[] = ['kept', 'differs', 'not offered', 'not run'];

export interface Check {
  /** A stable name for the file of known deviations, such as `vms.list.xml`. */
  readonly name: string;
  readonly title: string;
  /**
   * Where the behavior is specified or seen: a class of the engine, an example in the guide, a client that relies on
   * it.
   */
  readonly source: string;
  readonly profile: Profile;
  /** The only version that it applies to; both if absent. */
  readonly api?: string;
  /** The operation's name in the support matrix. */
  readonly operation?: string;
  /** @throws Differs, NotOffered, NotRun */
  run(bench: Bench): Promise<void>;
}

export interface CheckResult extends Omit<Check, 'run' | 'api'> {
  readonly api: string;
  readonly result: Result;
  readonly expected?: string;
  readonly got?: string;
  /**
   * Why it is not offered or was not run; why it is known to differ; or how it differed before a repetition was kept.
   */
  readonly why?: string;
  /** Whether the file of known deviations lists it. */
  readonly known?: boolean;
  readonly milliseconds: number;
}

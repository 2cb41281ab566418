import fc from 'fast-check';
import { fuzzers, type Fuzzer } from './fuzzers.js';
import type { Target } from './target.js';

export interface Figures {
  readonly name: string;
  readonly cases: number;
  /** Requests by status; `none`: the connection ended without an answer. */
  readonly ends: ReadonlyMap<string, number>;
  /** The first 5xx, with their cases. */
  readonly failures: readonly string[];
  /** How long the slowest case took, and which it was. */
  readonly slowest: { readonly ms: number; readonly given: string };
  /** The smallest case that was found to go wrong, and how to run it again; undefined if none did. */
  readonly wrong?: string;
}

export interface Wanted {
  readonly seed: number;
  readonly runs: number;
  /** One case of a run that was printed. */
  readonly path?: string;
}

/** Of a case, characters. */
const MOST_SHOWN = 1500;
const MOST_FAILURES = 3;
const shown = (given: unknown): string => JSON.stringify(given).slice(0, MOST_SHOWN);

/** Sends the cases of one fuzzer, one after the other; a case that goes wrong is made as small as may be. */
export async function fuzz(name: string, target: Target, { seed, runs, path }: Wanted): Promise<Figures> {
  const ends = new Map<string, number>();
  const failures: string[] = [];
  let slowest = { ms: 0, given: '' };
  let cases = 0;
  const { cases: given, send } = fuzzers[name] as Fuzzer;
  const property = fc.asyncProperty(given, async (one) => {
    target.reset();
    target.bugs();
    const began = performance.now();
    const seen = await send(target, one);
    const ms = performance.now() - began;
    if (ms > slowest.ms) slowest = { ms, given: shown(one) };
    cases += 1;
    for (const end of seen.ends) ends.set(end, (ends.get(end) ?? 0) + 1);
    for (const failure of seen.failures ?? [])
      if (failures.length < MOST_FAILURES) failures.push(`${shown(one)}: ${failure.slice(0, MOST_SHOWN)}`);
    if (!target.isAlive()) throw new Error('the process ended');
    const wrongs = [...seen.wrongs, ...target.bugs()];
    if (wrongs.length > 0) throw new Error(wrongs.join('; '));
  });
  const details = await fc.check(property, {
    seed,
    numRuns: runs,
    ...(path !== undefined && { path }),
    timeout: 60_000,
  });
  if (!details.failed) return { name, cases, ends, failures, slowest };
  const { counterexample, counterexamplePath, errorInstance } = details;
  const what = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return {
    name,
    cases,
    ends,
    failures,
    slowest,
    wrong: `--of ${name} --seed ${seed} --path ${String(counterexamplePath)}: ${JSON.stringify(counterexample).slice(0, MOST_SHOWN)}: ${what.slice(0, MOST_SHOWN)}`,
  };
}

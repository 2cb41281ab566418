import { EndpointError } from '../endpoint/index.js';
import type { Bench } from './bench.js';
import { profiles, type Check, type CheckResult, type Profile } from './check.js';
import { Differs, NotOffered, NotRun } from './outcomes.js';
import { dayChecks, endChecks } from './checks/day.js';
import { refusalChecks } from './checks/refusals.js';
import { tableChecks } from './checks/tables.js';
import { wireChecks } from './checks/wire.js';
import type { Deviations } from './deviations.js';

/** The checks of a profile for the endpoint's version, in their order. */
export function checksFor({ version }: Bench, profile: Profile): Check[] {
  const level = profiles.indexOf(profile);
  return [...wireChecks, ...tableChecks(version), ...dayChecks, ...refusalChecks, ...endChecks].filter(
    (check) => profiles.indexOf(check.profile) <= level && (check.api === undefined || check.api === version.number),
  );
}

type Outcome = Pick<CheckResult, 'result' | 'expected' | 'got' | 'why'>;

/**
 * How often a check that only reads is tried. It compares answers to several requests, and others use the endpoint
 * meanwhile: what they add or remove between two of them is no fault of the endpoint's.
 */
const LOOKS = 3;

async function outcomeOf(check: Check, bench: Bench): Promise<Outcome> {
  try {
    await check.run(bench);
    return { result: 'kept' };
  } catch (error) {
    if (error instanceof Differs) return { result: 'differs', expected: error.expected, got: error.got };
    if (error instanceof NotOffered) return { result: 'not offered', why: error.message };
    if (error instanceof NotRun) return { result: 'not run', why: error.message };
    if (error instanceof EndpointError && error.isAway) throw error;
    if (error instanceof EndpointError) return { result: 'differs', expected: 'an answer', got: error.message };
    throw error;
  }
}

/** The outcome of a check; of one that only reads, the first that is not `differs`. */
async function settledOutcome(check: Check, bench: Bench): Promise<Outcome> {
  const first = await outcomeOf(check, bench);
  let last = first;
  for (let look = 2; last.result === 'differs' && check.profile === 'read-only' && look <= LOOKS; look += 1) {
    last = await outcomeOf(check, bench);
  }
  if (first.result !== 'differs' || last.result !== 'kept') return last;
  const { expected = '', got = '' } = first;
  return { ...last, why: `when it was repeated; at first ${expected} was expected, and ${got} received` };
}

/**
 * Runs the checks one after the other; later ones work with what earlier ones made.
 * @throws EndpointError when the endpoint is no longer there.
 */
export async function* runChecks(
  checks: readonly Check[],
  bench: Bench,
  deviations: Deviations,
): AsyncGenerator<CheckResult> {
  for (const check of checks) {
    const { name, title, source, profile, operation } = check;
    const began = performance.now();
    const outcome = await settledOutcome(check, bench);
    const why = outcome.result === 'differs' ? deviations.whyOf(check.name, bench.version.number) : undefined;
    yield {
      ...{ name, title, source, profile, ...(operation !== undefined && { operation }) },
      api: bench.version.number,
      ...outcome,
      ...(why !== undefined && { known: true, why }),
      milliseconds: Math.round(performance.now() - began),
    };
  }
}

import { EndpointError } from '../endpoint/index.js';
import type { Bench } from './bench.js';
import { profiles, type Check, type CheckResult, type Profile } from './check.js';
import { Differs, NotOffered, NotRun } from './outcomes.js';
import { dayChecks, endChecks } from './checks/day.js';
import { refusalChecks } from './checks/refusals.js';
import { tableChecks } from './checks/tables.js';
import { wireChecks } from './checks/wire.js';
import { corpusChecks, type Kit } from './corpus/index.js';
import type { Deviations } from './deviations.js';

/**
 * The checks of a profile for the endpoint's version, in the order in which they run; the exchanges of a kit come last.
 */
export function checksFor(bench: Bench, profile: Profile, kit?: Kit): Check[] {
  const { version } = bench;
  const level = profiles.indexOf(profile);
  const own = [...wireChecks, ...tableChecks(version), ...dayChecks, ...refusalChecks, ...endChecks].filter(
    (check) => profiles.indexOf(check.profile) <= level && (check.api === undefined || check.api === version.number),
  );
  return kit ? [...own, ...corpusChecks(bench, kit, profile)] : own;
}

type Outcome = Pick<CheckResult, 'result' | 'expected' | 'got' | 'why'>;

/**
 * How many times a check that only reads is tried. It compares answers to several requests, and what other clients
 * change between two of them is not the endpoint's fault.
 */
const TRIES = 3;

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

/** The outcome of a check. One that only reads is repeated while it differs. */
async function settledOutcome(check: Check, bench: Bench): Promise<Outcome> {
  const first = await outcomeOf(check, bench);
  let last = first;
  for (let tried = 2; last.result === 'differs' && check.profile === 'read-only' && tried <= TRIES; tried += 1) {
    last = await outcomeOf(check, bench);
  }
  if (first.result !== 'differs' || last.result !== 'kept') return last;
  const { expected = '', got = '' } = first;
  return { ...last, why: `only when repeated: at first expected ${expected}, got ${got}` };
}

/**
 * Runs the checks one after the other. Later checks use what earlier ones created.
 * @throws EndpointError if the endpoint goes away.
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

import { replayResults, type Replayed, type ReplayResult } from './replay.js';

type Counts = Readonly<Record<ReplayResult, number>>;

export interface ReplayRow {
  readonly client: string;
  readonly operation: string;
  readonly requests: number;
  readonly counts: Counts;
  /** What differs or is refused, each reason once, the most frequent first. */
  readonly why: readonly string[];
}

export interface ReplayReport {
  readonly counts: Counts;
  readonly rows: readonly ReplayRow[];
}

const MOST_REASONS = 10;
/** Maximum number of distinct reasons in a row; more are only counted. */
const MOST_KEPT = 200;

/** Collects results in bounded memory. */
export class ReplayTally {
  readonly #rows = new Map<
    string,
    { client: string; operation: string; counts: Record<ReplayResult, number>; why: Map<string, number> }
  >();

  add({ client, operation, result, why }: Replayed): void {
    const key = `${client}\n${operation}`;
    const row = this.#rows.get(key) ?? { client, operation, counts: noCounts(), why: new Map<string, number>() };
    this.#rows.set(key, row);
    row.counts[result] += 1;
    for (const one of why)
      if (row.why.has(one) || row.why.size < MOST_KEPT) row.why.set(one, (row.why.get(one) ?? 0) + 1);
  }

  /** The order of rows: what will not work first, then by number of requests, descending. */
  report(): ReplayReport {
    const bad = ({ counts }: ReplayRow): number => counts.refused * 2 + counts.different;
    const rows = [...this.#rows.values()].map(({ client, operation, counts, why }): ReplayRow => ({
      client,
      operation,
      requests: replayResults.reduce((sum, result) => sum + counts[result], 0),
      counts,
      why: [...why]
        .sort(([, many], [, more]) => more - many)
        .slice(0, MOST_REASONS)
        .map(([one]) => one),
    }));
    const sums = noCounts();
    for (const { counts } of rows) for (const result of replayResults) sums[result] += counts[result];
    return {
      counts: sums,
      rows: rows.sort((a, b) => bad(b) - bad(a) || b.requests - a.requests || a.operation.localeCompare(b.operation)),
    };
  }
}

const noCounts = (): Record<ReplayResult, number> => ({
  same: 0,
  equivalent: 0,
  different: 0,
  refused: 0,
  'not sent': 0,
});

const countsText = (counts: Counts): string =>
  replayResults
    .filter((result) => counts[result] > 0)
    .map((result) => `${counts[result]} ${result}`)
    .join(', ') || 'nothing';

/** The report as plain text: a line for each client and operation, with the reasons below it. */
export const replayText = ({ counts, rows }: ReplayReport): string =>
  [
    countsText(counts),
    '',
    ...rows.flatMap(({ client, operation, counts: own, why }) => [
      `${client}  ${operation}: ${countsText(own)}`,
      ...(own.refused + own.different + own['not sent'] > 0 ? why.map((one) => `    ${one}`) : []),
    ]),
    '',
  ].join('\n');

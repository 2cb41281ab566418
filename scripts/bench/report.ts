/** One line of the table: the ratio of speed (or size) to its baseline. */
export interface Row {
  readonly what: string;
  readonly ratio: number;
  /** The lowest and the highest of the rounds. */
  readonly spread?: readonly [number, number];
  readonly goal: string;
  readonly detail: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The ratio of a row from those of its rounds. */
export const ofRounds = (ratios: readonly number[]): { readonly ratio: number; readonly spread: [number, number] } => ({
  ratio: median(ratios),
  spread: [Math.min(...ratios), Math.max(...ratios)],
});

export function tableOf(rows: readonly Row[]): string {
  const lines = [
    ['', 'ratio', 'goal', 'rounds', 'measured'],
    ...rows.map(({ what, ratio, spread, goal, detail }) => [
      what,
      ratio >= 100 ? ratio.toFixed(0) : ratio.toFixed(2),
      goal,
      spread ? spread.map((one) => one.toFixed(2)).join('-') : '',
      detail,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column === 1 ? cell.padStart(widths[1]!) : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** One line of the table: how many times as fast (or large) as what it is held against. */
export interface Row {
  readonly what: string;
  readonly ratio: number;
  readonly goal: string;
  readonly detail: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function tableOf(rows: readonly Row[]): string {
  const lines = [
    ['', 'ratio', 'goal', 'measured'],
    ...rows.map(({ what, ratio, goal, detail }) => [
      what,
      ratio >= 100 ? ratio.toFixed(0) : ratio.toFixed(2),
      goal,
      detail,
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column === 1 ? cell.padStart(widths[1]!) : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

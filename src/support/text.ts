import type { Matrix } from './matrix.js';

/** Rows as columns of plain text; the last column is as long as it is. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => (row[index] ?? '').length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** The matrix for a terminal: operations, then the fields of each type. */
export function matrixText({ backends, operations, types }: Matrix, options: { readonly fields: boolean }): string {
  const each = <T extends { readonly on: Matrix['operations'][number]['on'] }>(
    rows: readonly T[],
    head: (row: T) => readonly string[],
  ): string[][] =>
    rows.flatMap((row) =>
      backends.map((backend) => [
        ...head(row),
        ...(backends.length > 1 ? [backend] : []),
        row.on[backend]?.support ?? '',
        row.on[backend]?.how ?? '',
      ]),
    );
  const parts = [columns(each(operations, ({ method, path }) => [method, path]))];
  if (options.fields)
    for (const { name, version, fields } of types)
      parts.push(`\n${name}, version ${version}\n`, columns(each(fields, ({ field }) => [`  ${field}`])));
  return parts.join('');
}

import type { Matrix } from './matrix.js';
import type { Standing } from './standing.js';
import { supports, type SupportLevel } from './standing.js';

/** A filter of the matrix. Words are searched for anywhere in a row, in any case; all of them must occur. */
export interface Filter {
  readonly words: readonly string[];
  readonly support?: SupportLevel;
}

/** `?find=disk size&support=refused`. An unknown kind of support is ignored: people see that at once. */
export function filterOf(parameters: URLSearchParams): Filter {
  const support = supports.find((one) => one === parameters.get('support'));
  return {
    words: (parameters.get('find') ?? '').slice(0, 200).toLowerCase().split(/\s+/).filter(Boolean),
    ...(support && { support }),
  };
}

/** A field as X-Ovirt-Ignored names it: `disk.format`. */
const pathOf = ({ name, element = name }: Matrix['types'][number], field: string): string => `${element}.${field}`;

/** The rows that fit; types without any are left out. */
export function filtered(matrix: Matrix, { words, support }: Filter): Matrix {
  const fits = (on: Readonly<Record<string, Standing>>, texts: readonly string[]): boolean => {
    const standings = Object.values(on);
    const text = [...texts, ...standings.flatMap((one) => [one.support, one.how])].join(' ').toLowerCase();
    return (
      (support === undefined || standings.some((one) => one.support === support)) &&
      words.every((word) => text.includes(word))
    );
  };
  return {
    backends: matrix.backends,
    operations: matrix.operations.filter(({ on, name, method, path, summary, since, parameters }) =>
      fits(on, [name, method, path, summary, since, ...parameters]),
    ),
    types: matrix.types
      .map((type) => ({
        ...type,
        fields: type.fields.filter(({ on, field }) => fits(on, [type.name, field, pathOf(type, field)])),
      }))
      .filter(({ fields }) => fields.length > 0),
  };
}

/** How many rows of each kind one backend has. */
export function counts(
  rows: readonly { readonly on: Readonly<Record<string, Standing>> }[],
  backend: string,
): Record<SupportLevel, number> {
  const all = Object.fromEntries(supports.map((support) => [support, 0])) as Record<SupportLevel, number>;
  for (const { on } of rows) {
    const found = on[backend];
    if (found) all[found.support] += 1;
  }
  return all;
}

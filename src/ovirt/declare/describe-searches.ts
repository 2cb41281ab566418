import type { Declaration } from '../version/declaration.js';
import { kinds } from '../search/kinds.js';
import type { SearchTable } from '../search/table.js';

/** A searchable field in words. */
export interface DescribedField {
  readonly name: string;
  readonly takes: string;
  readonly about: string;
  readonly sorted: boolean;
}

/** A searchable collection in words: for documents. */
export interface DescribedSearch {
  readonly path: string;
  readonly object: string;
  readonly fields: readonly DescribedField[];
  readonly related: readonly string[];
}

/** The search fields of those operations that can be searched. */
export const describeSearches = (operations: readonly Declaration[]): DescribedSearch[] =>
  operations.flatMap(({ path, searchable, search }) => (searchable && search ? [{ path, ...describe(search) }] : []));

function describe({ object, fields, related }: SearchTable<never>): Omit<DescribedSearch, 'path'> {
  return {
    object,
    related: Object.keys(related?.() ?? {}),
    fields: Object.entries(fields).map(([name, { kind, words = [], unit, about }]) => ({
      name,
      about,
      sorted: kinds[kind].ordered,
      takes:
        words.length > 0
          ? words.join(', ')
          : unit === undefined
            ? kinds[kind].takes
            : `${kinds[kind].takes}; plain numbers count ${unitName(unit)}`,
    })),
  };
}

const unitName = (unit: number): string =>
  ['bytes', 'KB', 'MB', 'GB', 'TB'][Math.round(Math.log2(unit) / 10)] ?? `${unit} bytes`;

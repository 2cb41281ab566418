import type { Capabilities } from '../model/index.js';
import type { Declaration, Version } from '../ovirt/index.js';
import { typesOf, type SupportedType, type TableSource } from './fields.js';
import { rulesOf } from './rules.js';
import { sentence } from './sentence.js';
import { inWords, unable, type Standing, type SupportedBackend } from './standing.js';

export interface SupportedOperation {
  readonly name: string;
  /** Path's first segment: what the operation is about. */
  readonly collection: string;
  readonly method: string;
  /** `/vms/{vm}/disks`. */
  readonly path: string;
  readonly summary: string;
  /** The first version of the protocol that has it; `gateway` for an extension. */
  readonly since: string;
  /** The versions of the protocol that have it: `3`, `4`. */
  readonly versions: readonly string[];
  readonly parameters: readonly string[];
  readonly required: readonly string[];
  /** Elements of the documents that it reads and answers. */
  readonly reads: readonly string[];
  readonly answers: string;
  readonly faults: readonly string[];
  /** By the backend's name. */
  readonly on: Readonly<Record<string, Standing>>;
}

/** What is supported, how, and why not: for each operation and each field, on each backend. */
export interface Matrix {
  readonly backends: readonly string[];
  readonly operations: readonly SupportedOperation[];
  readonly types: readonly SupportedType[];
}

/**
 * Builds the matrix from the declared operations, the mapping tables and the backends' capabilities. Nothing is written
 * twice.
 */
export function supportMatrix(
  versions: readonly Version[],
  backends: readonly SupportedBackend[],
  tables: TableSource,
): Matrix {
  // an operation that several versions have is one row, at the path of the first; one that a version refuses is two
  const rows = new Map<string, { readonly operation: Declaration; readonly numbers: string[] }>();
  for (const { number, operations } of versions)
    for (const operation of operations) {
      const key = JSON.stringify([operation.name, operation.support, operation.how]);
      const row = rows.get(key);
      if (row) row.numbers.push(number);
      else rows.set(key, { operation, numbers: [number] });
    }
  const sides = backends.map((backend) => ({ ...backend, as: rulesOf(tables, backend) }));
  return {
    backends: backends.map(({ name }) => name),
    operations: [...rows.values()].map(({ operation, numbers }) => ({
      name: operation.name,
      collection: /^\/(\w+)/.exec(operation.path)?.[1] ?? 'api',
      method: operation.method,
      path: shownPath(operation.path),
      summary: operation.summary,
      since: operation.since,
      versions: numbers,
      parameters: operation.parameters,
      required: operation.required.map(({ field }) => field),
      reads: operation.reads,
      answers: operation.answers,
      faults: operation.faults,
      on: Object.fromEntries(
        sides.map(({ name, words, capabilities, as }) => [
          name,
          inWords(as(operation.name, standing(operation, capabilities)), words),
        ]),
      ),
    })),
    types: versions.flatMap((version) => typesOf(tables, version, backends)),
  };
}

/** What a backend lacks counts, whatever the operation declares. */
function standing({ kind, support, how, needs, needsThen }: Declaration, capabilities: Capabilities): Standing {
  const lacks =
    support === 'refused'
      ? undefined
      : [...needs, ...needsThen].map((need) => capabilities[need]).find((able) => able !== true);
  return typeof lacks === 'string' ? unable(kind === 'list', lacks) : { support, how: sentence(how) };
}

const shownPath = (path: string): string => path.replace(/\{(\w+):\w+\}/g, '{$1}');

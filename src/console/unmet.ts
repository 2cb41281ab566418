import type { RequestRecord } from '../ovirt/index.js';
import type { Unmet } from './observed.js';

/** How many kinds of unmet requests are kept; more are counted together as `other`. */
const MOST = 2000;

/** `Mozilla/5.0 (X11; …)` → `Mozilla/5.0`; `PythonSDK/4.6.2` → `PythonSDK/4.6`. */
export function clientOf(userAgent: string | undefined): string {
  const [, product, version] = /^\s*([^\s/;(]{1,60})(?:\/v?(\d+(?:\.\d+)?))?/.exec(userAgent ?? '') ?? [];
  if (product === undefined) return '(none)';
  return version === undefined ? product : `${product}/${version}`;
}

/** Faults that mean that a request is unsupported or wrong. */
const REFUSALS: ReadonlySet<string> = new Set([
  'unsupported',
  'request.unknown-path',
  'request.unknown-content',
  'request.method',
  'request.version',
  'request.media-type',
  'request.not-acceptable',
  'request.value',
  'request.syntax',
  'request.search',
]);

/**
 * What clients requested and did not get, by client, operation and subject: what a migration has to settle. Bounded; in
 * memory.
 */
export class UnmetTally {
  readonly #rows = new Map<string, Unmet>();

  add({ userAgent, operation = 'none', ignored, fault, at, correlationId, method, path }: RequestRecord): void {
    const client = clientOf(userAgent);
    for (const { path: subject, why } of ignored)
      this.#count({ kind: 'ignored', client, operation, subject, reason: why, at, correlationId });
    if (fault && REFUSALS.has(fault.code)) {
      const operationName = operation === 'none' ? `${method} ${shape(path)}` : operation;
      this.#count({
        kind: 'refused',
        client,
        operation: operationName,
        subject: fault.code,
        reason: fault.detail,
        at,
        correlationId,
      });
    }
  }

  /** The most frequent first. */
  list(): Unmet[] {
    return [...this.#rows.values()].sort((a, b) => b.count - a.count || b.lastAt - a.lastAt);
  }

  clear(): void {
    this.#rows.clear();
  }

  #count({ at, ...row }: Omit<Unmet, 'count' | 'lastAt'> & { readonly at: number }): void {
    const key = keyOf(row);
    const isRoom = this.#rows.has(key) || this.#rows.size < MOST;
    const counted = isRoom ? row : { ...row, client: OTHER, operation: OTHER, subject: OTHER, reason: '' };
    const countedKey = keyOf(counted);
    const count = (this.#rows.get(countedKey)?.count ?? 0) + 1;
    this.#rows.set(countedKey, { ...counted, count, lastAt: at });
  }
}

const OTHER = 'other';
const keyOf = ({ kind, client, operation, subject }: Omit<Unmet, 'count' | 'lastAt'>): string =>
  [kind, client, operation, subject].join('\n');

/** The path with its ids left out, so that one missing path is one row. */
const shape = (path: string): string =>
  path
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, '{id}')
    .replace(/\/\d+(?=\/|$)/g, '/{id}')
    .slice(0, 120);

const COLUMNS = ['kind', 'client', 'operation', 'subject', 'reason', 'count', 'lastAt', 'correlationId'] as const;

/** A cell by RFC 4180; a text that a spreadsheet would take for a formula is quoted as text. */
function cell(value: string | number): string {
  const text = String(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** As CSV (RFC 4180), with a line of column names; `lastAt` in ISO 8601. */
export const unmetCsv = (rows: readonly Unmet[]): string =>
  [
    COLUMNS.join(','),
    ...rows.map((row) =>
      COLUMNS.map((column) => cell(column === 'lastAt' ? new Date(row.lastAt).toISOString() : row[column])).join(','),
    ),
  ]
    .map((line) => `${line}\r\n`)
    .join('');

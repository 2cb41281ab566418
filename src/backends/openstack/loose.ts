import { converters } from '../../mapping/converters.js';
import { readerOf } from '../http/read.js';

/** What PowerVC sends in more than one form (docs/reference/power.md, 1.8), read where no table does it. */

/** ISO 8601 in UTC; an instant without a zone is UTC. Throws `backend.answer`. */
export const instant = (text: string): string => read(() => converters['iso-utc'].in(text));

/** Undefined for what is absent or no number. */
export function looseNumber(value: number | string | null | undefined): number | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

export const looseBoolean = (value: unknown): boolean =>
  value === true || (typeof value === 'string' && value.trim().toLowerCase() === 'true');

/** Runs a mapper over an answer. Throws `backend.answer` for a value that it cannot read. */
export const read = readerOf('OpenStack');

import type { Request } from 'express';
import type { Parameters } from '../http/parameters.js';
import type { Version } from '../version/version.js';

/** A client's preferences for the answer, from headers and parameters. */
export interface Preferences {
  readonly wait: boolean;
  readonly background: boolean;
  readonly minimal: boolean;
  readonly strict: boolean;
  readonly allContent: boolean;
  readonly filtered: boolean;
}

/**
 * Reads `Expect` and its twin `X-Ovirt-Expect`, `Prefer` (RFC 7240), `All-Content`, `Filter` (docs/reference/ovirt.md,
 * section 4). Throws `request.value` for a parameter that is not a boolean.
 */
export function preferencesOf(
  request: Request,
  parameters: Parameters,
  { protocol: { headerTrue } }: Version,
): Preferences {
  /** In version 3 only `true`, in any case, is true; version 4 has more spellings. */
  function isTrue(header: string): boolean {
    const given = request.headers[header];
    if (given === undefined) return false;
    const value = String(given).trim().toLowerCase();
    return value === 'true' || headerTrue.includes(value);
  }

  const expected = [...listOf(request, 'expect'), ...listOf(request, 'x-ovirt-expect')];
  const preferred = listOf(request, 'prefer');
  return {
    wait: expected.includes('201-created'),
    background: parameters.choice('async') ?? expected.includes('202-accepted'),
    minimal: preferred.includes('return=minimal'),
    strict: preferred.includes('handling=strict'),
    allContent: parameters.choice('all_content') ?? isTrue('all-content'),
    filtered: parameters.choice('filter') ?? isTrue('filter'),
  };
}

const NONE: readonly string[] = [];

function listOf({ headers }: Request, header: string): readonly string[] {
  const text = headers[header];
  if (text === undefined) return NONE;
  return String(text)
    .split(',')
    .map((item) => item.trim().replaceAll('"', '').toLowerCase());
}

import type { Check } from '../check.js';
import { formatChecks } from './wire-formats.js';
import { loginChecks } from './wire-logins.js';
import { rootChecks } from './wire-root.js';
import { searchChecks } from './wire-searches.js';

/** The protocol itself, independent of operations. These checks change nothing. */
export const wireChecks: readonly Check[] = [...rootChecks, ...loginChecks, ...searchChecks, ...formatChecks].map(
  (check) => ({ ...check, profile: 'read-only' }),
);

import { messageBy, refusalBy, type StatusTable } from '../http/refusal.js';

const QUOTA = /quota|maximum number of|exceeded|exceeds/i;

const codes: StatusTable = [
  { status: 206, code: 'backend.partial' },
  { status: 400, code: 'backend.refused' },
  { status: 401, code: 'backend.login' },
  { status: 403, when: QUOTA, code: 'backend.quota' },
  { status: 403, code: 'backend.forbidden' },
  { status: 408, code: 'backend.timeout' },
  { status: 409, when: /quota exceeded/i, code: 'backend.quota' },
  { status: 409, code: 'backend.conflict' },
  { status: 412, code: 'backend.conflict' },
  // Nova's limit for a body, whose shape is Glance's
  { status: 413, when: /request is too large/i, code: 'backend.refused' },
  { status: 413, when: QUOTA, code: 'backend.quota' },
  { status: 413, code: 'backend.busy' },
  { status: 422, code: 'backend.conflict' },
  { status: 429, code: 'backend.busy' },
  // A driver without the feature: a retry is of no use
  { status: 501, code: 'backend.refused' },
  { status: 502, code: 'backend.answer' },
  { status: 503, code: 'backend.busy' },
  { status: 504, code: 'backend.timeout' },
  { status: 507, code: 'backend.space' },
];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The message in a body of any service: Keystone `{error: {message}}`, Neutron `{NeutronError: {message}}` (older: a
 * text), Nova and Cinder `{<kind>: {message}}`, Glance `{message}` with `<br />`, Gnocchi `{description}`, HTML of a
 * proxy, plain text.
 */
const textIn = (body: unknown): string =>
  (isObject(body) ? inObject(body) : typeof body === 'string' ? body : undefined) ?? '';

function inObject(body: Record<string, unknown>): string | undefined {
  if (typeof body['message'] === 'string') return body['message'];
  if (body['description'] !== undefined)
    return typeof body['description'] === 'string' ? body['description'] : JSON.stringify(body['description']);
  for (const value of Object.values(body)) {
    if (isObject(value) && typeof value['message'] === 'string') return value['message'];
    if (typeof value === 'string') return value;
  }
  return undefined;
}

/** Nova and Cinder repeat the header in their body. */
const retryAfterIn = (body: unknown): unknown =>
  isObject(body) ? Object.values(body).find(isObject)?.['retryAfter'] : undefined;

/** A service's own message. */
export const messageOf = messageBy({ textIn });

/** The fault of a refusal (docs/reference/power.md, 1.7 and the last lines of 4.4). */
export const refusal = refusalBy({ codes, textIn, retryAfterIn });

import { messageBy, refusalBy, type StatusTable } from '../http/refusal.js';

/**
 * By status: Power Virtual Server API, Error handling, and what IBM's client declares beyond it
 * (docs/reference/power.md, 3.1): 206, 410, 422, 429, 504, 550.
 */
const codes: StatusTable = [
  { status: 206, code: 'backend.partial' },
  { status: 400, when: /quota|limit of|exceed|maximum number/i, code: 'backend.quota' },
  { status: 400, code: 'backend.refused' },
  { status: 401, code: 'backend.login' },
  { status: 403, when: /quota|exceed/i, code: 'backend.quota' },
  { status: 403, code: 'backend.forbidden' },
  { status: 408, code: 'backend.timeout' },
  { status: 409, when: /quota exceeded/i, code: 'backend.quota' },
  { status: 409, code: 'backend.conflict' },
  { status: 422, when: /capacity|not enough (space|storage)|insufficient/i, code: 'backend.space' },
  { status: 422, code: 'backend.conflict' },
  { status: 429, code: 'backend.busy' },
  { status: 502, code: 'backend.answer' },
  { status: 503, code: 'backend.busy' },
  { status: 504, code: 'backend.timeout' },
  // Networks have it, and IBM's client says no more of it than "Workspace Status Error"
  { status: 550, code: 'backend.conflict' },
];

/**
 * The text in a body: PowerVS `{code, description, error, message}`, of which any may be missing; IAM `{errorCode,
 * errorMessage}`; the page of a proxy.
 */
const textIn = (body: unknown): string =>
  typeof body === 'object' && body !== null
    ? inObject(body as Record<string, unknown>)
    : typeof body === 'string'
      ? body
      : '';

const inObject = (body: Record<string, unknown>): string =>
  ['description', 'message', 'errorMessage', 'error'].flatMap((key) =>
    typeof body[key] === 'string' && body[key] !== '' ? [body[key]] : [],
  )[0] ?? '';

/** IBM's own message. */
export const messageOf = messageBy({ textIn });

/** The fault of a refusal. */
export const refusal = refusalBy({ codes, textIn });

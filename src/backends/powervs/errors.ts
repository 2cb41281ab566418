import { Fault, type FaultCode } from '../../model/index.js';
import type { RawAnswer } from '../openstack/messages.js';

/** What a call was about, for `not-found`: the first whose id the message names, or else the first. */
export interface Target {
  readonly what: string;
  readonly id: string;
}

/**
 * By status: Power Virtual Server API, Error handling, and what IBM's client declares beyond it
 * (docs/reference/power.md, 3.1): 206, 410, 422, 429, 504, 550. `when` tells two meanings of a status apart by the
 * message.
 */
const codes: readonly { readonly status: number; readonly when?: RegExp; readonly code: FaultCode }[] = [
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

/** The fault of a refusal. It keeps IBM's own message. */
export function refusal(service: string, answer: RawAnswer, targets: readonly Target[] = []): Fault {
  const text = messageOf(answer);
  const target = targets.find(({ id }) => id !== '' && text.includes(id)) ?? targets[0];
  if (answer.status === 414 || answer.status === 431)
    return new Fault('request.value', { text: `What was asked for is longer than ${service} takes in an address.` });
  if (answer.status === 404 || answer.status === 410)
    return target ? new Fault('not-found', { ...target, text }) : new Fault('backend.refused', { text, service });
  const retryAfter = Number(answer.headers['retry-after']);
  const code =
    codes.find((entry) => entry.status === answer.status && (entry.when?.test(text) ?? true))?.code ??
    (answer.status < 400 ? 'backend.answer' : answer.status < 500 ? 'backend.failed' : 'backend.error');
  return new Fault(code, { text, service, ...(Number.isInteger(retryAfter) && retryAfter > 0 && { retryAfter }) });
}

/**
 * The text in a body: PowerVS `{code, description, error, message}`, of which any may be missing; IAM `{errorCode,
 * errorMessage}`; the page of a proxy.
 */
export function messageOf({ status, body }: Pick<RawAnswer, 'status' | 'body'>): string {
  const found =
    typeof body === 'object' && body !== null
      ? inObject(body as Record<string, unknown>)
      : typeof body === 'string'
        ? body
        : '';
  return tidy(found) || `status ${status} without a message`;
}

const inObject = (body: Record<string, unknown>): string =>
  ['description', 'message', 'errorMessage', 'error'].flatMap((key) =>
    typeof body[key] === 'string' && body[key] !== '' ? [body[key]] : [],
  )[0] ?? '';

/** One line of plain text, at most 1000 characters. */
const tidy = (text: string): string =>
  text
    .replace(/<(title|style|script)\b[^>]*>[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[!/]?[a-z][^>]*>/gi, ' ')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 1000);

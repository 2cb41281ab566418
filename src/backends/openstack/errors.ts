import { Fault, type FaultCode } from '../../model/index.js';
import type { RawAnswer } from './messages.js';

/** What a call was about, for `not-found`: the first whose id the service's message names, or else the first. */
export type Target = { readonly what: string; readonly id: string };

/**
 * The fault of a refusal (docs/reference/power.md, 1.7 and the last lines of 4.4). It keeps the service's own message.
 */
export function refusal(service: string, answer: RawAnswer, targets: readonly Target[] = []): Fault {
  const text = messageOf(answer);
  const target = targets.find(({ id }) => text.includes(id)) ?? targets[0];
  if (answer.status === 414 || answer.status === 431)
    return new Fault('request.value', { text: `What was asked for is longer than ${service} takes in an address.` });
  if (answer.status === 404 || answer.status === 410) {
    return target ? new Fault('not-found', { ...target, text }) : new Fault('backend.refused', { text, service });
  }
  const retryAfter = retryAfterOf(answer);
  return new Fault(codeOf(answer.status, text), { text, service, ...(retryAfter !== undefined && { retryAfter }) });
}

const QUOTA = /quota|maximum number of|exceeded|exceeds/i;

/** By status; `when` tells two meanings of one status apart by the message. The first entry that fits counts. */
const codes: readonly { readonly status: number; readonly when?: RegExp; readonly code: FaultCode }[] = [
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
  // A driver that has no such thing: to ask again is of no use
  { status: 501, code: 'backend.refused' },
  { status: 502, code: 'backend.answer' },
  { status: 503, code: 'backend.busy' },
  { status: 504, code: 'backend.timeout' },
  { status: 507, code: 'backend.space' },
];

const codeOf = (status: number, text: string): FaultCode =>
  codes.find((entry) => entry.status === status && (entry.when?.test(text) ?? true))?.code ??
  (status < 400 ? 'backend.answer' : status < 500 ? 'backend.failed' : 'backend.error');

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The message in a body of any service: Keystone `{error: {message}}`, Neutron `{NeutronError: {message}}` (older: a
 * text), Nova and Cinder `{<kind>: {message}}`, Glance `{message}` with `<br />`, Gnocchi `{description}`, HTML of a
 * proxy, plain text.
 */
export function messageOf({ status, body }: Pick<RawAnswer, 'status' | 'body'>): string {
  const found = isObject(body) ? inObject(body) : typeof body === 'string' ? body : undefined;
  return tidy(found ?? '') || `status ${status} without a message`;
}

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

/** One line of plain text, quotes as in ASCII (power.md, 1.8), at most 1000 characters. */
const tidy = (text: string): string =>
  text
    .replace(/<(title|style|script)\b[^>]*>[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[!/]?[a-z][^>]*>/gi, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#x27;|&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 1000);

/** Seconds, from the header or from Nova's and Cinder's body. A 0 says nothing. */
function retryAfterOf({ headers, body }: RawAnswer): number | undefined {
  const inBody = isObject(body) ? Object.values(body).find(isObject)?.['retryAfter'] : undefined;
  const seconds = Number(headers['retry-after'] ?? inBody);
  return Number.isInteger(seconds) && seconds > 0 ? seconds : undefined;
}

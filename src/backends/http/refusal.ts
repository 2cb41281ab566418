import { Fault, type FaultCode } from '../../model/index.js';
import type { RawAnswer } from './messages.js';

/** What a call was about, for `not-found`: the first whose id the service's message contains, or else the first. */
export interface Target {
  readonly what: string;
  readonly id: string;
}

/** The first entry that fits counts; `when` tells two meanings of one status apart by the service's message. */
export type StatusTable = readonly { readonly status: number; readonly when?: RegExp; readonly code: FaultCode }[];

/** The form in which a cloud's services refuse a call. */
export interface RefusalForm {
  readonly codes: StatusTable;
  /** The service's message: plain text, "" where the body has none. */
  readonly textIn: (body: unknown) => string;
  /** The waiting time in the body, seconds; used if the header is missing. */
  readonly retryAfterIn?: (body: unknown) => unknown;
}

/** The service's message, or one that gives the status. */
export const messageBy =
  ({ textIn }: Pick<RefusalForm, 'textIn'>) =>
  ({ status, body }: Pick<RawAnswer, 'status' | 'body'>): string =>
    tidy(textIn(body)) || `status ${status} without a message`;

/** Makes the fault of an answer that is no success. It keeps the service's own message. */
export function refusalBy(form: RefusalForm) {
  const messageOf = messageBy(form);
  return function refusal(service: string, answer: RawAnswer, targets: readonly Target[] = []): Fault {
    const { status } = answer;
    const text = messageOf(answer);
    if (status === 414 || status === 431)
      return new Fault('request.value', { text: `The request is longer than ${service} accepts in a URL.` });
    if (status === 404 || status === 410) {
      const target = targets.find(({ id }) => id !== '' && text.includes(id)) ?? targets[0];
      return target ? new Fault('not-found', { ...target, text }) : new Fault('backend.refused', { text, service });
    }
    const retryAfter = retryAfterOf(answer, form);
    return new Fault(codeOf(form.codes, status, text), {
      text,
      service,
      ...(retryAfter !== undefined && { retryAfter }),
    });
  };
}

const codeOf = (codes: StatusTable, status: number, text: string): FaultCode =>
  codes.find((entry) => entry.status === status && (entry.when?.test(text) ?? true))?.code ??
  (status < 400 ? 'backend.answer' : status < 500 ? 'backend.failed' : 'backend.error');

/** Seconds. 0 counts as none. */
function retryAfterOf({ headers, body }: RawAnswer, { retryAfterIn }: RefusalForm): number | undefined {
  const seconds = Number(headers['retry-after'] ?? retryAfterIn?.(body));
  return Number.isInteger(seconds) && seconds > 0 ? seconds : undefined;
}

/** One line of plain text, quotes as in ASCII (docs/reference/power.md, 1.8), at most 1000 characters. */
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

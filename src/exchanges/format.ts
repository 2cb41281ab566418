import { STATUS_CODES } from 'node:http';
import type { Exchange, ExchangeAnswer, ExchangeCall, ExchangeRequest, Header } from './exchange.js';

const messageText = (start: string, headers: readonly Header[], body: string): string =>
  [start, ...headers.map(([name, value]) => `${name}: ${value}`), ...(body === '' ? [] : ['', body.trimEnd()])].join(
    '\n',
  );

const requestText = (request: ExchangeRequest): string =>
  messageText(`${request.method} ${request.target} HTTP/1.1`, request.headers, request.body);

const callText = ({ service, method, path, body, status }: ExchangeCall): string =>
  [`${service} ${method} ${path} -> ${status}`, ...(body === undefined ? [] : [JSON.stringify(body, null, 2)])].join(
    '\n',
  );

const answerText = (answer: ExchangeAnswer): string =>
  messageText(`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`.trimEnd(), answer.headers, answer.body);

/** The text that `parseExchange` reads back as the same exchange. */
export function formatExchange({ notes, request, given, calls, answer, ignored }: Exchange): string {
  return `${[
    ...(notes.length === 0 ? [] : [notes.map((note) => `# ${note}`.trimEnd()).join('\n')]),
    requestText(request),
    ...(given === undefined ? [] : ['=== given', given.trimEnd()]),
    ...(calls === undefined ? [] : ['=== calls', ...calls.map(callText)]),
    ...(answer === undefined ? [] : ['=== answer', answerText(answer)]),
    ...(ignored === undefined || ignored.length === 0
      ? []
      : ['=== ignored', ignored.map(({ path, why }) => `${path}: ${why}`).join('\n')]),
  ].join('\n\n')}\n`;
}

/** The text that `parseExchanges` reads back as the same exchanges. */
export const formatExchanges = (exchanges: readonly Exchange[]): string =>
  exchanges.map(formatExchange).join('\n=== then\n\n');

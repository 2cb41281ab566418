import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { formatExchange, parseExchange, type Exchange } from '../../src/exchanges/index.js';
import type { Outcome } from './normalise.js';

export const folder = new URL('../../fixtures/exchanges/', import.meta.url);
/** The same on Power Virtual Server. */
export const powerVsFolder = new URL('powervs/', folder);

/** Name of the file without its ending, where it is, and what it holds. */
export interface ExchangeFile {
  readonly name: string;
  readonly folder: URL;
  readonly text: string;
  readonly exchange: Exchange;
}

export const exchangeFiles = (at = folder): ExchangeFile[] =>
  readdirSync(at)
    .filter((file) => file.endsWith('.txt'))
    .sort()
    .map((file) => {
      const text = readFileSync(new URL(file, at), 'utf8');
      return { name: file.slice(0, -'.txt'.length), folder: at, text, exchange: parseExchange(text) };
    });

/** The text from `=== calls` on, as `formatExchange` writes it. */
export function outcomeText({ calls, answer }: Partial<Outcome>): string {
  const whole = formatExchange({
    notes: [],
    request: { method: 'GET', target: '/', headers: [], body: '' },
    ...(calls ? { calls } : {}),
    ...(answer ? { answer } : {}),
  });
  return whole.slice(whole.indexOf('=== '));
}

/** Writes the outcome into the file; what stands before it stays as it is. */
export function rewrite({ name, folder: at, text }: ExchangeFile, outcome: Outcome): void {
  const end = text.search(/^=== (calls|answer)$/m);
  writeFileSync(
    new URL(`${name}.txt`, at),
    `${text.slice(0, end < 0 ? undefined : end).trimEnd()}\n\n${outcomeText(outcome)}`,
  );
}

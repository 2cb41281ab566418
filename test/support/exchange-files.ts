import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { firstOf } from '../../src/invariant.js';
import { formatExchange, parseExchanges, type Exchange } from '../../src/exchanges/index.js';
import type { Outcome } from './normalise.js';

export const folder = new URL('../../fixtures/exchanges/', import.meta.url);
/** The same on Power Virtual Server. */
export const powerVsFolder = new URL('powervs/', folder);
/** Version 4, and image transfers, which it alone has. */
export const v4Folder = new URL('v4/', folder);

/** Name of the file without its ending, where it is, and what it holds: one exchange, or several in a row. */
export interface ExchangeFile {
  readonly name: string;
  readonly folder: URL;
  /** What the cloud holds beforehand: of its folder, or of the one above. */
  readonly inventory: URL;
  readonly text: string;
  /** The first. */
  readonly exchange: Exchange;
  readonly exchanges: readonly Exchange[];
}

const inventoryOf = (at: URL): URL => {
  const own = new URL('inventory.yaml', at);
  return existsSync(own) ? own : new URL('../inventory.yaml', at);
};

export const exchangeFiles = (at = folder): ExchangeFile[] =>
  readdirSync(at)
    .filter((file) => file.endsWith('.txt'))
    .sort()
    .map((file) => {
      const text = readFileSync(new URL(file, at), 'utf8');
      const exchanges = parseExchanges(text);
      const exchange = firstOf(exchanges, 'an exchange');
      return { name: file.slice(0, -'.txt'.length), folder: at, inventory: inventoryOf(at), text, exchange, exchanges };
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

/** Writes the outcomes into the file; what stands before each stays as it is. */
export function rewrite({ name, folder: at, text }: ExchangeFile, outcomes: readonly Outcome[]): void {
  const parts = text.split(/^=== then\n\s*/m).map((part, index) => {
    const end = part.search(/^=== (calls|answer)$/m);
    return `${part.slice(0, end < 0 ? undefined : end).trimEnd()}\n\n${outcomeText(outcomes[index] ?? {})}`;
  });
  writeFileSync(new URL(`${name}.txt`, at), parts.join('\n=== then\n\n'));
}

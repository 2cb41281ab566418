import { describe, expect, test } from 'vitest';
import { CodecError, parseXml } from '../src/codec/index.js';
import { representations } from '../src/generated/ovirt/v3/representations.js';
import { headerOf, type ExchangeRequest } from '../src/exchanges/index.js';
import { exchangeFiles, outcomeText, powerVsFolder, rewrite } from './support/exchange-files.js';
import { inventoryWith } from './support/exchange-inventory.js';
import { runExchange } from './support/exchange-run.js';
import { NOW, withoutChance, withoutNow, type Outcome } from './support/normalise.js';
import { validateV3 } from './support/xsd.js';

/**
 * The conformance corpus: each file of fixtures/exchanges is a request, what it becomes on PowerVC, and the answer.
 * With UPDATE_EXCHANGES=1 the last two are written anew from what happens, to be read and judged like source.
 */
const UPDATE = process.env['UPDATE_EXCHANGES'] === '1';

/** A document whose placeholders are instants again. */
const withNow = (xml: string): string => xml.replaceAll(NOW, new Date().toISOString());

const isXml = (text: string): boolean => text.startsWith('<?xml');

/** An XML document as the engine's JSON; undefined for what is no document of ours. */
function asJson(xml: string): { readonly json: unknown; readonly complete: boolean } | undefined {
  try {
    const root = parseXml(xml);
    const representation = representations.byElement<unknown>(root.name);
    if (!representation) return undefined;
    const { value, unknown } = representation.fromXml(root);
    return {
      json: JSON.parse(JSON.stringify(representation.toJson(value))) as unknown,
      complete: unknown.length === 0,
    };
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

/** The same request in JSON, or undefined when its document can't be said in JSON. */
function inJson(
  request: ExchangeRequest,
): { readonly request: ExchangeRequest; readonly complete: boolean } | undefined {
  const accept = headerOf(request.headers, 'accept');
  if (accept !== undefined && accept !== 'application/xml') return undefined;
  const body = request.body === '' ? undefined : asJson(request.body);
  if (request.body !== '' && (!body || headerOf(request.headers, 'content-type') !== 'application/xml'))
    return undefined;
  const others = request.headers.filter(([name]) => !/^(accept|content-type)$/i.test(name));
  return {
    request: {
      ...request,
      body: body ? JSON.stringify(body.json) : '',
      headers: [
        ...others,
        ['Accept', 'application/json'],
        ...(body ? [['Content-Type', 'application/json'] as const] : []),
      ],
    },
    complete: body?.complete ?? true,
  };
}

/** Headers of an answer that can be compared: what was ignored depends on what the other format could say. */
const comparable = ({ answer }: Outcome, complete: boolean): string[] =>
  answer.headers
    .filter(
      ([name]) => !['content-type', 'vary'].includes(name.toLowerCase()) && (complete || name !== 'X-Ovirt-Ignored'),
    )
    .map(([name, value]) => `${name}: ${value}`);

const comparedText = ({ calls = [], ...rest }: Parameters<typeof outcomeText>[0]): string =>
  outcomeText({ ...rest, calls: withoutChance(calls) });

const files = [
  ...exchangeFiles(),
  ...exchangeFiles(powerVsFolder).map((file) => ({ ...file, title: `powervs/${file.name}` })),
].map((file) => ({ title: file.name, ...file }));

describe.each(files)('$title', (file) => {
  const { request, given } = file.exchange;
  const held = () => inventoryWith(given, new URL('inventory.yaml', file.folder));

  test('becomes these calls and this answer', async () => {
    const outcome = await runExchange(request, held());
    if (UPDATE) rewrite(file, outcome);
    else expect(comparedText(outcome)).toBe(comparedText(file.exchange));
  });

  const json = inJson(request);
  if (json && !UPDATE) {
    test('is the same in JSON', async () => {
      const [xml, outcome] = [file.exchange, await runExchange(json.request, held())];
      expect(comparedText({ calls: outcome.calls })).toBe(comparedText({ calls: xml.calls ?? [] }));
      expect(outcome.answer.status).toBe(xml.answer!.status);
      expect(comparable(outcome, json.complete)).toEqual(comparable({ calls: [], answer: xml.answer! }, json.complete));
      if (xml.answer!.body === '') expect(outcome.answer.body).toBe('');
      else
        expect(withoutNow(JSON.parse(outcome.answer.body))).toEqual(
          withoutNow(asJson(withNow(xml.answer!.body))?.json),
        );
    });
  }

  const answer = file.exchange.answer?.body ?? '';
  if (!isXml(answer) || UPDATE) return;
  test('is what the v3 schema allows', async () => {
    expect(await validateV3(withNow(answer))).toEqual([]);
  });
});

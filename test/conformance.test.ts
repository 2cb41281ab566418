import { describe, expect, test } from 'vitest';
import { CodecError, parseXml } from '../src/codec/index.js';
import { representations as v3 } from '../src/generated/ovirt/v3/representations.js';
import { representations as v4 } from '../src/generated/ovirt/v4/representations.js';
import { headerOf, type Exchange, type ExchangeRequest } from '../src/exchanges/index.js';
import { exchangeFiles, outcomeText, powerVsFolder, rewrite, v4Folder } from './support/exchange-files.js';
import { inventoryWith, type Given } from './support/exchange-inventory.js';
import { runExchanges } from './support/exchange-run.js';
import { required } from '../src/invariant.js';
import { NOW, withoutChance, withoutNow, type Outcome } from './support/normalise.js';
import { validateV3 } from './support/xsd.js';

/**
 * The conformance corpus: each file of fixtures/exchanges is a request, what it becomes on PowerVC, and the answer; or
 * several of them in a row. The entry point or the header `Version` of a request says which version it is of.
 * With UPDATE_EXCHANGES=1 calls and answers are written anew from what happens, to be read and judged like source.
 */
const UPDATE = process.env['UPDATE_EXCHANGES'] === '1';

/** A document whose placeholders are instants again. */
const withNow = (xml: string): string => xml.replaceAll(NOW, new Date().toISOString());

const isXml = (text: string): boolean => text.startsWith('<?xml');

/** Whether a request is of version 4: by its entry point, or by its header. */
const isV4 = ({ target, headers }: ExchangeRequest): boolean =>
  (/\/v(\d)(\/|$)/.exec(target)?.[1] ?? headerOf(headers, 'version')) === '4';
const representationsOf = (request: ExchangeRequest) => (isV4(request) ? v4 : v3);
type Representations = ReturnType<typeof representationsOf>;

/** An XML document as the engine's JSON; undefined for what is no document of ours. */
function asJson(
  xml: string,
  representations: Representations,
): { readonly json: unknown; readonly complete: boolean } | undefined {
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

/** Whether a request is one for bytes of a transfer, which have no other form. */
const isData = ({ target }: ExchangeRequest): boolean => target.startsWith('/images/');

interface InJson {
  readonly request: ExchangeRequest;
  readonly complete: boolean;
}

/** The same request in JSON, or undefined when its document can't be said in JSON. */
function inJson(request: ExchangeRequest): InJson | undefined {
  if (isData(request)) return { request, complete: true };
  const accept = headerOf(request.headers, 'accept');
  if (accept !== undefined && accept !== 'application/xml') return undefined;
  const body = request.body === '' ? undefined : asJson(request.body, representationsOf(request));
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

/** What the tables of version 4 have against a document: what they do not know, and another order than theirs. */
function validateV4(xml: string): string[] {
  const root = parseXml(xml);
  const representation = v4.byElement<unknown>(root.name);
  if (!representation) return [`<${root.name}> is no document of version 4`];
  const { value, unknown } = representation.fromXml(root);
  expect(xml.replace(/^<\?xml[^>]*>\s*/, '').trim()).toBe(representation.toXml(value).trim());
  return unknown.map(String);
}

/** What of an exchange in JSON has to be as it was in XML. */
function expectSame(xml: Exchange, outcome: Outcome, complete: boolean): void {
  const answer = required(xml.answer, 'the answer of an exchange');
  expect(comparedText({ calls: outcome.calls })).toBe(comparedText({ calls: xml.calls ?? [] }));
  expect(outcome.answer.status).toBe(answer.status);
  expect(comparable(outcome, complete)).toEqual(comparable({ calls: [], answer }, complete));
  if (!isXml(answer.body)) expect(outcome.answer.body.trimEnd()).toBe(answer.body);
  else
    expect(withoutNow(JSON.parse(outcome.answer.body))).toEqual(
      withoutNow(asJson(withNow(answer.body), representationsOf(xml.request))?.json),
    );
}

const files = [
  ...exchangeFiles().map((file) => ({ ...file, title: file.name })),
  ...exchangeFiles(powerVsFolder).map((file) => ({ ...file, title: `powervs/${file.name}` })),
  ...exchangeFiles(v4Folder).map((file) => ({ ...file, title: `v4/${file.name}` })),
];

/** The calls alone, whatever their order. */
const unordered = ({ calls = [] }: Pick<Exchange, 'calls'>): string[] =>
  calls.map((call) => outcomeText({ calls: [call] })).sort();

/**
 * What becomes of the requests. If nothing but the order of the calls is another one, they are sent once more: of work
 * that goes on side by side, a call of one half can come after one of the other on a machine that stalls.
 */
async function outcomesOf(requests: readonly ExchangeRequest[], held: () => Given, exchanges: readonly Exchange[]) {
  const outcomes = await runExchanges(requests, held());
  const texts = (of: (one: Pick<Exchange, 'calls'>) => unknown, all: readonly Pick<Exchange, 'calls'>[]): string =>
    JSON.stringify(all.map(of));
  const inOrder = ({ calls = [] }: Pick<Exchange, 'calls'>): string => comparedText({ calls });
  const isOtherOrder =
    texts(inOrder, outcomes) !== texts(inOrder, exchanges) &&
    texts(unordered, outcomes) === texts(unordered, exchanges);
  return isOtherOrder ? runExchanges(requests, held()) : outcomes;
}

describe.each(files)('$title', (file) => {
  const { exchange, exchanges } = file;
  const held = () => inventoryWith(exchange.given, file.inventory);
  const requests = exchanges.map(({ request }) => request);

  test('becomes these calls and this answer', async () => {
    const outcomes = await outcomesOf(requests, held, exchanges);
    if (UPDATE) rewrite(file, outcomes);
    else expect(outcomes.map(comparedText)).toEqual(exchanges.map(comparedText));
  });

  const json = requests.map(inJson).filter((one) => one !== undefined);
  if (json.length === requests.length && !requests.every(isData) && !UPDATE) {
    test('is the same in JSON', async () => {
      const outcomes = await outcomesOf(
        json.map(({ request }) => request),
        held,
        exchanges,
      );
      for (const [index, xml] of exchanges.entries())
        expectSame(xml, required(outcomes[index], 'an outcome'), json[index]?.complete ?? true);
    });
  }

  const documents = exchanges.filter(({ answer }) => isXml(answer?.body ?? ''));
  if (documents.length === 0 || UPDATE) return;
  test("is what the version's schema allows", async () => {
    for (const { request, answer } of documents) {
      const xml = withNow(answer?.body ?? '');
      expect(isV4(request) ? validateV4(xml) : await validateV3(xml)).toEqual([]);
    }
  });
});

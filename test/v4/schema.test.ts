import { existsSync, readFileSync } from 'node:fs';
import { validateXML } from 'xmllint-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, LOGIN } from '../facts/entry-point.js';
import { startTestbed, type Testbed } from '../support/testbed.js';

/**
 * What version 4 answers is what the schema of an engine allows, and its JSON is that of an engine
 * (docs/reference/v4-wire.md).
 */
/** The schema itself is an engine's: the variable OVIRT_V4_XSD names a copy. */
const XSD = process.env['OVIRT_V4_XSD'] ?? '';
const MOST = 600;

/** JSON has numbers only for decimals and instants (docs/reference/v4-wire.md, section 5). */
const NUMBERS = /^(?:datum|priority|memory_limit|memory_usage|usage|speed|time|.*_time|date|last_updated|.*_date)$/;

function numbersIn(value: unknown, name = ''): string[] {
  if (typeof value === 'boolean') return [name];
  if (typeof value === 'number') return NUMBERS.test(name) ? [] : [name];
  if (Array.isArray(value)) return value.flatMap((one) => numbersIn(one, name));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, held]) => numbersIn(held, key));
}

/** Engines count events in 32 bits; here their numbers are instants of 16 digits (docs/protocol.md). */
const withWideIndex = (schema: string): string =>
  schema.replace(/(<xs:complexType name="Event">.*?name="index" type=")xs:int"/s, '$1xs:long"');

describe('version 4 in front of PowerVC', () => {
  let testbed: Testbed;
  const documents = new Map<string, string>();
  const dead: string[] = [];

  beforeAll(async () => {
    testbed = await startTestbed();
    const { url } = testbed.gateways[0]!;
    const waiting = ['/ovirt-engine/api'];
    const seen = new Set(waiting);
    while (waiting.length > 0 && documents.size < MOST) {
      const path = waiting.shift()!;
      const { status, text } = await ask(url + path, { headers: { ...LOGIN, version: '4' } });
      if (status !== 200) {
        dead.push(`${path}: ${status}`);
        continue;
      }
      documents.set(path, text);
      // links to actions are not for GET
      for (const [, href = ''] of text.replace(/<actions>.*?<\/actions>/gs, '').matchAll(/href="([^"{]+)"/g)) {
        if (seen.has(href)) continue;
        seen.add(href);
        waiting.push(href);
      }
    }
  });
  afterAll(() => testbed.close());

  it('returns no address that cannot be followed', () => {
    expect(dead).toEqual([]);
    expect(documents.size).toBeGreaterThan(100);
  });

  it('answers the same addresses in JSON, with texts for whole numbers and booleans', async () => {
    const { url } = testbed.gateways[0]!;
    const wrong: string[] = [];
    for (const path of [...documents.keys()].slice(0, 250)) {
      const { status, text } = await ask(url + path, {
        headers: { ...LOGIN, version: '4', accept: 'application/json' },
      });
      if (status !== 200) wrong.push(`${path}: ${status}`);
      else wrong.push(...numbersIn(JSON.parse(text)).map((name) => `${path}: ${name}`));
    }
    expect(wrong).toEqual([]);
  });

  it.skipIf(!existsSync(XSD))('answers what the schema of an engine allows', async () => {
    const ours = [...documents].filter(([, text]) => !/<(?:pmem_volumes?)\b/.test(text) && !text.includes('pmem'));
    const { errors } = await validateXML({
      schema: { fileName: 'api.xsd', contents: withWideIndex(readFileSync(XSD, 'utf8')) },
      xml: ours.map(([, contents], index) => ({ fileName: `${index}.xml`, contents })),
      maxMemoryPages: 4096,
    });
    const reported = errors.flatMap(({ loc, message }) =>
      loc ? [`${ours[Number.parseInt(loc.fileName, 10)]?.[0]}: ${message}`] : [],
    );
    expect([...new Set(reported)]).toEqual([]);
  });
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { shape } from '../src/ovirt/version/relations.js';
import { startTestbed, type Testbed } from './support/testbed.js';
import { validateV3 } from './support/xsd.js';

/** Whoever follows links from the root document comes everywhere, and meets no path that is not there. */
let testbed: Testbed;
beforeAll(async () => {
  testbed = await startTestbed();
});
afterAll(() => testbed.close());

const LOGIN = `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

const get = async (path: string): Promise<{ readonly status: number; readonly text: string }> => {
  const response = await fetch(`http://127.0.0.1:${testbed.gateways[0]!.port}${path}`, {
    headers: { authorization: LOGIN },
  });
  return { status: response.status, text: await response.text() };
};

/** Addresses in a document, without actions (they are posted) and templates of searches. */
const addresses = (xml: string): string[] =>
  [...xml.replace(/<actions>[\s\S]*?<\/actions>/g, '').matchAll(/ href="([^"{]+)"/g)]
    .map(([, href = '']) => href)
    .filter((href) => !href.includes('?') && !href.includes('/icons/'));

it('every address that a document holds answers, and answers as the v3 schema allows', async () => {
  const seen = new Map<string, number>();
  const wrong: string[] = [];
  const checks: Promise<void>[] = [];
  let waiting = ['/api'];
  const visited = new Set(waiting);
  while (waiting.length > 0) {
    const next: string[] = [];
    await Promise.all(
      waiting.map(async (path) => {
        const { status, text } = await get(path);
        if (status !== 200) {
          wrong.push(`${path}: ${status} ${text}`);
          return;
        }
        checks.push(
          validateV3(text).then((errors) => {
            wrong.push(...errors.map((error) => `${path}: ${error}`));
          }),
        );
        for (const href of addresses(text)) {
          const kind = shape(
            href
              .replace(UUID, '{}')
              .replace(/\/(events|operatingsystems|files|storage|graphicsconsoles)\/[^/]+/, '/$1/{}'),
          );
          // two of a kind tell as much as all
          if (visited.has(href) || (seen.get(kind) ?? 0) >= 2) continue;
          seen.set(kind, (seen.get(kind) ?? 0) + 1);
          visited.add(href);
          next.push(href);
        }
      }),
    );
    waiting = next;
  }
  await Promise.all(checks);
  expect(wrong).toEqual([]);
  expect(visited.size).toBeGreaterThan(150);
});

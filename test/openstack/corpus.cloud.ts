import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { headerOf, sendExchange, type ExchangeAnswer, type ExchangeRequest } from '../../src/exchanges/index.js';
import { startGateway } from '../../src/gateway.js';
import { loadSettings } from '../../src/settings/index.js';
import { exchangeFiles, folder } from '../support/exchange-files.js';
import { inventoryWith } from '../support/exchange-inventory.js';
import { validateV3, xsdAvailable } from '../support/xsd.js';
import { cloudLogin, noCloud } from './cloud.js';
import { stageOf, type Stage } from './project.js';
import { logIn } from './rest.js';
import { sharedStage, type Names } from './stage.js';

/**
 * The conformance corpus on a real OpenStack: each exchange is sent in a project of its own, which holds what the corpus holds before it. The calls are other
 * ones than on PowerVC, and so are sizes and names of hardware: compared are the status, the document's element, a fault's reason, and that XML is what the
 * schema allows. fixtures/openstack.yaml lists what is different on plain OpenStack, each with its reason; an entry that is not needed any more fails.
 */
const base = new URL('inventory.yaml', folder);
const login = cloudLogin();
interface Difference { readonly status: number; readonly why: string }
const { skipped, differences } = parse(readFileSync(new URL('../../fixtures/openstack.yaml', import.meta.url), 'utf8')) as { skipped: Record<string, string>; differences: Record<string, Difference> };

/** What of `=== given` no real cloud can be made to hold. */
const SIMULATED = { pmemVolumes: 'PowerVM\'s persistent memory', luns: 'PowerVC\'s unmanaged LUNs', faults: 'faults that the simulator makes', settings: 'settings of the simulator' } as const;

function reasonToSkip(name: string, given: string | undefined): string | undefined {
  const kinds = Object.keys((parse(given ?? '') ?? {}) as object);
  const simulated = Object.entries(SIMULATED).find(([kind]) => kinds.includes(kind));
  return skipped[name] ?? simulated?.[1];
}

/** The text with the cloud's ids and names in the place of the corpus's. */
const placed = (text: string, names: Names): string => [...names].filter(([from]) => from !== '').reduce((all, [from, to]) => all.replaceAll(from, to), text);

function requestOn(request: ExchangeRequest, names: Names): ExchangeRequest {
  const own = headerOf(request.headers, 'authorization') !== undefined;
  const basic = `Basic ${Buffer.from(`${login!.user}@internal:${login!.password}`).toString('base64')}`;
  return {
    ...request, target: placed(request.target, names), body: placed(request.body, names),
    headers: [...request.headers.map(([name, value]) => [name, placed(value, names)] as const), ...own ? [] : [['Authorization', basic] as const]],
  };
}

/** What has to be the same on every backend. */
function essence({ status, headers, body }: ExchangeAnswer): object {
  return {
    status, type: headerOf(headers, 'content-type'),
    element: /^<\?xml[^>]*>\s*<(\w+)/.exec(body)?.[1] ?? '',
    ...(status >= 400 && { reason: /<reason>([^<]*)/.exec(body)?.[1] }),
  };
}

describe.skipIf(!login)(login ? `the corpus on ${login.authUrl}` : `the corpus (${noCloud})`, () => {
  let admin: Awaited<ReturnType<typeof logIn>>;
  let shared: Awaited<ReturnType<typeof sharedStage>>;
  let readOnly: Promise<Stage> | undefined;

  beforeAll(async () => {
    admin = await logIn(login!);
    shared = await sharedStage(admin, inventoryWith(undefined, base).inventory, randomUUID().slice(0, 8));
  }, 120_000);
  afterAll(async () => {
    await (await readOnly)?.close();
    await shared?.close();
  }, 300_000);

  for (const { name, exchange: { request, given, answer } } of exchangeFiles()) {
    const skip = reasonToSkip(name, given);
    const difference = differences[name];
    const alone = /\btag/.test(name);
    const run = skip !== undefined ? test.skip : alone ? test : test.concurrent;
    run(skip === undefined ? `${name}${difference ? ` (different: ${difference.why})` : ''}` : `${name} (${skip})`, async () => {
      const { inventory, gateway: flags } = inventoryWith(given, base);
      const reads = request.method === 'GET' && given === undefined && !alone;
      const make = () => stageOf(login!, admin, shared, inventory, alone);
      const stage = await (reads ? readOnly ??= make() : make());
      try {
        const { settings } = loadSettings({ environment: process.env, flags: {
          'server.port': '0', 'backend.kind': 'openstack', 'openstack.project': stage.project, 'log.level': 'silent',
          'operations.pollMs': '200', 'operations.pollMaxMs': '1000', 'operations.timeoutMs': '60000', ...flags,
        } });
        const gateway = await startGateway(settings);
        try {
          const got = await sendExchange(gateway.port, requestOn(request, stage.names));
          await gateway.settled();
          const expected = difference ? { status: difference.status } : essence(answer!);
          expect(essence(got), got.body).toMatchObject(expected);
          if (difference) expect(essence(got), 'this difference is none any more').not.toMatchObject(essence(answer!));
          if (xsdAvailable && got.body.startsWith('<?xml')) expect(await validateV3(got.body)).toEqual([]);
        } finally {
          await gateway.close();
        }
      } finally {
        if (!reads) await stage.close();
      }
    }, 300_000);
  }
});

test.runIf(!login)(noCloud, ({ skip }) => { console.warn(`\n*** The corpus did NOT run on OpenStack: ${noCloud}. ***\n`); skip(); });

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { headerOf, sendExchange, type ExchangeRequest } from '../../src/exchanges/index.js';
import { startGateway } from '../../src/gateway.js';
import { loadSettings } from '../../src/settings/index.js';
import { exchangeFiles, folder } from '../support/exchange-files.js';
import { inventoryWith } from '../support/exchange-inventory.js';
import { differenceOf, differencesIn, essence, reasonToSkip } from '../support/plain-corpus.js';
import { validateV3, xsdAvailable } from '../support/xsd.js';
import { CLOUD_FLAGS, cloudLogin, noCloud } from './cloud.js';
import { neededBy } from './needed.js';
import { stageOf, type Stage } from './project.js';
import { logIn } from './rest.js';
import { placed, sharedStage, type Names, type Shared } from './stage.js';

/**
 * The conformance corpus on a real OpenStack: each exchange is sent in a project of its own, which holds what the
 * corpus holds before it. Compared is what test/support/plain-corpus.ts says, and that XML is what the schema allows; a
 * difference that is declared and none any more fails. Exchanges that change nothing share a place where they want the
 * same one.
 */
const base = new URL('inventory.yaml', folder);
const login = cloudLogin();

function requestOn(request: ExchangeRequest, names: Names): ExchangeRequest {
  const own = headerOf(request.headers, 'authorization') !== undefined;
  const basic = `Basic ${Buffer.from(`${login!.user}@internal:${login!.password}`).toString('base64')}`;
  return {
    ...request,
    target: placed(request.target, names),
    body: placed(request.body, names),
    headers: [
      ...request.headers.map(([name, value]) => [name, placed(value, names)] as const),
      ...(own ? [] : [['Authorization', basic] as const]),
    ],
  };
}

if (login)
  describe(`the corpus on ${login.authUrl}`, () => {
    let admin: Awaited<ReturnType<typeof logIn>>;
    let shared: Shared;
    const unchanged = new Map<string, Promise<Stage>>();

    beforeAll(async () => {
      admin = await logIn(login);
      shared = await sharedStage(admin, inventoryWith(undefined, base).inventory, randomUUID().slice(0, 8), {
        allMarked: true,
      });
    });
    afterAll(async () => {
      const stages = await Promise.allSettled(unchanged.values());
      await Promise.all(
        stages.map(async (stage) => {
          if (stage.status === 'fulfilled') await stage.value.close();
        }),
      );
      await shared?.close();
    });

    function common(inventory: Record<string, unknown>): Promise<Stage> {
      const key = JSON.stringify(inventory);
      const stage = unchanged.get(key) ?? stageOf(login!, admin, shared, inventory);
      unchanged.set(key, stage);
      return stage;
    }

    for (const {
      name,
      exchange: { request, given, answer },
    } of exchangeFiles()) {
      if (reasonToSkip(name, given, 'cloud') !== undefined) continue;
      const difference = differenceOf(name);
      // What all projects share: tags, and for an administrator the names of all images
      const alone = /\btag|^template-create/.test(name);
      const run = alone ? test : test.concurrent;
      run(`${name}${difference ? ` (different: ${difference.why})` : ''}`, async () => {
        const { inventory: whole, gateway: flags } = inventoryWith(given, base);
        const changes = alone || (request.method !== 'GET' && (difference ?? answer!).status < 400);
        // One that changes something is about the servers that it names; a list that is shared is about all of them
        const text = [request.target, request.body, answer?.body].join('\n');
        const inventory = changes ? neededBy(text, whole) : whole;
        const stage = await (changes ? stageOf(login, admin, shared, inventory, alone) : common(inventory));
        try {
          const { settings } = loadSettings({
            environment: process.env,
            flags: {
              ...CLOUD_FLAGS,
              'openstack.project': stage.project,
              ...flags,
            },
          });
          const gateway = await startGateway(settings);
          try {
            const got = await sendExchange(gateway.port, requestOn(request, stage.names));
            await gateway.settled();
            const expected = difference ? { status: difference.status } : essence(answer!);
            expect(essence(got), got.body).toMatchObject(expected);
            if (difference)
              expect(essence(got), 'this difference is none any more').not.toMatchObject(essence(answer!));
            else if (got.body.startsWith('<?xml'))
              expect(differencesIn(name, placed(answer!.body, stage.names), got.body)).toEqual([]);
            if (xsdAvailable && got.body.startsWith('<?xml')) expect(await validateV3(got.body)).toEqual([]);
          } finally {
            await gateway.close();
          }
        } finally {
          if (changes) await stage.close();
        }
      });
    }
  });

if (!login)
  test(noCloud, ({ skip }) => {
    console.warn(`\n*** The corpus did NOT run on OpenStack: ${noCloud}. ***\n`);
    skip();
  });

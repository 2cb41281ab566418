import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startGateway, type Gateway } from '../src/gateway.js';
import { loadSettings } from '../src/settings/index.js';
import { composedOperations, judge, plainOperations } from './support/composed.js';
import { judgePowerVs, powerVsOperations } from './support/composed-powervs.js';
import type { Crashing } from './support/crash.js';
import {
  plainOpenStack,
  powerVc,
  powerVs,
  settingsAt,
  type AnySimulator,
  type Faulty,
  type SimulatedCloud,
} from './support/simulated-clouds.js';
import { quick, silent } from './support/testbed.js';

/**
 * A script ends with its SDK's disconnect(), which ends the session: what it was told is under way goes on all the
 * same. No work needs the client's token, and nobody gets in with the session's id any more.
 */
const CREDENTIALS = `Basic ${btoa('admin@internal:powervc')}`;

interface AnyWorld {
  readonly work: { settle(world: unknown): void };
  readonly tokens: ReadonlyMap<string, { readonly expiresAt: number }>;
}

function logsOutOf<W extends AnyWorld, I extends Faulty>(
  cloud: SimulatedCloud<W, I>,
  operations: readonly Crashing<W, I>[],
  judgeOf: (world: W, operation: Crashing<W, I>) => { state: string; wrongs: string[] },
): void {
  let simulator: AnySimulator<W, I>;
  let gateway: Gateway;
  const url = (path: string): string => gateway.url + path;

  beforeAll(async () => {
    simulator = await cloud.start({ timeScale: 0.002, seed: 1 });
  });
  afterAll(() => simulator.close());
  // Each has its own: a gateway remembers for a while which VMs it has removed, and here the next one has the same id
  beforeEach(async () => {
    const { settings } = loadSettings({ sets: [...quick, ...settingsAt[cloud.kind](simulator.url)] });
    gateway = await startGateway(settings, { log: silent(settings.log) });
  });
  afterEach(() => gateway.close());

  /** Opens a session; gives its cookie. */
  async function open(): Promise<string> {
    const { status, headers } = await fetch(url('/api/vms;max=1'), {
      headers: { authorization: CREDENTIALS, prefer: 'persistent-auth' },
    });
    expect(status).toBe(200);
    return headers.get('set-cookie')!.split(';')[0]!;
  }

  /** What SDKs send as disconnect(): the cookie without the preference ends the session. */
  const logOut = async (cookie: string): Promise<number> => (await fetch(url('/api'), { headers: { cookie } })).status;

  it.each(operations)('$name: completed although its client logs out right after the answer', async (operation) => {
    simulator.load(operation.inventory);
    const cookie = await open();
    const { method, path, body } = operation.request;
    // Answered as soon as it has begun, wherever that can be asked for
    const answer = await fetch(url(`${path};async=true`), {
      method,
      headers: {
        cookie,
        prefer: 'persistent-auth',
        ...(body !== undefined && { 'content-type': 'application/xml' }),
      },
      body,
    });
    await logOut(cookie);
    const again = await fetch(url('/api/vms;max=1'), { headers: { cookie, prefer: 'persistent-auth' } });
    expect(again.status).toBe(401);
    await answer.text();
    await gateway.settled();
    const { world } = simulator;
    // what the cloud was asked for last takes its time there, and nobody looks
    await expect
      .poll(() => {
        world.work.settle(world);
        return judgeOf(world, operation).state;
      })
      .toBe('done');
    expect(judgeOf(world, operation).wrongs).toEqual([]);
    // Its own token goes with the work, where the cloud can revoke one
    if (cloud.kind !== 'powervs')
      await expect
        .poll(() => [...world.tokens.values()].filter(({ expiresAt }) => expiresAt > Date.now()).length)
        .toBe(0);
  });
}

describe('on a simulated PowerVC', () => {
  logsOutOf(powerVc, composedOperations, judge);
});
describe('on a simulated OpenStack', () => {
  logsOutOf(plainOpenStack, plainOperations, judge);
});
describe('on a simulated Power Virtual Server', () => {
  logsOutOf(powerVs, powerVsOperations, judgePowerVs);
});

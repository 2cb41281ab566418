import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composedOperations, judge } from './support/composed.js';
import { startTestbed, type Testbed } from './support/testbed.js';

/**
 * A script ends with its SDK's disconnect(), which ends the session: what it was told is under way goes on all the
 * same. No work needs the client's token, and nobody gets in with the session's id any more.
 */
let testbed: Testbed;
const CREDENTIALS = `Basic ${btoa('admin@internal:powervc')}`;
const url = (path: string): string => testbed.gateways[0]!.url + path;

beforeAll(async () => {
  testbed = await startTestbed({ timeScale: 0.002 });
});
afterAll(() => testbed.close());

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

describe.each(composedOperations)('$name', (operation) => {
  it('is completed although its client logs out right after the answer', async () => {
    testbed.simulator.load(operation.inventory);
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
    await testbed.gateways[0]!.settled();
    const { world } = testbed.simulator;
    // what the cloud was asked for last takes its time there, and nobody looks
    await expect
      .poll(() => {
        world.work.settle(world);
        return judge(world, operation).state;
      })
      .toBe('done');
    expect(judge(world, operation).wrongs).toEqual([]);
    // Its own token goes with the work
    await expect
      .poll(() => [...world.tokens.values()].filter(({ expiresAt }) => expiresAt > Date.now()).length)
      .toBe(0);
  });
});

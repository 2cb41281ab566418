import { afterEach, describe, expect, it } from 'vitest';
import { startTestbed, type Testbed } from './support/testbed.js';

const basic = (user: string, password: string): Record<string, string> => ({
  authorization: `Basic ${btoa(`${user}:${password}`)}`,
});
const ADMIN = basic('admin@internal', 'powervc');
/** Answered without a call of the cloud. */
const LOCAL = '/ovirt-engine/api/v3/capabilities';
const SECRET = `sessions.secret=${'s'.repeat(40)}`;

let testbed: Testbed | undefined;
afterEach(async () => {
  await testbed?.close();
  testbed = undefined;
});

async function start(...sets: string[]): Promise<{ urls: string[]; testbed: Testbed }> {
  testbed = await startTestbed({ gateways: 2, sets: [SECRET, ...sets] });
  return { testbed, urls: testbed.gateways.map(({ url }) => url) };
}
const status = async (url: string, headers: Record<string, string>): Promise<number> =>
  (await fetch(url, { headers })).status;

/** Until the replica has asked again: at most `sessions.checkMs` after the logout. */
async function becomes(requested: number, url: string, headers: Record<string, string>): Promise<void> {
  while ((await status(url, headers)) !== requested) await new Promise((resolve) => setTimeout(resolve, 50));
}

describe('a session that ended through one replica has ended on the other', () => {
  it('by cookie', async () => {
    const { urls } = await start();
    const prefer = { prefer: 'persistent-auth' };
    const first = await fetch(urls[0]! + LOCAL, { headers: { ...ADMIN, ...prefer } });
    const cookie = { cookie: first.headers.get('set-cookie')!.split(';')[0]!, ...prefer };
    for (const url of urls) expect(await status(url + LOCAL, cookie)).toBe(200);
    expect(await status(urls[0]! + LOCAL, { cookie: cookie.cookie, ...ADMIN })).toBe(200);
    expect(await status(urls[0]! + LOCAL, cookie)).toBe(401);
    await becomes(401, urls[1]! + LOCAL, cookie);
    expect(await status(`${urls[1]!}/ovirt-engine/api/vms`, cookie)).toBe(401);
    expect(await status(urls[1]! + LOCAL, { ...cookie, ...ADMIN })).toBe(200);
  });

  it('by token', async () => {
    const { urls } = await start();
    const sso = (path: string, fields: Record<string, string>): Promise<Response> =>
      fetch(urls[0]! + path, { method: 'POST', body: new URLSearchParams(fields) });
    const login = { grant_type: 'password', username: 'admin@internal', password: 'powervc' };
    const { access_token: token } = (await (await sso('/ovirt-engine/sso/oauth/token', login)).json()) as {
      access_token: string;
    };
    const bearer = { authorization: `Bearer ${token}`, version: '3' };
    for (const url of urls) expect(await status(url + LOCAL, bearer)).toBe(200);
    await sso('/ovirt-engine/services/sso-logout', { token });
    expect(await status(urls[0]! + LOCAL, bearer)).toBe(401);
    await becomes(401, urls[1]! + LOCAL, bearer);
  });
});

it('a changed password is refused, for what is answered here and for what the cloud answers', async () => {
  const { urls, testbed } = await start();
  const [url] = urls;
  expect(await status(url! + LOCAL, ADMIN)).toBe(200);
  const inventory = (await (await fetch(`${new URL(testbed.simulator.url).origin}/simulator/state`)).json()) as {
    users: { name: string; id: string }[];
  };
  const { id } = inventory.users.find(({ name }) => name === 'admin')!;
  const auth = {
    identity: {
      methods: ['password'],
      password: { user: { name: 'admin', password: 'powervc', domain: { name: 'Default' } } },
    },
    scope: { project: { name: 'ibm-default', domain: { name: 'Default' } } },
  };
  const json = { 'content-type': 'application/json' };
  const login = await fetch(`${testbed.simulator.url}/auth/tokens`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ auth }),
  });
  const changed = await fetch(`${testbed.simulator.url}/users/${id}`, {
    method: 'PATCH',
    headers: { ...json, 'x-auth-token': login.headers.get('x-subject-token')! },
    body: JSON.stringify({ user: { password: 'another' } }),
  });
  expect(changed.status).toBe(200);
  expect(await status(`${url!}/ovirt-engine/api/v3/vms/00000000-0000-4000-8000-000000000000`, ADMIN)).toBe(401);
  await becomes(401, url! + LOCAL, ADMIN);
  expect(await status(url! + LOCAL, basic('admin@internal', 'another'))).toBe(200);
});

it('wrong logins are refused with growing pauses, by Basic and by token alike, and right ones pass', async () => {
  const { urls } = await start();
  const [url] = urls;
  expect(await status(url! + LOCAL, ADMIN)).toBe(200);
  const reported: number[] = [];
  // each makes the pause longer, so that the slowest machine meets one
  for (let n = 0; reported.at(-1) !== 429; n += 1)
    reported.push(await status(url! + LOCAL, basic('admin@internal', `wrong ${n}`)));
  expect(reported.slice(0, 3)).toEqual([401, 401, 401]);
  const guess = (): Promise<Response> =>
    fetch(`${url!}/ovirt-engine/sso/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', username: 'admin@internal', password: 'wrong' }),
    });
  let answer = await guess();
  while (answer.status !== 429) answer = await guess();
  expect([answer.status, Number(answer.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
  expect(((await answer.json()) as { error: string }).error).toContain('Too many failed logins.');
  expect(await status(url! + LOCAL, ADMIN)).toBe(200);
  expect(await status(url! + LOCAL, { ...ADMIN, prefer: 'persistent-auth' })).toBe(200);
});

it.each(['3', '4'])('version %s tells who logs in without a profile that a user is user@profile', async (version) => {
  const { urls } = await start();
  const at = `${urls[0]!}/ovirt-engine/api/v${version}/vms`;
  const answer = await fetch(at, { headers: basic('admin', 'powervc') });
  expect(answer.status).toBe(401);
  expect(await answer.text()).toContain('a user is user@profile');
  if (version === '4')
    expect(await (await fetch(at)).text()).toBe(
      '<html><head><title>Error</title></head><body>Unauthorized</body></html>',
    );
});

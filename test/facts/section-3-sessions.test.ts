import { afterEach, describe, expect, it } from 'vitest';
import { startTestbed, type Testbed } from '../support/testbed.js';
import { ADMIN, ask, basic, cookieOf, LOGIN, type Answer } from './entry-point.js';

/** docs/reference/ovirt.md, section 3: authentication and sessions. */
let testbed: Testbed;
afterEach(() => testbed.close());

const SECRET = 'sessions.secret=0123456789abcdef0123456789abcdef';
const open = async (options: Parameters<typeof startTestbed>[0] = {}): Promise<string> => {
  testbed = await startTestbed(options);
  return testbed.gateways[0]!.url;
};
const persistent = { ...LOGIN, prefer: 'persistent-auth' };
const by = (
  id: string,
  prefer: string | undefined = 'persistent-auth',
  more: Record<string, string> = {},
): Record<string, string> => ({ cookie: `JSESSIONID=${id}`, ...(prefer !== undefined && { prefer }), ...more });
const keystone = (method: string): number =>
  testbed.simulator.calls.filter((call) => call.path.endsWith('/auth/tokens') && call.method === method).length;
const login = async (url: string, headers: Record<string, string> = persistent): Promise<string> =>
  cookieOf(await ask(url, { headers })).id;
const status = async (url: string, headers: Record<string, string>): Promise<number> =>
  (await ask(url, { headers })).status;

describe('401', () => {
  it('names the realm of the entry point and nothing else, for every path, also the root, also HEAD', async () => {
    const url = await open();
    const realms = {
      '/api': 'ENGINE',
      '/api/': 'ENGINE',
      '/api/vms': 'ENGINE',
      '/api/nothing': 'ENGINE',
      '/api?rsdl': 'ENGINE',
      '/ovirt-engine/api': 'RESTAPI',
      '/ovirt-engine/api/v3/vms': 'RESTAPI',
      '/ovirt-engine/api/v4': 'RESTAPI',
    };
    for (const [path, realm] of Object.entries(realms)) {
      for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
        const answer = await ask(url + path, { method });
        expect([method, path, answer.status, answer.headers['www-authenticate']]).toEqual([
          method,
          path,
          401,
          `Basic realm="${realm}"`,
        ]);
        expect(answer.headers['set-cookie']).toBeUndefined();
      }
    }
  });

  it.each(['admin:powervc', 'admin@internal:wrong', 'admin@nowhere:powervc', 'nobody@internal:powervc'])(
    '%s is refused',
    async (credentials) => {
      const url = await open();
      for (const prefer of ['', 'persistent-auth']) {
        const answer = await ask(`${url}/api`, { headers: { authorization: basic(credentials), prefer } });
        expect([answer.status, answer.headers['www-authenticate'], answer.headers['set-cookie']]).toEqual([
          401,
          'Basic realm="ENGINE"',
          undefined,
        ]);
      }
    },
  );
});

describe('Basic', () => {
  it.each([
    ['admin@internal', 'admin@internal:powervc'],
    ['internal\\admin', 'internal\\admin:powervc'],
  ])('%s is a login', async (_, credentials) => {
    const url = await open();
    expect(await status(`${url}/api`, { authorization: basic(credentials) })).toBe(200);
  });

  it('settings map a profile to a project and its domain', async () => {
    const url = await open({
      sets: ['powervc.projectsByProfile={"corp":{"domain":"Default","project":"ibm-default"}}'],
    });
    expect(await status(`${url}/api`, { authorization: basic('admin@corp:powervc') })).toBe(200);
    expect(await status(`${url}/api`, LOGIN)).toBe(401);
  });

  it('a hundred at once cost one login, and so do those that follow', async () => {
    const url = await open();
    const answers = await Promise.all(Array.from({ length: 100 }, () => status(`${url}/api/clusters`, LOGIN)));
    expect(answers.every((one) => one === 200)).toBe(true);
    expect(await status(`${url}/api`, LOGIN)).toBe(200);
    expect(keystone('POST')).toBe(1);
  });

  it('a token that Keystone refuses is renewed once, and every call continues', async () => {
    const url = await open();
    await status(`${url}/api/vms`, LOGIN);
    testbed.simulator.expireTokens();
    const answers = await Promise.all(Array.from({ length: 20 }, () => status(`${url}/api/vms`, LOGIN)));
    expect(answers.every((one) => one === 200)).toBe(true);
    expect(keystone('POST')).toBe(2);
  });
});

describe('Prefer: persistent-auth', () => {
  it.each([
    ['/api/vms', '/api', 'persistent-auth'],
    ['/ovirt-engine/api', '/ovirt-engine/api', 'Persistent-Auth'],
    ['/ovirt-engine/api/v3', '/ovirt-engine/api', 'return=minimal, PERSISTENT-AUTH'],
  ])('opens a session at %s: cookie for %s, HttpOnly, and the 3.x header (%s)', async (path, cookiePath, prefer) => {
    const url = await open();
    const answer = await ask(url + path, { headers: { ...LOGIN, prefer } });
    const { id, attributes } = cookieOf(answer);
    expect(attributes).toBe(`; Path=${cookiePath}; HttpOnly`);
    expect(answer.headers['jsessionid']).toBe(id);
    expect(Buffer.byteLength(`JSESSIONID=${id}${attributes}`)).toBeLessThan(4096);
  });

  it('may be repeated', async () => {
    const url = await open();
    const answer = await ask(`${url}/api`, { headers: { ...LOGIN, prefer: ['return=minimal', 'persistent-auth'] } });
    expect(cookieOf(answer).id).not.toBe('');
  });

  it('without it no session is opened', async () => {
    const url = await open();
    const { headers } = await ask(`${url}/api`, { headers: LOGIN });
    expect([headers['set-cookie'], headers['jsessionid']]).toEqual([undefined, undefined]);
  });

  it('the cookie is enough for the next calls; none of them logs in, and none sets it again', async () => {
    const url = await open();
    const id = await login(`${url}/api`);
    for (let n = 0; n < 3; n += 1) {
      const answer = await ask(`${url}/api/vms`, { headers: by(id) });
      expect([answer.status, answer.headers['set-cookie'], answer.headers['jsessionid']]).toEqual([200, undefined, id]);
    }
    expect(keystone('POST')).toBe(1);
  });

  it('a good cookie wins over credentials, even wrong ones', async () => {
    const url = await open();
    const id = await login(`${url}/api`);
    expect(await status(`${url}/api`, by(id, 'persistent-auth', { authorization: ADMIN }))).toBe(200);
    expect(
      await status(`${url}/api`, by(id, 'persistent-auth', { authorization: basic('admin@internal:wrong') })),
    ).toBe(200);
    expect(keystone('POST')).toBe(1);
  });

  it("another application's cookie of the same name is passed over", async () => {
    const url = await open();
    const id = await login(`${url}/api`);
    expect(
      await status(`${url}/api`, { cookie: `a=b; JSESSIONID=F00; JSESSIONID="${id}"`, prefer: 'persistent-auth' }),
    ).toBe(200);
    expect(await status(`${url}/api`, { cookie: 'JSESSIONID=F00', prefer: 'persistent-auth' })).toBe(401);
    expect(await status(`${url}/api`, { ...persistent, cookie: 'JSESSIONID=F00' })).toBe(200);
  });

  it('neither password nor token can be read from the id, and a changed id is invalid', async () => {
    const url = await open();
    const id = await login(`${url}/api`);
    const token = [...testbed.simulator.world.tokens.keys()][0]!;
    expect(
      id
        .split('.')
        .map((part) => Buffer.from(part, 'base64url').toString('latin1'))
        .join(' '),
    ).not.toMatch(new RegExp(`${token.slice(0, 20)}|powervc|admin`));
    const changed = id.slice(0, -3) + (id.endsWith('AAA') ? 'BBB' : 'AAA');
    expect(await status(`${url}/api`, by(changed))).toBe(401);
  });
});

describe('the end of a session', () => {
  it('a request with the cookie but without Prefer ends it, at Keystone too, and needs credentials of its own', async () => {
    const url = await open();
    const id = await login(`${url}/api`);
    const [token] = testbed.simulator.world.tokens.keys();
    expect(await status(`${url}/api`, by(id, ''))).toBe(401);
    expect(keystone('DELETE')).toBe(1);
    expect(testbed.simulator.world.tokens.has(token!)).toBe(false);
    expect(await status(`${url}/api`, by(id))).toBe(401);
  });

  it("SDK v3's logout: a last GET /api with cookie and Basic, and no Prefer, is answered", async () => {
    const url = await open();
    const id = await login(`${url}/api`);
    expect(await status(`${url}/api`, by(id, '', { authorization: ADMIN }))).toBe(200);
    expect(keystone('DELETE')).toBe(1);
    expect(await status(`${url}/api`, by(id))).toBe(401);
  });

  it('the logout of one session leaves others of the same user, and Basic, alone', async () => {
    const url = await open();
    const [one, other] = [await login(`${url}/api`), await login(`${url}/api`)];
    await status(`${url}/api`, LOGIN);
    await status(`${url}/api`, by(one, ''));
    const before = keystone('POST');
    expect([
      await status(`${url}/api/vms`, by(other)),
      await status(`${url}/api/vms`, LOGIN),
      await status(`${url}/api`, by(one)),
    ]).toEqual([200, 200, 401]);
    expect(keystone('POST')).toBe(before);
  });

  it('Prefer: new-auth ends it and, with persistent-auth, opens another', async () => {
    const url = await open();
    const id = await login(`${url}/api`);
    const next = cookieOf(
      await ask(`${url}/api`, { headers: by(id, 'persistent-auth, new-auth', { authorization: ADMIN }) }),
    ).id;
    expect(next).not.toBe(id);
    expect([await status(`${url}/api`, by(id)), await status(`${url}/api`, by(next))]).toEqual([401, 200]);
  });

  it('an ended session with valid Basic credentials logs in again silently', async () => {
    const url = await open();
    const id = await login(`${url}/api`);
    await status(`${url}/api`, by(id, ''));
    const answer: Answer = await ask(`${url}/api/vms`, {
      headers: by(id, 'persistent-auth', { authorization: ADMIN }),
    });
    expect(answer.status).toBe(200);
    expect(cookieOf(answer).id).not.toBe(id);
  });

  it('a session whose token Keystone no longer takes: 401 for the cookie alone, in silence renewed with Basic', async () => {
    const url = await open({ sets: [SECRET], gateways: 2 });
    const replica = testbed.gateways[1]!.url;
    const [lonely, equipped] = [await login(`${url}/api`), await login(`${url}/api`)];
    testbed.simulator.expireTokens();
    expect(await status(`${replica}/api/vms`, by(lonely))).toBe(401);
    expect(await status(`${replica}/api/vms`, by(lonely))).toBe(401);
    expect(await status(`${replica}/api/vms`, by(equipped, 'persistent-auth', { authorization: ADMIN }))).toBe(200);
  });
});

describe('replicas', () => {
  it('any replica with the secret continues a session, and can end it', async () => {
    const url = await open({ sets: [SECRET], gateways: 2 });
    const replica = testbed.gateways[1]!.url;
    const id = await login(`${url}/api`);
    expect(await status(`${replica}/api/vms`, by(id))).toBe(200);
    expect(keystone('POST')).toBe(1);
    expect(await status(`${replica}/api`, by(id, ''))).toBe(401);
    expect(testbed.simulator.world.tokens.size).toBe(0);
    expect([await status(`${replica}/api/vms`, by(id))]).toEqual([401]);
  });

  it('without a secret each process has its own', async () => {
    const url = await open({ gateways: 2 });
    expect(await status(`${testbed.gateways[1]!.url}/api`, by(await login(`${url}/api`)))).toBe(401);
  });
});

describe('csrf-protection', () => {
  it('asks for the id in a header, when the operator allows it', async () => {
    const url = await open({ sets: ['sessions.csrf=true'] });
    const id = await login(`${url}/api`, { ...LOGIN, prefer: 'persistent-auth, csrf-protection' });
    expect(await status(`${url}/api/vms`, by(id, 'persistent-auth', { JSESSIONID: id }))).toBe(200);
    expect(await status(`${url}/api/vms`, by(id))).toBe(403);
    expect(await status(`${url}/api/vms`, by(id, 'persistent-auth', { JSESSIONID: 'other' }))).toBe(403);
    // nor can a forged request log the user out
    expect(await status(`${url}/api`, by(id, ''))).toBe(403);
    expect(await status(`${url}/api/vms`, by(id, 'persistent-auth', { JSESSIONID: id }))).toBe(200);
  });

  it('is off unless the operator turns it on', async () => {
    const url = await open();
    const id = await login(`${url}/api`, { ...LOGIN, prefer: 'persistent-auth, csrf-protection' });
    expect(await status(`${url}/api/vms`, by(id))).toBe(200);
  });
});

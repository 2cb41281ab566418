import { afterEach, describe, expect, it } from 'vitest';
import { ask, type Answer, basic } from '../facts/entry-point.js';
import { startTestbed, type Testbed } from '../support/testbed.js';

/** docs/reference/v4-wire.md, section 2: single sign-on. */
let testbed: Testbed;
afterEach(() => testbed.close());

const SECRET = 'sessions.secret=0123456789abcdef0123456789abcdef';
const TOKEN = '/ovirt-engine/sso/oauth/token';
const UNSUPPORTED = 'The authorization grant type is not supported by the authorization server.';
const INTERACTIVE = 'the gateway has no login page: request a token with grant_type=password';
const LOGOUT = '/ovirt-engine/services/sso-logout';
const FORM = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
const GRANT = { grant_type: 'password', scope: 'ovirt-app-api', username: 'admin@internal', password: 'powervc' };
const open = async (options: Parameters<typeof startTestbed>[0] = {}): Promise<string> => {
  testbed = await startTestbed(options);
  return testbed.gateways[0]!.url;
};
const form = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();
const post = (url: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> =>
  ask(url, { method: 'POST', headers: { ...FORM, ...headers }, body: form(fields) });
const login = async (url: string): Promise<string> =>
  (JSON.parse((await post(url + TOKEN, GRANT)).text) as { access_token: string }).access_token;
const bearing = (url: string, token: string): Promise<Answer> =>
  ask(`${url}/ovirt-engine/api`, { headers: { authorization: `Bearer ${token}` } });
const reported = ({ status, text }: Answer): [number, unknown] => [status, JSON.parse(text)];

describe('a token', () => {
  it('is given for a password, by POST and by GET, by form and by query', async () => {
    const url = await open();
    const answers = [
      await post(url + TOKEN, GRANT),
      await ask(`${url}${TOKEN}?${form(GRANT)}`),
      await ask(`${url}${TOKEN}?${form(GRANT)}`, { method: 'POST' }),
    ];
    for (const answer of answers) {
      expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json']);
      const { access_token: token, exp, ...rest } = JSON.parse(answer.text) as Record<string, string>;
      expect(rest).toEqual({ scope: 'ovirt-app-api', token_type: 'bearer' });
      expect(exp).toMatch(/^\d{13}$/);
      expect(Number(exp)).toBeGreaterThan(Date.now());
      expect((await bearing(url, token!)).status).toBe(200);
    }
  });

  it.each([`${TOKEN}-http-auth`, TOKEN])('is given for the header of the request, at %s', async (path) => {
    const url = await open();
    const fields = { grant_type: 'urn:ovirt:params:oauth:grant-type:http', scope: 'ovirt-app-api' };
    const at = url + path;
    const good = await post(at, fields, { authorization: basic('admin@internal:powervc') });
    expect(good.status).toBe(200);
    expect((await bearing(url, (JSON.parse(good.text) as { access_token: string }).access_token)).status).toBe(200);
    for (const authorization of ['', 'Negotiate YII', basic('admin@internal:wrong')]) {
      const refused = await post(at, fields, { authorization });
      expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Basic realm="RESTAPI"']);
      expect(JSON.parse(refused.text)).toMatchObject({ error_code: 'access_denied' });
    }
  });

  it('opens no session of its own by cookie', async () => {
    const url = await open();
    expect((await bearing(url, await login(url))).headers['set-cookie']).toBeUndefined();
  });

  it('is read by every replica that knows the secret, and by no other', async () => {
    await open({ gateways: 2, sets: [SECRET] });
    const [one, other] = testbed.gateways.map(({ url }) => url);
    expect((await bearing(other!, await login(one!))).status).toBe(200);
  });

  it.each([
    [{}, 'unsupported_grant_type', UNSUPPORTED],
    [{ ...GRANT, username: '' }, 'invalid_request', "Missing parameter: 'username'"],
    [{ grant_type: 'password', username: 'admin@internal' }, 'invalid_request', "Missing parameter: 'password'"],
    [{ ...GRANT, grant_type: 'refresh_token' }, 'unsupported_grant_type', UNSUPPORTED],
    [
      { ...GRANT, password: 'wrong' },
      'access_denied',
      "Cannot authenticate user 'admin@internal': The user name or password is incorrect..",
    ],
    [
      { ...GRANT, username: 'admin' },
      'access_denied',
      "Cannot authenticate user 'admin': No valid profile found in credentials..",
    ],
  ])('is refused for %j', async (fields, code, error) => {
    const url = await open();
    const answer = await post(url + TOKEN, fields);
    expect(reported(answer)).toEqual([400, { error_code: code, error }]);
    expect(answer.headers['content-type']).toBe('application/json');
  });

  it('is not given interactively', async () => {
    const url = await open();
    expect(reported(await post(url + TOKEN, { grant_type: 'authorization_code', code: 'x' }))).toEqual([
      400,
      { error_code: 'unsupported_grant_type', error: INTERACTIVE },
    ]);
    expect(reported(await ask(`${url}/ovirt-engine/sso/oauth/authorize?response_type=code`))).toEqual([
      400,
      { error_code: 'unsupported_response_type', error: INTERACTIVE },
    ]);
    expect((await ask(url + TOKEN, { method: 'DELETE' })).status).toBe(405);
    expect((await ask(`${url}/ovirt-engine/sso/nothing`)).status).toBe(404);
  });
});

describe('what a client may ask for', () => {
  it('the configuration names the endpoints that there are, in JSON, by any format', async () => {
    const url = await open();
    const at = `${url}/ovirt-engine/sso/openid/.well-known/openid-configuration`;
    for (const accept of ['application/json', 'application/xml', '*/*']) {
      const { status, headers, text } = await ask(at, { headers: { accept } });
      expect([status, headers['content-type']]).toEqual([200, 'application/json']);
      const found = JSON.parse(text) as Record<string, string>;
      expect(found).toMatchObject({
        issuer: url,
        grant_types_supported: ['password', expect.stringContaining('http')],
      });
      expect(Object.keys(found).filter((name) => name.endsWith('_endpoint'))).toEqual([
        'token_endpoint',
        'introspection_endpoint',
        'revocation_endpoint',
      ]);
      const given = await post(found['token_endpoint']!, GRANT);
      const { access_token: token } = JSON.parse(given.text) as { access_token: string };
      expect((await post(found['introspection_endpoint']!, { token })).status).toBe(200);
      expect((await post(found['revocation_endpoint']!, { token })).status).toBe(200);
    }
  });

  it.each(['authorize', 'token', 'token-info', 'userinfo', 'jwks', 'revoke', 'logout'])(
    'OpenID Connect is refused as an OAuth error: openid/%s',
    async (name) => {
      const url = await open();
      const { status, headers, text } = await ask(`${url}/ovirt-engine/sso/openid/${name}?${form(GRANT)}`);
      expect([status, headers['content-type']]).toEqual([400, 'application/json']);
      expect(JSON.parse(text)).toEqual({
        error_code: expect.stringMatching(/^(?:unsupported_response_type|invalid_request)$/) as string,
        error: expect.stringContaining('the gateway') as string,
      });
    },
  );

  it('an engine demands Accept: application/json of a token; here any is answered so', async () => {
    const url = await open();
    for (const accept of ['application/json', 'application/xml', 'text/html', '*/*']) {
      const { status, headers } = await post(url + TOKEN, GRANT, { accept });
      expect([accept, status, headers['content-type']]).toEqual([accept, 200, 'application/json']);
    }
    // each failed login delays the next one
    const refused = await post(url + TOKEN, { ...GRANT, password: 'wrong' }, { accept: 'text/html' });
    expect([refused.status, refused.headers['content-type']]).toEqual([400, 'application/json']);
  });

  it('a name with several @: the last one separates the profile (admin@ovirt@internal)', async () => {
    const url = await open();
    const { text } = await post(url + TOKEN, { ...GRANT, username: 'admin@ovirt@internal' });
    expect(JSON.parse(text)).toMatchObject({ error: expect.stringContaining("user 'admin@ovirt@internal'") as string });
    const info = await post(url + TOKEN, { ...GRANT, username: 'admin@internal' });
    expect(info.status).toBe(200);
  });
});

describe('the end of a token', () => {
  it('is answered 401, so that clients log in again', async () => {
    const url = await open();
    const dead = await bearing(url, 'x.y.z');
    expect([dead.status, dead.headers['www-authenticate']]).toEqual([401, 'Basic realm="RESTAPI"']);
  });

  it.each([LOGOUT, '/ovirt-engine/sso/oauth/revoke'])('comes by %s, at the cloud too', async (path) => {
    const url = await open();
    const token = await login(url);
    expect((await bearing(url, token)).status).toBe(200);
    const ended = (): number =>
      testbed.simulator.calls.filter((call) => call.path.endsWith('/auth/tokens') && call.method === 'DELETE').length;
    const before = ended();
    const answer = await post(url + path, { scope: 'ovirt-app-api', token });
    expect([answer.status, answer.headers['content-type'], answer.text]).toEqual([200, 'application/json', '{}']);
    expect(ended()).toBe(before + 1);
    expect((await bearing(url, token)).status).toBe(401);
    expect(reported(await post(url + path, { scope: 'ovirt-app-api', token }))).toEqual([200, {}]);
    expect(reported(await post(url + path, {}))).toEqual([
      400,
      { error_code: 'invalid_request', error: "Missing parameter: 'token'" },
    ]);
  });
});

describe('token-info', () => {
  it('identifies the owner of a token', async () => {
    const url = await open();
    const token = await login(url);
    const at = `${url}/ovirt-engine/sso/oauth/token-info`;
    const info = await post(at, { token, scope: 'ovirt-ext=token-info:public-authz-search' });
    expect(JSON.parse(info.text)).toMatchObject({
      active: true,
      token_type: 'bearer',
      user_id: 'admin@internal',
      user_authz: 'internal',
      ovirt: { principal_id: 'admin@internal', group_ids: [] },
    });
    expect((JSON.parse(info.text) as { exp: string }).exp).toMatch(/^\d{13}$/);
    expect(reported(await post(at, { token, scope: 'ovirt-ext=token-info:validate' }))).toEqual([200, {}]);
    expect(reported(await post(at, { token: 'x' }))).toEqual([
      400,
      { error_code: 'invalid_grant', error: 'The provided access token has expired.' },
    ]);
  });
});

import type { Check } from '../check.js';
import { expectThat, NotRun } from '../outcomes.js';
import { json } from './wire-steps.js';

/** Logins, sessions and tokens. */
export const loginChecks: readonly Omit<Check, 'profile'>[] = [
  {
    name: 'login.challenge',
    title: 'a request without a login is challenged for Basic, with exactly the expected header',
    source: 'engine: EnforceAuthFilter; ManageIQ compares the whole header, libgovirt logs in only after it',
    async run(bench) {
      const answer = await bench.ask('GET', '/vms', { anonymous: true });
      expectThat(answer.status === 401, '401', `${answer.status}`);
      const header = answer.header('www-authenticate') ?? 'none';
      expectThat(/^Basic realm="?(RESTAPI|ENGINE)"?$/.test(header), 'Basic realm="RESTAPI" or "ENGINE"', header);
    },
  },
  {
    name: 'login.wrong',
    title: 'a wrong password is refused',
    source: 'engine: BasicAuthenticationFilter',
    async run(bench) {
      const { user } = bench.options;
      if (user === undefined) throw new NotRun('no login was given');
      const authorization = `Basic ${Buffer.from(`${user}:no-${bench.name}`).toString('base64')}`;
      const { status } = await bench.ask('GET', '', { anonymous: true, headers: { authorization } });
      expectThat(status === 401, '401', `${status}`);
    },
  },
  {
    name: 'session.cookie',
    title: 'Prefer: persistent-auth opens a session, whose cookie authenticates requests',
    source: 'engine: RestApiSessionMgmtFilter; SDK 3, ovirt_exporter',
    async run(bench) {
      const { user, password = '' } = bench.options;
      if (user === undefined) throw new NotRun('no login was given');
      const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
      const prefer = 'persistent-auth';
      const opened = await bench.ask('GET', '', { anonymous: true, headers: { authorization, prefer } });
      const cookie = /JSESSIONID=[^;,]+/.exec(opened.header('set-cookie') ?? '')?.[0];
      expectThat(cookie !== undefined, 'Set-Cookie: JSESSIONID=…', opened.header('set-cookie') ?? 'none');
      const { status } = await bench.ask('GET', '', { anonymous: true, headers: { cookie: cookie ?? '', prefer } });
      expectThat(status === 200, '200 with the cookie alone', `${status}`);
    },
  },
  {
    name: 'sso.token',
    api: '4',
    title: 'single sign-on gives a token, which authenticates requests',
    source: 'engine: OAuthTokenServlet; every SDK of version 4',
    async run(bench) {
      const { user, password = '' } = bench.options;
      if (user === undefined) throw new NotRun('no login was given');
      const body = new URLSearchParams({ grant_type: 'password', scope: 'ovirt-app-api', username: user, password });
      const headers = { ...json, 'content-type': 'application/x-www-form-urlencoded' };
      const request = { anonymous: true, headers, body: body.toString() };
      const answer = await bench.good([200], 'POST', '/ovirt-engine/sso/oauth/token', request);
      const { access_token: token, exp } = answer.json() as { access_token?: string; exp?: string };
      expectThat(
        typeof token === 'string' && /^\d{13}$/.test(String(exp)),
        'access_token, and exp in milliseconds',
        Object.keys(answer.json() as object).join(),
      );
      const bearer = { anonymous: true, headers: { authorization: `Bearer ${token}` } };
      expectThat((await bench.ask('GET', '', bearer)).status === 200, '200 with the token', 'another status');
    },
  },
];

import { describe, expect, it } from 'vitest';
import { Fault, type Backend, type BackendSession, type Credentials } from '../src/model/index.js';
import { defaultProtocolSettings } from '../src/ovirt/serve/settings.js';
import { Bounded } from '../src/ovirt/sessions/bounded.js';
import { Seal } from '../src/ovirt/sessions/seal.js';
import { Sessions } from '../src/ovirt/sessions/sessions.js';
import { sessionCookies, sessionPreferences } from '../src/ovirt/sessions/preferences.js';
import type { IncomingMessage } from 'node:http';

const MINUTE = 60_000;
const alice: Credentials = { user: 'alice', profile: 'corp', password: 'secret' };
const request = (headers: Record<string, string | string[]>): IncomingMessage =>
  ({ headers }) as unknown as IncomingMessage;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A backend whose logins are numbers; those in `gone` have ended. */
function backendOf(gone = new Set<string>()) {
  let count = 0;
  const reported = { resumed: [] as boolean[], out: [] as string[] };
  const sessionOf = (name: string): BackendSession =>
    ({
      export: () => name,
      check: async () => !gone.has(name),
      logout: async () => {
        reported.out.push(name);
      },
    }) as unknown as BackendSession;
  const backend = {
    login: async () => sessionOf(`login ${(count += 1)}`),
    resume: (text: string, credentials?: Credentials) => {
      if (gone.has(text)) throw new Fault('auth.refused');
      reported.resumed.push(credentials !== undefined);
      return sessionOf(text);
    },
  } as unknown as Backend;
  return { backend, told: reported };
}

const settings = {
  ...defaultProtocolSettings.sessions,
  secrets: ['a'.repeat(32)],
};
const preferences = { minutes: undefined, csrf: false };

describe('what a request says of sessions', () => {
  it.each([
    ['30', 30],
    ['1', 1],
    ['0', undefined],
    ['-5', undefined],
    ['x', undefined],
    ['', undefined],
    ['1.5', undefined],
    ['99999999999', undefined],
  ])('Session-TTL: %s is %s minutes: 1 or more, what is no number is passed over', (text, minutes) => {
    expect(sessionPreferences(request({ 'session-ttl': text })).minutes).toBe(minutes);
  });

  it('Prefer is a list, in any case, with parameters', () => {
    expect(sessionPreferences(request({ prefer: 'a;b=c, New-Auth ,CSRF-protection' }))).toMatchObject({
      persistent: false,
      fresh: true,
      csrf: true,
    });
  });

  it('cookies: ours among others, quoted or not', () => {
    expect(
      sessionCookies(request({ cookie: 'x=1; JSESSIONID=a.b; JSESSIONID="c"; jsessionid=d; JSESSIONID=' })),
    ).toEqual(['a.b', 'c']);
    expect(sessionCookies(request({}))).toEqual([]);
  });
});

describe('the seal', () => {
  it('opens ids that an earlier secret sealed, and none that another one did', async () => {
    const [old, fresh] = ['o'.repeat(32), 'f'.repeat(32)];
    const token = await new Seal([old]).close({ a: 1 });
    expect(await new Seal([fresh, old]).open(token)).toEqual({ a: 1 });
    expect(await new Seal([fresh]).open(token)).toBeUndefined();
    expect(await new Seal([]).open(token)).toBeUndefined();
    for (const text of ['', 'x', 'a.b.c.d.e', 'ey.ey.ey']) expect(await new Seal([old]).open(text)).toBeUndefined();
  });

  it('compresses what it seals: clients send an id with each request', async () => {
    const login = { addresses: Array.from({ length: 20 }, (_, n) => `https://cloud.example.com:${8770 + n}/v3`) };
    const seal = new Seal([]);
    const token = await seal.close(login);
    expect(token.length).toBeLessThan(JSON.stringify(login).length);
    expect(await seal.open(token)).toEqual(login);
  });
});

describe('sessions', () => {
  it("end when nobody uses them: after the client's Session-TTL, else after the operator's time", async () => {
    let now = 0;
    const { backend } = backendOf();
    const sessions = new Sessions(backend, settings, log, () => now);
    const [short, long] = [
      await sessions.begin(alice, { minutes: 10, csrf: false }),
      await sessions.begin(alice, preferences),
    ];
    for (now = 9 * MINUTE; now <= 90 * MINUTE; now += 9 * MINUTE)
      expect((await sessions.find([short.token], undefined))?.token).toBe(short.token);
    now += 2 * MINUTE;
    expect(await sessions.find([short.token], undefined)).toBeUndefined();
    expect(await sessions.find([long.token], undefined)).toBeDefined();
    now += 180 * MINUTE;
    expect(await sessions.find([long.token], undefined)).toBeUndefined();
  });

  it('are known at once while they are open here and their login was checked, and no longer', async () => {
    let now = 0;
    const gone = new Set<string>();
    const { backend } = backendOf(gone);
    const own = { ...settings, checkMs: 1000 };
    const sessions = new Sessions(backend, own, log, () => now);
    const { token, sealed } = await sessions.begin(alice, preferences);
    expect(sessions.known(token)?.token).toBe(token);
    now = 1000;
    expect(sessions.known(token)).toBeUndefined();
    expect(await sessions.live([token], undefined)).toBeDefined();
    expect(sessions.known(token)?.token).toBe(token);

    const replica = new Sessions(backend, own, log, () => now);
    expect(replica.known(token)).toBeUndefined();
    await replica.live([token], undefined);
    expect(replica.known(token)?.sealed.id).toBe(sealed.id);

    gone.add(sealed.login);
    now = 2000;
    expect(await sessions.live([token], undefined)).toBeUndefined();
    expect(sessions.known(token)).toBeUndefined();

    const unchecked = new Sessions(backend, { ...own, checkMs: 0 }, log, () => now);
    const unused = await unchecked.begin(alice, { minutes: 1, csrf: false });
    now += MINUTE - 1;
    expect(unchecked.known(unused.token)).toBe(unused);
    now += MINUTE;
    expect(unchecked.known(unused.token)).toBeUndefined();
  });

  it('are not known when their secret was taken away, or they have ended', async () => {
    const { backend } = backendOf();
    const changing = { ...settings };
    const sessions = new Sessions(backend, changing, log, () => 0);
    const [first, second] = [await sessions.begin(alice, preferences), await sessions.begin(alice, preferences)];
    await sessions.end(first);
    expect(sessions.known(first.token)).toBeUndefined();
    expect(sessions.known(second.token)).toBe(second);
    changing.secrets = ['b'.repeat(32)];
    expect(sessions.known(second.token)).toBeUndefined();
  });

  it('another replica counts from the sealing, so an id is sealed anew when half its life is over', async () => {
    let now = 0;
    const { backend } = backendOf();
    const [here, there] = [0, 1].map(() => new Sessions(backend, settings, log, () => now));
    const first = await here!.begin(alice, preferences);
    now = 80 * MINUTE;
    expect((await here!.renewed((await here!.find([first.token], undefined))!)).token).toBe(first.token);
    now = 100 * MINUTE;
    const second = await here!.renewed((await here!.find([first.token], undefined))!);
    expect(second.token).not.toBe(first.token);
    now = 190 * MINUTE;
    expect(await there!.find([first.token], undefined)).toBeUndefined();
    expect(await there!.find([second.token], undefined)).toBeDefined();
    expect(second.sealed.id).toBe(first.sealed.id);
  });

  it('an id identifies a login; credentials of the same user make it renewable, those of another do not', async () => {
    const { backend, told: reported } = backendOf();
    const { token } = await new Sessions(backend, settings, log).begin(alice, preferences);
    const replica = new Sessions(backend, settings, log);
    await replica.find([token], undefined);
    await replica.find([token], { ...alice, user: 'bob' });
    await replica.find([token], alice);
    await replica.find([token], undefined);
    expect(reported.resumed).toEqual([false, true]);
  });

  it('a login that has ended, here or on another replica, is not a session', async () => {
    const { backend, told: reported } = backendOf(new Set(['login 1']));
    const sessions = new Sessions(backend, settings, log);
    const [first, second] = [await sessions.begin(alice, preferences), await sessions.begin(alice, preferences)];
    expect(await new Sessions(backend, settings, log).find([first.token], undefined)).toBeUndefined();
    await sessions.end(second);
    expect([await sessions.find([second.token], alice), reported.out]).toEqual([undefined, ['login 2']]);
  });

  it('a login that cannot be ended at the backend is logged, and the session ends here', async () => {
    const warned: string[] = [];
    const { backend } = backendOf();
    const sessions = new Sessions(backend, settings, {
      ...log,
      warn: (message: string) => {
        warned.push(message);
      },
    });
    const opened = await sessions.begin(alice, preferences);
    await sessions.end({
      ...opened,
      session: {
        export: () => opened.sealed.login,
        logout: () => Promise.reject(new Error('no way there')),
      } as unknown as BackendSession,
    });
    expect([warned, await sessions.find([opened.token], alice)]).toEqual([
      ['a login could not be ended at the backend'],
      undefined,
    ]);
  });

  it('keep a bounded number of things: the least recently used goes first', () => {
    const bounded = new Bounded<string, number>(2);
    bounded.set('a', 1);
    bounded.set('b', 2);
    bounded.get('a');
    bounded.set('c', 3);
    expect(['a', 'b', 'c'].map((key) => bounded.has(key))).toEqual([true, false, true]);
  });
});

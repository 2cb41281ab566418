import { describe, expect, it, vi } from 'vitest';
import { Fault, type Credentials } from '../../model/index.js';
import { Client } from '../http/client.js';
import { LoginThrottle, type Caller } from './login-throttle.js';

const settings = { loginsAtOnce: 2, loginQueue: 3, longestPauseMs: 60_000 };
const RIGHT = 'right';
const as = (user: string, password: string): Credentials => ({ user, profile: 'p', password });
const from = (address: string): Caller => ({ address, client: new Client() });
const [HOME, ELSEWHERE] = ['192.0.2.1', '192.0.2.2'];

/** A throttle in front of a cloud that knows one password, and the clock. */
function newThrottle(change: Partial<typeof settings> = {}) {
  const time = { now: 1_000_000 };
  const throttle = new LoginThrottle({ ...settings, ...change }, () => time.now);
  const cloud = vi.fn(async (password: string) => {
    if (password !== RIGHT) throw new Fault('auth.refused');
    return 'in';
  });
  const login = (user: string, password: string, address = HOME): Promise<string> =>
    throttle
      .admit(as(user, password), from(address), () => cloud(password))
      .catch((error: unknown) => {
        if (error instanceof Fault) return `${error.status}${String(error.values['retryAfter'] ?? '')}`;
        throw error;
      });
  return { time, throttle, cloud, login };
}

describe('wrong logins', () => {
  it('are slowed down by pauses that grow, and the cloud is not asked meanwhile', async () => {
    const { time, cloud, login } = newThrottle();
    for (let n = 0; n < 3; n += 1) expect(await login('alice', `wrong ${n}`)).toBe('401');
    expect(await login('alice', 'wrong')).toBe('4291');
    expect(cloud).toHaveBeenCalledTimes(3);
    const pauses: string[] = [];
    for (let n = 0; n < 7; n += 1) {
      const reported = await login('alice', 'guess');
      pauses.push(reported.slice(3));
      time.now += Number(reported.slice(3)) * 1000;
      expect(await login('alice', `guess ${n}`)).toBe('401');
    }
    expect(pauses).toEqual(['1', '2', '4', '8', '16', '32', '60']);
  });

  it('of one user keep neither others out, nor that user elsewhere', async () => {
    const { login } = newThrottle();
    for (let n = 0; n < 9; n += 1) await login('alice', `wrong ${n}`);
    expect(await login('alice', RIGHT)).toMatch(/^429/);
    expect(await login('bob', RIGHT)).toBe('in');
    expect(await login('alice', RIGHT, ELSEWHERE)).toBe('in');
  });

  it('keep nobody out whose password was right before, until it is so no longer', async () => {
    const { cloud, throttle, login } = newThrottle();
    expect(await login('alice', RIGHT)).toBe('in');
    for (let n = 0; n < 9; n += 1) await login('alice', `wrong ${n}`);
    expect(await login('alice', RIGHT)).toBe('in');
    cloud.mockRejectedValueOnce(new Fault('auth.refused'));
    expect(await login('alice', RIGHT)).toBe('401');
    expect(await login('alice', RIGHT)).toMatch(/^429/);
    expect(await login('bob', RIGHT)).toBe('in');
    throttle.forget(as('bob', RIGHT));
    for (let n = 0; n < 3; n += 1) await login('bob', `wrong ${n}`);
    expect(await login('bob', RIGHT)).toMatch(/^429/);
  });

  it('of one address for many users slow it down as well, less, and no other', async () => {
    const { time, login } = newThrottle();
    for (let n = 0; n < 50; n += 1) expect(await login(`user ${n}`, 'wrong', '2001:db8::1')).toBe('401');
    expect(await login('user 50', 'wrong', '2001:db8::2')).toBe('4291');
    expect(await login('user 50', RIGHT)).toBe('in');
    for (let n = 51; n < 70; n += 1) {
      time.now += 10_000;
      expect(await login(`user ${n}`, 'wrong', '2001:db8::1')).toBe('401');
    }
    expect(Number((await login('user 70', 'wrong', '2001:db8::1')).slice(3))).toBeLessThanOrEqual(10);
  });

  it('of invented users, which are refused in a pause, push out the failures of nobody', async () => {
    const { login } = newThrottle();
    for (let n = 0; n < 4; n += 1) await login('alice', `wrong ${n}`);
    expect(await login('alice', 'wrong again')).toBe('4291');
    for (let n = 0; n < 50; n += 1) await login(`user ${n}`, 'wrong', ELSEWHERE);
    for (let n = 50; n < 10_100; n += 1) expect(await login(`user ${n}`, 'wrong', ELSEWHERE)).toBe('4291');
    expect(await login('alice', 'wrong again')).toBe('4291');
  });

  it('are forgotten with time, and nothing is slowed down when the operator says so', async () => {
    const { time, login } = newThrottle();
    for (let n = 0; n < 9; n += 1) await login('alice', `wrong ${n}`);
    time.now += 10 * 60_000;
    for (let n = 0; n < 3; n += 1) expect(await login('alice', `wrong ${n}`)).toBe('401');
    const free = newThrottle({ longestPauseMs: 0 });
    for (let n = 0; n < 60; n += 1) expect(await free.login('alice', `wrong ${n}`)).toBe('401');
  });

  it('that are concurrent do not bypass it', async () => {
    const { cloud, login } = newThrottle({ loginsAtOnce: 100, loginQueue: 100 });
    const reported = await Promise.all(Array.from({ length: 60 }, (_, n) => login('alice', `wrong ${n}`)));
    expect(cloud).toHaveBeenCalledTimes(3);
    expect(reported.filter((one) => one === '401')).toHaveLength(3);
  });
});

describe('a right login', () => {
  it('that comes many times at once is tried once, and lets all in', async () => {
    const { cloud, login } = newThrottle();
    let open = (): void => undefined;
    cloud.mockImplementationOnce(async () => {
      await new Promise<void>((resolve) => (open = resolve));
      return 'in';
    });
    const all = Promise.all(Array.from({ length: 20 }, () => login('alice', RIGHT)));
    await vi.waitFor(() => expect(cloud).toHaveBeenCalledTimes(1));
    open();
    expect(await all).toEqual(Array.from({ length: 20 }, () => 'in'));
  });

  it('finds its way while strangers fill their places', async () => {
    const { cloud, login } = newThrottle();
    expect(await login('alice', RIGHT)).toBe('in');
    const waiting: (() => void)[] = [];
    cloud.mockImplementation(async (password) => {
      if (password !== RIGHT) await new Promise<void>((resolve) => waiting.push(resolve));
      return 'in';
    });
    const strangers = [1, 2, 3, 4, 5].map((n) => login(`stranger ${n}`, 'slow', `192.0.2.1${n}`));
    await vi.waitFor(() => expect(waiting).toHaveLength(2));
    expect(await login('stranger 6', 'slow', ELSEWHERE)).toBe('5031');
    expect(await login('alice', RIGHT)).toBe('in');
    while (waiting.length > 0) {
      waiting.splice(0).forEach((go) => go());
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await Promise.all(strangers)).toEqual(['in', 'in', 'in', 'in', 'in']);
  });
});

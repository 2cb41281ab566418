import { afterEach, describe, expect, it } from 'vitest';
import { TinyOpenStack, type Answer } from './support/tiny-openstack.js';

/**
 * What plain Nova has and PowerVC has not: consoles, and the end of a migration. The simulator is a PowerVC, so these
 * are answered by hand.
 */
const VM = '082c794b-771f-452f-83c9-b2b5a19c0399';
let tiny: TinyOpenStack | undefined;
afterEach(async () => {
  await tiny?.close();
  tiny = undefined;
});

async function session(answer: Answer) {
  tiny = await TinyOpenStack.start(answer);
  return tiny.login();
}

const consoleAt =
  (url: string): Answer =>
  ({ path }) =>
    path.endsWith('/remote-consoles')
      ? { status: 200, body: { remote_console: { protocol: 'vnc', type: 'novnc', url } } }
      : undefined;

describe('a console', () => {
  it.each([
    ['token in the query', 'https://nova.example.com:6080/vnc_auto.html?token=abc', 'abc'],
    [
      'token in the path, as noVNC has it today',
      'https://nova.example.com:6080/vnc_lite.html?path=%3Ftoken%3Dabc',
      'abc',
    ],
    ['no token', 'https://nova.example.com:6080/vnc', undefined],
  ])('%s', async (_, url, token) => {
    const login = await session(consoleAt(url));
    expect(await login.vms.console(VM, 'vnc')).toEqual({ protocol: 'vnc', url, ...(token !== undefined && { token }) });
    const [seen] = tiny!.seen;
    expect([seen!.body, seen!.headers['openstack-api-version']]).toEqual([
      { remote_console: { protocol: 'vnc', type: 'novnc' } },
      'compute 2.6',
    ]);
    await login.end();
  });

  it('whose address is no URL is an answer that cannot be read', async () => {
    const login = await session(consoleAt('nonsense'));
    await expect(login.vms.console(VM, 'spice')).rejects.toMatchObject({ code: 'backend.answer' });
    await login.end();
  });
});

describe('the end of a migration', () => {
  it('is asked for by the id of the one that is under way', async () => {
    const login = await session(({ method }) =>
      method === 'GET' ? { status: 200, body: { migrations: [{ id: 7, status: 'running' }] } } : { status: 202 },
    );
    await login.vms.cancelMigration(VM);
    expect(tiny!.seen.map(({ method, path }) => `${method} ${path.slice(path.indexOf('/servers'))}`)).toEqual([
      `GET /servers/${VM}/migrations`,
      `DELETE /servers/${VM}/migrations/7`,
    ]);
    await login.end();
  });
  it('without one there is nothing to end', async () => {
    const login = await session(() => ({ status: 200, body: { migrations: [] } }));
    await expect(login.vms.cancelMigration(VM)).rejects.toMatchObject({ code: 'backend.conflict' });
    await login.end();
  });
});

describe('an image', () => {
  it.each([
    ['by its Location', { status: 202, headers: { location: 'https://image.example.com/images/1f0b4e9d/' } }],
    ['by the answer, from 2.45 on', { status: 202, body: { image_id: '1f0b4e9d' } }],
  ])('is known %s', async (_, reply) => {
    const login = await session(() => reply);
    expect(await login.vms.capture(VM, 'x')).toBe('1f0b4e9d');
    await login.end();
  });
  it('without any data is an answer that cannot be read', async () => {
    const login = await session(() => ({ status: 202 }));
    await expect(login.vms.capture(VM, 'x')).rejects.toMatchObject({ code: 'backend.answer' });
    await login.end();
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permits } from '../../src/generated/model/permits.js';
import { CLOUDS, serveV4, textAt, type Served } from './testbed.js';

const SUPER_USER = '00000000-0000-0000-0000-000000000001';
const USER_ROLE = '00000000-0000-0000-0001-000000000001';
const POWER_USER_ROLE = '00000000-0000-0000-0001-000000000002';

/** docs/reference/v4-wire.md, section 8: the ids of built-in roles are fixed. */
describe.each(CLOUDS)('roles of version 4: %s', (cloud) => {
  /** The role of the one who logs in: what the cloud calls it, and what it is shown as. */
  const [cloudName, id, name] =
    cloud === 'powervs' ? ['Manager', POWER_USER_ROLE, 'PowerUserRole'] : ['admin', SUPER_USER, 'SuperUser'];
  let v4: Served;
  beforeAll(async () => {
    v4 = await serveV4(cloud);
  });
  afterAll(() => v4?.close());
  const list = async (path: string, version = '4') =>
    (await v4.send('GET', path, undefined, { version })).xml().children;

  it('are the built-in ones, by their ids, and others of the cloud behind them', async () => {
    const all = (await list('/roles')).map((role) => [role.attributes.get('id'), textAt(role, 'name')]);
    expect(all.slice(0, 4)).toEqual([
      [SUPER_USER, 'SuperUser'],
      [USER_ROLE, 'UserRole'],
      [POWER_USER_ROLE, 'PowerUserRole'],
      ['def00001-0000-0000-0000-def000000001', 'ClusterAdmin'],
    ]);
    const names = all.map(([, one]) => one);
    expect(names).toEqual([...new Set(names)]);
    for (const shownAsAnother of ['admin', 'member', 'Manager']) expect(names).not.toContain(shownAsAnother);
    if (cloud === 'powervc') expect(names).toContain('reader');
    const found = await list('/roles?search=name%3DSuperUser');
    expect(found.map((role) => role.attributes.get('id'))).toEqual([SUPER_USER]);
  });

  it('are what permissions refer to, and the role of their holder', async () => {
    const self = (await v4.send('GET', '/')).xml().children.find((one) => one.name === 'authenticated_user');
    const own = self?.attributes.get('href') ?? '';
    const roleIn = async (path: string) =>
      (await list(path)).map((one) => one.children.find((part) => part.name === 'role')?.attributes.get('id'));
    expect(await roleIn(`${own}/permissions`)).toEqual([id]);
    expect(await roleIn('/permissions')).toContain(id);
    expect((await list(`${own}/roles`)).map((role) => textAt(role, 'name'))).toEqual([name]);
    const one = await v4.send('GET', `${own}/roles/${id}`);
    expect([one.status, textAt(one.xml(), 'name')]).toEqual([200, name]);
  });

  it('are found by the id that version 3 has of them, and the other way round', async () => {
    const three = await list('/roles', '3');
    const former = three.find((role) => textAt(role, 'name') === cloudName)?.attributes.get('id') ?? '';
    expect(former).not.toBe(id);
    const stored = await v4.send('GET', `/roles/${former}`);
    expect([stored.status, stored.xml().attributes.get('id'), textAt(stored.xml(), 'name')]).toEqual([200, id, name]);
    expect((await v4.send('GET', `/roles/${former}/permits`)).status).toBe(200);
    const back = await v4.send('GET', `/roles/${id}`, undefined, { version: '3' });
    expect([back.status, back.xml().attributes.get('id'), textAt(back.xml(), 'name')]).toEqual([
      200,
      former,
      cloudName,
    ]);
    for (const version of ['3', '4']) {
      const unknown = await v4.send('GET', '/roles/00000000-0000-0000-0000-0000000000ff', undefined, { version });
      expect([unknown.status, unknown.text]).toEqual([404, '']);
    }
  });

  it('permit what an engine’s do, and those that stand for a role of the cloud what that does', async () => {
    const permitsOf = async (role: string): Promise<(string | undefined)[]> =>
      (await list(`/roles/${role}/permits`)).map((permit) => textAt(permit, 'name'));
    expect((await permitsOf(USER_ROLE)).sort()).toEqual(
      [
        'change_vm_cd',
        'connect_to_vm',
        'reboot_vm',
        'stop_vm',
        'shut_down_vm',
        'hibernate_vm',
        'run_vm',
        'vm_pool_basic_operations',
        'access_image_storage',
        'login',
      ].sort(),
    );
    expect(await permitsOf(SUPER_USER)).toHaveLength(permits.permits.length);
    expect(await permitsOf(POWER_USER_ROLE)).toEqual(expect.arrayContaining(['create_vm', 'delete_vm', 'login']));
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseXml } from '../../src/codec/index.js';
import { plainInventory } from '../../src/simulator/index.js';
import { startTestbed } from '../support/testbed.js';
import { CLOUDS, serveV4, textAt, type Served } from './testbed.js';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJGzWHXAbQUMbvFVhzkRGsmQJQ0zJ2B4qG7PTmE3Pd9m somebody@example.com';
const escaped = (json: string): string => json.replaceAll('"', '&quot;');

/** docs/reference/v4-wire.md, section 8 (users), and v4-clients.md, 10: what the VM portal keeps for its users. */
describe.each(CLOUDS)('parts of users: %s', (cloud) => {
  const keeps = cloud !== 'powervs';
  let v4: Served;
  let own = '';
  beforeAll(async () => {
    v4 = await serveV4(cloud);
    const users = (await v4.send('GET', '/users')).xml().children;
    own = users.find((user) => textAt(user, 'logged_in') === 'true')?.attributes.get('href') ?? '';
  });
  afterAll(() => v4?.close());

  it('are named as engines name them, in every place, and are found by any of their names', async () => {
    const root = (await v4.send('GET', '/')).xml();
    const self = root.children.find(({ name }) => name === 'authenticated_user')?.attributes.get('href') ?? '';
    expect(self).toBe(own);
    const user = (await v4.send('GET', self)).xml();
    expect([textAt(user, 'user_name'), textAt(user, 'domain/name'), textAt(user, 'logged_in')]).toEqual([
      'admin@internal-authz',
      'internal-authz',
      'true',
    ]);
    expect((await v4.send('GET', '/domains')).xml().children.map((one) => textAt(one, 'name'))).toEqual([
      'internal-authz',
    ]);
    const found = async (search: string): Promise<(string | undefined)[]> =>
      (await v4.send('GET', search)).xml().children.map((one) => one.attributes.get('href'));
    for (const name of ['admin', 'admin@internal', 'admin@internal-authz', 'ADMIN@*'])
      expect(await found(`/users?search=usrname%3D${encodeURIComponent(name)}`), name).toContain(own);
    for (const name of ['nobody', 'admin@elsewhere', 'admin@elsewhere-authz'])
      expect(await found(`/users?search=usrname%3D${encodeURIComponent(name)}`), name).toEqual([]);

    const [vm] = (await v4.send('GET', '/vms?search=status%3Ddown%20sortby%20name')).xml().children;
    const href = vm?.attributes.get('href') ?? '';
    const change = await v4.send('PUT', href, `<vm><description>of ${cloud}</description></vm>`, {
      'correlation-id': 'by-name',
    });
    expect(change.status).toBe(200);
    const told = (await v4.send('GET', '/events?search=correlation_id%3Dby-name')).xml().children;
    expect(
      told.map((one) => [
        textAt(one, 'code'),
        textAt(one, 'user/name'),
        one.children.find(({ name }) => name === 'user')?.attributes.get('href'),
        textAt(one, 'description')?.includes('by admin@internal-authz'),
      ]),
    ).toEqual([['35', 'admin@internal-authz', own, true]]);
    const [event] = told.map((one) => one.attributes.get('href'));
    for (const name of ['admin@internal', 'admin@internal-authz'])
      expect(await found(`/events?search=usrname%3D${encodeURIComponent(name)}`), name).toContain(event);
    expect(await found('/events?search=usrname%3Dadmin%40elsewhere')).toEqual([]);
    const [job] = (await v4.send('GET', '/jobs?search=correlation_id%3Dby-name')).xml().children;
    expect(job?.children.find(({ name }) => name === 'owner')?.attributes.get('href')).toBe(own);
  });

  it('SSH public keys: added, listed, read, removed', async () => {
    const keys = `${own}/sshpublickeys`;
    const created = await v4.send('POST', keys, `<ssh_public_key><content>${KEY}</content></ssh_public_key>`);
    if (!keeps) {
      expect([created.status, textAt(created.xml(), 'detail')]).toEqual([
        409,
        expect.stringContaining('to the account'),
      ]);
      expect((await v4.send('GET', keys)).xml().children).toEqual([]);
      return;
    }
    const href = created.xml().attributes.get('href') ?? '';
    expect([created.status, textAt(created.xml(), 'content')]).toEqual([201, KEY]);
    expect((await v4.send('GET', keys)).xml().children.map((key) => textAt(key, 'content'))).toEqual([KEY]);
    expect(textAt((await v4.send('GET', href)).xml(), 'name')).toMatch(/^ovirt-[0-9a-f]{12}$/);
    const again = await v4.send('POST', keys, `<ssh_public_key><content>${KEY}</content></ssh_public_key>`);
    const changed = await v4.send('PUT', href, `<ssh_public_key><content>${KEY}</content></ssh_public_key>`);
    const wrong = await v4.send('POST', keys, '<ssh_public_key><content>no key</content></ssh_public_key>');
    expect([again.status, changed.status, wrong.status]).toEqual([409, 409, 400]);
    expect((await v4.send('DELETE', href)).status).toBe(200);
    const gone = await v4.send('GET', href);
    expect([gone.status, gone.text]).toEqual([404, '']);
  });

  it('options: added, listed, read as they were sent, removed', async () => {
    const options = `${own}/options`;
    const content = '{"locale":"en-US","refresh":60}';
    const body = `<user_option><name>vmPortal.locale</name><content>${escaped(content)}</content></user_option>`;
    const created = await v4.send('POST', options, body);
    if (!keeps) {
      expect([created.status, textAt(created.xml(), 'detail')]).toEqual([
        409,
        expect.stringContaining('cannot store metadata'),
      ]);
      return;
    }
    const href = created.xml().attributes.get('href') ?? '';
    expect([created.status, textAt(created.xml(), 'content')]).toEqual([201, content]);
    expect((await v4.send('POST', options, body)).status).toBe(409);
    const read = await v4.send('GET', options, undefined, { accept: 'application/json' });
    expect(JSON.parse(read.text)).toMatchObject({ user_option: [{ name: 'vmPortal.locale', content }] });
    expect((await v4.send('DELETE', href)).status).toBe(200);
    expect((await v4.send('GET', options)).xml().children).toEqual([]);
    expect((await v4.send('GET', `${options}/None`)).status).toBe(404);
  });

  it('events of backup tools: kept with their numbers, found, refused twice, removed', async () => {
    const [vm] = (await v4.send('GET', '/vms')).xml().children;
    const id = vm?.attributes.get('id') ?? '';
    const body = `<event><custom_id>7</custom_id><description>Backup of a VM &amp; its disks</description><origin>mytool</origin>
      <severity>warning</severity><vm id="${id}"/></event>`;
    const created = await v4.send('POST', '/events', body, { 'correlation-id': 'backup-7' });
    if (!keeps) {
      expect([created.status, textAt(created.xml(), 'detail')]).toEqual([
        409,
        expect.stringContaining('cannot store metadata'),
      ]);
      return;
    }
    const event = created.xml();
    const href = event.attributes.get('href') ?? '';
    expect([created.status, textAt(event, 'code'), textAt(event, 'correlation_id')]).toEqual([201, '9802', 'backup-7']);
    expect((await v4.send('POST', '/events', body)).status).toBe(409);
    for (const search of [
      'type=9802',
      'origin=mytool',
      'custom_event_id=7',
      'severity>normal',
      'correlation_id=backup-7',
    ]) {
      const found = (await v4.send('GET', `/events?search=${encodeURIComponent(search)}`)).xml().children;
      expect([search, found.map((one) => textAt(one, 'custom_id'))]).toEqual([search, expect.arrayContaining(['7'])]);
    }
    const read = (await v4.send('GET', href)).xml();
    expect(read.children.find(({ name }) => name === 'vm')?.attributes.get('id')).toBe(id);
    expect((await v4.send('DELETE', href)).status).toBe(200);
    expect((await v4.send('GET', href)).status).toBe(404);
    const unknown = await v4.send(
      'POST',
      '/events',
      body.replace(id, '00000000-0000-0000-0000-0000000000ff').replace('>7<', '>8<'),
    );
    expect([unknown.status, textAt(unknown.xml(), 'detail')]).toEqual([
      404,
      'Entity not found: VM: id=00000000-0000-0000-0000-0000000000ff',
    ]);
    const bare = await v4.send('POST', '/events', '<event><description>x</description></event>');
    expect([bare.status, textAt(bare.xml(), 'reason')]).toEqual([400, 'Incomplete parameters']);
  });
});

/** Another replica has no record of a request; the cloud's own history has its user, by id. */
it.each(['powervc', 'openstack'] as const)(
  'whom the history of a VM names is found by a member who may not list roles: %s',
  async (cloud) => {
    const testbed = await startTestbed({
      cloud,
      gateways: 2,
      ...(cloud === 'openstack' && { inventory: plainInventory }),
    });
    try {
      const [first, other] = testbed.gateways.map(({ url }) => `${url}/ovirt-engine/api`);
      const as = (user: string) => ({
        authorization: `Basic ${Buffer.from(`${user}@internal:powervc`).toString('base64')}`,
        'content-type': 'application/xml',
      });
      const [server] = [...testbed.simulator.world.servers.values()].filter(({ vm_state }) => vm_state === 'active');
      const stopped = await fetch(`${first}/vms/${server?.id}/stop`, {
        method: 'POST',
        headers: as('admin'),
        body: '<action><async>false</async></action>',
      });
      expect(stopped.status).toBe(200);
      const events = await (await fetch(`${other}/events`, { headers: as('operator') })).text();
      const [, href] = /<user href="([^"]+)"/.exec(events) ?? [];
      const found = await fetch(`${new URL(String(other)).origin}${href}`, { headers: as('operator') });
      expect([found.status, parseXml(await found.text()).attributes.get('href')]).toEqual([200, href]);
      const unknown = await fetch(`${other}/users/00000000-0000-4000-8000-000000000001`, { headers: as('operator') });
      expect([unknown.status, await unknown.text()]).toEqual([404, '']);
    } finally {
      await testbed.close();
    }
  },
);

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOUDS, type Served, serveV4, startV4, textAt } from './testbed.js';

/** docs/reference/v4-wire.md, section 8: every data center has one quota, `Default`; engines list libvirt's filters. */
describe.each(CLOUDS)('what every data center and cluster has: %s', (cloud) => {
  let v4: Served;
  let center = '';
  beforeAll(async () => {
    v4 = await serveV4(cloud);
    center = (await v4.send('GET', '/datacenters')).xml().children[0]?.attributes.get('href') ?? '';
  });
  afterAll(() => v4?.close());

  it('the quota Default, whose lists are there and empty', async () => {
    const list = (await v4.send('GET', `${center}/quotas`)).xml();
    expect(list.children.map((quota) => textAt(quota, 'name'))).toEqual(['Default']);
    const href = list.children[0]?.attributes.get('href') ?? '';
    const quota = (await v4.send('GET', href)).xml();
    expect(quota.children.find(({ name }) => name === 'data_center')?.attributes.get('href')).toBe(center);
    for (const name of ['quotaclusterlimits', 'quotastoragelimits', 'permissions']) {
      const { status, xml } = await v4.send('GET', `${href}/${name}`);
      expect([name, status, xml().children]).toEqual([name, 200, []]);
    }
    expect(quota.children.filter(({ name }) => name === 'link').map(({ attributes }) => attributes.get('rel'))).toEqual(
      expect.arrayContaining(['quotaclusterlimits', 'quotastoragelimits', 'permissions']),
    );
    const followed = (await v4.send('GET', `${center}?follow=quotas`)).xml();
    expect(textAt(followed, 'quotas/quota/name')).toBe('Default');
    const missing = await v4.send('GET', `${center}/quotas/00000000-0000-0000-0000-0000000000ff/permissions`);
    expect([missing.status, missing.text]).toEqual([404, '']);
  });

  it('no other quota, and no change of it', async () => {
    const { text } = await v4.send('GET', `${center}/quotas?search=name%3DOther`);
    expect(text).not.toContain('Default');
    const [quota] = (await v4.send('GET', `${center}/quotas`)).xml().children;
    const href = quota?.attributes.get('href') ?? '';
    for (const [method, path] of [
      ['POST', `${center}/quotas`],
      ['PUT', href],
      ['DELETE', href],
    ] as const) {
      const answer = await v4.send(method, path, method === 'DELETE' ? undefined : '<quota><name>x</name></quota>');
      expect([method, answer.status, textAt(answer.xml(), 'reason') ?? textAt(answer.xml(), 'fault/reason')]).toEqual([
        method,
        409,
        'Operation Failed',
      ]);
    }
  });

  it('the network filters of engines, at the root and of each cluster', async () => {
    const root = (await v4.send('GET', '/networkfilters')).xml();
    const named = root.children.map((filter) => textAt(filter, 'name'));
    expect(named).toHaveLength(19);
    const [found] = (await v4.send('GET', '/networkfilters?search=name%3Dvdsm-no-mac-spoofing')).xml().children;
    expect(found && [textAt(found, 'version/major'), textAt(found, 'version/minor')]).toEqual(['3', '2']);
    const href = found?.attributes.get('href') ?? '';
    expect(textAt((await v4.send('GET', href)).xml(), 'name')).toBe('vdsm-no-mac-spoofing');
    const [cluster] = (await v4.send('GET', '/clusters')).xml().children;
    const own = `${cluster?.attributes.get('href')}/networkfilters`;
    const [first] = (await v4.send('GET', own)).xml().children;
    expect(first?.attributes.get('href')).toContain(own);
    expect((await v4.send('GET', '/networkfilters/None')).status).toBe(404);
    expect((await v4.send('GET', `/clusters/00000000-0000-0000-0000-0000000000ff/networkfilters`)).status).toBe(404);
  });
});

describe('version 3', () => {
  it('has the quota Default, too, and VMs and disks refer to it', async () => {
    const v4 = await startV4('powervc');
    const [center] = (await v4.send('GET', '/ovirt-engine/api/v3/datacenters')).xml().children;
    const quotas = `${center?.attributes.get('href')}/quotas`;
    const [quota] = (await v4.send('GET', quotas)).xml().children;
    const href = quota?.attributes.get('href');
    const [vm] = (await v4.send('GET', '/ovirt-engine/api/v3/vms')).xml().children;
    const [disk] = (await v4.send('GET', `${vm?.attributes.get('href')}/disks`)).xml().children;
    await v4.close();
    expect(href?.startsWith(`${quotas}/`)).toBe(true);
    for (const one of [vm, disk])
      expect(one?.children.find(({ name }) => name === 'quota')?.attributes.get('href')).toBe(href);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { XmlElement } from '../../src/codec/index.js';
import { serveV4, startV4, textAt, type V4 } from './testbed.js';

/** docs/reference/v4-wire.md, section 8: labels at the root, and those of VMs and hosts. */
describe.each(['openstack', 'powervc'] as const)('affinity labels: %s', (cloud) => {
  let v4: V4;
  let vm = '';
  let host = '';
  beforeAll(async () => {
    v4 = await startV4(cloud);
    vm = idOf((await v4.send('GET', '/vms')).xml().children[0]);
    host = idOf((await v4.send('GET', '/hosts')).xml().children[0]);
  });
  afterAll(() => v4?.close());

  const idOf = (element: XmlElement | undefined): string => element?.attributes.get('id') ?? '';
  const members = (label: XmlElement, list: string): (string | undefined)[] =>
    (label.children.find(({ name }) => name === list)?.children ?? []).map(({ attributes }) => attributes.get('id'));
  const listed = async (path: string): Promise<(string | undefined)[]> =>
    (await v4.send('GET', path)).xml().children.map(({ attributes }) => attributes.get('id'));

  it.each([
    ['vms', 'vm'],
    ['hosts', 'host'],
  ])('with %s that are not there are not made', async (list, element) => {
    const body = `<affinity_label><name>half</name><${list}><${element} id="00000000-0000-4000-8000-0000000000ff"/></${list}></affinity_label>`;
    expect((await v4.send('POST', '/affinitylabels', body)).status).toBe(404);
    expect(await listed('/affinitylabels')).toEqual([]);
  });

  it('are created, assigned to VMs and hosts from both sides, and removed', async () => {
    const created = await v4.send('POST', '/affinitylabels', '<affinity_label><name>db</name></affinity_label>');
    const id = idOf(created.xml());
    expect([created.status, textAt(created.xml(), 'has_implicit_affinity_group')]).toEqual([201, 'false']);
    expect([members(created.xml(), 'vms'), members(created.xml(), 'hosts')]).toEqual([[], []]);
    const again = await v4.send('POST', '/affinitylabels', '<affinity_label><name>db</name></affinity_label>');
    expect(again.status).toBe(409);

    const given = await v4.send('POST', `/vms/${vm}/affinitylabels`, `<affinity_label id="${id}"/>`);
    expect([given.status, given.xml().attributes.get('href')]).toEqual([
      201,
      `/ovirt-engine/api/vms/${vm}/affinitylabels/${id}`,
    ]);
    const taken = await v4.send('POST', `/affinitylabels/${id}/hosts`, `<host id="${host}"/>`);
    expect([taken.status, taken.xml().attributes.get('href')]).toEqual([201, `/ovirt-engine/api/hosts/${host}`]);

    const label = (await v4.send('GET', `/affinitylabels/${id}`)).xml();
    expect([members(label, 'vms'), members(label, 'hosts')]).toEqual([[vm], [host]]);
    v4.testbed.simulator.resetCalls();
    const own = (await v4.send('GET', `/vms/${vm}/affinitylabels`)).xml().children;
    // the VMs of a label are behind its link here: to tell them takes a walk over all VMs
    expect(v4.testbed.simulator.calls.filter(({ path }) => path.includes('/servers/detail'))).toEqual([]);
    expect(own.map((one) => [idOf(one), one.children.some(({ name }) => name === 'vms')])).toEqual([[id, false]]);
    expect(await listed(`/hosts/${host}/affinitylabels`)).toEqual([id]);
    expect(await listed(`/affinitylabels/${id}/vms`)).toEqual([vm]);
    const followed = (await v4.send('GET', `/affinitylabels/${id}?follow=vms.disk_attachments,hosts`)).xml();
    expect(textAt(followed, 'vms/vm/disk_attachments')).toBeDefined();
    expect(textAt(followed, 'hosts/host/name')).toBeDefined();

    expect((await v4.send('DELETE', `/affinitylabels/${id}/vms/${vm}`)).status).toBe(200);
    expect((await v4.send('DELETE', `/hosts/${host}/affinitylabels/${id}`)).status).toBe(200);
    const missing = await v4.send('GET', `/vms/${vm}/affinitylabels/${id}`);
    expect([missing.status, missing.text]).toEqual([404, '']);
    expect(await listed(`/affinitylabels/${id}/hosts`)).toEqual([]);

    const members2 = `<affinity_label><name>web</name><vms><vm id="${vm}"/></vms></affinity_label>`;
    const renamed = (await v4.send('PUT', `/affinitylabels/${id}`, members2)).xml();
    expect([textAt(renamed, 'name'), members(renamed, 'vms')]).toEqual(['web', [vm]]);
    expect((await v4.send('DELETE', `/affinitylabels/${id}`)).status).toBe(200);
    expect(await listed('/affinitylabels')).toEqual([]);
    expect(await listed(`/vms/${vm}/affinitylabels`)).toEqual([]);
  });

  it('of unknown VMs, and those that would place by themselves, are refused', async () => {
    const body = (extra: string) => `<affinity_label><name>x</name>${extra}</affinity_label>`;
    const placing = await v4.send(
      'POST',
      '/affinitylabels',
      body('<has_implicit_affinity_group>true</has_implicit_affinity_group>'),
    );
    expect([placing.status, placing.text]).toEqual([409, expect.stringContaining('has_implicit_affinity_group')]);
    const unknown = await v4.send(
      'POST',
      `/vms/${vm}/affinitylabels`,
      '<affinity_label><name>none</name></affinity_label>',
    );
    expect([unknown.status, textAt(unknown.xml(), 'detail')]).toEqual([
      404,
      'Entity not found: AffinityLabel: name=none',
    ]);
  });
});

it('Power Virtual Server, which keeps nothing beside a VM, lists none and refuses one by name', async () => {
  const v4 = await serveV4('powervs');
  const listed = await v4.send('GET', '/affinitylabels');
  const refused = await v4.send('POST', '/affinitylabels', '<affinity_label><name>db</name></affinity_label>');
  await v4.close();
  expect([listed.status, listed.xml().children]).toEqual([200, []]);
  expect([refused.status, textAt(refused.xml(), 'detail')]).toEqual([
    409,
    expect.stringContaining('Power Virtual Server cannot store metadata for a workspace.'),
  ]);
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isoDomainId } from '../src/backends/powervc/index.js';
import { exportDomain, profileId } from '../src/services/inventory/inventory.js';
import { defaultIds as ids } from '../src/simulator/inventory/ids.js';
import { startTestbed, type Testbed } from './support/testbed.js';

/**
 * The collections around VMs, on the default inventory: what PowerVC has is there, what it has not is empty or refused
 * by name (docs/reference/ovirt.md, section 2).
 */
let testbed: Testbed;
beforeAll(async () => {
  testbed = await startTestbed({ gateways: 2 });
});
afterAll(() => testbed.close());

const LOGIN = `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`;

async function ask(
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
  gateway = 0,
): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(`http://127.0.0.1:${testbed.gateways[gateway]!.port}/api${path}`, {
    method,
    headers: { authorization: LOGIN, ...(body !== undefined && { 'content-type': 'application/xml' }), ...headers },
    ...(body !== undefined && { body }),
  });
  return { status: response.status, text: await response.text() };
}

const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found = '']) => found);
const idOf = (text: string, element: string): string =>
  new RegExp(`<${element} href="[^"]*" id="([^"]*)"`).exec(text)?.[1] ?? '';
const names = (text: string): string[] => all(text, /^ {8}<name>(.*)<\/name>/gm);
const get = async (path: string): Promise<string> => (await ask('GET', path)).text;
const first = async (path: string, element: string): Promise<string> => idOf(await get(path), element);
const settled = (): Promise<unknown> => Promise.all(testbed.gateways.map((gateway) => gateway.settled()));

describe('the data center', () => {
  it('is the project, and what is in it refers to it', async () => {
    const text = await get('/datacenters');
    const id = idOf(text, 'data_center');
    expect(names(text)).toEqual(['ibm-default']);
    expect(await get('/clusters')).toContain(`<data_center href="/api/datacenters/${id}" id="${id}"/>`);
    expect(await get(`/networks/${ids.networks.vlan100}`)).toContain(
      `<data_center href="/api/datacenters/${id}" id="${id}"/>`,
    );
    expect(await get(`/storagedomains/${ids.types.base}`)).toMatch(
      new RegExp(`<data_centers>\\s*<data_center href="/api/datacenters/${id}" id="${id}"/>`),
    );
    expect(names(await get(`/datacenters/${id}/clusters`))).toEqual(['Default Group']);
    expect(names(await get(`/datacenters/${id}/networks`))).toEqual(['VLAN100', 'VLAN200']);
    expect(names(await get(`/datacenters/${id}/storagedomains`))).toContain('FlashSystem base');
  });
  it('is the only one: another has nothing in it', async () => {
    for (const below of ['', '/clusters', '/networks', '/storagedomains', '/quotas', '/permissions', '/qoss'])
      expect((await ask('GET', `/datacenters/${ids.pmem}${below}`)).status, below).toBe(404);
  });
});

describe("what is PowerVC's to make is refused by name", () => {
  it.each([
    [
      '/datacenters',
      '<data_center/>',
      '[Cannot add data center. This operation is not supported by PowerVC: a data center is a project in PowerVC, and is created and changed there.]',
    ],
    [
      '/clusters',
      '<cluster/>',
      '[Cannot add cluster. This operation is not supported by PowerVC: clusters are host groups of PowerVC, and are created and changed there.]',
    ],
    [
      '/hosts',
      '<host/>',
      '[Cannot add host. This operation is not supported by PowerVC: hosts are added, changed and removed in PowerVC.]',
    ],
    [
      '/storagedomains',
      '<storage_domain/>',
      '[Cannot add storage domain. This operation is not supported by PowerVC: storage domains are storage templates of PowerVC, and are created and changed there.]',
    ],
    [
      '/bookmarks',
      '<bookmark/>',
      "[Cannot add bookmark. This operation is not supported by PowerVC: bookmarks belong to an engine's web interface, and PowerVC cannot store them.]",
    ],
  ])('POST %s', async (path, body, detail) => {
    const { status, text } = await ask('POST', path, body);
    expect(status).toBe(409);
    expect(text).toContain(
      `<detail>${detail.replaceAll("'", '&apos;')}</detail>`.replaceAll(
        '&apos;',
        text.includes('&apos;') ? '&apos;' : "'",
      ),
    );
  });
  it('fencing a host, too, inside its action', async () => {
    const { status, text } = await ask(
      'POST',
      `/hosts/${await first('/hosts', 'host')}/fence`,
      '<action><fence_type>restart</fence_type></action>',
    );
    expect([status, text]).toEqual([
      409,
      expect.stringContaining(
        '[Cannot fence host. This operation is not supported by PowerVC: PowerVC has no fence agents',
      ),
    ]);
  });
});

describe('hosts', () => {
  it('have statistics of what Nova counts', async () => {
    const host = await first('/hosts', 'host');
    const text = await get(`/hosts/${host}/statistics`);
    expect(names(text)).toEqual(['memory.total', 'memory.used', 'memory.free', 'cpu.total', 'cpu.assigned']);
    const [total = 0, used = 0, free = 0] = all(text, /<datum>(.*)<\/datum>/g).map(Number);
    expect(total).toBe(used + free);
    expect(total).toBe(524_288 * 2 ** 20);
    expect(text).toContain(`<host href="/api/hosts/${host}" id="${host}"/>`);
  });
  it('go into maintenance and out of it', async () => {
    const host = await first('/hosts?search=name%3Dp10-s1022', 'host');
    expect((await ask('POST', `/hosts/${host}/deactivate`, '<action><async>false</async></action>')).status).toBe(200);
    expect(await get(`/hosts/${host}`)).toContain('<state>maintenance</state>');
    expect((await ask('POST', `/hosts/${host}/activate`, '<action/>')).status).toBe(200);
    expect(await get(`/hosts/${host}`)).toContain('<state>up</state>');
  });
  it('could be given the LUNs that storage providers know', async () => {
    const text = await get(`/hosts/${await first('/hosts', 'host')}/storage`);
    expect(all(text, /<logical_unit id="([^"]+)"/g)).toHaveLength(3);
    expect(text).toContain('<size>107374182400</size>');
  });
});

describe('affinity groups', () => {
  it('are collocation rules: added, listed with their VMs, removed', async () => {
    const at = `/clusters/${await first('/clusters', 'cluster')}/affinitygroups`;
    const { status, text } = await ask(
      'POST',
      at,
      '<affinity_group><name>apart</name><positive>false</positive><enforcing>true</enforcing></affinity_group>',
    );
    expect([status, text]).toEqual([
      201,
      expect.stringMatching(/<positive>false<\/positive>\s*<enforcing>true<\/enforcing>/),
    ]);
    const id = idOf(text, 'affinity_group');
    expect(names(await get(at))).toEqual(['apart']);
    expect((await ask('POST', at, '<affinity_group><name>apart</name></affinity_group>')).text).toContain(
      '[Cannot add Affinity Group. The Affinity Group name is already in use',
    );
    expect((await ask('GET', `${at}/${id}/vms`)).text).toContain('<vms/>');
    expect((await ask('PUT', `${at}/${id}`, '<affinity_group/>')).status).toBe(409);
    expect((await ask('DELETE', `${at}/${id}`)).status).toBe(200);
    expect((await ask('GET', `${at}/${id}`)).status).toBe(404);
  });
});

describe('floating disks', () => {
  it('are created, changed, read on their storage domain, and destroyed', async () => {
    const created =
      (await ask(
        'POST',
        '/disks',
        `<disk><alias>spare</alias><provisioned_size>1073741825</provisioned_size><storage_domains><storage_domain id="${ids.types.base}"/></storage_domains></disk>`,
        { expect: '201-created', 'x-ovirt-expect': '201-created' },
      ).catch(() => undefined)) ??
      (await ask('POST', '/disks', `<disk><alias>spare</alias><provisioned_size>1073741825</provisioned_size></disk>`, {
        'x-ovirt-expect': '201-created',
      }));
    expect(created.status).toBe(201);
    const id = idOf(created.text, 'disk');
    expect(created.text).toContain('<provisioned_size>2147483648</provisioned_size>');
    const changed = await ask(
      'PUT',
      `/disks/${id}`,
      '<disk><alias>spare2</alias><description>for later</description></disk>',
    );
    expect(changed.text).toMatch(/<description>for later<\/description>[\s\S]*<alias>spare2<\/alias>/);
    expect(names(await get(`/storagedomains/${ids.types.base}/disks`))).toContain('spare2');
    expect((await ask('GET', `/storagedomains/${ids.types.bulk}/disks/${id}`)).status).toBe(404);
    expect((await ask('GET', `/disks/${id}/statistics`)).text).toContain('data.current.read');
    expect((await ask('DELETE', `/disks/${id}`)).status).toBe(200);
    expect((await ask('GET', `/disks/${id}`)).status).toBe(404);
  });
  it('that a VM has attached are not destroyed', async () => {
    const { status, text } = await ask('DELETE', `/disks/${ids.volumes.rhelData}`);
    expect([status, text]).toEqual([
      409,
      expect.stringContaining('[Cannot remove Virtual Machine Disk. At least one of the VMs is not down.]'),
    ]);
  });
});

describe('templates', () => {
  it('are made of a VM that is down, renamed, and removed', async () => {
    const body = `<template><name>golden</name><description>As of today</description><vm id="${ids.servers.sles}"/></template>`;
    const created = await ask('POST', '/templates', body, { 'x-ovirt-expect': '201-created' });
    expect(created.status).toBe(201);
    const id = idOf(created.text, 'template');
    expect(created.text).toMatch(/<name>golden<\/name>\s*<description>As of today<\/description>/);
    expect((await ask('POST', '/templates', body)).text).toContain(
      '[Cannot add Template. The Template name is already in use',
    );
    expect((await ask('PUT', `/templates/${id}`, '<template><name>golden2</name></template>')).text).toContain(
      '<name>golden2</name>',
    );
    expect(names(await get(`/templates/${id}/disks`))).toHaveLength(1);
    expect(names(await get(`/storagedomains/${exportDomain.id}/templates`))).toContain('golden2');
    expect((await ask('DELETE', `/templates/${id}`)).status).toBe(200);
    expect((await ask('GET', `/templates/${id}`)).status).toBe(404);
  });
  it('are not made of a running VM, of nobody, or without a name', async () => {
    expect(
      (await ask('POST', '/templates', `<template><name>x</name><vm id="${ids.servers.rhel}"/></template>`)).text,
    ).toContain('[Cannot add Template. VM is locked or still running, try again once VM is in the Down state.]');
    expect(
      await ask('POST', '/templates', '<template><name>x</name><vm><name>nobody</name></vm></template>'),
    ).toMatchObject({ status: 404, text: expect.stringContaining('Entity not found: VM: name=nobody') as string });
    expect((await ask('POST', '/templates', '<template><vm id="x"/></template>')).text).toContain(
      'Template [name] required for add',
    );
    expect((await ask('POST', '/templates', '<template><name>x</name></template>')).text).toContain(
      'Template [vm.id|name] required for add',
    );
  });
  it('the Blank one stays', async () => {
    expect((await ask('DELETE', '/templates/00000000-0000-0000-0000-000000000000')).status).toBe(409);
  });
  it("have instance types beside them: Nova's flavors", async () => {
    const text = await get('/instancetypes');
    expect(names(text).sort()).toEqual(['small', 'tiny']);
    expect(text).toMatch(/<memory>4294967296<\/memory>\s*<cpu>\s*<topology sockets="2" cores="1" threads="1"\/>/);
  });
});

describe('vNIC profiles', () => {
  it('are one for each network, and a NIC may name one in place of it', async () => {
    const profile = profileId(ids.networks.vlan200);
    expect(names(await get('/vnicprofiles'))).toEqual(['VLAN100', 'VLAN200']);
    expect(idOf(await get(`/networks/${ids.networks.vlan200}/vnicprofiles`), 'vnic_profile')).toBe(profile);
    expect((await ask('GET', `/networks/${ids.networks.vlan100}/vnicprofiles/${profile}`)).status).toBe(404);
    const nic = await ask(
      'POST',
      `/vms/${ids.servers.sles}/nics`,
      `<nic><name>byprofile</name><vnic_profile id="${profile}"/></nic>`,
    );
    expect([nic.status, nic.text]).toEqual([
      201,
      expect.stringContaining(`<network href="/api/networks/${ids.networks.vlan200}" id="${ids.networks.vlan200}"/>`),
    ]);
    expect(nic.text).toContain(`<vnic_profile href="/api/vnicprofiles/${profile}" id="${profile}"/>`);
    expect((await ask('DELETE', `/vms/${ids.servers.sles}/nics/${idOf(nic.text, 'nic')}`)).status).toBe(200);
  });
});

describe('users, groups and roles', () => {
  it('are those that the role assignments tell of', async () => {
    expect(names(await get('/users')).sort()).toEqual(['admin', 'operator', 'viewer']);
    expect(names(await get('/roles')).sort()).toEqual(['admin', 'member', 'reader']);
    expect(await get('/groups')).toContain('<groups/>');
    expect(names(await get('/domains'))).toEqual(['Default']);
    const user = await first('/users?search=usrname%3Doperator', 'user');
    expect(await first('/users?search=usrname%3Doperator%40internal', 'user')).toBe(user);
    expect(await first('/users?search=usrname%3Doperator%40Default', 'user')).toBe(user);
    expect(names(await get(`/users/${user}/roles`))).toEqual(['member']);
    const permission = idOf(await get(`/users/${user}/permissions`), 'permission');
    expect(await get(`/permissions/${permission}`)).toContain(`<user href="/api/users/${user}" id="${user}"/>`);
    expect(await get(`/hosts/${await first('/hosts', 'host')}/permissions/${permission}`)).toMatch(/<host href=/);
    expect((await ask('POST', '/permissions', '<permission/>')).status).toBe(409);
  });
});

describe('events and jobs', () => {
  it("list actions of Nova and of the gateway; ids increase, and Nova's are the same on another replica", async () => {
    const correlation = 'collections-test-1';
    const started = await ask('POST', `/vms/${ids.servers.ibmi}/stop`, '<action/>', { 'correlation-id': correlation });
    const job = idOf(started.text, 'job');
    await settled();
    const text = await get('/events');
    const numbers = all(text, /<event href="[^"]*" id="(\d+)"/g).map(Number);
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    expect(numbers.every(Number.isSafeInteger)).toBe(true);
    expect(all(text, /<code>(\d+)<\/code>/g)).toContain('33');
    const mine = await get(`/events?search=correlation_id%3D${correlation}`);
    expect(mine).toMatch(/<description>VM ibmi75-erp01 powered off by admin@internal\.<\/description>/);
    expect(mine).toMatch(new RegExp(`<code>33</code>[^]*<vm href="/api/vms/${ids.servers.ibmi}"`));
    // What the gateway tells of, Nova's memory does not tell once more
    expect(all(text, /<description>(VM ibmi75-erp01 powered off[^<]*)/g)).toHaveLength(1);
    expect(
      all((await ask('GET', `/events;from=${numbers[1]!}`)).text, /<event href="[^"]*" id="(\d+)"/g).map(Number),
    ).toEqual([numbers[0]]);
    const elsewhere = (await ask('GET', '/events?search=type%3D33', undefined, {}, 1)).text;
    expect(elsewhere).toMatch(/<description>VM ibmi75-erp01 powered off\.<\/description>/);

    const reported = await get(`/jobs/${job}`);
    expect(reported).toMatch(/<description>stop VM ibmi75-erp01<\/description>[\s\S]*<state>FINISHED<\/state>/);
    expect(all(await get(`/jobs?search=correlation_id%3D${correlation}`), /<job href="[^"]*" id="([^"]*)"/g)).toEqual([
      job,
    ]);
    expect(await get(`/jobs/${job}/steps`)).toMatch(/<type>EXECUTING<\/type>\s*<number>0<\/number>/);
    // it is this process's own; Nova's are every replica's
    expect((await ask('GET', `/jobs/${job}`, undefined, {}, 1)).status).toBe(404);
    expect((await ask('POST', '/events', '<event/>')).status).toBe(409);
    expect((await ask('POST', '/events/undelete', '<action/>')).status).toBe(409);
  });
  it('have the numbers of engines: begun, and done, each once', async () => {
    const correlation = 'collections-test-3';
    const body = '<snapshot><description>nightly</description></snapshot>';
    const path = `/vms/${ids.servers.sles}/snapshots`;
    // of the other gateway, which has not looked at this VM yet
    const requested = async (search: string): Promise<string> => (await ask('GET', search, undefined, {}, 1)).text;
    expect((await ask('POST', path, body, { 'correlation-id': correlation }, 1)).status).toBe(202);
    await settled();
    expect(await requested('/events')).not.toContain('vm-snapshot');
    const reported = await requested(`/events?search=correlation_id%3D${correlation}`);
    expect(all(reported, /<code>(\d+)<\/code>/g)).toEqual(['68', '45']);
    expect(reported).toContain("Snapshot 'nightly' creation for VM 'sles15-hana01' has been completed.");
    expect(all(await requested(`/jobs?search=correlation_id%3D${correlation}`), /<description>([^<]*)/g)).toEqual([
      'add snapshot nightly, VM sles15-hana01',
    ]);
  });
  it('tell a disk that is detached or attached from one that is removed or added, and a shutdown from its end', async () => {
    const vm = ids.servers.sles;
    const codes = async (correlation: string): Promise<string[]> =>
      all(await get(`/events?search=correlation_id%3D${correlation}`), /<code>(\d+)<\/code>/g);
    const act = async (correlation: string, method: string, path: string, body: string): Promise<void> => {
      expect((await ask(method, path, body, { 'correlation-id': correlation })).status).toBeLessThan(300);
      await settled();
    };
    const disk = '<disk><alias>moved</alias><provisioned_size>1073741824</provisioned_size></disk>';
    const id = idOf((await ask('POST', `/vms/${vm}/disks`, disk)).text, 'disk');
    await settled();
    await act('detached-1', 'DELETE', `/vms/${vm}/disks/${id}`, '<action><detach>true</detach></action>');
    await act('attached-1', 'POST', `/vms/${vm}/disks`, `<disk id="${id}"><active>true</active></disk>`);
    await act('removed-1', 'DELETE', `/vms/${vm}/disks/${id}`, '<action/>');
    await act('shut-down-1', 'POST', `/vms/${vm}/shutdown`, '<action/>');
    expect(await Promise.all(['detached-1', 'attached-1', 'removed-1'].map(codes))).toEqual([
      ['2018'],
      ['2016'],
      ['2014'],
    ]);
    // before it, if the guest took longer than the request, that it was initiated
    expect((await codes('shut-down-1'))[0]).toBe('61');
  });
  it('show a failure after the answer, with its reason', async () => {
    const correlation = 'collections-test-4';
    const message = 'The virtual machine has no connectivity to the volume.';
    const back = testbed.simulator.addFault({
      service: 'compute',
      method: 'POST',
      path: '/(action|os-volume_attachments)$',
      then: { status: 400, body: { badRequest: { code: 400, message } } },
    });
    const body = '<disk><alias>doomed</alias><provisioned_size>1073741824</provisioned_size></disk>';
    const { status, text } = await ask('POST', `/vms/${ids.servers.sles}/disks`, body, {
      'correlation-id': correlation,
    });
    expect(status).toBe(202);
    await settled();
    back();
    const job = await get(`/jobs?search=correlation_id%3D${correlation}`);
    expect(job).toMatch(/<state>FAILED<\/state>/);
    expect(job).toContain(message);
    expect(job).toMatch(/<description>add disk doomed, VM sles15-hana01: /);
    const reported = await get(`/events?search=correlation_id%3D${correlation}`);
    expect(all(reported, /<code>(\d+)<\/code>/g)).toEqual(['98', '78']);
    expect(reported).toMatch(/<severity>error<\/severity>/);
    expect(reported).toContain(message);
    const progress = /href="\/api([^"]*creation_status[^"]*)"/.exec(text)?.[1] ?? '';
    const creation = await get(progress);
    expect(creation).toMatch(/<state>failed<\/state>/);
    expect(creation).toContain(message);
  });
  it('a request that is refused leaves no job', async () => {
    const { text } = await ask('POST', `/vms/${ids.servers.sles}/reboot`, '<action/>', {
      'correlation-id': 'collections-test-2',
    });
    expect(text).toContain('because the VM is in Down status.');
    expect(await get('/jobs?search=correlation_id%3Dcollections-test-2')).not.toContain('<job ');
  });
});

describe('what PowerVC has not', () => {
  it.each([
    'bookmarks',
    'icons',
    'vmpools',
    'storageconnections',
    'cpuprofiles',
    'schedulingpolicies',
    'schedulingpolicyunits',
    'macpools',
    'externalhostproviders',
    'openstackimageproviders',
    'katelloerrata',
  ])('%s are an empty collection, without any of its items', async (name) => {
    expect((await ask('GET', `/${name}`)).text).toMatch(/\?>\n<\w+\/>\n$/);
    expect(await ask('GET', `/${name}/${ids.pmem}`)).toEqual({ status: 404, text: '' });
  });
  it('below an owner that does not exist, no collection is empty: all are not found', async () => {
    for (const path of ['hosts', 'clusters', 'templates', 'networks', 'disks'])
      expect((await ask('GET', `/${path}/${ids.pmem}/permissions`)).status, path).toBe(404);
    expect((await ask('GET', `/hosts/${ids.pmem}/nics`)).status).toBe(404);
  });
  it('an ISO domain has files, and the operating systems their numbers', async () => {
    expect(names(await get(`/storagedomains/${isoDomainId}/files`))).toEqual(['rhel-9.4-ppc64le-dvd.iso']);
    expect(await get('/operatingsystems/1006')).toContain('<name>rhel_7_ppc64</name>');
  });
});

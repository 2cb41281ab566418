import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { XmlElement } from '../../src/codec/index.js';
import { plainInventory } from '../../src/simulator/index.js';
import { startV4, textAt, type V4 } from './testbed.js';

/**
 * Requests of real clients, and what engines answer to bad ones: docs/reference/v4-wire.md, sections 4 to 7. Whatever a
 * line of it names as sent is sent here.
 */
let v4: V4;
let vm: string;
let vms: number;
beforeAll(async () => {
  v4 = await startV4('openstack', [], { inventory: plainInventory });
  const { servers = [] } = v4.testbed.simulator.save();
  vm = servers.find(({ vm_state: state }) => state === 'stopped')?.id ?? '';
  vms = servers.length;
  // something to tell of
  for (const description of ['a', 'b', 'c'])
    await v4.send('PUT', `/vms/${vm}`, `<vm><description>${description}</description></vm>`);
});
afterAll(() => v4.close());

const items = (document: XmlElement): XmlElement[] =>
  document.children.filter(({ attributes }) => attributes.has('id'));
const ids = (document: XmlElement): string[] => items(document).map(({ attributes }) => attributes.get('id') ?? '');

describe('section 4: an id in a path that nobody has is a 404 without a body, in XML and JSON', () => {
  const collections = [
    ...['vms', 'hosts', 'disks', 'storagedomains', 'templates', 'networks', 'vnicprofiles', 'users', 'jobs', 'events'],
    ...['tags', 'clusters', 'datacenters', 'affinitylabels', 'imagetransfers', 'options', 'clusterlevels', 'roles'],
    ...['macpools', 'networkfilters', 'icons', 'bookmarks', 'operatingsystems', 'instancetypes', 'groups', 'vmpools'],
    ...['nics', 'diskattachments', 'snapshots', 'cdroms', 'permissions', 'tags', 'graphicsconsoles'].map(
      (part) => `vms/{vm}/${part}`,
    ),
  ];
  it.each(collections)('%s', async (collection) => {
    for (const id of ['None', '00000000-0000-0000-0000-00000000dead'])
      for (const accept of ['application/xml', 'application/json']) {
        const path = `/${collection.replace('{vm}', vm)}/${id}`;
        const { status, text, headers } = await v4.send('GET', path, undefined, { accept });
        expect([status, text, headers.get('content-type')], `${path} as ${accept}`).toEqual([404, '', null]);
      }
  });
});

describe('section 4: bad requests', () => {
  const XML = 'application/xml';
  const JSON_TYPE = 'application/json';
  const NEW = '<vm><name>x</name><cluster>{}</cluster><template><name>RHEL 9.4</name></template></vm>';
  it.each([
    ['POST', '/vms', NEW.replace('{}', '<name>none</name>'), XML, 404, 'Entity not found: Cluster: name=none'],
    ['POST', '/vms', NEW.replace('<cluster>{}', '<cluster id="abc">'), XML, 400, 'abc'],
    ['PUT', '/vms/{vm}', '{"type":"toaster"}', JSON_TYPE, 400, 'toaster'],
    ['PUT', '/vms/{vm}', '<vm><na', XML, 400, ''],
    ['PUT', '/vms/{vm}', '{"name":', JSON_TYPE, 400, ''],
    ['PUT', '/vms/{vm}', '{"nmae":"x"}', JSON_TYPE, 400, 'nmae'],
    ['PUT', '/vms/{vm}', '<vm id="00000000-0000-0000-0000-00000000dead"/>', XML, 409, 'id'],
    ['PATCH', '/vms', '<vm/>', XML, 405, ''],
    ['POST', '/vms', 'x', 'text/plain', 415, ''],
  ])('%s %s %s as %s is a %i', async (method, path, body, type, status, said) => {
    const answer = await v4.send(method, path.replace('{vm}', vm), body, { 'content-type': type });
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(said);
  });

  it.each([
    ['PUT', '/vms/{vm}', '<vm><na', XML, '/vms/{vm:id}', 'update'],
    ['PUT', '/vms/{vm}', '{"name":', JSON_TYPE, '/vms/{vm:id}', 'update'],
    ['PUT', '/vms/{vm}', '{"nmae":"x"}', JSON_TYPE, '/vms/{vm:id}', 'update'],
    ['PUT', '/vms/{vm}', '{"type":"toaster"}', JSON_TYPE, '/vms/{vm:id}', 'update'],
    ['PUT', '/vms/{vm}', '{"memory":"much"}', JSON_TYPE, '/vms/{vm:id}', 'update'],
    ['POST', '/vms', '', XML, '/vms', 'add'],
    ['POST', '/vms/{vm}/start', '<action', XML, '/vms/{vm:id}/start', 'start'],
  ])('%s %s %s as %s is a usage_message of %s|%s', async (method, path, body, type, href, rel) => {
    const ask = (accept: string) => v4.send(method, path.replace('{vm}', vm), body, { 'content-type': type, accept });
    const answer = await ask(XML);
    const { name, children } = answer.xml();
    expect([answer.status, name]).toEqual([400, 'usage_message']);
    expect(textAt(answer.xml(), 'message')).toMatch(/^Request syntactically incorrect\. See the description below/);
    const link = children.find((child) => child.name === 'detailedLink');
    expect([link?.attributes.get('href'), link?.attributes.get('rel')]).toEqual([`/ovirt-engine/api${href}`, rel]);
    const json = JSON.parse((await ask(JSON_TYPE)).text) as { detailedLink: object };
    expect(json.detailedLink).toMatchObject({ rel, request: { http_method: method } });
  });

  it('a malformed id in a body: the reason has a small f', async () => {
    const body = NEW.replace('<cluster>{}', '<cluster id="abc">');
    const { xml } = await v4.send('POST', '/vms', body);
    expect([textAt(xml(), 'reason'), textAt(xml(), 'detail')]).toEqual([
      'Operation failed',
      'Invalid UUID string: abc',
    ]);
  });

  it('two ways to initialize a guest at once: a fault with a reason alone, outside of the action', async () => {
    const both = '<action><use_sysprep>true</use_sysprep><use_cloud_init>true</use_cloud_init></action>';
    const { status, xml } = await v4.send('POST', `/vms/${vm}/start`, both);
    expect([status, xml().name, xml().children.map(({ name, text }) => [name, text])]).toEqual([
      409,
      'fault',
      [['reason', 'Cannot use multiple initialization tags simultaneously when running VM.']],
    ]);
  });

  it('what cannot be written is a 406; parameters of Accept are no reason for one (moVirt)', async () => {
    expect((await v4.send('GET', '/vms', undefined, { accept: 'image/png' })).status).toBe(406);
    const accept = 'application/json; detail=statistics+nics';
    for (const path of ['/vms', '/disks', '/hosts', '/events', '/jobs', '/storagedomains'])
      expect([path, (await v4.send('GET', path, undefined, { accept })).status]).toEqual([path, 200]);
  });

  it.each([
    ['an address that cannot be read', '/vms/%zz', 'application/xml', 400],
    ['an address that cannot be read', '/vms?search=%zz', 'application/json', 400],
    ['a format that cannot be written', '/vms', 'text/html', 406],
  ])('%s is told in the form of version 4, detail first: %s as %s', async (_, path, accept, expected) => {
    const { status, text } = await v4.send('GET', path, undefined, { accept });
    expect(status).toBe(expected);
    expect(text.replace(/\s+/g, ' ')).toMatch(/^(<\?xml[^>]*> <fault> <detail>|\{ "detail": ).*reason/);
  });
});

describe('section 5: lists', () => {
  it.each([
    ['max=1', 1],
    ['search=', 'all'],
    ['search=name%3D*', 'all'],
    ['search=sortby%20name%20asc%20page%201&max=2', 2],
    ['search=SORTBY%20NAME%20ASC%20page%201', 'all'],
    ['search=name%3D%22sles15-hana01%22', 1],
    ['search=name%3Dsles15-hana01', 1],
    ['search=name%3Dsles*%20status%3Ddown', 1],
    ['search=name%3Dsles*%20and%20cluster%3D*', 1],
    ['case_sensitive=false&search=name%3DSLES*', 1],
    ['case_sensitive=true&search=name%3DSLES*', 0],
    ['search=id%3D{vm}', 1],
    ['search=tag%3Dt1', 0],
    ['filter=true', 'all'],
    ['all_content=true&case_sensitive=true&follow=&max=&search=', 'all'],
    ['detail=current_graphics_consoles&current', 'all'],
  ])('vms?%s', async (query, count) => {
    const { status, xml } = await v4.send('GET', `/vms?${query.replace('{vm}', vm)}`);
    expect(status).toBe(200);
    expect(items(xml())).toHaveLength(typeof count === 'number' ? count : vms);
  });

  it('?detail=-main+size gives the size alone', async () => {
    const { status, text } = await v4.send('GET', '/vms?detail=-main%2Bsize');
    expect([status, text]).toEqual([200, expect.stringMatching(new RegExp(`<vms>\\s*<size>${vms}</size>\\s*</vms>`))]);
  });

  it.each([
    '/disks?search=name%3D%22x%22%20and%20Storage.name%3D%22y%22%20and%20vm_names%3D%22z%22',
    '/disks?search=vm_names%3D%22sles15-hana01%22',
    '/datacenters?search=Clusters.name%3DDefault',
    '/datacenters?search=status%3Dup',
    '/datacenters?search=storage.name%3Dx&case_sensitive=true',
    '/templates?search=vm.name%3Dsles15-hana01',
    '/templates?search=vm.id%3D{vm}',
    '/clusters?search=datacenter%3D%22x%22',
    '/users?search=usrname%3Dadmin',
    '/hosts?search=hw_id%3DX%20and%20datacenter%3DD%20and%20status%3DUp',
    '/jobs?search=correlation_id%3Dx',
    '/storagedomains?search=name%3Dx%20and%20datacenter%3Dy',
    '/vnicprofiles?search=name%3Dx',
    '/networks?search=name%3Dx',
    '/vms;max=1',
    '/vms;max=1?search=name%3D*',
    '/vms/{vm};all_content=true',
    '/vms/{vm};next_run',
    '/vms/{vm}?next_run',
    '/vms/{vm}/graphicsconsoles;current=true',
    '/vms/{vm}/cdroms/00000000-0000-0000-0000-000000000000?current=',
    '/events;max=2?from=1&search=sortby%20time%20desc',
  ])('GET %s', async (path) => {
    const { status, text } = await v4.send('GET', path.replace('{vm}', vm));
    expect([status, text]).toEqual([200, expect.stringMatching(/^<\?xml/)]);
  });

  // A value may hold any of these (searchbackend/BaseConditionFieldAutoCompleter.validChar): nothing has such a name
  it('search=name===(( finds nothing', async () => {
    const { status, xml } = await v4.send('GET', '/vms?search=name%3D%3D%3D((');
    expect([status, items(xml())]).toEqual([200, []]);
  });

  it.each(['name%3D', '%3Dx', 'nosuchfield%3Dx%20and', '(name%3Dx'])(
    'search=%s cannot be read: the detail has no brackets',
    async (search) => {
      const { status, xml } = await v4.send('GET', `/vms?search=${search}`);
      expect([status, textAt(xml(), 'reason')]).toEqual([400, 'Operation Failed']);
      expect(textAt(xml(), 'detail')).toMatch(/^[^[].*[^\]]$/);
    },
  );

  it('?detail=statistics and the same of Accept (moVirt) put them into a VM and into VMs, and add nothing elsewhere', async () => {
    for (const path of [`/vms/${vm}?detail=statistics`, '/vms?detail=statistics'])
      expect((await v4.send('GET', path)).text).toContain('<name>memory.installed</name>');
    const accept = 'application/xml; detail=statistics+nics';
    expect((await v4.send('GET', '/vms', undefined, { accept })).text).toContain('<name>memory.installed</name>');
    expect((await v4.send('GET', '/hosts', undefined, { accept })).text).not.toContain('<statistics>');
  });

  it('an empty integer is 0, in XML as in JSON', async () => {
    const requested = [
      await v4.send('PUT', `/vms/${vm}`, '<vm><high_availability><priority></priority></high_availability></vm>'),
      await v4.send('PUT', `/vms/${vm}`, '{"high_availability":{"priority":""}}', {
        'content-type': 'application/json',
      }),
    ];
    for (const { status, xml } of requested)
      expect([status, textAt(xml(), 'high_availability/priority')]).toEqual([200, '0']);
  });

  it('there are no validators: no ETag, no Last-Modified; If-Match and Range have no effect', async () => {
    const { status, headers } = await v4.send('GET', `/vms/${vm}`, undefined, { range: 'bytes=0-9' });
    expect([status, headers.get('etag'), headers.get('last-modified')]).toEqual([200, null, null]);
    const changed = '<vm><description>d</description></vm>';
    expect((await v4.send('PUT', `/vms/${vm}`, changed, { 'if-match': '"other"' })).status).toBe(200);
  });

  it('Correlation-Id comes back, without what engines drop, as a header and as a parameter', async () => {
    const reported = async (path: string, headers = {}) =>
      (await v4.send('GET', path, undefined, headers)).headers.get('correlation-id');
    expect(await reported('/vms?max=1', { 'correlation-id': 'ab c!d' })).toBe('abcd');
    expect(await reported('/vms?max=1&correlation_id=ab%20c!d')).toBe('abcd');
    expect(await reported('/vms?max=1', { 'correlation-id': 'x'.repeat(60) })).toBe('x'.repeat(36));
  });
});

describe('section 5: events', () => {
  it.each([
    'type%3D34%20or%20type%3D35',
    'type%20%3D%2034%20or%20type%20%3D%2035%20or%20type%20%3D%2042',
    'severity%3Derror',
    'severity%3Enormal',
    'correlation_id%3Dx',
    'time%3E%22today%22',
    'time%3EToday',
    'event_vm%3Dsles*',
    'event_host%3Dx',
    'event_storage%3Dx',
    'vm.name%3Dsles*',
    'usrname%3Dadmin',
    'sortby%20time%20desc',
  ])('search=%s, with from and max, too', async (search) => {
    for (const path of [`/events?search=${search}`, `/events?from=0&max=3&search=${search}`])
      expect([path, (await v4.send('GET', path)).status]).toEqual([path, 200]);
  });

  it('the newest come first; from gives those after it; codes find what they say', async () => {
    const all = (await v4.send('GET', '/events')).xml();
    const numbers = ids(all).map(Number);
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    expect(ids((await v4.send('GET', `/events?from=${numbers[1]}`)).xml())).toEqual([String(numbers[0])]);
    expect(ids((await v4.send('GET', '/events?max=1')).xml())).toEqual([String(numbers[0])]);
    const edits = items(all).filter((event) => textAt(event, 'code') === '35');
    expect(edits.length).toBeGreaterThanOrEqual(3);
    const found = (await v4.send('GET', '/events?search=type%3D34%20or%20type%3D35')).xml();
    expect(ids(found)).toEqual(edits.map(({ attributes }) => attributes.get('id')));
  });
});

describe('section 8: a user', () => {
  it('has what engines tell of one', async () => {
    const [user] = items((await v4.send('GET', '/users')).xml());
    const members = user?.children.map(({ name }) => name);
    expect(members).toEqual(
      expect.arrayContaining([
        'user_name',
        'principal',
        'domain',
        'namespace',
        'department',
        'email',
        'last_name',
        'logged_in',
      ]),
    );
  });
});

describe('section 6: follow', () => {
  it.each([
    '/vms?follow=nothing',
    '/vms?follow=bios,os',
    '/vms?follow=host,template.x',
    '/vms?follow=nics.vnic_profile.network,disk_attachments.disk.storage_domains',
    '/vms?follow=cluster.data_center,permissions,tags,statistics,applications,sessions,quota,original_template',
    '/hosts?follow=network_attachments,nics',
    '/networks?follow=vnic_profiles',
    '/clusters?follow=networks,permissions',
    '/datacenters?follow=permissions,storage_domains',
    '/templates?follow=nics,disk_attachments.disk,permissions',
    '/vnicprofiles?follow=network,permissions',
    '/roles?follow=permits',
    '/storagedomains?follow=disk_snapshots,disks,permissions,templates,files',
    '/disks?follow=disk_snapshots,permissions,statistics',
    '/users?follow=groups,permissions,ssh_public_keys,options',
  ])('GET %s is no 500', async (path) => {
    expect((await v4.send('GET', path)).status).toBe(200);
  });
});

it('section 6: the disks of a template that is made of snapshots are there, by their own address and followed', async () => {
  const created = await v4.send('POST', '/templates', `<template><name>golden</name><vm id="${vm}"/></template>`);
  const template = created.xml().attributes.get('id') ?? '';
  await v4.testbed.gateways[0]?.settled();
  const attachments = (await v4.send('GET', `/templates/${template}/diskattachments?follow=disk`)).xml();
  expect(items(attachments).length).toBeGreaterThan(0);
  for (const attachment of items(attachments)) {
    const size = textAt(attachment, 'disk/provisioned_size');
    expect(Number(size)).toBeGreaterThan(0);
    const href = attachment.children.find(({ name }) => name === 'disk')?.attributes.get('href') ?? '';
    const { status, xml } = await v4.send('GET', href);
    expect([status, textAt(xml(), 'provisioned_size'), textAt(xml(), 'status')]).toEqual([200, size, 'ok']);
  }
  expect((await v4.send('DELETE', `/templates/${template}`)).status).toBe(200);
  await v4.testbed.gateways[0]?.settled();
});

describe('section 7: flags of PUT, DELETE and actions', () => {
  it.each(['application/xml', 'application/json'])(
    '?async=true is answered 202 without a body, as the VM portal takes it: %s',
    async (accept) => {
      const tag = (await v4.send('POST', '/tags', '<tag><name>a</name></tag>')).xml().attributes.get('id');
      const answers = [
        await v4.send('DELETE', `/tags/${tag}?async=true`, undefined, { accept }),
        await v4.send('PUT', `/vms/${vm}?async=true`, `<vm><description>by ${accept}</description></vm>`, { accept }),
      ];
      for (const { status, text, headers } of answers)
        expect([status, text, headers.get('content-type'), headers.get('content-length')]).toEqual([
          202,
          '',
          null,
          '0',
        ]);
      expect((await v4.send('GET', `/tags/${tag}`)).status).toBe(404);
      expect(textAt((await v4.send('GET', `/vms/${vm}`)).xml(), 'description')).toBe(`by ${accept}`);
    },
  );

  it('without it, and in actions and in version 3, there is a body', async () => {
    const tag = (await v4.send('POST', '/tags', '<tag><name>a</name></tag>')).xml().attributes.get('id');
    const former = await v4.send('DELETE', `/tags/${tag}?async=true`, undefined, { version: '3' });
    expect([former.status, former.xml().name]).toEqual([202, 'action']);
    const sync = await v4.send('PUT', `/vms/${vm}?async=false`, '<vm><description>d</description></vm>');
    expect([sync.status, sync.xml().name]).toEqual([200, 'vm']);
  });

  it.each(['<action/>', '<action></action>', '<action />', '<action>\n</action>\n'])(
    'an action as SDKs write it: %j',
    async (body) => {
      const { status, text } = await v4.send('POST', `/vms/${vm}/suspend`, body);
      expect([status, text]).toEqual([409, expect.stringContaining('<status>failed</status>')]);
    },
  );

  it('a VM is removed without its disks by ?detach_only=true', async () => {
    const disks = ids((await v4.send('GET', `/vms/${vm}/diskattachments`)).xml());
    const { status, xml } = await v4.send('DELETE', `/vms/${vm}?force=true&detach_only=true`);
    expect([status, textAt(xml(), 'status')]).toEqual([200, 'complete']);
    await v4.testbed.gateways[0]?.settled();
    expect((await v4.send('GET', `/vms/${vm}`)).status).toBe(404);
    expect(disks.length).toBeGreaterThan(0);
    for (const disk of disks) expect((await v4.send('GET', `/disks/${disk}`)).status).toBe(200);
  });
});

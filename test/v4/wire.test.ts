import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { XmlElement } from '../../src/codec/index.js';
import { startV4, textAt, type V4 } from './testbed.js';

/** docs/reference/v4-wire.md, line by line: the section stands with each group. */
let v4: V4;
let vm: string;
beforeAll(async () => {
  v4 = await startV4();
  vm = v4.testbed.simulator.save().servers!.find(({ vm_state: state }) => state === 'stopped')!.id;
});
afterAll(() => v4.close());

/** docs/reference/v4-wire.md, section 3 (ApiRootLinksCreator). */
const ROOT_LINKS = (
  'clusters datacenters events hosts networks roles storagedomains tags bookmarks icons templates instancetypes users ' +
  'groups domains vmpools vms disks jobs storageconnections vnicprofiles diskprofiles cpuprofiles ' +
  'schedulingpolicyunits schedulingpolicies permissions macpools networkfilters operatingsystems ' +
  'externalhostproviders openstackimageproviders openstackvolumeproviders openstacknetworkproviders katelloerrata ' +
  'affinitylabels clusterlevels imagetransfers externalvmimports externaltemplateimports'
).split(' ');
const SEARCHABLE =
  'clusters datacenters events hosts networks storagedomains templates instancetypes users groups vmpools vms disks'.split(
    ' ',
  );

describe('section 1: ways in', () => {
  it.each([
    ['/ovirt-engine/api', {}, '/ovirt-engine/api/'],
    ['/ovirt-engine/api', { version: '4' }, '/ovirt-engine/api/'],
    ['/ovirt-engine/api/v4', {}, '/ovirt-engine/api/v4/'],
  ])('hrefs of %s with %j begin with %s', async (path, headers, base) => {
    const { text } = await v4.send('GET', path, undefined, headers);
    const hrefs = [...text.matchAll(/href="([^"]*)"/g)].map(([, href]) => href!);
    expect(hrefs.length).toBeGreaterThan(40);
    expect(hrefs.filter((href) => !href.startsWith(base))).toEqual([]);
    if (base === '/ovirt-engine/api/') expect(text).not.toContain('/v4/');
  });

  it('the setting protocol.version gives clients without a version 3', async () => {
    const old = await startV4('openstack', ['protocol.version=3']);
    try {
      const answer = await fetch(`${old.url}/ovirt-engine/api`, {
        headers: { authorization: `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}` },
      });
      expect(await answer.text()).toContain('rel="templates/blank"');
    } finally {
      await old.close();
    }
  });
});

describe('section 3: the root document', () => {
  it('has full_version inside of version, special objects as references, and the user', async () => {
    const root = (await v4.send('GET', '')).xml();
    expect(textAt(root, 'product_info/version/full_version')).toBe('4.5.7-1.el9');
    expect(textAt(root, 'product_info/version/major')).toBe('4');
    const special = root.children.find(({ name }) => name === 'special_objects')!;
    expect(special.children.map(({ name, attributes }) => [name, attributes.get('id')])).toEqual([
      ['blank_template', '00000000-0000-0000-0000-000000000000'],
      ['root_tag', '00000000-0000-0000-0000-000000000000'],
    ]);
    expect(root.children.map(({ name }) => name).filter((name) => name !== 'link')).toEqual([
      'engine_backup',
      'product_info',
      'special_objects',
      'summary',
      'time',
      'authenticated_user',
      'effective_user',
    ]);
  });

  it('JSON: every integer is a string, dates are milliseconds', async () => {
    const { text } = await v4.send('GET', '', undefined, { accept: 'application/json' });
    const root = JSON.parse(text) as Record<string, Record<string, unknown>>;
    expect(root['product_info']!['version']).toEqual({
      build: '7',
      full_version: '4.5.7-1.el9',
      major: '4',
      minor: '5',
      revision: '0',
    });
    expect(typeof root['time']).toBe('number');
    expect((root['summary']!['vms'] as Record<string, unknown>)['total']).toMatch(/^\d+$/);
  });

  it('links to the collections of an engine, in its order, each of which answers, and to the searches', async () => {
    const root = (await v4.send('GET', '')).xml();
    const rels = root.children.filter(({ name }) => name === 'link').map(({ attributes }) => attributes.get('rel')!);
    // the gateway's own comes last
    expect(rels.filter((rel) => !rel.endsWith('/search'))).toEqual([...ROOT_LINKS, 'pmemvolumes']);
    expect(rels.filter((rel) => rel.endsWith('/search')).map((rel) => rel.replace('/search', ''))).toEqual([
      ...SEARCHABLE,
      'pmemvolumes',
    ]);
    for (const rel of rels.filter((one) => one.endsWith('/search')))
      expect(rels[rels.indexOf(rel) - 1]).toBe(rel.replace('/search', ''));
    for (const rel of ROOT_LINKS) expect([rel, (await v4.send('GET', `/${rel}`)).status]).toEqual([rel, 200]);
    for (const rel of SEARCHABLE) expect([rel, (await v4.send('GET', `/${rel}?search=`)).status]).toEqual([rel, 200]);
    for (const rel of ['externalvmimports', 'externaltemplateimports']) {
      const refused = await v4.send('POST', `/${rel}`, '<external_vm_import/>');
      expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('does not import')]);
    }
  });

  it('HEAD has the Link header, sorted by rel, with full URLs, and no body', async () => {
    const { headers, text } = await v4.send('HEAD', '');
    const rels = headers
      .get('link')!
      .split(',')
      .map((link) => /rel=(.*)$/.exec(link)![1]!);
    expect(rels).toEqual([...rels].sort());
    expect(headers.get('link')).toContain(`<${v4.url}/ovirt-engine/api/vms>; rel=vms`);
    expect(text).toBe('');
  });

  it('leaves the summary out for a filtered view, in any spelling of true', async () => {
    for (const filter of ['true', '1', 'yes']) {
      const { text } = await v4.send('GET', '', undefined, { filter });
      expect(text, filter).not.toMatch(/<summary>|<engine_backup/);
    }
  });
});

describe('section 4: faults and statuses', () => {
  it('detail comes before reason', async () => {
    const { status, text } = await v4.send('POST', '/vms', '<vm/>');
    expect(status).toBe(400);
    expect(text).toMatch(
      /<fault>\s*<detail>Vm \[cluster\.id\|name\] required for add<\/detail>\s*<reason>Incomplete parameters/,
    );
  });

  it.each(['None', 'undefined', '00000000-0000-0000-0000-00000000dead'])(
    'an id %s is a 404 without a body',
    async (id) => {
      const { status, text, headers } = await v4.send('GET', `/vms/${vm}/snapshots/${id}`);
      expect([status, text, headers.get('content-type')]).toEqual([404, '', null]);
    },
  );

  it('a malformed boolean and an unknown word: the texts of engines', async () => {
    const bool = await v4.send('PUT', `/vms/${vm}`, '<vm><delete_protected>maybe</delete_protected></vm>');
    expect([bool.status, bool.text]).toEqual([
      400,
      expect.stringContaining(
        `Value "maybe" isn't a valid boolean, it should be "true" , "false", "0" or "1"`.replaceAll('"', '&quot;'),
      ),
    ]);
    const word = await v4.send('PUT', `/vms/${vm}`, '<vm><type>toaster</type></vm>');
    expect([word.status, word.text]).toEqual([
      400,
      expect.stringContaining(
        `The string 'toaster' isn't a valid value for the 'VmType' enumerated type. Valid values are: `,
      ),
    ]);
  });

  it('an unknown key of a JSON document is a 400', async () => {
    const answer = await v4.send('PUT', `/vms/${vm}`, '{"nmae": "x"}', { 'content-type': 'application/json' });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('nmae')]);
  });

  it('an action that fails holds its fault, detail first, and a plain status', async () => {
    const { status, text } = await v4.send('POST', `/vms/${vm}/suspend`, '<action/>');
    expect(status).toBe(409);
    expect(text).toMatch(/<action>\s*<fault>\s*<detail>.*<\/detail>\s*<reason>/);
    expect(text).toContain('<status>failed</status>');
  });

  it('a name that is taken is a 409', async () => {
    const { name } = v4.testbed.simulator.save().servers![0]!;
    const cluster = (await v4.send('GET', '/clusters')).xml().children[0]!.attributes.get('id')!;
    const answer = await v4.send(
      'POST',
      '/vms',
      `<vm><name>${name}</name><cluster id="${cluster}"/><template id="00000000-0000-0000-0000-000000000000"/></vm>`,
    );
    expect(answer.status).toBe(409);
  });
});

describe('section 5: parameters', () => {
  it.each([
    ['max=2', 2],
    ['max=garbage', 5],
    ['max=-1', 5],
    ['follow=', 5],
    ['case_sensitive=T&search=', 5],
  ])('vms?%s gives %i', async (query, count) => {
    const { status, xml } = await v4.send('GET', `/vms?${query}`);
    expect([status, xml().children.length]).toEqual([200, count]);
  });

  it('matrix parameters of the last segment are taken, too', async () => {
    expect((await v4.send('GET', '/vms;max=1')).xml().children).toHaveLength(1);
  });
});

describe('section 6: follow', () => {
  it('puts complete documents in place, to any depth, and keeps the links', async () => {
    const { xml, text } = await v4.send('GET', `/vms/${vm}?follow=disk_attachments.disk,nics,snapshots`);
    const document = xml();
    const attachments = document.children.find(({ name }) => name === 'disk_attachments')!;
    expect(attachments.children.length).toBeGreaterThan(0);
    for (const attachment of attachments.children) {
      expect(textAt(attachment, 'interface')).toBeDefined();
      expect(textAt(attachment, 'disk/provisioned_size')).toMatch(/^\d+$/);
    }
    expect(text).toMatch(/rel="diskattachments"/);
    expect(document.children.find(({ name }) => name === 'nics')!.children[0]!.children.length).toBeGreaterThan(3);
  });

  it('takes names without underscores, too (the VM portal)', async () => {
    const { text } = await v4.send('GET', `/vms/${vm}?follow=nics.reporteddevices`);
    expect(text).toMatch(/<reported_devices/);
  });

  it('reports a name that nothing has, and passes over a reference that an item lacks', async () => {
    const { status, headers } = await v4.send('GET', '/vms?follow=nothing,host');
    expect([status, headers.get('x-ovirt-ignored')]).toEqual([200, '?follow=nothing']);
  });

  it('is in JSON what it is in XML', async () => {
    const { text } = await v4.send('GET', `/vms/${vm}?follow=disk_attachments`, undefined, {
      accept: 'application/json',
    });
    const { disk_attachments: held } = JSON.parse(text) as {
      disk_attachments: { disk_attachment: { active: unknown }[] };
    };
    expect(typeof held.disk_attachment[0]!.active).toBe('string');
  });
});

describe('section 7: writing', () => {
  it('PUT answers the complete document', async () => {
    const { status, xml } = await v4.send('PUT', `/vms/${vm}`, '<vm><comment>c</comment></vm>');
    expect([status, textAt(xml(), 'comment'), textAt(xml(), 'status')]).toEqual([200, 'c', 'down']);
  });

  it('a template has the size of its VM, and so has a VM that is made from it', async () => {
    const size = (document: XmlElement): (string | undefined)[] =>
      ['memory', 'cpu/topology/sockets', 'cpu/topology/cores', 'cpu/topology/threads'].map((path) =>
        textAt(document, path),
      );
    const own = (await v4.send('GET', '/vms?search=status%3Ddown')).xml().children[0]!;
    const id = own.attributes.get('id');
    const made = await v4.send('POST', '/templates', `<template><name>sized</name><vm id="${id}"/></template>`);
    await v4.testbed.gateways[0]!.settled();
    expect(size(made.xml())).toEqual(size(own));
    const cluster = own.children.find(({ name }) => name === 'cluster')!.attributes.get('id');
    const vm = await v4.send(
      'POST',
      '/vms',
      `<vm><name>sized</name><cluster id="${cluster}"/><template><name>sized</name></template></vm>`,
    );
    expect(size(vm.xml())).toEqual(size(own));
    await v4.testbed.gateways[0]!.settled();
  });

  it('an existing disk is attached inactive unless the client asks for it, a new one active', async () => {
    const attach = async (disk: string): Promise<string> => {
      const { text } = await v4.send(
        'POST',
        `/vms/${vm}/diskattachments`,
        `<disk_attachment>${disk}</disk_attachment>`,
      );
      await v4.testbed.gateways[0]!.settled();
      return text;
    };
    const made = await attach('<disk><provisioned_size>1073741824</provisioned_size><format>raw</format></disk>');
    const id = /<disk_attachment [^>]*\bid="([^"]+)"/.exec(made)![1]!;
    expect(textAt((await v4.send('GET', `/vms/${vm}/diskattachments/${id}`)).xml(), 'active')).toBe('true');
    for (const [asked, active] of [
      ['', 'false'],
      ['<active>true</active>', 'true'],
    ] as const) {
      await v4.send('DELETE', `/vms/${vm}/diskattachments/${id}`);
      await v4.testbed.gateways[0]!.settled();
      await attach(`<disk id="${id}"/>${asked}`);
      expect(textAt((await v4.send('GET', `/vms/${vm}/diskattachments/${id}`)).xml(), 'active')).toBe(active);
    }
  });

  it.each([undefined, '<action><force>true</force></action>', 'not a document'])(
    'DELETE answers an action with a plain status, and reads no body: %j',
    async (body) => {
      const tag = await v4.send('POST', '/tags', '<tag><name>gone</name></tag>');
      const { status, headers, xml } = await v4.send('DELETE', `/tags/${tag.xml().attributes.get('id')}`, body);
      expect([status, textAt(xml(), 'status'), headers.get('x-ovirt-ignored')]).toEqual([200, 'complete', null]);
    },
  );

  it('detaching a disk is the default, destroying it is asked for', async () => {
    const created = await v4.send(
      'POST',
      `/vms/${vm}/diskattachments`,
      '<disk_attachment><disk><provisioned_size>1073741824</provisioned_size><format>raw</format><name>d</name></disk><interface>virtio</interface><bootable>false</bootable><active>true</active></disk_attachment>',
    );
    expect([201, 202]).toContain(created.status);
    const id = created.xml().attributes.get('id')!;
    expect(created.xml().attributes.get('href')).toBe(`/ovirt-engine/api/vms/${vm}/diskattachments/${id}`);
    expect(
      created
        .xml()
        .children.find(({ name }) => name === 'disk')!
        .attributes.get('href'),
    ).toBe(`/ovirt-engine/api/disks/${id}`);
    await v4.testbed.gateways[0]!.settled();
    expect((await v4.send('DELETE', `/vms/${vm}/diskattachments/${id}`)).status).toBe(200);
    expect((await v4.send('GET', `/disks/${id}`)).status).toBe(200);
    const again = await v4.send(
      'POST',
      `/vms/${vm}/diskattachments`,
      `<disk_attachment><disk id="${id}"/><interface>virtio</interface><active>true</active></disk_attachment>`,
    );
    expect(again.status).toBe(201);
    await v4.testbed.gateways[0]!.settled();
    expect((await v4.send('DELETE', `/vms/${vm}/diskattachments/${id}?detach_only=false`)).status).toBe(200);
    await v4.testbed.gateways[0]!.settled();
    expect((await v4.send('GET', `/disks/${id}`)).status).toBe(404);
  });

  it('the attachment plugs, unplugs and grows its disk', async () => {
    const [attachment] = (await v4.send('GET', `/vms/${vm}/diskattachments`)).xml().children;
    const path = `/vms/${vm}/diskattachments/${attachment!.attributes.get('id')}`;
    const grown = await v4.send(
      'PUT',
      path,
      `<disk_attachment><disk><provisioned_size>${200 * 2 ** 30}</provisioned_size></disk></disk_attachment>`,
    );
    expect(grown.status).toBe(200);
    expect(textAt((await v4.send('GET', `/disks/${attachment!.attributes.get('id')}`)).xml(), 'provisioned_size')).toBe(
      String(200 * 2 ** 30),
    );
  });
});

describe('section 8: resources of the VM day', () => {
  it('cluster levels are those of an engine 4.5, each with permits: ovirt_role of Ansible reads those of 4.3', async () => {
    const levels = (await v4.send('GET', '/clusterlevels')).xml().children;
    expect(levels.map(({ attributes }) => attributes.get('id'))).toEqual(['4.2', '4.3', '4.4', '4.5', '4.6', '4.7']);
    const permits = (await v4.send('GET', '/clusterlevels/4.3')).xml().children.find(({ name }) => name === 'permits');
    expect(permits?.children.map((permit) => textAt(permit, 'name'))).toContain('create_vm');
  });

  it('options that the VM portal and forklift ask for', async () => {
    for (const name of ['AlwaysFilterResultsForWebUi', 'MaxNumOfVmCpus', 'ServerCPUList'])
      expect((await v4.send('GET', `/options/${name}?version=4.7`)).status, name).toBe(200);
    // one for each level that clusters may have (4.5: packaging/dbscripts/upgrade/pre_upgrade/0000_config.sql)
    for (const [name, before, now] of [
      ['MaxNumOfVmSockets', '16', '10000'],
      ['MaxNumOfVmCpus', '{ppc=384, x86=384, s390x=384}', '{ppc=384, x86=710, s390x=384}'],
    ] as const) {
      const valueAt = async (level: string) =>
        textAt((await v4.send('GET', `/options/${name}?version=${level}`)).xml(), 'values/system_option_value/value');
      expect([await valueAt('4.2'), await valueAt('4.7')]).toEqual([before, now]);
    }
    expect((await v4.send('GET', '/options/Nothing')).status).toBe(404);
  });

  it('a VM snapshot of some disks, by disk_attachments', async () => {
    const created = await v4.send('POST', `/vms/${vm}/snapshots`, '<snapshot><description>s</description></snapshot>');
    expect([201, 202]).toContain(created.status);
    expect(textAt(created.xml(), 'snapshot_status')).toMatch(/^(locked|ok)$/);
  });

  it('backups and checkpoints are listed empty, and a transfer of one is refused by name', async () => {
    for (const path of [`/vms/${vm}/backups`, `/vms/${vm}/checkpoints`])
      expect((await v4.send('GET', path)).xml().children, path).toEqual([]);
    const refused = await v4.send(
      'POST',
      '/imagetransfers',
      `<image_transfer><disk id="${vm}"/><backup id="b"/></image_transfer>`,
    );
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('not supported')]);
  });
});

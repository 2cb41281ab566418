import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultIds, defaultInventory } from '../../src/simulator/index.js';
import { startTestbed, type Testbed } from '../support/testbed.js';
import { ask, LOGIN, type Answer } from './entry-point.js';

/**
 * docs/reference/ovirt.md, section 11: the rows of tags, permissions, reported devices, applications, watchdogs, host
 * devices, consoles, errata, cdroms.
 */
let testbed: Testbed;
let base: string;
beforeAll(async () => {
  testbed = await startTestbed();
  base = testbed.gateways[0]!.url;
});
afterAll(() => testbed.close());
beforeEach(async () => {
  await testbed.gateways[0]!.settled();
  testbed.simulator.load(defaultInventory);
});

const { rhel: VM, sles: OTHER } = defaultIds.servers;
const NOTHING = '5c5a1f5e-0000-4000-8000-000000000000';
const ROOT = '00000000-0000-0000-0000-000000000000';
const send = (method: string, path: string, body?: string): Promise<Answer> =>
  ask(base + path, {
    method,
    headers: { ...LOGIN, ...(body !== undefined && { 'content-type': 'application/xml' }) },
    ...(body !== undefined && { body }),
  });
const get = (path: string): Promise<Answer> => send('GET', path);
const detail = (answer: Answer): string | undefined => /<detail>([^<]*)<\/detail>/.exec(answer.text)?.[1];
const names = (answer: Answer): string[] =>
  [...answer.text.matchAll(/<name>([^<]*)<\/name>/g)].map(([, name]) => name!);
const idOf = (answer: Answer): string => / id="([^"]*)"/.exec(answer.text)![1]!;

describe.each([
  ['applications', 'applications'],
  ['watchdogs', 'watchdogs'],
  ['hostdevices', 'host_devices'],
  ['katelloerrata', 'katello_errata'],
  ['graphicsconsoles', 'graphics_consoles'],
  ['sessions', 'sessions'],
])('%s', (path, element) => {
  it('is an empty collection with 200, never 404', async () => {
    const answer = await get(`/api/vms/${VM}/${path}`);
    expect([answer.status, answer.text.trimEnd().split('\n').at(-1)]).toEqual([200, `<${element}/>`]);
  });
  it('of a VM that is not there is an empty 404', async () => {
    const answer = await get(`/api/vms/${NOTHING}/${path}`);
    expect([answer.status, answer.text]).toEqual([404, '']);
  });
  it('has nothing under an id: an empty 404', async () => {
    const answer = await get(`/api/vms/${VM}/${path}/${NOTHING}`);
    expect([answer.status, answer.text]).toEqual([404, '']);
  });
});

it.each([
  ['POST', 'watchdogs', '<watchdog><model>i6300esb</model><action>reset</action></watchdog>', 'A watchdog device'],
  ['PUT', `watchdogs/${NOTHING}`, '<watchdog/>', 'A watchdog device'],
  ['DELETE', `watchdogs/${NOTHING}`, undefined, 'A watchdog device'],
  ['POST', 'hostdevices', '<host_device><name>pci_0</name></host_device>', 'A device of the host'],
  ['DELETE', `hostdevices/${NOTHING}`, undefined, 'A device of the host'],
  [
    'POST',
    'graphicsconsoles',
    '<graphics_console><protocol>spice</protocol></graphics_console>',
    'Another graphical console',
  ],
  ['DELETE', 'graphicsconsoles/766e63', undefined, 'A VM without its console'],
  ['POST', 'permissions', '<permission/>', 'A permission on one resource'],
  ['DELETE', `permissions/${NOTHING}`, undefined, 'A permission on one resource'],
  ['DELETE', `snapshots/${NOTHING}/disks/${NOTHING}`, undefined, 'A snapshot without one of its disks'],
  ['POST', `disks/${NOTHING}/export`, '<action/>', 'The action export'],
])('%s %s is refused by name', async (method, path, body, subject) => {
  const answer = await send(method, `/api/vms/${VM}/${path}`, body);
  expect([answer.status, detail(answer)]).toEqual([
    409,
    expect.stringContaining(`${subject} is not supported by PowerVC: `),
  ]);
});

it('a console that is not there gives no proxy ticket', async () => {
  const answer = await send('POST', `/api/vms/${VM}/graphicsconsoles/766e63/proxyticket`, '<action/>');
  expect([answer.status, answer.text]).toEqual([404, '']);
});

describe('tags', () => {
  const tag = (name: string, more = ''): Promise<Answer> =>
    send('POST', '/api/tags', `<tag><name>${name}</name>${more}</tag>`);

  it('has the root tag, under its special id', async () => {
    expect(names(await get('/api/tags'))).toEqual(['root']);
    expect(names(await get(`/api/tags/${ROOT}`))).toEqual(['root']);
    expect((await get('/api')).text).toContain(`<link href="/api/tags/${ROOT}" rel="tags/root"/>`);
  });
  it('POST 201 with Location; a name is required and unique', async () => {
    const created = await tag('prod', '<description>Production</description>');
    expect([created.status, created.headers['location']]).toEqual([201, `/api/tags/${idOf(created)}`]);
    expect(detail(await send('POST', '/api/tags', '<tag/>'))).toBe('Tag [name] required for add');
    const again = await tag('prod');
    expect([again.status, detail(again)]).toEqual([400, expect.stringContaining('name is already in use')]);
    expect((await tag('x', '<parent><tag><name>nope</name></tag></parent>')).status).toBe(404);
  });
  it('PUT renames and moves; the id stays, and no tag gets below itself', async () => {
    const [prod, web] = [
      idOf(await tag('prod')),
      idOf(await tag('web', '<parent><tag><name>prod</name></tag></parent>')),
    ];
    expect((await send('PUT', `/api/tags/${prod}`, '<tag><name>production</name></tag>')).status).toBe(200);
    expect(names(await get(`/api/tags/${prod}`))).toEqual(['production']);
    expect((await send('PUT', `/api/tags/${prod}`, `<tag><parent><tag id="${web}"/></parent></tag>`)).status).toBe(409);
    expect((await send('PUT', `/api/tags/${prod}`, `<tag id="${web}"/>`)).status).toBe(409);
    expect((await send('PUT', `/api/tags/${ROOT}`, '<tag><name>x</name></tag>')).status).toBe(409);
    // A new tag of the first name is another tag
    expect(idOf(await tag('prod'))).not.toBe(prod);
  });
  it('DELETE takes those below with it, and VMs lose them', async () => {
    const prod = idOf(await tag('prod'));
    await tag('web', `<parent><tag id="${prod}"/></parent>`);
    await send('POST', `/api/vms/${VM}/tags`, '<tag><name>web</name></tag>');
    expect((await send('DELETE', `/api/tags/${prod}`)).status).toBe(200);
    expect(names(await get('/api/tags'))).toEqual(['root']);
    expect(
      Object.keys(testbed.simulator.world.servers.get(VM)!.metadata).filter((key) => key.startsWith('ovirt.tag')),
    ).toEqual([]);
    expect((await send('DELETE', `/api/tags/${ROOT}`)).status).toBe(409);
  });
  it('a tag is assigned to a VM by id or name, repeatedly without effect; DELETE unassigns it', async () => {
    const id = idOf(await tag('prod'));
    const given = await send('POST', `/api/vms/${VM}/tags`, '<tag><name>prod</name></tag>');
    expect([given.status, given.headers['location']]).toEqual([201, `/api/vms/${VM}/tags/${id}`]);
    expect((await send('POST', `/api/vms/${VM}/tags`, `<tag id="${id}"/>`)).status).toBe(201);
    expect(names(await get(`/api/vms/${VM}/tags`))).toEqual(['prod']);
    expect((await get(`/api/vms/${VM}/tags/${id}`)).text).toContain(`<vm href="/api/vms/${VM}" id="${VM}"/>`);
    expect((await get(`/api/vms/${OTHER}/tags/${id}`)).status).toBe(404);
    expect((await send('DELETE', `/api/vms/${VM}/tags/${id}`)).status).toBe(200);
    expect((await get(`/api/vms/${VM}/tags`)).text).toMatch(/<tags\/>\n?$/);
    expect((await send('DELETE', `/api/vms/${VM}/tags/${id}`)).status).toBe(404);
    expect(names(await get(`/api/tags/${id}`))).toEqual(['prod']);
  });
  it('one that is not there is a reference that misses; no name and no id is incomplete', async () => {
    const missing = await send('POST', `/api/vms/${VM}/tags`, '<tag><name>nope</name></tag>');
    expect([missing.status, detail(missing)]).toEqual([404, 'Entity not found: Tag: name=nope']);
    expect(detail(await send('POST', `/api/vms/${VM}/tags`, '<tag/>'))).toBe('Tag [id|name] required for add');
  });
  it("a user who may not write PowerVC's host groups is refused; an existing tag can still be assigned", async () => {
    await tag('prod');
    const operator = {
      authorization: `Basic ${Buffer.from('operator@internal:powervc').toString('base64')}`,
      'content-type': 'application/xml',
    };
    const refused = await ask(`${base}/api/tags`, {
      method: 'POST',
      headers: operator,
      body: '<tag><name>mine</name></tag>',
    });
    expect([refused.status, detail(refused)]).toEqual([403, expect.stringContaining('os-aggregates')]);
    expect(
      (
        await ask(`${base}/api/vms/${VM}/tags`, {
          method: 'POST',
          headers: operator,
          body: '<tag><name>prod</name></tag>',
        })
      ).status,
    ).toBe(201);
  });
});

describe('permissions', () => {
  it('of a VM and of a disk are the roles in the project', async () => {
    const ofVm = await get(`/api/vms/${VM}/permissions`);
    expect(ofVm.text.match(/<permission /g)).toHaveLength(3);
    expect((await get(`/api/vms/${VM}/permissions/${idOf(ofVm)}`)).text).toContain(`<vm href="/api/vms/${VM}"`);
    expect((await get(`/api/vms/${VM}/disks/${defaultIds.volumes.rhelBoot}/permissions`)).text).toContain(
      `<disk href="/api/disks/${defaultIds.volumes.rhelBoot}"`,
    );
    expect((await get(`/api/vms/${VM}/permissions/${NOTHING}`)).status).toBe(404);
  });
  it('a user who may not see those of others sees his or her own', async () => {
    const answer = await ask(`${base}/api/vms/${VM}/permissions`, {
      headers: { authorization: `Basic ${Buffer.from('viewer@internal:powervc').toString('base64')}` },
    });
    expect(answer.status).toBe(200);
    expect(
      new Set([...answer.text.matchAll(/<user [^>]*id="([^"]*)"/g)].map(([, id]) => id!.replaceAll('-', ''))),
    ).toEqual(new Set([defaultIds.viewer]));
  });
});

it('reporteddevices: type network, mac, ips; the same of one NIC', async () => {
  const devices = await get(`/api/vms/${VM}/reporteddevices`);
  expect(devices.text).toMatch(
    /<type>network<\/type>\s*<mac address="[0-9a-f:]{17}"\/>\s*<ips>\s*<ip address="[\d.]+"\/>/,
  );
  expect((await get(`/api/vms/${VM}/reporteddevices/${idOf(devices)}`)).status).toBe(200);
  const ofNic = await get(`/api/vms/${VM}/nics/${defaultIds.ports.rhel}/reporteddevices`);
  expect(idOf(ofNic)).toBe(idOf(devices));
});

describe('cdroms', () => {
  it('POST inserts, DELETE ejects; there is exactly one drive, whatever is in it', async () => {
    const [iso] = [...testbed.simulator.world.images.values()].filter(({ disk_format }) => disk_format === 'iso');
    expect((await send('POST', `/api/vms/${OTHER}/cdroms`, `<cdrom><file id="${iso!.name}"/></cdrom>`)).status).toBe(
      201,
    );
    expect((await get(`/api/vms/${OTHER}/cdroms`)).text).toContain(`<file id="${iso!.name}"/>`);
    expect((await send('DELETE', `/api/vms/${OTHER}/cdroms/${ROOT}`)).status).toBe(200);
    const left = await get(`/api/vms/${OTHER}/cdroms`);
    expect([left.text.match(/<cdrom /g)?.length, left.text.includes('<file')]).toEqual([1, false]);
  });
  it('POST without a file is incomplete', async () =>
    expect(detail(await send('POST', `/api/vms/${OTHER}/cdroms`, '<cdrom/>'))).toBe(
      'CdRom [file.id] required for add',
    ));
});

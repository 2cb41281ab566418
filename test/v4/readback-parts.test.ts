import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { XmlElement } from '../../src/codec/index.js';
import { CLOUDS, idOf, serveV4, textAt, type Answer, type Served } from './testbed.js';

/**
 * What clients set of a disk, an attachment, a NIC, a template or a snapshot is read back, whether it has an effect or
 * not: Ansible's modules compare (docs/reference/v4-clients.md, section 2), go-ovirt-client refuses an answer that
 * differs (section 4).
 */
type Member = readonly [path: string, value: string, other: string];

const DISK: readonly Member[] = [
  ['alias', 'kept', 'renamed'],
  ['description', 'two words', ''],
  ['wipe_after_delete', 'true', 'false'],
  ['propagate_errors', 'true', 'false'],
  ['shareable', 'false', 'true'],
  ['provisioned_size', '1073741824', '2147483648'],
];
const ATTACHMENT: readonly Member[] = [
  ['interface', 'virtio', 'virtio_scsi'],
  ['bootable', 'false', 'true'],
];
const NIC: readonly Member[] = [
  ['name', 'kept', 'renamed'],
  ['interface', 'virtio', 'e1000'],
  ['linked', 'true', 'false'],
  ['plugged', 'true', 'false'],
];

/** What a cloud has no means for, and refuses by name (docs/support.md). */
const REFUSED: Readonly<Record<(typeof CLOUDS)[number], readonly string[]>> = {
  openstack: ['shareable'],
  powervc: [],
  powervs: ['linked', 'plugged'],
};

/** What a cloud alone makes and changes, by its list. */
const FIXED = [
  ['clusters', 'cluster'],
  ['datacenters', 'data_center'],
  ['diskprofiles', 'disk_profile'],
  ['hosts', 'host'],
  ['instancetypes', 'instance_type'],
  ['macpools', 'mac_pool'],
  ['networks', 'network'],
  ['storagedomains', 'storage_domain'],
  ['vnicprofiles', 'vnic_profile'],
] as const;

/** What the gateway keeps of its own: what is not read back is reported. */
const OWN = [
  ['/tags', 'tag', ['name', 'description'], ['comment']],
  ['/affinitylabels', 'affinity_label', ['name', 'description', 'comment'], ['read_only']],
] as const;

const NAMES = { openstack: 'OpenStack', powervc: 'PowerVC', powervs: 'Power Virtual Server' } as const;

const written = (path: string, value: string): string => `<${path}>${value}</${path}>`;
const sent = (all: readonly Member[]): string => all.map(([path, value]) => written(path, value)).join('');
/** The texts of a document that people set. */
const describes = ({ text }: Pick<Answer, 'text'>): string[] =>
  [...text.matchAll(/<(?:name|description|comment)>[^<]*</g)].map(([one]) => one);
const shown = (all: readonly Member[], of: XmlElement): Member[] =>
  all.map(([path, , other]) => [path, textAt(of, path) ?? 'absent', other]);

describe.each(CLOUDS)('on %s', (cloud) => {
  let v4: Served;
  let vm: string;
  let domain: string;
  beforeAll(async () => {
    v4 = await serveV4(cloud);
    vm = `/vms/${idOf((await v4.send('GET', '/vms?search=name%3Dsles15*')).text, 'vm')}`;
    const { text } = await v4.send('GET', '/storagedomains');
    domain = /<storage_domain [^>]*id="([^"]+)">(?:(?!<\/storage_domain>)[^])*<type>data</.exec(text)?.[1] ?? '';
  });
  afterAll(() => v4?.close());

  const get = async (path: string, headers?: Record<string, string>): Promise<XmlElement> => {
    const { status, text, xml } = await v4.send('GET', path, undefined, headers);
    expect(status, text).toBe(200);
    return xml();
  };
  const settled = (path: string, member: string, value: string): Promise<void> =>
    expect.poll(async () => textAt(await get(path), member), { timeout: 10_000, interval: 20 }).toBe(value);
  /** What is kept without effect is reported: a NIC's interface. */
  const reported = (headers: Headers): string | null =>
    headers.get('x-ovirt-ignored')?.replace(/^nic\.interface$/, '') || null;
  const added = (answer: Answer): string => {
    expect([201, 202], answer.text).toContain(answer.status);
    expect(reported(answer.headers)).toBeNull();
    return answer.text;
  };

  async function changes(at: string, element: string, all: readonly Member[]): Promise<void> {
    for (const [path, , other] of all) {
      const { status, text, xml, headers } = await v4.send('PUT', at, written(element, written(path, other)));
      if (REFUSED[cloud].includes(path)) {
        expect([path, status], text).toEqual([path, 409]);
        continue;
      }
      expect([path, status, textAt(xml(), path)], text).toEqual([path, 200, other]);
      expect([path, reported(headers)]).toEqual([path, null]);
      await settled(at, path, other);
    }
  }
  async function nothingChanges(at: string): Promise<void> {
    // the answer to a change has all content
    const { text } = await v4.send('GET', at, undefined, { 'all-content': 'true' });
    expect((await v4.send('PUT', at, text)).text).toBe(text);
  }
  const place = (): string => `<storage_domains><storage_domain id="${domain}"/></storage_domains><format>raw</format>`;

  it('a disk', async () => {
    const text = added(await v4.send('POST', '/disks', `<disk>${sent(DISK)}${place()}</disk>`));
    const at = `/disks/${idOf(text, 'disk')}`;
    await settled(at, 'status', 'ok');
    expect(shown(DISK, await get(at))).toEqual(DISK);
    const former = DISK.filter(([path]) => path !== 'provisioned_size');
    expect(shown(former, await get(at, { version: '3' }))).toEqual(former);
    await nothingChanges(at);
    await changes(at, 'disk', DISK);
    expect((await v4.send('DELETE', at)).status).toBe(200);
  });

  it('an attachment, with its disk', async () => {
    const disk = DISK.map(([path, value, other]): Member => [path, path === 'alias' ? 'attached' : value, other]);
    const text = added(
      await v4.send(
        'POST',
        `${vm}/diskattachments`,
        `<disk_attachment>${sent(ATTACHMENT)}<disk>${sent(disk)}${place()}</disk></disk_attachment>`,
      ),
    );
    const id = idOf(text, 'disk_attachment');
    await settled(`/disks/${id}`, 'status', 'ok');
    const at = `${vm}/diskattachments/${id}`;
    expect(shown(ATTACHMENT, await get(at))).toEqual(ATTACHMENT);
    expect(shown(disk, await get(`/disks/${id}`))).toEqual(disk);
    const former = [...ATTACHMENT, ...disk.slice(0, 4)];
    expect(shown(former, await get(`${vm}/disks/${id}`, { version: '3' }))).toEqual(former);
    await nothingChanges(at);
    await changes(at, 'disk_attachment', ATTACHMENT.slice(0, 1));
    const { text: kept } = await v4.send(
      'PUT',
      at,
      '<disk_attachment><disk><description>via</description></disk></disk_attachment>',
    );
    expect([textAt(await get(`/disks/${id}`), 'description'), kept]).toEqual(['via', expect.anything()]);
    expect((await v4.send('DELETE', `${at}?detach_only=true`)).status).toBe(200);
    // what is known of a disk stays with it
    await settled(`/disks/${id}`, 'description', 'via');
    const again = `<disk_attachment><bootable>false</bootable><disk id="${id}"/></disk_attachment>`;
    added(await v4.send('POST', `${vm}/diskattachments`, again));
    await settled(`/disks/${id}`, 'status', 'ok');
    expect(textAt(await get(at), 'interface')).toBe('virtio_scsi');
  });

  it('a NIC', async () => {
    const profile = idOf((await v4.send('GET', '/vnicprofiles')).text, 'vnic_profile');
    const text = added(await v4.send('POST', `${vm}/nics`, `<nic>${sent(NIC)}<vnic_profile id="${profile}"/></nic>`));
    const at = `${vm}/nics/${idOf(text, 'nic')}`;
    await settled(at, 'plugged', 'true');
    expect(shown(NIC, await get(at))).toEqual(NIC);
    expect(shown(NIC, await get(at, { version: '3' }))).toEqual(NIC);
    await nothingChanges(at);
    await changes(at, 'nic', NIC);
  });

  it('a template', async () => {
    const text = added(
      await v4.send(
        'POST',
        '/templates',
        `<template><name>kept</name><description>two words</description><vm id="${vm.slice(5)}"/></template>`,
      ),
    );
    const at = `/templates/${idOf(text, 'template')}`;
    expect(textAt((await v4.send('GET', at)).xml(), 'description')).toBe('two words');
    await settled(at, 'status', 'ok');
    expect([textAt(await get(at), 'name'), textAt(await get(at), 'description')]).toEqual(['kept', 'two words']);
    expect(textAt(await get(at, { version: '3' }), 'description')).toBe('two words');
    await nothingChanges(at);
    const size = await v4.send(
      'PUT',
      at,
      '<template><memory>7516192768</memory><os><type>windows_xp</type></os></template>',
    );
    expect([size.status, size.headers.get('x-ovirt-ignored')]).toEqual([200, 'template.memory, template.os.type']);
    await changes(at, 'template', [['description', '', 'another']]);
    expect((await get('/templates')).children.filter((one) => textAt(one, 'description') === 'another')).toHaveLength(
      1,
    );
    if (cloud !== 'powervs') {
      const version = '<template><version><version_name>first</version_name></version></template>';
      expect(textAt((await v4.send('PUT', at, version)).xml(), 'version/version_name')).toBe('first');
      expect(textAt(await get(at), 'version/version_name')).toBe('first');
      await changes(at, 'template', [['name', '', 'renamed']]);
    }
    expect((await v4.send('DELETE', at)).status).toBe(200);
  });

  it('a snapshot', async () => {
    const text = added(
      await v4.send(
        'POST',
        `${vm}/snapshots`,
        '<snapshot><description>two words</description><persist_memorystate>false</persist_memorystate></snapshot>',
      ),
    );
    const at = `${vm}/snapshots/${idOf(text, 'snapshot')}`;
    await settled(at, 'snapshot_status', 'ok');
    for (const version of ['3', '4']) {
      const found = await get(at, { version });
      expect([textAt(found, 'description'), textAt(found, 'persist_memorystate')]).toEqual(['two words', 'false']);
    }
  });

  it.each(FIXED)('a change of one of /%s is refused by name, whatever it changes', async (list, element) => {
    const id = idOf((await v4.send('GET', `/${list}`)).text, element);
    // sizes are free there
    if (id === '') return expect([cloud, list]).toEqual(['powervs', 'instancetypes']);
    const at = `/${list}/${id}`;
    const { text: before } = await v4.send('GET', at);
    for (const change of [written('name', 'other'), written('description', 'other'), written('comment', 'other')]) {
      const { status, text } = await v4.send('PUT', at, written(element, change));
      expect([change, status, text]).toEqual([
        change,
        409,
        expect.stringContaining(`not supported by ${NAMES[cloud]}: `),
      ]);
    }
    expect(describes(await v4.send('GET', at))).toEqual(describes({ text: before }));
  });

  it.each(OWN)('one of %s: each member is read back or reported', async (list, element, kept, reports) => {
    const made = await v4.send('POST', list, written(element, written('name', 'first')));
    if (cloud === 'powervs')
      return expect([made.status, made.text]).toEqual([409, expect.stringContaining(NAMES.powervs)]);
    const at = `${list}/${idOf(made.text, element)}`;
    for (const member of kept) {
      const { status, text, headers } = await v4.send('PUT', at, written(element, written(member, 'second')));
      expect([member, status, reported(headers)], text).toEqual([member, 200, null]);
      expect([member, textAt(await get(at), member)]).toEqual([member, 'second']);
    }
    for (const member of reports) {
      const { status, headers } = await v4.send('PUT', at, written(element, written(member, 'true')));
      expect([status, reported(headers)]).toEqual([200, `${element}.${member}`]);
    }
    expect((await v4.send('DELETE', at)).status).toBe(200);
  });

  it('an affinity group cannot change, by name', async () => {
    const groups = `/clusters/${idOf((await v4.send('GET', '/clusters')).text, 'cluster')}/affinitygroups`;
    const rule = '<vms_rule><enabled>true</enabled><enforcing>true</enforcing><positive>true</positive></vms_rule>';
    const made = await v4.send('POST', groups, `<affinity_group><name>together</name>${rule}</affinity_group>`);
    expect(made.status, made.text).toBe(201);
    const at = `${groups}/${idOf(made.text, 'affinity_group')}`;
    for (const change of [written('name', 'apart'), written('priority', '2'), written('enforcing', 'false')]) {
      const { status, text } = await v4.send('PUT', at, written('affinity_group', change));
      expect([change, status, text]).toEqual([
        change,
        409,
        expect.stringContaining(`not supported by ${NAMES[cloud]}: `),
      ]);
    }
    expect(textAt(await get(at), 'name')).toBe('together');
    expect((await v4.send('DELETE', at)).status).toBe(200);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseXml, type XmlElement } from '../../../src/codec/index.js';
import { clouds, startPlace, type Place } from './place.js';
import { all, connect, id, ids, text, type Sdk } from './sdk.js';

/** What clients read of an inventory, and take for granted (docs/reference/v4-clients.md). */
describe.each(clouds)('readers on %s', (cloud) => {
  let at: Place;
  let sdk: Sdk;
  beforeAll(async () => {
    at = await startPlace(cloud);
    sdk = await connect(at, 'fog-ovirt');
  });
  afterAll(() => at?.close());

  const known = async (list: string): Promise<string[]> => (await sdk.get(`/${list}`)).children.map(id);
  const lacking = (items: readonly XmlElement[], members: readonly string[]): string[] =>
    items.flatMap((item) =>
      members
        .filter((member) => all(item, member)[0] === undefined)
        .map((member) => `${item.name} ${id(item)}: ${member}`),
    );

  it('Foreman (fog-ovirt 2): what fills its forms', async () => {
    const root = await sdk.get('');
    expect(text(root, 'product_info/version/full_version')).toMatch(/^4\./);
    const [blank] = ids(root, 'special_objects/blank_template');
    expect(await known('templates')).toContain(blank);
    const [center] = all(await sdk.get('/datacenters?search='), 'data_center');
    const [ofCenter, name] = center ? [id(center), text(center, 'name')] : [];
    const search = `search=${encodeURIComponent(`datacenter="${name}"`)}`;
    for (const list of ['clusters', 'templates', 'storagedomains'])
      expect((await sdk.get(`/${list}?${search}`)).children).not.toEqual([]);
    expect(all(await sdk.get(`/storagedomains?${search}`), 'storage_domain').map((one) => text(one, 'type'))).toContain(
      'data',
    );
    for (const list of ['instancetypes', 'operatingsystems']) await sdk.get(`/${list}`);
    await sdk.get(`/datacenters/${ofCenter}/quotas`);
    const networks = await known('networks');
    for (const profile of all(await sdk.get('/vnicprofiles'), 'vnic_profile'))
      expect(networks).toContain(ids(profile, 'network')[0]);
    const page = encodeURIComponent(`datacenter="${name}" page 1`);
    const vms = all(await sdk.get(`/vms?all_content=true&max=20&search=${page}`), 'vm');
    expect(vms.length).toBeGreaterThan(3);
    for (const vm of vms) {
      const attachments = all(await sdk.get(`/vms/${id(vm)}/diskattachments`), 'disk_attachment');
      for (const attachment of attachments)
        expect([attachment.attributes.get('href'), all(attachment, 'disk')[0]?.attributes.get('href')]).toEqual([
          `/ovirt-engine/api/vms/${id(vm)}/diskattachments/${id(attachment)}`,
          `/ovirt-engine/api/disks/${id(attachment)}`,
        ]);
      await sdk.get(`/vms/${id(vm)}/nics`);
    }
  });

  it('ManageIQ: a refresh finds all parts', async () => {
    const lists = {
      clusters: await known('clusters'),
      hosts: await known('hosts'),
      templates: await known('templates'),
      disks: await known('disks'),
      profiles: await known('vnicprofiles'),
      domains: await known('storagedomains'),
    };
    for (const host of lists.hosts) {
      await sdk.get(`/hosts/${host}/nics`);
      await sdk.get(`/hosts/${host}/statistics`);
    }
    for (const center of ids(await sdk.get('/datacenters?search=status%3Dup'), 'data_center'))
      expect(
        lacking(all(await sdk.get(`/datacenters/${center}/storagedomains`), 'storage_domain'), [
          'status',
          'storage/type',
        ]),
      ).toEqual([]);
    const vms = all(await sdk.get('/vms'), 'vm');
    expect(lacking(vms, ['cpu/topology/cores', 'memory_policy', 'os/type'])).toEqual([]);
    for (const vm of vms) {
      expect(lists.clusters).toContain(ids(vm, 'cluster')[0]);
      expect(lists.templates).toContain(ids(vm, 'template')[0]);
      for (const nic of all(await sdk.get(`/vms/${id(vm)}/nics`), 'nic')) {
        expect(text(nic, 'mac/address')).toBeDefined();
        for (const profile of ids(nic, 'vnic_profile')) expect(lists.profiles).toContain(profile);
      }
      for (const disk of ids(await sdk.get(`/vms/${id(vm)}/diskattachments`), 'disk_attachment/disk'))
        expect(lists.disks).toContain(disk);
      const snapshots = all(await sdk.get(`/vms/${id(vm)}/snapshots`), 'snapshot');
      expect(lacking(snapshots, ['date', 'description', 'snapshot_type'])).toEqual([]);
      for (const snapshot of snapshots) await sdk.get(`/vms/${id(vm)}/snapshots/${id(snapshot)}/disks`);
      await sdk.get(`/vms/${id(vm)}/reporteddevices`);
    }
    for (const template of lists.templates) await sdk.get(`/templates/${template}/diskattachments`);
    for (const domain of lists.domains) await sdk.get(`/storagedomains/${domain}/files`);
  });

  it('go-ovirt-client (Terraform, OpenShift): one absent member refuses a whole list', async () => {
    const demanded: readonly (readonly [list: string, members: readonly string[]])[] = [
      [
        'vms',
        [
          'name',
          'comment',
          'description',
          'cluster',
          'status',
          'template',
          'cpu/topology/cores',
          'cpu/topology/sockets',
          'cpu/topology/threads',
          'memory',
          'memory_policy',
          'type',
          'os/type',
        ],
      ],
      [
        'disks',
        ['storage_domains/storage_domain', 'alias', 'provisioned_size', 'total_size', 'format', 'status', 'sparse'],
      ],
      ['storagedomains', ['name', 'storage/type']],
      ['hosts', ['status', 'cluster']],
      ['clusters', ['name']],
      ['datacenters', ['name']],
      ['templates', ['name', 'status', 'description', 'cpu/topology/cores']],
      ['networks', ['name', 'data_center']],
      ['vnicprofiles', ['name', 'network']],
      ['instancetypes', ['name']],
    ];
    for (const [list, members] of demanded) {
      const items = (await sdk.get(`/${list}`)).children;
      expect(lacking(items, members), list).toEqual([]);
    }
    for (const vm of await known('vms')) {
      expect(lacking(all(await sdk.get(`/vms/${vm}/nics`), 'nic'), ['name', 'mac/address', 'vm'])).toEqual([]);
      const attachments = all(await sdk.get(`/vms/${vm}/diskattachments`), 'disk_attachment');
      expect(lacking(attachments, ['disk', 'vm', 'interface', 'bootable', 'active'])).toEqual([]);
      expect(lacking(all(await sdk.get(`/vms/${vm}/graphicsconsoles`), 'graphics_console'), ['vm'])).toEqual([]);
    }
  });

  it("the SDKs' examples of backups: a VM is searched with all of its content, and its OVF read there", async () => {
    const found = all(await sdk.get(`/vms?all_content=true&search=${encodeURIComponent(`name=${at.vm}`)}`), 'vm');
    expect(found.map((vm) => text(vm, 'name'))).toEqual([at.vm]);
    for (const vm of found) {
      const data = text(vm, 'initialization/configuration/data') ?? '';
      expect(text(vm, 'initialization/configuration/type')).toBe('ovf');
      const disks = ids(await sdk.get(`/vms/${id(vm)}/diskattachments`), 'disk_attachment');
      for (const disk of disks) expect(data).toContain(disk);
      expect(parseXml(data).name).toMatch(/Envelope$/);
      const alone = await sdk.get(`/vms/${id(vm)}?all_content=true`);
      // apart from the time when it was made
      const timeless = (ovf: string): string => ovf.replace(/\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d/g, '');
      expect(timeless(text(alone, 'initialization/configuration/data') ?? '')).toBe(timeless(data));
    }
  });

  it('virt-who: by the path of the version, with Basic and no header', async () => {
    const authorization = `Basic ${Buffer.from(`${at.user}:${at.password}`).toString('base64')}`;
    const read = async (list: string): Promise<XmlElement> => {
      const answer = await fetch(`${at.url}/ovirt-engine/api/v4/${list}`, { headers: { authorization } });
      expect(answer.status).toBe(200);
      return parseXml(await answer.text());
    };
    const clusters = all(await read('clusters'), 'cluster');
    expect(lacking(clusters, ['name', 'virt_service'])).toEqual([]);
    const serving = clusters.filter((one) => text(one, 'virt_service') === 'true').map(id);
    const hosts = all(await read('hosts'), 'host');
    // the last one with hypervisor_id=hwuuid: a host without it is left out, and its guests with it
    expect(lacking(hosts, ['address', 'cpu/topology/sockets', 'cluster', 'hardware_information/uuid'])).toEqual([]);
    for (const host of hosts) expect(serving).toContain(ids(host, 'cluster')[0]);
    const vms = all(await read('vms'), 'vm');
    expect(lacking(vms, ['name', 'status'])).toEqual([]);
    const running = vms.filter((vm) => text(vm, 'status') === 'up');
    for (const vm of running) expect(hosts.map(id)).toContain(ids(vm, 'host')[0]);
  });
});

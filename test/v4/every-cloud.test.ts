import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { XmlElement } from '../../src/codec/index.js';
import { plainInventory } from '../../src/simulator/index.js';
import { CLOUDS, type Served, serveV4, textAt } from './testbed.js';

/** What clients of version 4 read of every cloud (docs/reference/v4-clients.md); one gateway for each. */
describe.each(CLOUDS)('on %s', (cloud) => {
  let v4: Served;
  beforeAll(async () => {
    v4 = await serveV4(cloud, cloud === 'openstack' ? { inventory: plainInventory } : {});
  });
  afterAll(() => v4?.close());

  const list = async (path: string): Promise<readonly XmlElement[]> =>
    (await v4.send('GET', path)).xml().children.filter(({ name }) => name !== 'actions' && name !== 'link');
  const part = (element: XmlElement, name: string): XmlElement | undefined =>
    element.children.find((child) => child.name === name);
  const idOf = (element: XmlElement | undefined): string => element?.attributes.get('id') ?? '';
  const vmNamed = async (name: string): Promise<string> => idOf((await list(`/vms?search=name%3D${name}`))[0]);

  it('the snapshots of disks: of a disk, and on its storage domain as forklift looks for them', async () => {
    const vm = await vmNamed('sles15-hana01');
    const requested = '<snapshot><description>before</description></snapshot>';
    const created = `/vms/${vm}/snapshots/${idOf((await v4.send('POST', `/vms/${vm}/snapshots`, requested)).xml())}`;
    await vi.waitFor(async () => {
      expect(textAt((await v4.send('GET', created)).xml(), 'snapshot_status')).toBe('ok');
    }, 20_000);
    const taken = (await list(`/vms/${vm}/snapshots`)).filter((one) => textAt(one, 'snapshot_type') === 'regular');
    const parts = await list(`/vms/${vm}/snapshots/${idOf(taken[0])}/disks`);
    expect(parts.map(({ name }) => name)).toEqual(['disk']);
    for (const disk of parts) {
      const own = await list(`/disks/${idOf(disk)}/disksnapshots`);
      expect(own.map(idOf)).toEqual([textAt(disk, 'image_id')]);
      const domains = part((await v4.send('GET', `/disks/${idOf(disk)}`)).xml(), 'storage_domains');
      const domain = idOf(domains?.children[0]);
      const found = (await list(`/storagedomains/${domain}/disksnapshots`)).find(
        (one) => idOf(part(one, 'disk')) === idOf(disk) && idOf(part(one, 'snapshot')) === idOf(taken[0]),
      );
      expect(found && [idOf(found), textAt(found, 'status'), textAt(found, 'provisioned_size')]).toEqual([
        textAt(disk, 'image_id'),
        'ok',
        textAt(disk, 'provisioned_size'),
      ]);
      const item = `/storagedomains/${domain}/disksnapshots/${idOf(found)}`;
      expect(idOf((await v4.send('GET', item)).xml())).toBe(idOf(found));
      const detached = [
        await v4.send('DELETE', `/vms/${vm}/diskattachments/${idOf(disk)}`),
        await v4.send('DELETE', `/vms/${vm}/disks/${idOf(disk)}`, '<action><detach>true</detach></action>', {
          version: '3',
        }),
      ];
      const why = 'The disk is already configured in a snapshot. In order to detach it, remove the disk';
      for (const { status, text } of detached) expect([status, text]).toEqual([409, expect.stringContaining(why)]);
      const removed = await v4.send('DELETE', item);
      expect([removed.status, removed.text]).toEqual([409, expect.stringContaining('cannot be changed in part')]);
    }
    const none = await v4.send('GET', `/disks/${idOf(parts[0])}/disksnapshots/${idOf(taken[0])}`);
    expect([none.status, none.text]).toEqual([404, '']);
  });

  it.each(['3', '4'])(
    'disks name the profile of their storage domain, and may be given it: version %s',
    async (version) => {
      const headers = { version };
      const [disk] = await list('/disks');
      const path = `/disks/${idOf(disk)}`;
      const shown = (await v4.send('GET', path, undefined, headers)).xml();
      const profile = part(shown, 'disk_profile')?.attributes.get('href') ?? '';
      const own = (await v4.send('GET', profile, undefined, headers)).xml();
      const domain = part(own, 'storage_domain')?.attributes.get('href') ?? '';
      expect(part(shown, 'storage_domains')?.children[0]?.attributes.get('href')).toBe(domain);
      expect(part(shown, 'sparse')?.text).toMatch(/^(true|false)$/);
      const profiles = (await v4.send('GET', `${domain}/diskprofiles`, undefined, headers)).xml().children;
      expect(profiles.map(idOf)).toEqual([idOf(own)]);
      const all = (await v4.send('GET', '/diskprofiles', undefined, headers)).xml().children;
      expect(all.map(idOf)).toContain(idOf(own));
      const ask = (id: string) =>
        v4.send('PUT', path, `<disk><disk_profile id="${id}"/></disk>`, {
          ...headers,
          'content-type': 'application/xml',
        });
      const kept = await ask(idOf(own));
      expect([kept.status, kept.headers.get('x-ovirt-ignored')]).toEqual([200, null]);
      const other = all.map(idOf).find((id) => id !== idOf(own)) ?? '';
      expect((await ask(other)).text).toContain('does not belong to the storage domain of the disk');
      expect((await ask('00000000-0000-0000-0000-0000000000ff')).text).toContain('DiskProfile');
    },
  );

  it.each(['3', '4'])('a new disk is reported as otherwise allocated only if it is: version %s', async (version) => {
    for (const wanted of ['true', 'false']) {
      const disk = `<disk><provisioned_size>1073741824</provisioned_size><format>raw</format><sparse>${wanted}</sparse></disk>`;
      const added = await v4.send('POST', '/disks', disk, { version, 'content-type': 'application/xml' });
      const ignored = added.headers.get('x-ovirt-ignored') ?? '';
      expect(ignored.includes('disk.sparse')).toBe(textAt(added.xml(), 'sparse') !== wanted);
    }
  });

  it.each(['3', '4'])(
    'persistent memory is listed where the cloud has it, and otherwise an empty list: version %s',
    async (version) => {
      const vm = await vmNamed('sles15-hana01');
      const [all, own] = await Promise.all(
        ['/pmemvolumes', `/vms/${vm}/pmemvolumes`].map((path) => v4.send('GET', path, undefined, { version })),
      );
      const names = (answer: typeof all): (string | undefined)[] =>
        (answer?.xml().children ?? []).map((one) => textAt(one, 'name'));
      expect([all?.status, own?.status]).toEqual([200, 200]);
      const pmem = cloud !== 'openstack';
      expect([names(all).length > 0, names(own).length > 0]).toEqual([pmem, pmem]);
      const none = await v4.send('GET', '/pmemvolumes/00000000-0000-4000-8000-0000000000ff', undefined, { version });
      expect(none.status).toBe(404);
      if (pmem) return;
      const body = '<pmem_volume><name>p</name><size>1073741824</size></pmem_volume>';
      const headers = { version, 'content-type': 'application/xml' };
      const added = await v4.send('POST', `/vms/${vm}/pmemvolumes`, body, headers);
      expect([added.status, added.text]).toEqual([409, expect.stringContaining('ersistent memory')]);
    },
  );

  it('VMs and disks are in the quota of their data center, which they may name', async () => {
    const [center] = await list('/datacenters');
    const [quota] = await list(`/datacenters/${idOf(center)}/quotas`);
    const [vm] = await list('/vms');
    const [disk] = await list('/disks');
    for (const one of [vm, disk])
      expect(one && part(one, 'quota')?.attributes.get('href')).toBe(quota?.attributes.get('href'));
    const path = `/vms/${idOf(vm)}`;
    const named = await v4.send('PUT', path, `<vm><quota id="${idOf(quota)}"/></vm>`);
    expect([named.status, named.headers.get('x-ovirt-ignored')]).toEqual([200, null]);
    const other = await v4.send('PUT', path, '<vm><quota id="00000000-0000-0000-0000-0000000000ff"/></vm>');
    expect([other.status, textAt(other.xml(), 'detail')]).toEqual([
      404,
      'Entity not found: Quota: id=00000000-0000-0000-0000-0000000000ff',
    ]);
  });

  it('a list below what does not exist is not found, even where the cloud has no such list', async () => {
    const nothing = '00000000-0000-4000-8000-00000000dead';
    const paths = [
      ...['disks', 'nics', 'pmemvolumes', 'snapshots', 'graphicsconsoles', 'sessions'].map((part) => `/vms/X/${part}`),
      ...['hosts/X/storage', 'macpools/X/permissions', 'clusterlevels/X/clusterfeatures'].map((path) => `/${path}`),
      ...['balances', 'filters', 'weights'].map((part) => `/schedulingpolicies/X/${part}`),
    ].map((path) => path.replace('X', nothing));
    const answers = await Promise.all(paths.map(async (path) => [path, (await v4.send('GET', path)).status]));
    expect(answers).toEqual(paths.map((path) => [path, 404]));
    const [vm] = await list('/vms');
    const [host] = await list('/hosts');
    for (const path of [`/vms/${idOf(vm)}/pmemvolumes`, `/hosts/${idOf(host)}/storage`])
      expect([path, (await v4.send('GET', path)).status]).toEqual([path, 200]);
  });

  it('a list below an item of a collection that is empty is not found', async () => {
    const nothing = '00000000-0000-4000-8000-00000000dead';
    const [center] = await list('/datacenters');
    const [host] = await list('/hosts');
    const [domain] = await list('/storagedomains');
    const [vm] = await list('/vms');
    const paths = [
      `/hosts/${idOf(host)}/nics/${nothing}/networklabels`,
      `/hosts/${idOf(host)}/nics/${nothing}/linklayerdiscoveryprotocolelements`,
      `/datacenters/${idOf(center)}/iscsibonds/${nothing}/storageserverconnections`,
      `/storagedomains/${idOf(domain)}/vms/${nothing}/diskattachments`,
      `/vms/${idOf(vm)}/snapshots/${nothing}/nics`,
      `/vms/${nothing}/snapshots/${nothing}/nics`,
    ];
    const answers = await Promise.all(paths.map(async (path) => [path, (await v4.send('GET', path)).status]));
    expect(answers).toEqual(paths.map((path) => [path, 404]));
  });

  it('the NICs of the active snapshot are those of the VM', async () => {
    const path = `/vms/${await vmNamed('rhel94-app01')}`;
    const active = (await list(`${path}/snapshots`)).find((one) => textAt(one, 'snapshot_type') === 'active');
    const macs = (nics: Awaited<ReturnType<typeof list>>): unknown[] => nics.map((nic) => textAt(nic, 'mac/address'));
    const now = macs(await list(`${path}/nics`));
    expect([now.length, macs(await list(`${path}/snapshots/${idOf(active)}/nics`))]).toEqual([1, now]);
  });

  it('a search finds what documents show: the quota of VMs and disks, the thresholds of storage domains', async () => {
    for (const [path, search] of [
      ['/vms', 'quota=Default'],
      ['/disks', 'quota=Default'],
      ['/storagedomains', 'low_space_threshold=10 and critical_space_threshold=5'],
    ] as const) {
      const all = await list(path);
      const found = await list(`${path}?search=${encodeURIComponent(search)}`);
      expect([search, all.length > 0, found.map(idOf)]).toEqual([search, true, all.map(idOf)]);
    }
    expect(await list(`/vms?search=${encodeURIComponent('quota!=Default')}`)).toEqual([]);
  });

  it('a version of a template: its number, its name, its base; a VM of the latest', async () => {
    const vm = await vmNamed('sles15-hana01');
    const template = async (
      name: string,
      version: string,
    ): Promise<{ readonly status: number; readonly id: string }> => {
      const created = await v4.send(
        'POST',
        '/templates',
        `<template><name>${name}</name><vm id="${vm}"/>${version}</template>`,
      );
      const id = idOf(created.xml());
      if (created.status < 300)
        await vi.waitFor(async () => {
          expect(textAt((await v4.send('GET', `/templates/${id}`)).xml(), 'status')).toBe('ok');
        }, 20_000);
      return { status: created.status, id };
    };
    const versionOf = async (id: string): Promise<unknown[]> => {
      const version = part((await v4.send('GET', `/templates/${id}`)).xml(), 'version');
      return version
        ? [textAt(version, 'version_number'), textAt(version, 'version_name'), idOf(part(version, 'base_template'))]
        : [];
    };
    const base = await template('golden', '');
    expect(await versionOf(base.id)).toEqual(['1', 'base version', base.id]);
    const requested = `<version><base_template id="${base.id}"/><version_name>spring</version_name></version>`;
    const second = await template('golden', requested);
    if (cloud === 'powervs') return expect(second.status).toBe(409);
    expect(await versionOf(second.id)).toEqual(['2', 'spring', base.id]);
    expect((await template('golden', '')).status).toBe(409);
    expect((await list('/templates?search=name%3Dgolden')).map(idOf).sort()).toEqual([base.id, second.id].sort());
    expect((await list('/templates?search=version_number%3D2')).map(idOf)).toEqual([second.id]);
    expect((await v4.send('DELETE', `/templates/${base.id}`)).text).toContain(
      'Cannot delete Base Template that has Template Versions, please first remove all Template Versions for this Template: spring.',
    );
    const [cluster] = await list('/clusters');
    const latest = `<use_latest_template_version>true</use_latest_template_version>`;
    const created = await v4.send(
      'POST',
      '/vms',
      `<vm><name>of-latest</name><cluster id="${idOf(cluster)}"/><template><name>golden</name></template>${latest}</vm>`,
    );
    expect(idOf(part(created.xml(), 'template'))).toBe(second.id);
  });

  it('hosts report their number of VMs, a VM its guaranteed memory', async () => {
    const summaries = (await list('/hosts')).map((host) => [
      textAt(host, 'summary/active'),
      textAt(host, 'summary/total'),
    ]);
    expect(summaries.flat().filter((count) => !/^\d+$/.test(count ?? ''))).toEqual([]);
    expect(summaries.some(([, total]) => Number(total) > 0)).toBe(true);
    for (const vm of await list('/vms'))
      expect(Number(textAt(vm, 'memory_policy/guaranteed'))).toBeLessThanOrEqual(Number(textAt(vm, 'memory')));
  });

  it('an event has its number as index, and names who and what', async () => {
    const vm = await vmNamed('sles15-hana01');
    const changed = await v4.send('PUT', `/vms/${vm}`, '<vm><name>sles15-hana01</name></vm>');
    expect(changed.status).toBe(200);
    const [event] = (await list('/events')).filter((one) => idOf(part(one, 'vm')) === vm && part(one, 'user'));
    expect(event && [textAt(event, 'index'), textAt(event, 'user/name'), textAt(event, 'vm/name')]).toEqual([
      idOf(event),
      'admin@internal-authz',
      'sles15-hana01',
    ]);
    expect((await list(`/events?from=${event && textAt(event, 'index')}`)).map(idOf)).not.toContain(idOf(event));
  });

  it('an empty drive can be ejected without a report', async () => {
    const vm = await vmNamed('rhel94-app01');
    const drive = `/vms/${vm}/cdroms/00000000-0000-0000-0000-000000000000`;
    for (const path of [drive, `${drive}?current=true`]) {
      const { status, xml } = await v4.send('PUT', path, '<cdrom><file id=""/></cdrom>');
      expect([status, part(xml(), 'file')]).toEqual([200, undefined]);
    }
    // what a request names is looked for before the VM's state is
    const named = await v4.send(
      'POST',
      `/vms/${vm}/export`,
      '<action><storage_domain><name>none</name></storage_domain></action>',
    );
    expect(named.text).toContain('Entity not found: StorageDomain: name=none');
  });

  it('a VM of Blank by its name is what one by its id is', async () => {
    const [cluster] = await list('/clusters');
    const make = async (name: string, template: string) => {
      const { status, text } = await v4.send(
        'POST',
        '/vms',
        `<vm><name>${name}</name><cluster id="${idOf(cluster)}"/>${template}</vm>`,
      );
      return [status, /<detail>.*<\/detail>/.exec(text)?.[0]];
    };
    const byId = await make('blank-by-id', '<template id="00000000-0000-0000-0000-000000000000"/>');
    expect(await make('blank-by-name', '<template><name>Blank</name></template>')).toEqual(byId);
    expect(byId[0]).toBe(cloud === 'powervc' ? 201 : 409);
  });

  it('scripts that look at consoles and list all snapshots find what they read (python-ovirt-engine-sdk4, examples)', async () => {
    for (const vm of await list('/vms?all_content=true')) {
      expect(textAt(vm, 'console/enabled')).toBe('false');
      for (const snapshot of await list(`/vms/${idOf(vm)}/snapshots`))
        for (const disk of await list(`/vms/${idOf(vm)}/snapshots/${idOf(snapshot)}/disks`))
          expect(idOf(part(disk, 'storage_domains')?.children[0])).not.toBe('');
    }
  });

  it('a connection file for virt-viewer is refused by name, however it is asked for (the VM portal, moVirt)', async () => {
    const vm = await vmNamed('rhel94-app01');
    const consoles = await list(`/vms/${vm}/graphicsconsoles`);
    expect(consoles.length).toBe(cloud === 'powervc' ? 0 : 1);
    for (const path of consoles.map((one) => `/vms/${vm}/graphicsconsoles/${idOf(one)}`)) {
      const got = await v4.send('GET', path, undefined, { accept: 'application/x-virt-viewer' });
      const posted = await v4.send('POST', `${path}/remoteviewerconnectionfile`, '<action/>');
      for (const { status, text } of [got, posted])
        expect([status, text]).toEqual([409, expect.stringContaining('which virt-viewer cannot open: ')]);
    }
  });

  it.each(['vms', 'disks', 'templates'])(
    '%s that are sent back as they were read change nothing, and nothing is reported',
    async (all) => {
      const own = (await list(`/${all}`)).filter((one) => !idOf(one).startsWith('00000000'));
      for (const path of own.map((one) => `/${all}/${idOf(one)}`)) {
        const { text } = await v4.send('GET', path);
        const back = await v4.send('PUT', path, text);
        expect([path, back.status, back.headers.get('x-ovirt-ignored')]).toEqual([path, 200, null]);
        expect((await v4.send('GET', path)).text).toBe(text);
      }
    },
  );

  it('persistent memory among all disks is renamed there, and refused by name what it cannot', async () => {
    const memory = (await list('/storagedomains'))
      .filter((one) => textAt(one, 'name') === 'PersistentMemory')
      .map(idOf);
    const own = (await list('/disks')).filter((disk) =>
      memory.includes(idOf(part(disk, 'storage_domains')?.children[0])),
    );
    expect(own.length > 0).toBe(cloud !== 'openstack');
    for (const path of own.map((disk) => `/disks/${idOf(disk)}`)) {
      const named = await v4.send('PUT', path, '<disk><alias>renamed</alias></disk>');
      expect([named.status, textAt(named.xml(), 'alias')]).toEqual([200, 'renamed']);
      const grown = await v4.send('PUT', path, '<disk><provisioned_size>99999999999</provisioned_size></disk>');
      expect([grown.status, grown.text]).toEqual([409, expect.stringContaining('persistent memory volume')]);
    }
  });

  const BLANK = '00000000-0000-0000-0000-000000000000';
  const newVm = async (name: string, extra = ''): Promise<string> => {
    const cluster = idOf((await list('/clusters'))[0]);
    const template = idOf((await list('/templates')).find((one) => idOf(one) !== BLANK));
    // an instance is not deployed without one
    const profile = cloud === 'powervs' ? idOf((await list('/vnicprofiles'))[0]) : undefined;
    const nics = profile === undefined ? '' : `<nics><nic><vnic_profile id="${profile}"/></nic></nics>`;
    return `<vm><name>${name}</name><cluster id="${cluster}"/><template id="${template}"/>${nics}${extra}</vm>`;
  };

  it.each(['4', '3'])('a VM whose disks are clones shows Blank as its template: version %s', async (version) => {
    const [query, extra] = version === '4' ? ['?clone=true', ''] : ['', '<disks><clone>true</clone></disks>'];
    const body = await newVm(`clone${version}`, extra);
    const source = /<template id="([^"]+)"/.exec(body)?.[1];
    const created = await v4.send('POST', `/vms${query}`, body, { version });
    expect([created.status, created.text]).toEqual([202, expect.anything()]);
    const read = (await v4.send('GET', `/vms/${idOf(created.xml())}`)).xml();
    for (const vm of [created.xml(), read]) expect(idOf(part(vm, 'template'))).toBe(BLANK);
    expect(idOf(part(read, 'original_template'))).toBe(source);
    expect(created.headers.get('x-ovirt-ignored')).toBeNull();
    // it is sent back whole
    const whole = await v4.send('PUT', `/vms/${idOf(read)}`, `<vm><template id="${BLANK}"/></vm>`);
    expect([whole.status, idOf(part(whole.xml(), 'template'))]).toEqual([200, BLANK]);
  });

  it.each(['4', '3'])(
    'a template that a VM is based on is not removed, one that was cloned is no hindrance: version %s',
    async (version) => {
      const body = await newVm(`based${version}`);
      const template = /<template id="([^"]+)"/.exec(body)?.[1] ?? '';
      const created = await v4.send('POST', '/vms', body, { version });
      expect(created.status).toBe(202);
      const removed = await v4.send('DELETE', `/templates/${template}`, undefined, { version });
      expect([removed.status, removed.text]).toEqual([
        409,
        expect.stringMatching(
          new RegExp(`Cannot delete Template. Template is being used by the following VMs: [^<]*based${version}`),
        ),
      ]);
      expect(removed.text).not.toContain('clone');
      expect((await v4.send('GET', `/templates/${template}`)).status).toBe(200);
    },
  );

  it('cloning the disks of a VM that is there already is reported', async () => {
    const vm = await vmNamed('sles15-hana01');
    const answer = await v4.send('PUT', `/vms/${vm}`, '<vm><disks><clone>true</clone></disks></vm>', { version: '3' });
    expect([answer.status, answer.headers.get('x-ovirt-ignored')]).toEqual([200, 'vm.disks.clone']);
  });

  it.each(['4', '3'])('the description of an affinity group is read back: version %s', async (version) => {
    const at = `/clusters/${idOf((await list('/clusters'))[0])}/affinitygroups`;
    const body = `<affinity_group><name>described${version}</name><description>told</description><enforcing>true</enforcing></affinity_group>`;
    const created = await v4.send('POST', at, body, { version });
    expect(created.status).toBe(201);
    const group = `${at}/${idOf(created.xml())}`;
    for (const one of [created, await v4.send('GET', group, undefined, { version })])
      expect(textAt(one.xml(), 'description')).toBe('told');
    expect(created.headers.get('x-ovirt-ignored')).toBeNull();
    expect((await v4.send('DELETE', group)).status).toBe(200);
  });

  it('one disk attachment has an href without the version, as engines write it; its list keeps the version', async () => {
    const at = `/ovirt-engine/api/v4/vms/${await vmNamed('sles15-hana01')}/diskattachments`;
    const [first] = await list(at);
    const href = first?.attributes.get('href') ?? '';
    expect(href).toBe(`${at}/${idOf(first)}`);
    expect((await v4.send('GET', href)).xml().attributes.get('href')).toBe(href.replace('/v4/', '/'));
  });
});

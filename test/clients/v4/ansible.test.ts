import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clouds, startPlace, type Place } from './place.js';
import { all, connect, id, ids, text, type Sdk } from './sdk.js';

/**
 * Ansible's modules (oVirt/ovirt-ansible-collection, plugins/modules and plugins/inventory), each as it was seen to ask
 * and to compare (`update_check`): a second run changes nothing when what it reads is what the first one set.
 */
describe.each(clouds)('Ansible on %s', (cloud) => {
  let at: Place;
  let sdk: Sdk;
  let vm = '';
  let cluster = '';
  let disk = '';
  /** Power Virtual Server keeps only what it has itself. */
  const notes = cloud !== 'powervs';
  const search = (list: string, query: string, more = ''): Promise<readonly string[]> =>
    sdk.get(`/${list}?${more}search=${encodeURIComponent(query)}`).then((found) => found.children.map(id));
  beforeAll(async () => {
    at = await startPlace(cloud);
    sdk = await connect(at);
  });
  afterAll(() => at?.close());

  it('ovirt_vm: what was set is read back', async () => {
    expect(await search('vms', 'name="ansvm"', 'all_content=true&')).toEqual([]);
    [cluster = ''] = await search('clusters', `name="${at.cluster}"`);
    const [template = ''] = await search('templates', `name="${at.template}"`);
    const [profile = ''] = ids(await sdk.get('/vnicprofiles'), 'vnic_profile');
    const [host = ''] = ids(await sdk.get('/hosts'), 'host');
    const policy = notes
      ? `<placement_policy><affinity>pinned</affinity><hosts><host id="${host}"/></hosts></placement_policy>`
      : '<placement_policy><affinity>pinned</affinity></placement_policy>';
    const created = await sdk.add(
      '/vms?clone=false',
      `<vm><comment>a comment</comment><cpu><topology><cores>2</cores><sockets>1</sockets><threads>1</threads></topology></cpu><delete_protected>false</delete_protected><description>a description</description><high_availability><enabled>true</enabled><priority>50</priority></high_availability><memory>4294967296</memory><memory_policy><guaranteed>2147483648</guaranteed><max>8589934592</max></memory_policy><name>ansvm</name><nics><nic><name>nic1</name><vnic_profile id="${profile}"/></nic></nics><os><boot><devices><device>hd</device></devices></boot><type>other_linux_ppc64</type></os>${policy}<time_zone><name>Europe/Berlin</name></time_zone><type>server</type><cluster id="${cluster}"/><template id="${template}"/></vm>`,
    );
    vm = id(created);
    await sdk.until(`/vms/${vm}`, 'status', 'down');
    const [again = ''] = await search('vms', 'name="ansvm"', 'all_content=true&');
    expect(again).toBe(vm);
    expect(await search('templates', 'vm.name=ansvm')).toEqual([template]);
    const read = await sdk.get(`/vms/${vm}`);
    const kept: readonly (readonly [string, string])[] = [
      ['memory', '4294967296'],
      ['placement_policy/affinity', 'pinned'],
      ...(notes
        ? ([
            ['comment', 'a comment'],
            ['description', 'a description'],
            ['cpu/topology/cores', '2'],
            ['cpu/topology/sockets', '1'],
            ['high_availability/enabled', 'true'],
            ['high_availability/priority', '50'],
            ['memory_policy/guaranteed', '2147483648'],
            ['memory_policy/max', '8589934592'],
            ['os/type', 'other_linux_ppc64'],
            ['time_zone/name', 'Europe/Berlin'],
            ['type', 'server'],
            ['delete_protected', 'false'],
          ] as const)
        : []),
    ];
    expect(kept.map(([path]) => [path, text(read, path)])).toEqual(kept);
    if (notes) expect(ids(read, 'placement_policy/hosts/host')).toEqual([host]);
  });

  it('ovirt_disk: a disk of a VM, found again, extended, detached and attached', async () => {
    const query = `name="ansdisk" and Storage.name="${at.domain}" and vm_names="ansvm"`;
    expect(await search('disks', query)).toEqual([]);
    const created = await sdk.add(
      '/disks',
      `<disk><format>raw</format><name>ansdisk</name><provisioned_size>2147483648</provisioned_size><storage_domains><storage_domain><name>${at.domain}</name></storage_domain></storage_domains></disk>`,
    );
    disk = id(created);
    const ready = await sdk.until(`/disks/${disk}`, 'status', 'ok');
    expect(text(ready, 'provisioned_size')).toBe('2147483648');
    // without an attachment a 404 says so
    expect((await sdk.refused('GET', `/vms/${vm}/diskattachments/${disk}`))[0]).toBe(404);
    const attach = `<disk_attachment><active>true</active><bootable>false</bootable><disk id="${disk}"/><interface>spapr_vscsi</interface></disk_attachment>`;
    await sdk.add(`/vms/${vm}/diskattachments`, attach);
    const read = await sdk.get(`/vms/${vm}/diskattachments/${disk}`);
    expect([text(read, 'active'), text(read, 'bootable'), text(read, 'interface')]).toEqual([
      'true',
      'false',
      'spapr_vscsi',
    ]);
    expect(await search('disks', query)).toEqual([disk]);
    await sdk.update(
      `/vms/${vm}/diskattachments/${disk}`,
      '<disk_attachment><disk><provisioned_size>3221225472</provisioned_size></disk></disk_attachment>',
    );
    await sdk.until(`/disks/${disk}`, 'provisioned_size', '3221225472');
    await sdk.remove(`/vms/${vm}/diskattachments/${disk}`);
    await sdk.until(`/disks/${disk}`, 'status', 'ok');
    await sdk.add(`/vms/${vm}/diskattachments`, attach);
  });

  it('ovirt_nic: by the profile of its network', async () => {
    const [center = ''] = await search('datacenters', `Clusters.name=${at.cluster}`);
    const networks = await sdk.get(`/datacenters/${center}/networks`);
    const profiles = await sdk.get('/vnicprofiles');
    const [profile] = all(profiles, 'vnic_profile').filter((one) =>
      ids(networks, 'network').includes(ids(one, 'network')[0] ?? ''),
    );
    const requested = profile ? id(profile) : '';
    const nic = await sdk.add(
      `/vms/${vm}/nics`,
      `<nic><interface>spapr_vlan</interface><name>ansnic</name><vnic_profile id="${requested}"/></nic>`,
    );
    const [read] = all(await sdk.get(`/vms/${vm}/nics`), 'nic').filter((one) => id(one) === id(nic));
    expect(read && ids(read, 'vnic_profile')).toEqual([requested]);
    expect(read && text(read, 'interface')).toBe('spapr_vlan');
    expect(read && [text(read, 'linked'), text(read, 'plugged')]).toEqual(['true', 'true']);
    if (notes) expect(read && text(read, 'name')).toBe('ansnic');
  });

  it('ovirt_vm: running, stopped', async () => {
    await sdk.act(
      `/vms/${vm}/start`,
      '<action><use_cloud_init>false</use_cloud_init><use_sysprep>false</use_sysprep></action>',
    );
    await sdk.until(`/vms/${vm}`, 'status', 'up');
    await sdk.act(`/vms/${vm}/stop`);
    await sdk.until(`/vms/${vm}`, 'status', 'down');
  });

  it('ovirt_snapshot: None is not there, the new one is', async () => {
    expect((await sdk.refused('GET', `/vms/${vm}/snapshots/None`))[0]).toBe(404);
    const created = await sdk.add(
      `/vms/${vm}/snapshots`,
      '<snapshot><description>anssnap</description><persist_memorystate>false</persist_memorystate></snapshot>',
    );
    await sdk.until(`/vms/${vm}/snapshots/${id(created)}`, 'snapshot_status', 'ok');
    await sdk.remove(`/vms/${vm}/snapshots/${id(created)}`);
  });

  it('ovirt_affinity_group: lists are there though they are empty', async () => {
    const path = `/clusters/${cluster}/affinitygroups`;
    const group = await sdk.add(
      path,
      '<affinity_group><name>ansag</name><vms_rule><enabled>true</enabled><enforcing>true</enforcing><positive>true</positive></vms_rule></affinity_group>',
    );
    const read = await sdk.get(`${path}/${id(group)}`);
    expect([all(read, 'vms').length, all(read, 'hosts').length]).toEqual([1, 1]);
    for (const member of ['enabled', 'enforcing', 'positive']) expect(text(read, `vms_rule/${member}`)).toBe('true');
    // host_rule: disabled
    for (const member of ['enabled', 'enforcing', 'positive']) expect(text(read, `hosts_rule/${member}`)).toBe('false');
    await sdk.remove(`${path}/${id(group)}`);
  });

  it('ovirt_cluster, ovirt_host, ovirt_instance_type: what is there already is compared, and nothing is sent', async () => {
    for (const found of all(
      await sdk.get(`/clusters?search=${encodeURIComponent(`name="${at.cluster}"`)}`),
      'cluster',
    )) {
      const [policy = ''] = ids(found, 'scheduling_policy');
      expect(text(await sdk.get(`/schedulingpolicies/${policy}`), 'name')).toBe('none');
      expect(ids(await sdk.get('/macpools'), 'mac_pool')).toEqual(ids(found, 'mac_pool'));
      expect(['fencing_policy/enabled', 'ksm/enabled'].map((path) => text(found, path))).toEqual(['false', 'false']);
      expect(text(found, 'migration/bandwidth/assignment_method')).toBe('auto');
    }
    for (const host of all(await sdk.get('/hosts'), 'host')) {
      expect(text(host, 'power_management/enabled')).toBe('false');
      expect(text(host, 'os/custom_kernel_cmdline')).toBe('');
    }
    for (const type of all(await sdk.get('/instancetypes'), 'instance_type'))
      expect(text(type, 'memory_policy/guaranteed')).toBe(text(type, 'memory'));
  });

  it('*_info: empty parameters ask for nothing', async () => {
    for (const list of ['vms', 'events', 'disks', 'hosts', 'clusters', 'templates', 'users', 'networks'])
      await sdk.get(`/${list}?case_sensitive=true&follow=&max=3&search=`);
  });

  it('inventory: what it reads of each VM without asking', async () => {
    for (const one of all(await sdk.get('/vms'), 'vm')) {
      const devices = await sdk.get(`/vms/${id(one)}/reporteddevices`);
      const statistics = await sdk.get(`/vms/${id(one)}/statistics`);
      expect([devices.name, all(statistics, 'statistic').length > 0]).toEqual(['reported_devices', true]);
      for (const list of ['tags', 'affinitylabels']) await sdk.get(`/vms/${id(one)}/${list}`);
      const [home = ''] = ids(one, 'cluster');
      await sdk.get(`/clusters/${home}/affinitygroups`);
      expect(text(await sdk.get(`/clusters/${home}`), 'name')).toBeDefined();
      expect(text(one, 'os/type')).toBeDefined();
      expect(Number.isNaN(Date.parse(text(one, 'creation_time') ?? ''))).toBe(false);
      const [template = ''] = ids(one, 'template');
      expect(text(await sdk.get(`/templates/${template}`), 'name')).toBeDefined();
    }
  });

  it('absent: VM and disk are gone', async () => {
    await sdk.remove(`/vms/${vm}/diskattachments/${disk}?detach_only=true`);
    await sdk.until(`/disks/${disk}`, 'status', 'ok');
    await sdk.remove(`/disks/${disk}`);
    await sdk.remove(`/vms/${vm}`);
    expect(await search('vms', 'name="ansvm"')).toEqual([]);
  });
});

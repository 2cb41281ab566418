import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clouds, startPlace, type Place } from './place.js';
import { all, connect, id, ids, text, type Sdk } from './sdk.js';

/**
 * A long day of the SDK for Python (ovirt-engine-sdk-python 4.6.3), as it sent it when it was run against the
 * simulators: its documents have their members in alphabetical order, values before references.
 */
describe.each(clouds)('SDK 4 on %s', (cloud) => {
  let at: Place;
  let sdk: Sdk;
  /** What the cloud has, by name, as scripts look it up. */
  const found = { cluster: '', template: '', domain: '', profile: '', vm: '', disk: '' };
  const byName = async (list: string, name: string): Promise<string> => {
    const [item, more] = (await sdk.get(`/${list}?search=${encodeURIComponent(`name="${name}"`)}`)).children;
    expect([item && text(item, 'name'), more]).toEqual([name, undefined]);
    return item ? id(item) : '';
  };
  beforeAll(async () => {
    at = await startPlace(cloud);
    sdk = await connect(at);
  });
  afterAll(() => at?.close());

  it('reads the root and finds objects by name', async () => {
    const root = await sdk.get('');
    expect(text(root, 'product_info/version/full_version')).toMatch(/^4\.5\./);
    found.cluster = await byName('clusters', at.cluster);
    found.template = await byName('templates', at.template);
    found.domain = await byName('storagedomains', at.domain);
    const [profile] = ids(await sdk.get('/vnicprofiles'), 'vnic_profile');
    found.profile = profile ?? '';
    expect(found.profile).not.toBe('');
  });

  it('lists VMs with all of their sub-collections', async () => {
    const vms = await sdk.get('/vms?follow=disk_attachments.disk%2Cnics.vnic_profile%2Csnapshots%2Ccluster%2Ctemplate');
    for (const vm of all(vms, 'vm')) {
      const disks = all(vm, 'disk_attachments/disk_attachment/disk');
      expect(disks.map((disk) => text(disk, 'provisioned_size'))).not.toContain(undefined);
      expect(text(vm, 'cluster/name')).toBeDefined();
      expect(text(vm, 'template/name')).toBeDefined();
    }
    expect((await sdk.get('/vms?max=2')).children).toHaveLength(2);
  });

  it('makes a VM of a template, with its initialization', async () => {
    const vm = await sdk.add(
      '/vms?clone=true',
      `<vm><description>made</description><initialization><authorized_ssh_keys>ssh-rsa AAA</authorized_ssh_keys><host_name>day</host_name><nic_configurations><nic_configuration><boot_protocol>dhcp</boot_protocol><name>eth0</name><on_boot>true</on_boot></nic_configuration></nic_configurations><user_name>cloud</user_name></initialization><memory>2147483648</memory><name>day</name><nics><nic><name>nic1</name><vnic_profile id="${found.profile}"/></nic></nics><placement_policy><affinity>pinned</affinity></placement_policy><cluster><name>${at.cluster}</name></cluster><template><name>${at.template}</name></template></vm>`,
    );
    found.vm = id(vm);
    const down = await sdk.until(`/vms/${found.vm}`, 'status', 'down');
    expect(text(down, 'name')).toBe('day');
    expect(text(down, 'memory')).toBe('2147483648');
    expect(text(down, 'placement_policy/affinity')).toBe('pinned');
    // a clone is of no template, and says which it was made of
    const blank = '00000000-0000-0000-0000-000000000000';
    expect(ids(down, 'template')).toEqual([blank]);
    expect(ids(down, 'original_template')).toEqual([found.template]);
    // a second one of the name is the engine's conflict
    const [status, detail] = await sdk.refused(
      'POST',
      '/vms',
      `<vm><name>day</name><cluster><name>${at.cluster}</name></cluster><template><name>${at.template}</name></template></vm>`,
    );
    expect(status).toBe(409);
    expect(detail).toContain('The VM name is already in use');
  });

  it('changes it', async () => {
    const changed = await sdk.update(`/vms/${found.vm}`, '<vm><memory>3221225472</memory></vm>');
    expect(text(changed, 'memory')).toBe('3221225472');
    if (cloud === 'powervs') return;
    const reported = await sdk.update(
      `/vms/${found.vm}?correlation_id=day-1`,
      '<vm><comment>seen</comment><description>changed</description></vm>',
    );
    expect([text(reported, 'comment'), text(reported, 'description')]).toEqual(['seen', 'changed']);
    const events = await sdk.get('/events?search=correlation_id%3Dday-1');
    expect(all(events, 'event').map((event) => ids(event, 'vm'))).toEqual([[found.vm]]);
    const jobs = await sdk.get('/jobs?search=correlation_id%3Dday-1');
    expect(all(jobs, 'job').map((job) => text(job, 'status'))).toEqual(['finished']);
  });

  it('adds a NIC and a disk, whose answers are complete', async () => {
    const nic = await sdk.add(
      `/vms/${found.vm}/nics`,
      `<nic><interface>virtio</interface><name>nic9</name><vnic_profile id="${found.profile}"/></nic>`,
    );
    expect(ids(nic, 'vm')).toEqual([found.vm]);
    expect(ids(nic, 'vnic_profile')).toEqual([found.profile]);
    expect(text(nic, 'mac/address')).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
    const attachment = await sdk.add(
      `/vms/${found.vm}/diskattachments`,
      `<disk_attachment><active>true</active><bootable>false</bootable><disk><format>raw</format><name>day-data</name><provisioned_size>1073741824</provisioned_size><storage_domains><storage_domain id="${found.domain}"/></storage_domains></disk><interface>spapr_vscsi</interface></disk_attachment>`,
    );
    found.disk = id(attachment);
    expect(ids(attachment, 'disk')).toEqual([found.disk]);
    expect(ids(attachment, 'vm')).toEqual([found.vm]);
    const disk = await sdk.until(`/disks/${found.disk}`, 'status', 'ok');
    expect(text(disk, 'total_size')).toBeDefined();
    expect(ids(disk, 'storage_domains/storage_domain')).toEqual([found.domain]);
  });

  it('finds the disk as Ansible does, and extends it through its attachment and by itself', async () => {
    const search = encodeURIComponent(`name="day-data" and Storage.name="${at.domain}" and vm_names="day"`);
    expect(ids(await sdk.get(`/disks?search=${search}`), 'disk')).toEqual([found.disk]);
    await sdk.update(
      `/vms/${found.vm}/diskattachments/${found.disk}`,
      '<disk_attachment><disk><provisioned_size>2147483648</provisioned_size></disk></disk_attachment>',
    );
    await sdk.until(`/disks/${found.disk}`, 'provisioned_size', '2147483648');
    await sdk.update(`/disks/${found.disk}`, '<disk><provisioned_size>3221225472</provisioned_size></disk>');
    await sdk.until(`/disks/${found.disk}`, 'provisioned_size', '3221225472');
    const attached = await sdk.get(`/vms/${found.vm}/diskattachments?follow=disk`);
    expect(all(attached, 'disk_attachment').map((one) => text(one, 'disk/provisioned_size'))).toContain('3221225472');
  });

  it('starts it from its disk, and reads what runs', async () => {
    await sdk.act(
      `/vms/${found.vm}/start`,
      '<action><pause>false</pause><vm><os><boot><devices><device>hd</device></devices></boot></os></vm></action>',
    );
    await sdk.until(`/vms/${found.vm}`, 'status', 'up');
    const statistics = await sdk.get(`/vms/${found.vm}/statistics`);
    expect(all(statistics, 'statistic').map((one) => text(one, 'name'))).toContain('memory.installed');
    for (const list of ['reporteddevices', 'applications', 'sessions', 'cdroms', 'graphicsconsoles?current=true'])
      await sdk.get(`/vms/${found.vm}/${list}`);
    await sdk.act(`/vms/${found.vm}/reboot`);
    await sdk.until(`/vms/${found.vm}`, 'status', 'up');
  });

  it('has a ticket for its console where there is one', async () => {
    const ticket = '<action><ticket><expiry>60</expiry></ticket></action>';
    if (cloud === 'powervc') {
      const [status, detail] = await sdk.refused('POST', `/vms/${found.vm}/ticket`, ticket);
      expect([status, detail]).toEqual([409, expect.stringContaining('not supported by PowerVC')]);
      return;
    }
    expect(text(await sdk.act(`/vms/${found.vm}/ticket`, ticket), 'ticket/value')).toBeTruthy();
    const [console] = ids(await sdk.get(`/vms/${found.vm}/graphicsconsoles`), 'graphics_console');
    const file = `/vms/${found.vm}/graphicsconsoles/${console}/remoteviewerconnectionfile`;
    const [status, detail] = await sdk.refused('POST', file, '<action/>');
    expect([status, detail]).toEqual([409, expect.stringContaining('which virt-viewer cannot open: ')]);
  });

  it('migrates no VM that is pinned', async () => {
    const [status, detail] = await sdk.refused('POST', `/vms/${found.vm}/migrate`, '<action/>');
    expect(status).toBe(409);
    expect(detail).toContain(cloud === 'powervs' ? 'not supported by Power Virtual Server' : 'VM is pinned to Host');
  });

  it('takes a snapshot, and refuses a preview by name', async () => {
    const snapshot = await sdk.add(
      `/vms/${found.vm}/snapshots`,
      '<snapshot><description>one</description><persist_memorystate>false</persist_memorystate></snapshot>',
    );
    const path = `/vms/${found.vm}/snapshots/${id(snapshot)}`;
    await sdk.until(path, 'snapshot_status', 'ok');
    expect(ids(await sdk.get(`${path}/disks`), 'disk')).toContain(found.disk);
    const previewing: readonly [string, string][] = [
      ['previewsnapshot', `<action><restore_memory>false</restore_memory><snapshot id="${id(snapshot)}"/></action>`],
      ['undosnapshot', '<action/>'],
      ['commitsnapshot', '<action/>'],
    ];
    for (const [action, body] of previewing) {
      const [status, detail] = await sdk.refused('POST', `/vms/${found.vm}/${action}`, body);
      expect([status, detail]).toEqual([409, expect.stringContaining('restores volumes permanently')]);
    }
    await sdk.act(`/vms/${found.vm}/stop`);
    await sdk.until(`/vms/${found.vm}`, 'status', 'down');
    await sdk.act(`${path}/restore`, '<action><restore_memory>false</restore_memory></action>');
    await sdk.until(`/vms/${found.vm}`, 'status', 'down');
    if (cloud !== 'powervs') {
      const copy = await sdk.add(
        '/vms',
        `<vm><name>day-copy</name><cluster id="${found.cluster}"/><snapshots><snapshot id="${id(snapshot)}"/></snapshots></vm>`,
      );
      await sdk.until(`/vms/${id(copy)}`, 'status', 'down');
      await sdk.remove(`/vms/${id(copy)}`);
    }
    await sdk.remove(path);
  });

  it('asks for the snapshot None, which is not there', async () => {
    const answer = await sdk.send('GET', `/vms/${found.vm}/snapshots/None`);
    expect([answer.status, answer.text]).toEqual([404, '']);
  });

  it('tags it, and finds it by the tag', async () => {
    if (cloud === 'powervs') {
      const [status, detail] = await sdk.refused('POST', '/tags', '<tag><name>t1</name></tag>');
      expect([status, detail]).toEqual([409, expect.stringContaining('not supported by Power Virtual Server')]);
      return;
    }
    await sdk.add('/tags', '<tag><name>t1</name></tag>');
    await sdk.add(`/vms/${found.vm}/tags`, '<tag><name>t1</name></tag>');
    expect(ids(await sdk.get('/vms?search=tag%3Dt1'), 'vm')).toEqual([found.vm]);
  });

  it('reads permissions, and refuses one on a VM by name', async () => {
    await sdk.get(`/vms/${found.vm}/permissions?follow=role`);
    const [user = ''] = ids(await sdk.get('/users'), 'user');
    const [status, detail] = await sdk.refused(
      'POST',
      `/vms/${found.vm}/permissions`,
      `<permission><role><name>UserRole</name></role><user id="${user}"/></permission>`,
    );
    expect([status, detail]).toEqual([409, expect.stringContaining('A permission on one resource')]);
  });

  it('makes an affinity group', async () => {
    const groups = `/clusters/${found.cluster}/affinitygroups`;
    const group = await sdk.add(
      groups,
      '<affinity_group><enforcing>true</enforcing><name>day-group</name><positive>true</positive><vms_rule><enabled>true</enabled><enforcing>true</enforcing><positive>true</positive></vms_rule></affinity_group>',
    );
    const [listed] = all(await sdk.get(groups), 'affinity_group').filter((one) => id(one) === id(group));
    expect(listed && text(listed, 'vms_rule/positive')).toBe('true');
    // Ansible reads both lists without asking whether they are there
    expect(listed && [all(listed, 'vms').length, all(listed, 'hosts').length]).toEqual([1, 1]);
    await sdk.remove(`${groups}/${id(group)}`);
  });

  it('uploads a disk and downloads it where the cloud gives its bytes', async () => {
    const disk = await sdk.add(
      '/disks',
      `<disk><content_type>data</content_type><format>raw</format><initial_size>1073741824</initial_size><name>day-up</name><provisioned_size>1073741824</provisioned_size><storage_domains><storage_domain><name>${at.domain}</name></storage_domain></storage_domains></disk>`,
    );
    await sdk.until(`/disks/${id(disk)}`, 'status', 'ok');
    const requested = `<image_transfer><direction>upload</direction><format>raw</format><disk id="${id(disk)}"/></image_transfer>`;
    if (cloud === 'openstack') {
      const transfer = await sdk.add('/imagetransfers', requested);
      const path = `/imagetransfers/${id(transfer)}`;
      const open = await sdk.until(path, 'phase', 'transferring');
      expect(ids(open, 'image')).toEqual([id(disk)]);
      const bytes = new Uint8Array(4096).fill(7);
      const target = text(open, 'transfer_url') ?? '';
      expect((await fetch(target, { method: 'OPTIONS' })).status).toBe(200);
      const range = { 'content-range': `bytes 0-${bytes.length - 1}/*` };
      expect((await fetch(target, { method: 'PUT', headers: range, body: bytes })).status).toBe(200);
      await sdk.act(`${path}/finalize`);
      await sdk.until(path, 'phase', 'finished_success');
      await sdk.until(`/disks/${id(disk)}`, 'status', 'ok');
      const back = await sdk.add('/imagetransfers', requested.replace('upload', 'download'));
      const ready = await sdk.until(`/imagetransfers/${id(back)}`, 'phase', 'transferring');
      const read = await fetch(text(ready, 'transfer_url') ?? '', { headers: { range: 'bytes=0-4095' } });
      expect([read.status, new Uint8Array(await read.arrayBuffer())]).toEqual([206, bytes]);
      await sdk.act(`/imagetransfers/${id(back)}/finalize`);
      await sdk.until(`/imagetransfers/${id(back)}`, 'phase', 'finished_success');
    } else {
      const [status, detail] = await sdk.refused('POST', '/imagetransfers', requested);
      expect([status, detail]).toEqual([409, expect.stringContaining('not supported by')]);
    }
    await sdk.remove(`/disks/${id(disk)}`);
  });

  it('makes a template of it', async () => {
    const template = await sdk.add(
      '/templates',
      `<template><name>day-template</name><vm id="${found.vm}"/></template>`,
    );
    await sdk.until(`/templates/${id(template)}`, 'status', 'ok');
    await sdk.get(`/templates/${id(template)}/diskattachments?follow=disk`);
    await sdk.remove(`/templates/${id(template)}`);
  });

  it('clones it where the cloud does', async () => {
    const body = '<action><vm><name>day-clone</name></vm></action>';
    if (cloud === 'openstack') {
      const [status, detail] = await sdk.refused('POST', `/vms/${found.vm}/clone`, body);
      expect([status, detail]).toEqual([409, expect.stringContaining('clone is not supported by OpenStack')]);
      return;
    }
    await sdk.act(`/vms/${found.vm}/clone`, body);
    const clone = await sdk.get('/vms?search=name%3Dday-clone');
    const [created = ''] = ids(clone, 'vm');
    await sdk.until(`/vms/${created}`, 'status', 'down');
    await sdk.remove(`/vms/${created}`);
  });

  it('detaches the disk, and removes both', async () => {
    await sdk.remove(`/vms/${found.vm}/diskattachments/${found.disk}?detach_only=true`);
    await sdk.until(`/disks/${found.disk}`, 'status', 'ok');
    await sdk.remove(`/disks/${found.disk}`);
    await sdk.remove(`/vms/${found.vm}`);
    const [status] = await sdk.refused('GET', `/vms/${found.vm}`);
    expect(status).toBe(404);
    expect((await sdk.get('/vms?search=name%3Dday')).children).toEqual([]);
  });

  it('logs out, after which its token is invalid', () => sdk.close());
});

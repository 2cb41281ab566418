import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectJson, every, texts, type Json, type JsonClient } from './json.js';
import { clouds, startPlace, type Place } from './place.js';

/**
 * The VM portal, as it starts and opens a VM: oVirt/ovirt-web-ui, src/ovirtapi (index.js, transform.js) and src/sagas.
 * What transform.js reads without asking whether it is there must be there.
 */
const OPTIONS = [
  'MaxNumOfVmSockets',
  'MaxNumOfCpuPerSocket',
  'MaxNumOfThreadsPerCpu',
  'MaxNumOfVmCpus',
  'SpiceUsbAutoShare',
  'UserSessionTimeOutInterval',
  'DefaultGeneralTimeZone',
  'DefaultWindowsTimeZone',
  'WebSocketProxy',
  'ClientModeConsoleDefault',
  'ClientModeVncDefault',
  'AlwaysFilterResultsForWebUi',
];
const PAGE =
  '/vms;max=20?detail=current_graphics_consoles&current&search=SORTBY%20NAME%20ASC%20page%201&follow=graphics_consoles';
const WHOLE =
  'cdroms,disk_attachments.disk.permissions,graphics_consoles,nics.reporteddevices,permissions,sessions,snapshots,statistics';

describe.each(clouds)('VM portal on %s', (cloud) => {
  let at: Place;
  let portal: JsonClient;
  let vms: Json;
  beforeAll(async () => {
    at = await startPlace(cloud);
    portal = await connectJson(at, { 'accept-language': 'en-US', filter: 'true' });
  });
  afterAll(() => at?.close());

  it('is shown a version that it takes, and every option that it asks for', async () => {
    const [major, minor] = [...texts(await portal.get(''), 'product_info.version.major')].concat(
      texts(await portal.get(''), 'product_info.version.minor'),
    );
    expect(Number(major) * 100 + Number(minor)).toBeGreaterThanOrEqual(404);
    for (const name of OPTIONS)
      expect(every(await portal.get(`/options/${name}`), 'values.system_option_value.value'), name).not.toEqual([]);
    const most = texts(await portal.get('/options/MaxNumOfVmCpus'), 'values.system_option_value.value');
    for (const processor of ['ppc', 'x86']) expect(most[0]).toMatch(new RegExp(`${processor}=\\d{3}`));
  });

  it('reads who the user is, and what may be done', async () => {
    const permissions = await portal.get('/permissions', { filter: 'false' });
    const roles = texts(await portal.get('/roles?follow=permits'), 'role.id');
    for (const role of texts(permissions, 'permission.role.id')) expect(roles).toContain(role);
    // buttons to create, change and remove VMs are there for those who hold these
    const held = every(await portal.get('/roles?follow=permits'), 'role').filter((role) =>
      texts(permissions, 'permission.role.id').includes(texts(role, 'id')[0] ?? ''),
    );
    if (held.length > 0)
      expect(texts(held, 'permits.permit.name')).toEqual(
        expect.arrayContaining(['create_vm', 'edit_vm_properties', 'delete_vm', 'manipulate_vm_snapshots']),
      );
    const [user] = texts(await portal.get('/users'), 'user.id');
    for (const path of ['', '/groups', '/sshpublickeys', '/options']) await portal.get(`/users/${user}${path}`);
    for (const list of ['groups', 'operatingsystems', 'hosts', 'networks', 'vmpools']) await portal.get(`/${list}`);
  });

  it('finds the storage domains of data centers, and the data centers of profiles', async () => {
    const centers = await portal.get('/datacenters?follow=permissions,storage_domains');
    const all = every(await portal.get('/storagedomains?follow=permissions'), 'storage_domain');
    const domains = texts(all, 'id');
    // its list for new disks, which every page of a VM has, divides the free space
    for (const domain of all.filter((one) => texts(one, 'type')[0] === 'data'))
      expect(texts(domain, 'available')[0], texts(domain, 'name')[0]).toMatch(/^\d+$/);
    await portal.get('/disks?search=disk_type%3Dimage%20and%20disk_content_type%3Diso');
    for (const one of texts(centers, 'data_center.storage_domains.storage_domain.id')) expect(domains).toContain(one);
    for (const profile of every(await portal.get('/vnicprofiles?follow=network,permissions'), 'vnic_profile'))
      expect(texts(centers, 'data_center.id')).toContain(texts(profile, 'network.data_center.id')[0]);
    for (const cluster of every(await portal.get('/clusters?follow=networks,permissions'), 'cluster'))
      expect(texts(cluster, 'version.major')).toEqual(['4']);
    await portal.get('/templates?follow=nics,disk_attachments.disk,permissions');
  });

  it('lists VMs by pages', async () => {
    vms = await portal.get(PAGE);
    const names = texts(vms, 'vm.name');
    expect(names.length).toBeGreaterThan(3);
    expect(names).toEqual([...names].sort());
    for (const vm of every(vms, 'vm')) expect(every(vm, 'sso')).toHaveLength(1);
    expect(texts(await portal.get(PAGE.replace('page%201', 'page%202')), 'vm.id')).toEqual([]);
  });

  it('opens each VM with everything that its page shows', async () => {
    for (const id of texts(vms, 'vm.id')) {
      const vm = await portal.get(`/vms/${id}?follow=${WHOLE}`, { 'all-content': 'true' });
      for (const list of ['disk_attachments', 'nics', 'snapshots', 'statistics', 'sessions', 'cdroms'])
        expect(every(vm, list), list).toHaveLength(1);
      expect(texts(vm, 'disk_attachments.disk_attachment.disk.provisioned_size')).toHaveLength(
        every(vm, 'disk_attachments.disk_attachment').length,
      );
      // a snapshot's VM is read as a VM is
      expect(every(vm, 'snapshots.snapshot.vm.sso')).toHaveLength(every(vm, 'snapshots.snapshot.vm').length);
      // a page of a running VM is drawn with these
      expect(texts(vm, 'statistics.statistic.name')).toEqual(
        expect.arrayContaining(['memory.installed', 'memory.free', 'cpu.current.total']),
      );
    }
  });

  it('starts and stops one, and sees it', async () => {
    const [vm] = every(vms, 'vm').filter((one) => texts(one, 'status')[0] === 'down');
    const [id = ''] = texts(vm, 'id');
    expect((await portal.send('POST', `/vms/${id}/start`, {})).status).toBe(200);
    expect(texts(await portal.get(`/vms/${id}`), 'status')[0]).toMatch(/^(?:up|powering_up|wait_for_launch)$/);
    await portal.get('/events?search=severity%3Derror');
  });

  it('renames one: its host name is to be the same', async () => {
    const [id = ''] = texts(vms, 'vm.id');
    const empty = { authorized_ssh_keys: '', root_password: '', custom_script: '', timezone: '' };
    const body = { id, name: 'renamed', bios: {}, initialization: { host_name: 'renamed', ...empty } };
    expect((await portal.send('PUT', `/vms/${id}`, body)).status).toBe(200);
    expect(texts(await portal.get(`/vms/${id}`), 'name')).toEqual(['renamed']);
    const another = { ...body, initialization: { host_name: 'another', ...empty } };
    expect((await portal.send('PUT', `/vms/${id}`, another)).status).toBe(409);
    // no rename: the guest's host name is what is asked for
    expect((await portal.send('PUT', `/vms/${id}`, body)).status).toBe(409);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectJson, every, scalars, texts, type Json, type JsonClient } from './json.js';
import { clouds, startPlace, type Place } from './place.js';

/**
 * The inventory of forklift (Migration Toolkit for Virtualization), as its collector asks for it and reads it:
 * kubev2v/forklift, pkg/controller/provider/container/ovirt (client.go, collector.go, model.go, resource.go).
 * Its structures hold text alone: a number or a boolean fails a whole list.
 */
const LISTS = {
  datacenters: ['', 'data_center'],
  networks: ['?follow=vnic_profiles', 'network'],
  vnicprofiles: ['', 'vnic_profile'],
  diskprofiles: ['', 'disk_profile'],
  storagedomains: ['', 'storage_domain'],
  clusters: ['', 'cluster'],
  hosts: ['?follow=network_attachments%2Cnics', 'host'],
  vms: ['?follow=disk_attachments%2Chost_devices%2Csnapshots%2Cwatchdogs%2Ccdroms%2Cnics', 'vm'],
  disks: ['', 'disk'],
} as const;
type List = keyof typeof LISTS;
const lists = Object.keys(LISTS) as readonly List[];

/** Dates and decimals are numbers, as engines write them, and forklift reads none of them. */
const NUMBER = /\.(?:creation_time|start_time|stop_time|date|time|cpu\.speed)$/;

describe.each(clouds)('forklift on %s', (cloud) => {
  let at: Place;
  let client: JsonClient;
  const read = {} as Record<List, Json>;
  const idsOf = (list: List): Json[] => every(read[list], `${LISTS[list][1]}.id`);
  beforeAll(async () => {
    at = await startPlace(cloud);
    client = await connectJson(at, { version: '4' });
  });
  afterAll(() => at?.close());

  it('reads what product it is', async () => {
    const root = await client.get('');
    for (const name of ['name', 'vendor', 'version.full_version'])
      expect(every(root, `product_info.${name}`)).toEqual([expect.any(String)]);
  });

  it.each(lists)('reads %s: every scalar a text', async (list) => {
    const [query] = LISTS[list];
    read[list] = await client.get(`/${list}${query}`);
    const wrong = [...scalars(read[list])].filter(([path, value]) => typeof value !== 'string' && !NUMBER.test(path));
    expect(wrong).toEqual([]);
  });

  it('finds each thing that another names', () => {
    const names: readonly (readonly [List, string, List])[] = [
      ['clusters', 'cluster.data_center.id', 'datacenters'],
      ['hosts', 'host.cluster.id', 'clusters'],
      ['vms', 'vm.cluster.id', 'clusters'],
      ['vms', 'vm.host.id', 'hosts'],
      ['vms', 'vm.nics.nic.vnic_profile.id', 'vnicprofiles'],
      ['vms', 'vm.disk_attachments.disk_attachment.disk.id', 'disks'],
      ['vnicprofiles', 'vnic_profile.network.id', 'networks'],
      ['networks', 'network.vnic_profiles.vnic_profile.id', 'vnicprofiles'],
      ['networks', 'network.data_center.id', 'datacenters'],
      ['disks', 'disk.storage_domains.storage_domain.id', 'storagedomains'],
      ['storagedomains', 'storage_domain.data_centers.data_center.id', 'datacenters'],
    ];
    for (const [from, path, to] of names) {
      const known = idsOf(to);
      expect(
        every(read[from], path).filter((id) => !known.includes(id)),
        `${from}: ${path}`,
      ).toEqual([]);
    }
    expect(idsOf('vms').length).toBeGreaterThan(3);
  });

  it("reads the processors that clusters' levels have", async () => {
    expect(every(await client.get('/options/ServerCPUList'), 'values.system_option_value.value')).not.toEqual([]);
  });

  it('goes on from the last event, by the types that it knows, and asks for what they name', async () => {
    const idOf = (events: Json): number => Number(every(events, 'event.id')[0] ?? 0);
    const last = idOf(await client.get('/events?max=1'));
    const [vm] = every(read.vms, 'vm');
    const [href = ''] = texts(vm, 'href').map((one) => one.replace('/ovirt-engine/api', ''));
    const [status] = every(vm, 'status');
    await client.send('POST', `${href}/${status === 'up' ? 'stop' : 'start'}`, {});
    const types = [34, 35, 113, 1152, 32, 33, 61, 62, 63].map((code) => `type=${code}`).join(' or ');
    const since = await client.get(`/events?from=${last}&search=${encodeURIComponent(types)}`);
    expect(every(since, 'event.vm.id')).toContain(every(vm, 'id')[0]);
    for (const id of every(since, 'event.id')) expect(Number(id)).toBeGreaterThan(last);
    for (const code of every(since, 'event.code')) expect(code).toMatch(/^\d+$/);
    expect(every(await client.get(href), 'id')).toEqual(every(vm, 'id'));
  });
});

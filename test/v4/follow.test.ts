import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followTree, type FollowTree } from '../../src/ovirt/declare/follow.js';
import { ask, type Answer, LOGIN } from '../facts/entry-point.js';
import { startTestbed, type Testbed } from '../support/testbed.js';

/** docs/reference/v4-wire.md, section 6: follow. */
let testbed: Testbed;
let url: string;
beforeAll(async () => {
  testbed = await startTestbed();
  url = `${testbed.gateways[0]!.url}/ovirt-engine/api`;
});
afterAll(() => testbed.close());

const get = (path: string, version = '4'): Promise<Answer> =>
  ask(url + path, { headers: { ...LOGIN, version, accept: 'application/json' } });
/** Members that hold a collection under the name of its documents. */
const OTHER_NAMES: Readonly<Record<string, string>> = { numanodes: 'hostnumanodes', fenceagents: 'agents' };
const linksOf = async (path: string): Promise<readonly { readonly rel: string }[]> =>
  ((await json(path))['link'] ?? []) as unknown as readonly { readonly rel: string }[];
const listOf = (document: Json, name: string): readonly Json[] => document[name] as unknown as readonly Json[];
const plain = (tree: FollowTree): object => Object.fromEntries([...tree].map(([name, below]) => [name, plain(below)]));
type Json = { readonly [key: string]: Json };
const json = async (path: string): Promise<Json> => JSON.parse((await get(path)).text) as Json;

describe('follow', () => {
  it('is read as paths with dots, separated by commas', () => {
    const names = (text: string): unknown => plain(followTree(text));
    expect(names('nics,disk_attachments.disk,disk_attachments.vm')).toEqual({
      nics: {},
      disk_attachments: { disk: {}, vm: {} },
    });
    expect(names('')).toEqual({});
    expect(() => followTree('a,'.repeat(200))).toThrow('follow contains more than');
  });

  it('puts collections and references in, to any depth, and keeps the links', async () => {
    const vm = listOf(
      await json('/vms?follow=disk_attachments.disk.storage_domains,nics.vnic_profile.network,host'),
      'vm',
    );
    const one = vm.find(({ disk_attachments: held }) => held?.['disk_attachment'])!;
    const [attachment] = listOf(one['disk_attachments']!, 'disk_attachment');
    expect(attachment).toMatchObject({ disk: { status: 'ok', storage_type: 'image' } });
    expect(listOf(attachment!['disk']!['storage_domains']!, 'storage_domain')[0]).toMatchObject({ type: 'data' });
    expect(listOf(one['nics']!, 'nic')[0]).toMatchObject({ vnic_profile: { network: { status: 'operational' } } });
    expect(listOf(one, 'link').map(({ rel }) => rel)).toEqual(expect.arrayContaining(['diskattachments', 'nics']));
  });

  it('works on a single document, with and without underscores, and gives an empty object for nothing', async () => {
    const { id } = listOf(await json('/vms'), 'vm')[0]! as unknown as { id: string };
    const vm = await json(`/vms/${id}?follow=reporteddevices,host_devices,watchdogs`);
    expect(vm['reported_devices']).toBeDefined();
    expect([vm['host_devices'], vm['watchdogs']]).toEqual([{}, {}]);
  });

  it.each(['/bookmarks', '/vmpools', '/icons', '/imagetransfers', '/vms?search=name%3Dnone', '/katelloerrata'])(
    'reports an unknown name where there is nothing to follow it from: %s',
    async (path) => {
      const follow = path.includes('?') ? '&follow=' : '?follow=';
      expect((await get(`${path}${follow}`)).headers['x-ovirt-ignored']).toBeUndefined();
      const { status, headers } = await get(`${path}${follow}nonsense`);
      expect([status, headers['x-ovirt-ignored']]).toEqual([200, '?follow=nonsense']);
    },
  );

  it('embeds nothing in the root document, and says so', async () => {
    const plain = await get('');
    expect([plain.status, plain.headers['x-ovirt-ignored']]).toEqual([200, undefined]);
    const { status, text, headers } = await get('?follow=clusters,nonsense.more');
    expect([status, headers['x-ovirt-ignored']]).toEqual([200, '?follow=clusters, ?follow=nonsense']);
    expect(Object.keys(JSON.parse(text) as object)).toEqual(Object.keys(JSON.parse(plain.text) as object));
    expect((await get('?follow=')).headers['x-ovirt-ignored']).toBeUndefined();
  });

  it('has no effect when it is empty, and reports an unknown name', async () => {
    const plain = await get('/vms');
    expect((await get('/vms?follow=')).text).toBe(plain.text);
    // neither a link nor a reference, a link that no member of the document can hold, and the same on another level
    const names = 'bios.os,nonsense,numa_nodes,backups,nics.nonsense,nics.vnic_profile.network.mtu,cluster.name';
    const answer = await get(`/vms?follow=${names},disk_attachments.disk.storage_domains,host,quota,template.nics`);
    expect([answer.status, answer.headers['x-ovirt-ignored']]).toEqual([
      200,
      'bios nonsense numa_nodes backups nics.nonsense nics.vnic_profile.network.mtu cluster.name'
        .split(' ')
        .map((name) => `?follow=${name}`)
        .join(', '),
    ]);
    expect((await get('/hosts?follow=cluster')).status).toBe(200);
  });

  it('puts each link of each document in, or reports it', async () => {
    const seen: Record<string, string[]> = { followed: [], reported: [], wrong: [] };
    for (const { rel: collection } of await linksOf('')) {
      if (collection.includes('/')) continue;
      const [first] = Object.values(await json(`/${collection}`)).flatMap(
        (items) => items as unknown as { readonly id: string }[],
      );
      if (!first) continue;
      const path = `/${collection}/${first.id}`;
      for (const { rel } of await linksOf(path)) {
        const { status, headers, text } = await get(`${path}?follow=${rel}`);
        expect([path, rel, status], text).toEqual([path, rel, 200]);
        const names = Object.keys(JSON.parse(text) as object).map((name) => name.replaceAll('_', ''));
        const isReported = headers['x-ovirt-ignored'] === `?follow=${rel}`;
        const isFollowed = names.includes(OTHER_NAMES[rel] ?? rel);
        const how = isFollowed === isReported ? 'wrong' : isReported ? 'reported' : 'followed';
        seen[how]?.push(`${collection}.${rel}`);
      }
    }
    expect(seen['wrong']).toEqual([]);
    expect(seen['followed']).toEqual(expect.arrayContaining(['vms.nics', 'hosts.numanodes', 'clusters.networks']));
    expect(seen['reported']).toEqual(expect.arrayContaining(['vms.numanodes', 'vms.backups', 'vms.checkpoints']));
  });

  it('is not a parameter of version 3', async () => {
    expect((await get('/vms?follow=nics', '3')).headers['x-ovirt-ignored']).toBe('?follow');
  });
});

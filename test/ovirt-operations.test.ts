import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { catalogue, Fault, nameId, type Vm } from '../src/model/index.js';
import { versions } from '../src/ovirt/index.js';
import { relationsOf, shape } from '../src/ovirt/version/relations.js';
import { aVm, DISK_ID, type Gateway, startFake, VM_ID } from './ovirt-fake.js';

/** Those that version 3 has. */
const operations = versions.find(({ number }) => number === '3')!.operations;

const VM = `/api/vms/${VM_ID}`;

let gateway: Gateway;

beforeEach(async () => {
  gateway = await startFake();
});

afterEach(() => gateway.close());

describe('the declarations', () => {
  it('have names of their own, and faults that the catalogue knows', () => {
    const names = operations.map(({ name }) => name).filter((name, index, all) => all.indexOf(name) !== index);
    expect(names).toEqual([]);
    for (const { faults, name, summary, how } of operations) {
      expect(Object.keys(catalogue), name).toEqual(expect.arrayContaining([...faults]));
      expect(
        [summary, how].every((text) => text.length > 3),
        name,
      ).toBe(true);
    }
  });

  it('link only to what is declared', () => {
    const relations = relationsOf(operations);
    const declared = new Set(operations.map(({ method, path }) => `${method} ${shape(path)}`));
    for (const { path, kind } of operations) {
      if (kind !== 'get') continue;
      const { links, actions } = relations(path);
      for (const link of links) expect(declared).toContain(`GET ${shape(path)}/${link}`);
      for (const action of actions) expect(declared).toContain(`POST ${shape(path)}/${action}`);
    }
    // an engine's own, in its order: an extension of ours is not listed here
    const engines = relationsOf(operations.filter(({ since }) => since !== 'gateway'));
    expect(engines('/vms/{vm:id}').links).toEqual([
      'applications',
      'disks',
      'nics',
      'numanodes',
      'cdroms',
      'snapshots',
      'tags',
      'permissions',
      'statistics',
      'reporteddevices',
      'watchdogs',
      'sessions',
      'katelloerrata',
      'graphicsconsoles',
      'hostdevices',
    ]);
    expect(engines('/vms/{vm:id}').actions).toEqual([
      'shutdown',
      'stop',
      'reboot',
      'start',
      'suspend',
      'export',
      'clone',
      'migrate',
      'cancelmigration',
      'move',
      'ticket',
    ]);
    expect(relations('/vms/{vm:id}/disks/{disk:id}')).toMatchObject({
      links: ['permissions', 'statistics'],
      actions: ['activate', 'deactivate', 'move'],
    });
  });
});

describe('lists', () => {
  it('are written with the links and actions of each item, href before id', async () => {
    const { text } = await gateway.send('GET', '/ovirt-engine/api/v3/vms');
    expect(text).toContain(
      `<vms>\n    <vm href="/ovirt-engine/api/v3/vms/${VM_ID}" id="${VM_ID}">\n        <actions>\n            <link href="/ovirt-engine/api/v3/vms/${VM_ID}/shutdown" rel="shutdown"/>`,
    );
    expect(text).toContain(`        <link href="/ovirt-engine/api/v3/vms/${VM_ID}/disks" rel="disks"/>`);
  });

  it('empty, are <vms/> and {}', async () => {
    gateway.world.vms = [];
    expect((await gateway.send('GET', '/api/vms')).text).toMatch(/\n<vms\/>\n$/);
    expect(JSON.parse((await gateway.send('GET', '/api/vms', undefined, { accept: 'application/json' })).text)).toEqual(
      {},
    );
  });

  const many = (count: number): Vm[] =>
    Array.from({ length: count }, (_, n) => ({ ...aVm, id: nameId('vm', String(n)), name: `vm${n}` }));

  it('stop at ;max, and ask for no further page', async () => {
    gateway.world.vms = many(50);
    gateway.world.pageSize = 10;
    for (const [max, count] of [
      ['0', 0],
      ['1', 1],
      ['15', 15],
      ['-1', 50],
    ] as const) {
      expect((await gateway.send('GET', `/api/vms;max=${max}`)).text.match(/<vm /g) ?? []).toHaveLength(count);
    }
  });

  it('find by name, and by pmem', async () => {
    gateway.world.vms = [
      ...many(3),
      { ...aVm, name: 'with pmem', pmemVolumes: [{ id: DISK_ID, name: 'p', status: 'ok' }] },
    ];
    expect((await gateway.send('GET', '/api/vms?search=name%3Dvm1')).text.match(/<vm /g)).toHaveLength(1);
    expect(
      (await gateway.send('GET', '/api/vms;case_sensitive=True?search=name%3Dvm*')).text.match(/<vm /g),
    ).toHaveLength(3);
    expect((await gateway.send('GET', '/api/vms;pmem_vol=true')).text.match(/<vm /g)).toHaveLength(1);
    expect((await gateway.send('GET', '/api/clusters?search=name%3Ddefault')).text).toContain('<name>Default</name>');
  });

  it('are streamed if they are long, in both formats', async () => {
    gateway.world.vms = many(2000);
    gateway.world.pageSize = 300;
    const xml = await gateway.send('GET', '/api/vms');
    expect(xml.headers.get('content-length')).toBeNull();
    expect(xml.text.match(/<vm /g)).toHaveLength(2000);
    expect(xml.text.endsWith('</vms>\n')).toBe(true);
    const json = await gateway.send('GET', '/api/vms', undefined, { accept: 'application/json' });
    expect((JSON.parse(json.text) as { vm: unknown[] }).vm).toHaveLength(2000);
  });

  it('that fail before they begin are faults; after that the connection is cut', async () => {
    const failing = (good: number) =>
      async function* () {
        if (good > 0) yield many(good);
        throw new Fault('backend.failed', { text: 'no more' });
      };
    gateway.world.override.set('vms.list', failing(0));
    expect((await gateway.send('GET', '/api/vms')).status).toBe(500);
    gateway.world.override.set('vms.list', failing(500));
    await expect(gateway.send('GET', '/api/vms')).rejects.toThrow();
    expect(gateway.logged.some(({ message }) => message === 'answer aborted')).toBe(true);
  });

  it('stop when the client goes away', async () => {
    let pages = 0;
    gateway.world.override.set('vms.list', async function* () {
      for (; pages < 1000; pages++) yield many(200);
    });
    const controller = new AbortController();
    const response = await fetch(`${gateway.url}/api/vms`, {
      headers: { authorization: `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}` },
      signal: controller.signal,
    });
    await response.body?.getReader().read();
    controller.abort();
    await expect.poll(() => gateway.records.at(-1)?.aborted).toBe(true);
    const then = pages;
    expect(then).toBeLessThan(1000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(pages).toBeLessThanOrEqual(then + 1);
  });
});

describe('persistent memory', () => {
  beforeEach(() =>
    gateway.world.override.set('pmem.add', async (_vm: string, volumes: { name: string; sizeBytes: number }[]) =>
      volumes.map(({ name, sizeBytes }) => ({ id: nameId('pmem', name), name, sizeBytes, status: 'locked' as const })),
    ),
  );

  const ONE = '<pmem_volume><name>a</name><size>1073741824</size></pmem_volume>';

  it('takes one volume or several, in both formats', async () => {
    const one = await gateway.send('POST', `${VM}/pmemvolumes`, ONE);
    expect(one.status).toBe(202);
    expect(one.headers.get('location')).toBe(`${VM}/pmemvolumes/${nameId('pmem', 'a')}`);
    expect(one.text).toContain('<pmem_volume href=');
    const several = await gateway.send(
      'POST',
      `${VM}/pmemvolumes`,
      `<pmem_volumes>${ONE}${ONE.replace('>a<', '>b<')}</pmem_volumes>`,
    );
    expect(several.status).toBe(202);
    expect(several.text.match(/<pmem_volume /g)).toHaveLength(2);
    const json = await gateway.send('POST', `${VM}/pmemvolumes`, '{"pmem_volume":[{"name":"a","size":1048576}]}', {
      'content-type': 'application/json',
      accept: 'application/json',
    });
    expect((JSON.parse(json.text) as { pmem_volume: { size: number }[] }).pmem_volume[0]?.size).toBe(1048576);
    expect((await gateway.send('POST', `${VM}/pmemvolumes`, '<pmem_volumes/>')).status).toBe(400);
  });
});

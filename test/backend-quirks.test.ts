import { afterEach, describe, expect, it } from 'vitest';
import type { BackendSession } from '../src/model/index.js';
import { TinyOpenStack, type Answer, type Seen } from './support/tiny-openstack.js';

/** What PowerVC may answer beside what the simulator does (docs/reference/power.md, 1.3 to 1.5, 1.8, 2). */
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function talk(
  answer: Answer,
  change?: Parameters<TinyOpenStack['login']>[0],
): Promise<{ session: BackendSession; sent: () => [string, string, unknown][] }> {
  const tiny = await TinyOpenStack.start(answer);
  open.push(() => tiny.close());
  const session = await tiny.login(change);
  open.push(() => session.end());
  return {
    session,
    sent: () =>
      tiny.seen.map(({ method, path, body }): [string, string, unknown] => [
        method,
        path.replace(/^.*\/[0-9a-f]{32}/, ''),
        body,
      ]),
  };
}

const conflict = { status: 409, body: { conflictingRequest: { code: 409, message: 'The last restore has failed' } } };

describe('snapshots', () => {
  const answer =
    (status: string): Answer =>
    ({ method, body }) => {
      if (method === 'GET')
        return {
          status: 200,
          body: {
            'instance-snapshot': {
              id: 's',
              name: 'n',
              status,
              instance_uuid: 'v',
              created_at: '2025-10-21T15:06:54',
              snapshots: [{ snapshot_id: 'vs', volume_id: 'vol', size: '3', is_boot_volume: 'True' }],
            },
          },
        };
      return JSON.stringify(body).includes('retry') ? { status: 200, body: 'task' } : conflict;
    };

  it('are restored again by a retry, after a restore that failed', async () => {
    const { session, sent } = await talk(answer('Restore-Error'), {
      actions: { restore: 'restore-it', restoreIdField: 'id', rollback: 'rollback-it', retry: 'retry-it' },
    });
    await session.snapshots.restore('v', 's');
    expect(sent()).toEqual([
      ['POST', '/servers/v/action', { 'restore-it': { id: 's' } }],
      ['GET', '/instance-snapshots/s', undefined],
      ['POST', '/servers/v/action', { 'retry-it': { id: 's' } }],
    ]);
  });

  it('keep the refusal where nothing has failed, and are read by other names', async () => {
    const { session } = await talk(answer('available'));
    await expect(session.snapshots.restore('v', 's')).rejects.toMatchObject({
      code: 'backend.conflict',
      detail: '[The last restore has failed]',
    });
    expect(await session.snapshots.get('s')).toMatchObject({
      vm: { id: 'v' },
      status: 'ok',
      createdAt: '2025-10-21T15:06:54.000Z',
      volumes: [{ volumeId: 'vol', snapshotId: 'vs', sizeBytes: 3 * 2 ** 30, bootable: true }],
    });
  });
});

describe('persistent memory', () => {
  it('that is added without an answer is found by its name (PowerVC before 2.3.3)', async () => {
    const { session, sent } = await talk(({ method }) =>
      method === 'POST'
        ? { status: 200 }
        : {
            status: 200,
            body: {
              pmem_volumes: [
                { uuid: 'p1', name: 'a', size: '256', affinity: 'True', type: 'DRAM', status: 'ACTIVE' },
                { uuid: 'p2', name: 'b', size: 1 },
              ],
            },
          },
    );
    expect(
      await session.pmem.add('v', [{ name: 'a', sizeBytes: 256 * 2 ** 20, affinity: true, device: 'DRAM' }], false),
    ).toMatchObject([{ id: 'p1', name: 'a', affinity: true, vm: { id: 'v' } }]);
    expect(sent()[0]).toEqual([
      'POST',
      '/servers/v/action',
      { 'add-pmem-vol': [{ name: 'a', size: 256, affinity: 'True', device: 'DRAM' }] },
    ]);
  });

  it("is removed by PHYP's id where PowerVC's is not known, but not with aggregated memory", async () => {
    const { session, sent } = await talk(() => ({ status: 202 }));
    await session.pmem.remove('v', { volumeUuid: 'ABC' }, false);
    await session.pmem.remove('v', { id: 'abc', volumeUuid: 'ABC' }, true);
    expect(sent().map(([, , body]) => body)).toEqual([
      { 'del-pmem-vol': [{ volume_uuid: 'ABC' }] },
      { resize: { 'del-pmem-vol': [{ uuid: 'abc' }] } },
    ]);
    await expect(session.pmem.remove('v', { volumeUuid: 'ABC' }, true)).rejects.toMatchObject({
      code: 'request.incomplete',
    });
  });
});

describe('volumes', () => {
  const volume = (more: object) => ({
    status: 200,
    body: { volume: { id: 'd', status: 'in-use', size: '1', attachments: [], ...more } },
  });

  it('that are attached there already count as attached; a partial success does not', async () => {
    let first: ReturnType<typeof volume> | typeof conflict = {
      status: 400,
      body: { badRequest: { code: 400, message: 'Invalid volume: volume d is already attached' } },
    } as never;
    let attachments: object[] = [{ server_id: 'v' }];
    const { session } = await talk(({ method }) => (method === 'POST' ? first : volume({ attachments })));
    await session.disks.attach('v', 'd');
    attachments = [{ server_id: 'other' }];
    await expect(session.disks.attach('v', 'd')).rejects.toMatchObject({ code: 'backend.refused' });
    first = { status: 206, body: { message: '0 of 1 volumes attached' } } as never;
    await expect(session.disks.attach('v', 'd', { boot: true })).rejects.toMatchObject({
      code: 'backend.partial',
      detail: '[0 of 1 volumes attached]',
    });
  });

  it('learn of a storage template that was made since the last look', async () => {
    let types = [{ id: 't1', name: 'gold' }];
    const { session, sent } = await talk(
      ({ path }) =>
        path.endsWith('/types')
          ? { status: 200, body: { volume_types: types } }
          : volume({ volume_type: types.at(-1)!.name }),
      { referenceSeconds: 3600 },
    );
    expect((await session.disks.get('d')).storageDomain).toEqual({ id: 't1', name: 'gold' });
    types = [...types, { id: 't2', name: 'new' }];
    expect((await session.disks.get('d')).storageDomain).toEqual({ id: 't2', name: 'new' });
    await session.disks.get('d');
    expect(sent().filter(([, path]) => path === '/types')).toHaveLength(2);
  });

  it('of a LUN are found by its WWN when the answer names none', async () => {
    let looks = 0;
    const answer = ({ method, path }: Seen) => {
      if (method === 'POST') return { status: 202 };
      if (method === 'PUT') return volume({});
      if (path.includes('all-volumes'))
        return {
          status: 200,
          body: {
            volumes: [
              { uuid: 'lun', size: '2', metadata: { volume_wwn: '60AB' } },
              { id: 'held', size: 1, managed: 'true' },
              { size: 3 },
            ],
          },
        };
      if (path.includes('storage-providers'))
        return { status: 200, body: { 'storage-providers': [{ storage_hostname: 'svc1' }] } };
      looks += 1;
      return {
        status: 200,
        body: {
          volumes: looks === 1 ? [] : [{ id: 'vol', status: 'managing', size: 2, metadata: { volume_wwn: '60ab' } }],
        },
      };
    };
    const { session, sent } = await talk(answer);
    const luns = await session.disks.unmanagedLuns();
    expect(luns).toEqual([{ id: 'lun', storageHost: 'svc1', sizeBytes: 2 * 2 ** 30, wwn: '60AB' }]);
    expect(await session.disks.manage(luns[0]!, 'mine')).toBe('vol');
    expect(sent().find(([method]) => method === 'POST')).toEqual([
      'POST',
      '/os-hosts/svc1/onboard',
      { volumes: ['lun'] },
    ]);
    expect(sent().at(-1)).toEqual(['PUT', '/volumes/vol', { volume: { name: 'mine' } }]);
  });
});

describe('images', () => {
  const images =
    (...mappings: unknown[]): Answer =>
    () => ({
      status: 200,
      body: {
        images: mappings.map((block_device_mapping, index) => ({
          id: `i${index}`,
          name: `n${index}`,
          status: 'active',
          min_ram: 0,
          block_device_mapping,
        })),
      },
    });

  it('have their volumes as a list or as a JSON text', async () => {
    const device = { volume_id: 'vol', volume_size: '20', boot_index: 0 };
    const { session } = await talk(images([device], JSON.stringify([device]), '', null));
    const templates = await session.inventory.templates();
    const disk = { id: 'vol', sizeBytes: 20 * 2 ** 30, bootable: true };
    expect(templates).toMatchObject([{ disks: [disk] }, { disks: [disk] }, { disks: [] }, { disks: [] }]);
    expect(templates[0]!.memoryBytes).toBeUndefined();
  });

  it('are an answer that cannot be read when these are broken', async () => {
    for (const broken of ['[{', '{}']) {
      const { session } = await talk(images(broken));
      await expect(session.inventory.templates()).rejects.toMatchObject({
        code: 'backend.answer',
        detail: expect.stringContaining('image i0') as unknown,
      });
    }
  });
});

it('storage templates are listed without sizes for a user who may not see storage providers', async () => {
  const { session } = await talk(({ path }) =>
    path.endsWith('/types')
      ? { status: 200, body: { volume_types: [{ id: 't', name: 'gold', extra_specs: { 'drivers:rsize': '2' } }] } }
      : { status: 403, body: { forbidden: { message: 'Policy' } } },
  );
  expect(await session.inventory.storageDomains()).toMatchObject([
    { id: 't', name: 'gold', type: 'data', thin: true, master: true },
    { type: 'iso' },
  ]);
});

it('a server without NICs gets no network, or what PowerVC chooses', async () => {
  const answer: Answer = () => ({ status: 202, body: { server: { id: 'v' } } });
  const none = await talk(answer);
  await none.session.vms.create({ name: 'x' });
  expect(none.sent()[0]![2]).toEqual({
    server: {
      name: 'x',
      imageRef: '',
      // with room to grow (setting powervc.flavorDefaults.memoryGrowth)
      flavor: { ram: 1024, vcpus: 1, disk: 0, extra_specs: { 'powervm:max_mem': '4096' } },
      networks: 'none',
      metadata: {},
    },
  });
  const omitted = await talk(answer, { networksWhenNone: 'omit' });
  await omitted.session.vms.create({ name: 'x', nics: [] });
  expect(omitted.sent()[0]![2]).not.toHaveProperty('server.networks');
});

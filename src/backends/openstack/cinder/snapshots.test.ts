import { beforeEach, expect, test } from 'vitest';
import { Fault } from '../../../model/index.js';
import type { Snapshot as Wire, Volume } from '../../../generated/openstack/cinder.js';
import type { Connection } from '../connection.js';
import { createSnapshotPort } from './snapshots.js';
import type { VolumeGroups } from './volume-groups.js';

/** A Cinder with the two volumes of one server. */
const VM = '082c794b-771f-452f-83c9-b2b5a19c0399';
let volumes: Volume[];
let taken: Wire[];
let refuse: string | undefined;
let calls: string[];

type Body = {
  readonly metadata?: Record<string, string>;
  readonly snapshot?: { volume_id: string; name: string; metadata: Record<string, string> };
  readonly 'os-reset_status'?: { status: string };
};
type Args = {
  readonly params?: { readonly volume?: string; readonly snapshot?: string; readonly key?: string };
  readonly query?: { readonly metadata?: string };
  readonly body?: Body;
};
const statusOf = (id: string, status: string): void => {
  volumes = volumes.map((one) => (one.id === id ? { ...one, status } : one));
};
const answers: Readonly<Record<string, (args: Args) => unknown>> = {
  'nova.servers.get': () => ({
    server: {
      id: VM,
      name: 'vm',
      status: 'SHUTOFF',
      'os-extended-volumes:volumes_attached': volumes.map(({ id }) => ({ id })),
    },
  }),
  'cinder.volumes.get': ({ params }) => ({ volume: volumes.find(({ id }) => id === params!.volume) }),
  'cinder.snapshots.list'({ query }) {
    const requested = Object.entries(JSON.parse(query?.metadata ?? '{}') as object);
    return { snapshots: taken.filter(({ metadata }) => requested.every(([key, value]) => metadata?.[key] === value)) };
  },
  'cinder.snapshots.create'({ body }) {
    const { volume_id: volume, ...rest } = body!.snapshot!;
    if (volume === refuse) throw new Fault('backend.quota', { service: 'Cinder', text: 'SnapshotLimitExceeded' });
    const created: Wire = {
      ...rest,
      volume_id: volume,
      id: `s${taken.length}`,
      status: 'available',
      size: 2,
      created_at: new Date(taken.length * 1000).toISOString().slice(0, -1),
    };
    taken.push(created);
    return { snapshot: created };
  },
  'cinder.snapshots.metadata.merge'({ params, body }) {
    taken = taken.map((one) =>
      one.id === params!.snapshot ? { ...one, metadata: { ...one.metadata, ...body!.metadata } } : one,
    );
  },
  'cinder.snapshots.metadata.remove'({ params }) {
    taken = taken.map((one) =>
      one.id === params!.snapshot
        ? {
            ...one,
            metadata: Object.fromEntries(Object.entries(one.metadata ?? {}).filter(([key]) => key !== params!.key)),
          }
        : one,
    );
  },
  'cinder.snapshots.delete'({ params }) {
    taken = taken.filter(({ id }) => id !== params!.snapshot);
  },
  'cinder.volumes.action.os-reset_status'({ params, body }) {
    statusOf(params!.volume!, body!['os-reset_status']!.status);
  },
  'cinder.volumes.action.revert'({ params }) {
    if (params!.volume === refuse) throw new Fault('backend.refused', { service: 'Cinder', text: 'no' });
    statusOf(params!.volume!, 'reverting');
  },
};
const connection = {
  call: async (id: string, args: Args) => {
    calls.push(id);
    return answers[id]!(args);
  },
} as unknown as Connection;
const grouping = { able: false, done: [] as string[] };
const groups: VolumeGroups = {
  async take(_, set, of, name) {
    if (!grouping.able) return undefined;
    const members = (await of()).map(({ id }, index): Wire => ({
      id: `g${index}`,
      name,
      volume_id: id,
      status: 'available',
      size: 2,
      created_at: new Date().toISOString(),
      group_snapshot_id: 'together',
      metadata: {},
    }));
    taken.push(...members);
    return { groupId: `group of ${set}`, members };
  },
  async free() {
    return false;
  },
  async release(groupId) {
    grouping.done.push(`release ${groupId}`);
  },
  async remove(id) {
    grouping.done.push(`remove ${id}`);
    taken = taken.filter(({ group_snapshot_id: together }) => together !== id);
  },
  async tidy(set) {
    grouping.done.push(`tidy ${set}`);
  },
  async tidyVm() {
    /* nothing is left */
  },
};
const port = createSnapshotPort(connection, 100, groups);
const take = async (name: string): Promise<string> => {
  await port.create(VM, { name, description: '' });
  return (await port.list(VM)).find((one) => one.name === name)!.id;
};

beforeEach(() => {
  volumes = ['data', 'boot'].map((id) => ({
    id,
    status: 'in-use',
    size: 2,
    bootable: String(id === 'boot'),
    attachments: [{ server_id: VM }],
  }));
  [taken, calls, refuse] = [[], [], undefined];
  [grouping.able, grouping.done] = [false, []];
});

test('a set is one snapshot of the VM, with its boot volume first, and does not belong to another VM', async () => {
  await take('one');
  expect(await port.list(VM)).toEqual([
    expect.objectContaining({
      name: 'one',
      status: 'ok',
      vm: { id: VM },
      volumes: [
        { volumeId: 'boot', snapshotId: 's1', bootable: true, sizeBytes: 2 ** 31 },
        { volumeId: 'data', snapshotId: 's0', bootable: false, sizeBytes: 2 ** 31 },
      ],
    }),
  ]);
  expect(await port.list('other')).toEqual([]);
});

test("when one volume is refused, the others' snapshots are removed again", async () => {
  refuse = 'boot';
  await expect(take('one')).rejects.toMatchObject({ code: 'backend.quota' });
  expect(taken).toEqual([]);
});

test('a set without all of its members is being created, and has failed if it is old', async () => {
  await take('one');
  taken = taken.slice(1);
  expect(await port.list(VM)).toMatchObject([{ status: 'locked', failure: 'create' }]);
  taken = taken.map((one) => ({ ...one, created_at: new Date().toISOString() }));
  const [making] = await port.list(VM);
  expect(making).toMatchObject({ status: 'locked' });
  expect(making?.failure).toBeUndefined();
});

test('a restore reverts attached volumes, is locked meanwhile, and the look after it puts their status back', async () => {
  const id = await take('one');
  await port.restore(VM, id);
  expect(volumes.map(({ status }) => status)).toEqual(['reverting', 'reverting']);
  expect(await port.get(id)).toMatchObject({ status: 'locked' });
  for (const volume of volumes) statusOf(volume.id, 'available');
  expect(await port.get(id)).toMatchObject({ status: 'ok' });
  expect(volumes.map(({ status }) => status)).toEqual(['in-use', 'in-use']);
});

test('with a later snapshot it is refused by name, before anything is touched', async () => {
  const id = await take('one');
  await take('two');
  calls = [];
  await expect(port.restore(VM, id)).rejects.toMatchObject({
    code: 'backend.refused',
    message: expect.stringContaining('has a later one, two') as string,
  });
  expect(new Set(calls)).toEqual(new Set(['cinder.snapshots.list']));
});

test('a refused revert leaves its volume in use, and the rollback says that nothing was reverted back', async () => {
  const id = await take('one');
  refuse = 'data';
  await expect(port.restore(VM, id)).rejects.toMatchObject({ code: 'backend.refused' });
  expect(volumes.map(({ status }) => status)).toEqual(['in-use', 'in-use']);
  expect(await port.rollback(VM, id)).toContain('cannot undo a revert');
});

test('a removal takes every member; an unknown id is not found', async () => {
  await port.remove(await take('one'));
  expect(taken).toEqual([]);
  await expect(port.get('nothing')).rejects.toMatchObject({ code: 'not-found' });
});

test("where Cinder takes them in one instant, the set is its group's, whose volumes are let go at the first look, and whose members go together", async () => {
  grouping.able = true;
  const id = await take('one');
  expect(calls).not.toContain('cinder.snapshots.create');
  expect(await port.get(id)).toMatchObject({
    status: 'ok',
    volumes: [{ volumeId: 'boot', bootable: true }, { volumeId: 'data' }],
  });
  expect(await port.get(id)).toMatchObject({ status: 'ok' });
  expect(grouping.done).toEqual([`release group of ${id}`]);
  await port.remove(id);
  expect(calls).not.toContain('cinder.snapshots.delete');
  await expect(port.get(id)).rejects.toMatchObject({ code: 'not-found' });
  expect(grouping.done.slice(1)).toEqual(['remove together', `tidy ${id}`]);
});

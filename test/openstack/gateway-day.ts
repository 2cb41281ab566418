import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { startGateway } from '../../src/gateway.js';
import {
  Clusters,
  Disk,
  Disks,
  Fault,
  NIC,
  Snapshot,
  Snapshots,
  Template,
  VM,
} from '../../src/generated/ovirt/v3/representations.js';
import type * as t from '../../src/generated/ovirt/v3/types.js';
import { loadSettings } from '../../src/settings/index.js';
import { Client } from '../support/client.js';
import { silent } from '../support/testbed.js';
import { GIB } from '../support/units.js';
import { CLOUD_FLAGS } from './cloud.js';
import type { Login, Rest } from './rest.js';

/** Backend calls, looks again at the same thing apart: what the acts of a day may cost. */
const MOST: Readonly<Record<string, number>> = { 'snapshot of two disks': 11, 'remove VM': 15 };

/** Whether other servers have the flavor that was made for the VM, and its removal. */
const OWN_FLAVOR = 2;

/** A gateway, and its client. */
export interface DayGateway {
  readonly client: Client;
  readonly settled: () => Promise<void>;
  /** Backend calls since the last time that it was asked. */
  readonly calls: () => readonly string[];
  close(): Promise<void>;
}

/** A gateway whose backend calls are counted. */
export async function startDay(flags: Readonly<Record<string, string>>, who: Login): Promise<DayGateway> {
  const { settings } = loadSettings({
    environment: process.env,
    flags: {
      ...CLOUD_FLAGS,
      'log.level': 'error',
      ...flags,
    },
  });
  const calls: string[] = [];
  const gateway = await startGateway(settings, {
    log: silent(settings.log),
    onBackendCall({ service, method, path }) {
      if (service !== 'identity') calls.push(`${service} ${method} ${path}`);
    },
  });
  return {
    client: new Client(gateway.url, 'xml', `${who.user}@internal:${who.password}`),
    settled: () => gateway.settled(),
    calls: () => calls.splice(0),
    close: () => gateway.close(),
  };
}

export interface DayThings {
  /** The template that the day begins with, and a network: ids. */
  readonly template: string;
  readonly network: string;
  /** An administrator may restore a snapshot, and have flavors made. */
  readonly administrator: boolean;
  /** Bytes of memory of the VM, before and after a resize. A member's are those of flavors. */
  readonly sizes: readonly [number, number];
}

/**
 * A day on plain OpenStack through the whole gateway: a VM with two disks and a NIC, snapshots, a restore, a resize, a
 * VM of a snapshot, a template of both disks and a VM of that, and the removal of all of it, templates last.
 */
export async function playDay(day: DayGateway, things: DayThings): Promise<void> {
  const { client, settled } = day;
  const { administrator, sizes } = things;

  /** Does it, waits for its end, and counts. */
  async function doing<T>(what: string, act: () => Promise<T>): Promise<T> {
    day.calls();
    const value = await act();
    await settled();
    const calls = day.calls();
    if (process.env['DAY_CALLS']) console.info(what, firsts(calls), calls.length, calls);
    expect(firsts(calls), `${what}:\n${calls.join('\n')}`).toBeLessThanOrEqual(
      (MOST[what] ?? Infinity) + (administrator ? OWN_FLAVOR : 0),
    );
    return value;
  }
  const created = async (what: string, vm: t.VM): Promise<string> => {
    const { id = '' } = await doing(what, () => client.add('/vms', VM, { cluster: { id: cluster }, ...vm }));
    expect(await client.get(`/vms/${id}`, VM), what).toMatchObject({ status: { state: 'down' } });
    return id;
  };
  const disksOf = async (vm: string): Promise<(number | undefined)[]> =>
    ((await client.get(`/vms/${vm}/disks`, Disks)).disk ?? []).map(({ provisioned_size: size }) => size).sort();

  const [{ id: cluster = '' } = {}] = (await client.get('/clusters', Clusters)).cluster ?? [];
  const vm = await created('create', { name: 'day', template: { id: things.template }, memory: sizes[0] });
  const disk = await doing('add disk', () =>
    client.add(`/vms/${vm}/disks`, Disk, {
      alias: 'data',
      provisioned_size: 2 * GIB,
      interface: 'virtio',
      format: 'raw',
    }),
  );
  expect(await client.get(`/vms/${vm}/disks/${disk.id}`, Disk)).toMatchObject({
    active: true,
    status: { state: 'ok' },
  });
  const nic = await doing('add NIC', () =>
    client.add(`/vms/${vm}/nics`, NIC, { name: 'eth0', network: { id: things.network } }),
  );
  expect(await client.get(`/vms/${vm}/nics/${nic.id}`, NIC)).toMatchObject({ plugged: true });

  await doing('start', () => client.act(`/vms/${vm}/start`));
  await doing('stop', () => client.act(`/vms/${vm}/stop`));

  const snapshot = await doing('snapshot of two disks', () =>
    client.add(`/vms/${vm}/snapshots`, Snapshot, { description: 'before' }),
  );
  expect(await client.get(`/vms/${vm}/snapshots/${snapshot.id}`, Snapshot)).toMatchObject({ snapshot_status: 'ok' });
  if (administrator) await doing('restore', () => client.act(`/vms/${vm}/snapshots/${snapshot.id}/restore`));

  await doing('resize', () => client.update(`/vms/${vm}`, VM, { memory: sizes[1] }));
  expect(await client.get(`/vms/${vm}`, VM)).toMatchObject({ memory: sizes[1], status: { state: 'down' } });

  const clone = await created('VM of a snapshot', {
    name: 'day-of-snapshot',
    snapshots: { snapshot: [{ id: snapshot.id! }] },
  });
  expect(await disksOf(clone)).toEqual(await disksOf(vm));

  const golden = `golden of ${vm}`;
  const template = await doing('template', () => client.add('/templates', Template, { name: golden, vm: { id: vm } }));
  // engines make no VM of a template that is locked
  while ((await client.get(`/templates/${template.id}`, Template)).status?.state === 'locked') await pause(50);
  const deployed = await created('VM of the template', {
    name: 'day-of-template',
    template: { id: template.id! },
    memory: sizes[0],
  });
  expect(await disksOf(deployed)).toHaveLength(2);

  await doing('remove snapshot', () => client.remove(`/vms/${vm}/snapshots/${snapshot.id}`));
  expect((await client.get(`/vms/${vm}/snapshots`, Snapshots)).snapshot).toHaveLength(1);
  for (const [what, id] of [
    ['remove VM of the template', deployed],
    ['remove VM of the snapshot', clone],
  ] as const)
    await doing(what, () => client.remove(`/vms/${id}`));
  // A template that lives on its disks is in the way
  const refused = await client.send('DELETE', `/vms/${vm}`, Fault);
  expect(refused, JSON.stringify(refused.value)).toMatchObject({ status: 409 });
  expect(JSON.stringify(refused.value)).toContain(golden);
  // the refusal has taken back the mark of the removal
  expect(await client.get(`/vms/${vm}`, VM)).toMatchObject({ status: { state: 'down' } });
  await doing('remove template', () => client.remove(`/templates/${template.id}`));
  await doing('remove VM', () => client.remove(`/vms/${vm}`));
}

/**
 * How many calls those are, apart from looks again at the same thing, and at types, which are remembered for a while.
 */
function firsts(calls: readonly string[]): number {
  const counted = calls.filter((call) => !/types$/.test(call));
  const looks = counted.filter((call) => / GET /.test(call));
  return counted.length - looks.length + new Set(looks).size;
}

interface Thing {
  readonly id?: string;
  readonly name?: string;
  readonly keypair?: Thing;
}

/** Everything of the project that a day may leave, the user's key pairs, and flavors, which are everybody's. */
export async function thingsOf(rest: Rest): Promise<readonly string[]> {
  const kinds = [
    ['compute', '/servers', 'servers'],
    ['compute', '/os-server-groups', 'server_groups'],
    ['compute', '/os-keypairs', 'keypairs'],
    ['volume', '/volumes', 'volumes'],
    ['volume', '/snapshots', 'snapshots'],
    ['network', `/v2.0/ports?project_id=${rest.project}`, 'ports'],
    ['image', `/v2/images?owner=${rest.project}`, 'images'],
    ['compute', '/flavors?is_public=None', 'flavors'],
  ] as const;
  const found = await Promise.all(
    kinds.map(async ([service, path, key]) => {
      const answer = await rest.call<Record<string, Thing[]>>(service, 'GET', path);
      // Each key pair stands in an object of its own
      const things = (answer[key] ?? []).map((one) => one.keypair ?? one);
      return things
        .filter(({ name }) => key !== 'flavors' || name?.startsWith('ovirt-'))
        .map(({ id, name }) => `${key} ${name ?? ''} ${id ?? ''}`);
    }),
  );
  return found.flat().sort();
}

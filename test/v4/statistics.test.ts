import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstOf } from '../../src/invariant.js';
import { plainInventory } from '../../src/simulator/index.js';
import { CLOUDS, serveV4, startV4, textAt, type Served } from './testbed.js';

/**
 * Name, kind, type and unit of every statistic, in the order of an engine's restapi/resource/{Vm,Host,Nic,Disk}
 * StatisticalQuery (docs/reference/v4-wire.md, section 8; a host's as in recording 11, too).
 */
const OF_VM = `
  memory.installed gauge integer bytes
  memory.used gauge integer bytes
  cpu.current.guest gauge decimal percent
  cpu.current.hypervisor gauge decimal percent
  cpu.current.total gauge decimal percent
  migration.progress gauge decimal percent
  memory.buffered gauge integer bytes
  memory.cached gauge integer bytes
  memory.free gauge integer bytes
  memory.unused gauge integer bytes
  network.current.total gauge decimal percent
  disks.usage gauge string none
  elapsed.time counter integer seconds
  cpu.usage.history gauge decimal percent
  memory.usage.history gauge decimal percent
  network.usage.history gauge decimal percent`;
const OF_HOST = `
  memory.total gauge integer bytes
  memory.used gauge integer bytes
  memory.free gauge integer bytes
  memory.shared gauge integer bytes
  memory.buffers gauge integer bytes
  memory.cached gauge integer bytes
  swap.total gauge integer bytes
  swap.free gauge integer bytes
  swap.used gauge integer bytes
  swap.cached gauge integer bytes
  ksm.cpu.current gauge decimal percent
  cpu.current.user gauge decimal percent
  cpu.current.system gauge decimal percent
  cpu.current.idle gauge decimal percent
  cpu.load.avg.5m gauge decimal percent
  boot.time gauge integer none`;
const OF_NIC = `
  data.current.rx gauge decimal bytes_per_second
  data.current.tx gauge decimal bytes_per_second
  data.current.rx.bps gauge decimal bits_per_second
  data.current.tx.bps gauge decimal bits_per_second
  errors.total.rx counter integer none
  errors.total.tx counter integer none
  data.total.rx counter integer bytes
  data.total.tx counter integer bytes`;
const OF_DISK = `
  data.current.read gauge decimal bytes_per_second
  data.current.read_ops counter decimal none
  data.current.write gauge decimal bytes_per_second
  data.current.write_ops counter decimal none
  disk.read.latency gauge decimal seconds
  disk.write.latency gauge decimal seconds
  disk.flush.latency gauge decimal seconds`;

const rowsOf = (table: string): string[] =>
  table
    .trim()
    .split('\n')
    .map((row) => row.trim());

/** Engines have no value of these where they know none; of all others it is 0. */
const VALUELESS = new Set([
  'disks.usage',
  'cpu.usage.history',
  'memory.usage.history',
  'network.usage.history',
  'errors.total.rx',
  'errors.total.tx',
  'data.total.rx',
  'data.total.tx',
  'data.current.read_ops',
  'data.current.write_ops',
]);

describe.each(CLOUDS)('statistics of version 4: %s', (cloud) => {
  let v4: Served;
  beforeAll(async () => {
    v4 = await serveV4(cloud, cloud === 'openstack' ? { inventory: plainInventory } : {});
  });
  afterAll(() => v4?.close());

  const list = async (path: string) => {
    const answer = await v4.send('GET', path);
    expect(answer.status, path).toBe(200);
    return answer.xml().children;
  };
  const first = async (path: string): Promise<string> =>
    firstOf(await list(path), path)
      .attributes.get('href')
      ?.replace('/ovirt-engine/api', '') ?? '';
  const all = (path: string) => list(`${path}/statistics`);
  const rows = (statistics: Awaited<ReturnType<typeof list>>): string[] =>
    statistics.map((one) => ['name', 'kind', 'type', 'unit'].map((part) => textAt(one, part)).join(' '));
  /** Its numbers, by name. */
  const valuesOf = (statistics: Awaited<ReturnType<typeof list>>): Record<string, number[]> =>
    Object.fromEntries(
      statistics.map((one): [string, number[]] => [
        textAt(one, 'name') ?? '',
        (one.children.find(({ name }) => name === 'values')?.children ?? []).map((value) =>
          Number(textAt(value, 'datum')),
        ),
      ]),
    );
  /** Each has one number, or none where an engine may have none. */
  const expectValues = (values: Record<string, number[]>): void => {
    for (const [name, numbers] of Object.entries(values)) {
      if (numbers.length > 0 || !VALUELESS.has(name)) expect(numbers, name).toEqual([expect.any(Number)]);
      for (const number of numbers) expect(Number.isNaN(number), name).toBe(false);
    }
  };

  it('a VM has each of an engine’s, and a client finds one by its id', async () => {
    for (const vm of await list('/vms')) {
      const path = `/vms/${vm.attributes.get('id') ?? ''}`;
      const statistics = await all(path);
      expect(rows(statistics)).toEqual(rowsOf(OF_VM));
      const values = valuesOf(statistics);
      expectValues(values);
      expect(values['memory.installed']).toEqual([Number(textAt(vm, 'memory'))]);
      if (textAt(vm, 'status') === 'down') expect(values['memory.used']).toEqual([0]);
    }
    const vm = await first('/vms');
    const elapsed = (await all(vm)).find((one) => textAt(one, 'name') === 'elapsed.time');
    const href = elapsed?.attributes.get('href')?.replace('/ovirt-engine/api', '') ?? '';
    expect(rows([(await v4.send('GET', href)).xml()])).toEqual(['elapsed.time counter integer seconds']);
    const json = JSON.parse((await v4.send('GET', href, undefined, { accept: 'application/json' })).text) as object;
    expect(json).toMatchObject({
      kind: 'counter',
      type: 'integer',
      unit: 'seconds',
      values: { value: [{ datum: 0 }] },
    });
  });

  it('a host has each of an engine’s', async () => {
    for (const host of await list('/hosts')) {
      const statistics = await all(`/hosts/${host.attributes.get('id') ?? ''}`);
      expect(rows(statistics).slice(0, rowsOf(OF_HOST).length)).toEqual(rowsOf(OF_HOST));
      const values = valuesOf(statistics);
      expectValues(values);
      const [total = 0] = values['memory.total'] ?? [];
      expect(total).toBe((values['memory.used']?.[0] ?? 0) + (values['memory.free']?.[0] ?? 0));
      expect(values['boot.time']).toEqual([0]);
    }
  });

  it('a NIC and a disk have each of an engine’s, by every path', async () => {
    const vm = await first('/vms?search=name%3D*%20sortby%20name');
    const nic = await first(`${vm}/nics`);
    const statistics = await all(nic);
    expect(rows(statistics)).toEqual(rowsOf(OF_NIC));
    const values = valuesOf(statistics);
    expectValues(values);
    expect(values['data.current.rx.bps']).toEqual([(values['data.current.rx']?.[0] ?? 0) * 8]);
    const disk = await first('/disks');
    expect(rows(await all(disk))).toEqual(rowsOf(OF_DISK));
    expectValues(valuesOf(await all(disk)));
  });
});

it('while the metrics service does not answer, what it measures has no value, and all else has', async () => {
  const v4 = await startV4('powervc');
  try {
    v4.testbed.simulator.addFault({ service: 'metric', path: '.*', then: { status: 503, body: {} } });
    const vm = (await v4.send('GET', '/vms')).xml().children.find((one) => textAt(one, 'status') === 'up');
    const href = vm?.attributes.get('href') ?? '';
    const statistics = (await v4.send('GET', `${href}/statistics`)).xml().children;
    expect(
      statistics
        .filter((one) => one.children.find(({ name }) => name === 'values')?.children.length === 0)
        .map((one) => textAt(one, 'name')),
    ).toEqual([
      'memory.used',
      'cpu.current.guest',
      'cpu.current.total',
      'memory.free',
      'memory.unused',
      'disks.usage',
      'cpu.usage.history',
      'memory.usage.history',
      'network.usage.history',
    ]);
    const [disk] = (await v4.send('GET', '/disks')).xml().children.map((one) => one.attributes.get('href'));
    const ofDisk = (await v4.send('GET', `${disk ?? ''}/statistics`)).xml().children;
    expect(ofDisk.map((one) => textAt(one, 'name'))).toHaveLength(rowsOf(OF_DISK).length);
  } finally {
    await v4.close();
  }
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  API,
  CdRom,
  CdRoms,
  Clusters,
  Disk,
  Disks,
  Files,
  Networks,
  NIC,
  Nics,
  PmemVolume,
  PmemVolumes,
  Sessions,
  Snapshot,
  Snapshots,
  Statistics,
  StorageDomains,
  Templates,
  VirtualNumaNode,
  VirtualNumaNodes,
  VM,
  VMs,
} from '../src/generated/ovirt/v3/representations.js';
import { Client, type Format } from './support/client.js';
import { startTestbed, type Testbed } from './support/testbed.js';
import { simulatedThings, wrongs } from './support/invariants.js';
import { GIB } from './support/units.js';

/**
 * The day of a client, from its first look to the last deletion, through the whole gateway in XML and in JSON: on two
 * replicas by turns, which keep nothing of their own. Each XML answer is held against the schema of version 3
 * (test/support/client.ts).
 */
const CDROM = '00000000-0000-0000-0000-000000000000';

/** A partition of 4 GiB that may have between 1 and 8. */
const bounds = [
  { name: 'powervm:min_mem', value: '1024' },
  { name: 'powervm:max_mem', value: '8192' },
];

describe.each<Format>(['xml', 'json'])('a day in %s', (format) => {
  let testbed: Testbed;
  let before: string[];
  const clients: Client[] = [];
  let turn = 0;
  /** Each request goes to the next replica. */
  const client = (): Client => clients[(turn += 1) % clients.length]!;
  const known: Record<'vm' | 'disk' | 'nic' | 'snapshot' | 'clone' | 'template' | 'cluster' | 'iso', string> = {
    vm: '',
    disk: '',
    nic: '',
    snapshot: '',
    clone: '',
    template: '',
    cluster: '',
    iso: '',
  };
  const vm = (rest = '') => `/vms/${known.vm}${rest}`;
  const state = (is: string) => (value: { status?: { state?: string } }) => value.status?.state === is;

  beforeAll(async () => {
    // Work takes a hundredth of what it takes: what is under way can be seen.
    testbed = await startTestbed({ timeScale: 0.002, gateways: 2 });
    clients.push(...testbed.gateways.map(({ url }) => new Client(url, format)));
    before = [...testbed.simulator.world.volumes.keys(), ...testbed.simulator.world.ports.keys(), 'before-upgrade'];
  });
  afterAll(() => testbed.close());

  it('looks around', async () => {
    const api = await client().get('', API);
    expect(api.link?.map(({ rel }) => rel)).toEqual(
      expect.arrayContaining(['vms', 'disks', 'templates', 'clusters', 'networks', 'storagedomains']),
    );
    known.template = (await client().get('/templates', Templates)).template!.find(
      ({ name }) => name === 'RHEL 9.4',
    )!.id!;
    known.cluster = (await client().get('/clusters', Clusters)).cluster!.find(
      ({ name }) => name === 'Default Group',
    )!.id!;
    expect((await client().get('/networks', Networks)).network!.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['VLAN100', 'VLAN200']),
    );
    const domains = (await client().get('/storagedomains', StorageDomains)).storage_domain!;
    expect(domains.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['FlashSystem base', 'PersistentMemory', 'PersistentMemory-aggregated']),
    );
    known.iso = domains.find(({ type }) => type === 'iso')!.id!;
    expect((await client().get(`/storagedomains/${known.iso}/files`, Files)).file?.map(({ id }) => id)).toEqual([
      'rhel-9.4-ppc64le-dvd.iso',
    ]);
    expect((await client().get('/vms', VMs)).vm).toHaveLength(5);
  });

  it('creates a VM from a template and waits for it to be down', async () => {
    const created = await client().add('/vms', VM, {
      name: 'day',
      cluster: { id: known.cluster },
      template: { id: known.template },
      memory: 4 * GIB,
      custom_properties: bounds,
      description: 'R&D',
    });
    known.vm = created.id!;
    expect(created).toMatchObject({ name: 'day', creation_status: { state: 'pending' } });
    const done = await client().until(vm(), VM, state('down'));
    expect(done).toMatchObject({
      memory: 4 * GIB,
      description: 'R&D',
      cluster: { id: known.cluster },
      template: { id: known.template },
    });
    expect((await client().get('/vms?search=name%3Dday', VMs)).vm?.map(({ id }) => id)).toEqual([known.vm]);
  });

  it('starts it', async () => {
    await client().act(vm('/start'));
    await client().until(vm(), VM, state('up'));
  });

  it('adds a disk, and grows it', async () => {
    const created = await client().add(vm('/disks'), Disk, {
      alias: 'data',
      provisioned_size: GIB,
      interface: 'virtio',
      format: 'raw',
    });
    known.disk = created.id!;
    await client().until(
      vm(`/disks/${known.disk}`),
      Disk,
      (disk) => disk.status?.state === 'ok' && disk.active === true,
    );
    await client().update(vm(`/disks/${known.disk}`), Disk, { provisioned_size: 3 * GIB - 1 });
    const grown = await client().until(
      vm(`/disks/${known.disk}`),
      Disk,
      ({ provisioned_size }) => provisioned_size === 3 * GIB,
    );
    expect(grown).toMatchObject({ alias: 'data', interface: 'virtio', vm: { id: known.vm } });
  });

  it('deactivates the disk, which stays listed, and activates it', async () => {
    await client().act(vm(`/disks/${known.disk}/deactivate`));
    expect((await client().get(vm('/disks'), Disks)).disk!.find(({ id }) => id === known.disk)).toMatchObject({
      active: false,
    });
    await client().act(vm(`/disks/${known.disk}/activate`));
    expect(await client().get(vm(`/disks/${known.disk}`), Disk)).toMatchObject({ active: true });
  });

  it('adds a NIC, moves it to another network and unplugs it', async () => {
    known.nic = (await client().add(vm('/nics'), NIC, { name: 'eth0', network: { name: 'VLAN100' } })).id!;
    const { mac } = await client().get(vm(`/nics/${known.nic}`), NIC);
    const [, other] = (await client().get('/networks', Networks)).network!;
    const moved = await client().update(vm(`/nics/${known.nic}`), NIC, { network: { id: other!.id } });
    expect(moved).toMatchObject({ id: known.nic, name: 'eth0', mac, plugged: true, network: { id: other!.id } });
    await client().act(vm(`/nics/${known.nic}/deactivate`));
    expect((await client().get(vm('/nics'), Nics)).nic).toMatchObject([{ id: known.nic, plugged: false }]);
    await client().act(vm(`/nics/${known.nic}/activate`));
  });

  it('sends back the whole document that it fetched, which changes nothing', async () => {
    const things = [
      [vm(), VM],
      [vm(`/disks/${known.disk}`), Disk],
      [vm(`/nics/${known.nic}`), NIC],
    ] as const;
    for (const [path, type] of things) {
      const whole = await client().get<object>(path, type);
      testbed.simulator.resetCalls();
      await client().update<object>(path, type, whole);
      expect(
        testbed.simulator.calls
          .filter(({ method }) => !['GET', 'HEAD'].includes(method))
          .map(({ method, path, body }) => `${method} ${path} ${JSON.stringify(body)}`),
        path,
      ).toEqual([]);
    }
  });

  it('measures', async () => {
    for (const path of [
      vm('/statistics'),
      vm(`/disks/${known.disk}/statistics`),
      vm(`/nics/${known.nic}/statistics`),
    ]) {
      const { statistic = [] } = await client().get(path, Statistics);
      expect(statistic.length).toBeGreaterThan(1);
      expect(statistic.every(({ values }) => (values?.value?.length ?? 0) > 0)).toBe(true);
    }
    expect(await client().get(vm('/sessions'), Sessions)).toEqual({});
  });

  it('takes a snapshot, changes the VM, and restores it', async () => {
    await client().act(vm('/stop'));
    await client().until(vm(), VM, state('down'));
    known.snapshot = (await client().add(vm('/snapshots'), Snapshot, { description: 'before' })).id!;
    await client().until(
      vm(`/snapshots/${known.snapshot}`),
      Snapshot,
      ({ snapshot_status }) => snapshot_status === 'ok',
    );
    expect((await client().get(vm('/snapshots'), Snapshots)).snapshot!.map(({ description }) => description)).toEqual([
      'Active VM',
      'before',
    ]);
    expect((await client().get(vm(`/snapshots/${known.snapshot}/disks`), Disks)).disk).toHaveLength(2);
    expect((await client().get(vm(`/snapshots/${known.snapshot}/nics`), Nics)).nic).toMatchObject([{ name: 'eth0' }]);
    expect(await client().act(vm(`/snapshots/${known.snapshot}/restore`))).toMatchObject({
      status: { state: 'complete' },
    });
  });

  it('makes a VM of the snapshot', async () => {
    known.clone = (
      await client().add('/vms', VM, {
        name: 'day2',
        cluster: { name: 'Default Group' },
        snapshots: { snapshot: [{ id: known.snapshot }] },
      })
    ).id!;
    await client().until(`/vms/${known.clone}`, VM, state('down'));
    expect(
      (await client().get(`/vms/${known.clone}/disks`, Disks))
        .disk!.map(({ provisioned_size }) => provisioned_size)
        .sort(),
    ).toEqual([30 * GIB, 3 * GIB].sort());
  });

  it('puts a CD into the drive, for good and for a session', async () => {
    const file = (id: string) => ({ file: { id } });
    expect(await client().update(vm(`/cdroms/${CDROM}`), CdRom, file('rhel-9.4-ppc64le-dvd.iso'))).toMatchObject(
      file('rhel-9.4-ppc64le-dvd.iso'),
    );
    expect((await client().get(vm('/cdroms'), CdRoms)).cdrom).toMatchObject([
      { id: CDROM, ...file('rhel-9.4-ppc64le-dvd.iso') },
    ]);
    expect((await client().get(vm('/disks'), Disks)).disk).toHaveLength(2);
    await client().act(vm('/start'));
    await client().until(vm(), VM, state('up'));
    await client().update(vm(`/cdroms/${CDROM};current=true`), CdRom, file(''));
    expect((await client().get(vm(`/cdroms/${CDROM};current=true`), CdRom)).file?.id ?? '').toBe('');
    expect(await client().get(vm(`/cdroms/${CDROM}`), CdRom)).toMatchObject(file('rhel-9.4-ppc64le-dvd.iso'));
    await client().act(vm('/stop'));
    await client().until(vm(), VM, state('down'));
    await client().update(vm(`/cdroms/${CDROM}`), CdRom, file(''));
  });

  it('declares NUMA nodes', async () => {
    expect((await client().get(vm('/numanodes'), VirtualNumaNodes)).vm_numa_node).toHaveLength(1);
    const node = await client().add(vm('/numanodes'), VirtualNumaNode, {
      index: 0,
      memory: 2048,
      cpu: { cores: [{ index: 0 }] },
    });
    await client().update(vm(`/numanodes/${node.id}`), VirtualNumaNode, {
      numa_node_pins: [{ index: 0, pinned: true }],
    });
    expect((await client().get(vm('/numanodes'), VirtualNumaNodes)).vm_numa_node).toMatchObject([
      { index: 0, memory: 2048, numa_node_pins: [{ index: 0, pinned: true }] },
    ]);
    await client().remove(vm(`/numanodes/${node.id}`));
  });

  it('adds persistent memory, as such and as a disk', async () => {
    const own = await client().add(vm('/pmemvolumes'), PmemVolume, {
      name: `p-${format}`,
      size: GIB,
      aggregated_memory: true,
    });
    await client().until(vm(`/pmemvolumes/${own.id}`), PmemVolume, state('ok'));
    const disk = await client().add(vm('/disks'), Disk, {
      alias: `q-${format}`,
      provisioned_size: GIB,
      storage_domains: [{ name: 'PersistentMemory' }],
    });
    const volumes = await client().until(
      vm('/pmemvolumes'),
      PmemVolumes,
      ({ pmem_volume: all = [] }) => all.length === 2 && all.every((volume) => volume.status?.state === 'ok'),
    );
    expect(volumes.pmem_volume).toMatchObject([
      { id: own.id, aggregated_memory: true, vm: { id: known.vm } },
      { id: disk.id, aggregated_memory: false },
    ]);
    expect((await client().get(vm(), VM)).memory).toBe(3 * GIB);
    expect((await client().get('/vms;pmem_vol=true', VMs)).vm?.map(({ name }) => name).sort()).toEqual([
      'day',
      'sles15-hana01',
    ]);
    await client().update(vm(`/disks/${disk.id}`), Disk, { alias: `r-${format}` });
    expect((await client().get(vm(`/pmemvolumes/${disk.id}`), PmemVolume)).name).toBe(`r-${format}`);
    await client().remove(vm(`/disks/${disk.id}`));
    await client().until(vm(), VM, state('down'));
    await client().remove(vm(`/pmemvolumes/${volumes.pmem_volume![0]!.volume_uuid}`));
    await client().until(vm(), VM, ({ memory, status }) => memory === 4 * GIB && status?.state === 'down');
  });

  it('resizes and renames the VM', async () => {
    const changed = await client().update(vm(), VM, {
      name: 'night',
      memory: 6 * GIB,
      cpu: { topology: { sockets: 2, cores: 1 } },
    });
    expect(changed).toMatchObject({ name: 'night', memory: 6 * GIB, cpu: { topology: { sockets: 2 } } });
  });

  it('deletes everything, and leaves nothing behind', async () => {
    await client().remove(vm(`/snapshots/${known.snapshot}`));
    await client().remove(vm(`/nics/${known.nic}`));
    await client().remove(vm(`/disks/${known.disk}`));
    await client().remove(vm());
    await client().remove(`/vms/${known.clone}`);
    expect((await client().get('/vms', VMs)).vm).toHaveLength(5);
    const { world } = testbed.simulator;
    expect(
      [
        ...world.volumes.keys(),
        ...world.ports.keys(),
        ...[...world.instanceSnapshots.values()].map(({ name }) => name),
      ].filter((id) => !before.includes(id)),
    ).toEqual([]);
    expect(before.filter((id) => !world.volumes.has(id) && !world.ports.has(id) && id !== 'before-upgrade')).toEqual(
      [],
    );
    expect(wrongs(simulatedThings(world), new Set(before))).toEqual([]);
    expect(testbed.simulator.breaches).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import { uuidOf } from '../src/model/index.js';
import { powerVsIds as ids } from '../src/simulator/powervs/index.js';
import { GIB } from './support/units.js';
import { NOBODY, simulator, session, first, usePowerVsSession } from './powervs-session.js';

usePowerVsSession();

describe('VMs', () => {
  test('a list is one call, and filters what the API does not', async () => {
    expect((await first(session.vms.list())).map(({ name }) => name)).toEqual([
      'aix73-db01',
      'rhel94-app01',
      'sles15-hana01',
      'ibmi75-erp01',
    ]);
    expect(await first(session.vms.list({ name: 'rhel94-app01' }))).toHaveLength(1);
    expect((await first(session.vms.list({ hasPmem: true }))).map(({ id }) => id)).toEqual([ids.instances.sles]);
    expect(simulator.calls).toHaveLength(3);
  });

  test('a deployment answers a list of one; its note is there until it is done', async () => {
    const id = await session.vms.create({
      name: 'n',
      template: { id: ids.images.rhel },
      notes: { pending: 'create' },
      nics: [{ network: { id: ids.networks.vlan200 } }],
    });
    expect((await session.vms.get(id)).notes).toEqual({ pending: 'create' });
    await session.vms.note(id, { pending: null });
    expect(await session.vms.get(id)).toMatchObject({ status: 'up', notes: {}, volumeIds: [expect.any(String)] });
    await session.vms.remove(id, { withDisks: true });
    await expect(session.vms.get(id)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('what would have to be noted permanently is refused before anything is created', async () => {
    await expect(
      session.vms.create({
        name: 'n',
        template: { id: ids.images.rhel },
        notes: { pending: 'create', description: 'x' },
      }),
    ).rejects.toMatchObject({ code: 'unsupported' });
    await expect(
      session.disks.create({ name: 'd', sizeBytes: 1, notes: { vm: ids.instances.rhel } }),
    ).rejects.toMatchObject({ code: 'unsupported' });
    await expect(
      session.nics.create({ name: 'n', networkId: ids.networks.vlan100, notes: { vm: ids.instances.rhel } }),
    ).rejects.toMatchObject({ code: 'unsupported' });
    await expect(session.shared.note({ 'tag.x': 'y' })).rejects.toMatchObject({ code: 'unsupported' });
    expect(simulator.calls).toEqual([]);
  });

  test('stop switches the power off, shutdown asks the guest', async () => {
    await session.vms.shutdown(ids.instances.rhel);
    await session.vms.start(ids.instances.sles);
    await session.vms.get(ids.instances.rhel);
    await session.vms.start(ids.instances.rhel);
    await session.vms.get(ids.instances.rhel);
    await session.vms.stop(ids.instances.rhel);
    expect(
      simulator.calls.flatMap(({ method, body }) => (method === 'POST' ? [(body as { action: string }).action] : [])),
    ).toEqual(['stop', 'start', 'start', 'immediate-shutdown']);
    await expect(session.vms.start(ids.instances.aix)).rejects.toMatchObject({ code: 'backend.conflict' });
    await expect(session.vms.stop(NOBODY)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('what only an operator of a cloud can do is refused', async () => {
    for (const act of ['migrate', 'cancelMigration', 'suspend', 'resume'] as const)
      await expect(session.vms[act](ids.instances.rhel)).rejects.toMatchObject({ code: 'unsupported' });
    await expect(session.inventory.maintain({ id: 'x' }, true)).rejects.toMatchObject({ code: 'unsupported' });
    await expect(session.vms.console(ids.instances.rhel, 'spice')).rejects.toMatchObject({ code: 'unsupported' });
    expect(await session.vms.console(ids.instances.rhel, 'vnc')).toMatchObject({
      protocol: 'vnc',
      url: expect.stringContaining('https://') as string,
    });
    expect([await session.vms.metrics(ids.instances.rhel), await session.vms.actions(ids.instances.rhel)]).toEqual([
      {},
      [],
    ]);
  });

  test('the user is shown as a Manager of the workspace, because IAM reports no role', async () => {
    expect(await session.access.permissions()).toEqual([
      expect.objectContaining({
        role: expect.objectContaining({ name: 'Manager' }) as unknown,
        user: expect.objectContaining({ id: uuidOf('user', session.user.id) }) as unknown,
      }),
    ]);
  });

  test('a capture needs a name of its own, by which its image is found', async () => {
    expect(await session.vms.capture(ids.instances.sles, 'golden')).toBeUndefined();
    expect((await session.inventory.templates()).find(({ name }) => name === 'golden')).toMatchObject({ status: 'ok' });
    await expect(session.vms.capture(ids.instances.sles, 'golden')).rejects.toMatchObject({ code: 'backend.conflict' });
  });

  test('a clone stays in its pool', async () => {
    await session.vms.clone(ids.instances.sles, { name: 'copy', networkIds: [ids.networks.vlan200] });
    const copy = (await first(session.vms.list({ name: 'copy' })))[0]!;
    expect((await session.nics.list(copy.id)).map(({ network }) => network?.id)).toEqual([ids.networks.vlan200]);
    await expect(
      session.vms.clone(ids.instances.sles, { name: 'other', networkIds: [], cluster: { id: 'elsewhere' } }),
    ).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe('persistent memory', () => {
  const spec = (name: string) => ({ name, sizeBytes: GIB, affinity: false, device: 'DRAM' });

  test('whole GiB, at most four, of a VM that is down', async () => {
    expect(await session.pmem.add(ids.instances.sles, [{ ...spec('a'), sizeBytes: GIB + 1 }], false)).toMatchObject([
      { name: 'a', sizeBytes: 2 * GIB, status: 'locked' },
    ]);
    expect((await session.vms.get(ids.instances.sles)).pmemVolumes).toMatchObject([
      { name: 'hana_pmem01' },
      { name: 'a', status: 'ok' },
    ]);
    await expect(session.pmem.add(ids.instances.sles, ['b', 'c', 'd'].map(spec), false)).rejects.toMatchObject({
      code: 'backend.refused',
    });
    await expect(session.pmem.add(ids.instances.rhel, [spec('a')], false)).rejects.toMatchObject({
      code: 'backend.conflict',
    });
    await expect(session.pmem.add(ids.instances.sles, [spec('a name with blanks')], false)).rejects.toMatchObject({
      code: 'backend.refused',
    });
    expect(simulator.breaches).toHaveLength(1);
    (simulator.breaches as unknown[]).length = 0;
  });

  test('renamed and removed', async () => {
    expect(await session.pmem.rename(ids.vpmem, 'x', ids.instances.sles)).toMatchObject({ name: 'x' });
    expect(await session.pmem.list()).toMatchObject([{ id: ids.vpmem, name: 'x', vm: { id: ids.instances.sles } }]);
    await session.pmem.remove(ids.instances.sles, { id: ids.vpmem }, false);
    expect(await session.pmem.list()).toEqual([]);
    await expect(session.pmem.list({ allTenants: true })).rejects.toMatchObject({ code: 'unsupported' });
  });

  test("no affinity, no other device, none from the VM's own memory", async () => {
    await expect(session.pmem.add(ids.instances.sles, [{ ...spec('a'), affinity: true }], false)).rejects.toMatchObject(
      { code: 'unsupported' },
    );
    await expect(
      session.pmem.add(ids.instances.sles, [{ ...spec('a'), device: 'NVDIMM' }], false),
    ).rejects.toMatchObject({ code: 'backend.refused' });
    await expect(session.pmem.add(ids.instances.sles, [spec('a')], true)).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});

describe('the inventory', () => {
  test("pools are clusters, systems hosts; a VM's are among them", async () => {
    const [clusters, hosts, vm] = [
      await session.inventory.clusters(),
      await session.inventory.hosts(),
      await session.vms.get(ids.instances.aix),
    ];
    expect(clusters.map(({ name }) => name)).toEqual(['s1022', 's922']);
    expect(clusters.map(({ id }) => id)).toContain(vm.cluster?.id);
    expect(hosts.find(({ id }) => id === vm.host?.id)).toMatchObject({
      name: '900942A_78ABC01',
      cluster: vm.cluster,
      memoryBytes: 1024 * GIB,
      processorsUsed: 2,
    });
  });

  test('tiers are storage domains, with the sum of their pools', async () => {
    expect(await session.inventory.storageDomains()).toMatchObject([
      { name: 'tier3', status: 'active', master: true, availableBytes: 71_680 * GIB, usedBytes: 30_720 * GIB },
      { name: 'tier1' },
      { name: 'tier0' },
      { name: 'tier5k', status: 'inactive' },
    ]);
  });

  test('images, networks, placement groups', async () => {
    expect(await session.inventory.template(ids.images.aix)).toMatchObject({
      name: 'AIX 7.3 TL2',
      status: 'ok',
      guestOs: 'aix',
      minDiskGib: 40,
      disks: [{ sizeBytes: 40 * GIB, bootable: true }],
    });
    await session.inventory.removeTemplate(ids.images.aix);
    await expect(session.inventory.template(ids.images.aix)).rejects.toMatchObject({ code: 'not-found' });
    await expect(session.inventory.updateTemplate(ids.images.rhel, { name: 'x' })).rejects.toMatchObject({
      code: 'unsupported',
    });
    expect(await session.inventory.networks()).toMatchObject([
      { name: 'VLAN100', vlanId: 100, mtu: 1450 },
      { name: 'VLAN200' },
    ]);
    const created = await session.inventory.addAffinityGroup({ name: 'apart', positive: false, enforcing: true });
    expect(await session.inventory.affinityGroups()).toMatchObject([
      { id: created.id, positive: false, enforcing: true, vmIds: [] },
    ]);
    await session.inventory.removeAffinityGroup(created.id);
    await expect(
      session.inventory.addAffinityGroup({ name: 'x', positive: true, enforcing: false }),
    ).rejects.toMatchObject({ code: 'unsupported' });
    expect(await session.inventory.instanceTypes()).toEqual([]);
  });
});

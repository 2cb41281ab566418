import { describe, expect, test } from 'vitest';
import { domainId } from '../src/backends/powervs/volumes.js';
import { type Disk } from '../src/model/index.js';
import { powerVsIds as ids } from '../src/simulator/powervs/index.js';
import { GIB } from './support/units.js';
import { NOBODY, simulator, session, usePowerVsSession } from './powervs-session.js';

usePowerVsSession();

describe('disks', () => {
  const make = async (notes: Record<string, string> = {}): Promise<Disk> =>
    session.disks.create({ name: 'd', sizeBytes: GIB + 1, notes });

  test('sizes are rounded up to GiB; a tier is a storage domain', async () => {
    expect(await make()).toMatchObject({
      sizeBytes: 2 * GIB,
      status: 'locked',
      storageDomain: { id: domainId('tier3'), name: 'tier3' },
    });
    expect(await session.disks.create({ name: 'e', sizeBytes: GIB, storageDomainId: domainId('tier1') })).toMatchObject(
      { storageDomain: { name: 'tier1' } },
    );
    await expect(session.disks.create({ name: 'f', sizeBytes: GIB, storageDomainId: NOBODY })).rejects.toMatchObject({
      code: 'not-found.reference',
    });
  });

  test('attached already counts as attached, detached as detached', async () => {
    const { id } = await make({ pending: 'add', vm: ids.instances.rhel });
    await session.disks.get(id);
    await session.disks.attach(ids.instances.rhel, id);
    expect((await session.disks.get(id)).vmIds).toEqual([ids.instances.rhel]);
    await session.disks.attach(ids.instances.rhel, id);
    await session.disks.detach(ids.instances.rhel, id);
    expect((await session.disks.get(id)).vmIds).toEqual([]);
    await session.disks.detach(ids.instances.rhel, id);
    await expect(session.disks.attach(NOBODY, id)).rejects.toMatchObject({
      code: 'not-found',
      values: { what: 'VM' },
    });
  });

  test('volumes of one VM share a pool', async () => {
    const { id } = await session.disks.create({ name: 'e', sizeBytes: GIB, storageDomainId: domainId('tier1') });
    await session.disks.get(id);
    await expect(session.disks.attach(ids.instances.rhel, id)).rejects.toMatchObject({
      code: 'backend.refused',
      message: expect.stringContaining('General-Flash-2') as string,
    });
  });

  test('extend, move, keep, share, remove', async () => {
    const { id } = await make();
    await session.disks.get(id);
    await session.disks.extend(id, 3 * GIB);
    expect((await session.disks.get(id)).sizeBytes).toBe(3 * GIB);
    await session.disks.move(id, domainId('tier1'));
    expect((await session.disks.get(id)).storageDomain?.name).toBe('tier1');
    await session.disks.update(id, { name: 'g', shareable: true, bootable: true });
    expect(await session.disks.get(id)).toMatchObject({ alias: 'g', shareable: true, bootable: true });
    await session.disks.remove(id);
    await expect(session.disks.get(id)).rejects.toMatchObject({ code: 'not-found' });
    await session.disks.keep(ids.instances.rhel, ids.volumes.rhelBoot);
    expect(simulator.world.volumes.get(ids.volumes.rhelBoot)?.attachments[0]?.deleteOnTermination).toBe(false);
  });

  test('a disk in a snapshot is neither extended nor detached', async () => {
    await expect(session.disks.extend(ids.volumes.rhelData, 100 * GIB)).rejects.toMatchObject({
      code: 'backend.conflict',
    });
    await expect(session.disks.detach(ids.instances.rhel, ids.volumes.rhelData)).rejects.toMatchObject({
      code: 'backend.conflict',
    });
  });

  test.each([
    ['an image', { imageId: 'x' }],
    ['a floating boot disk', { bootable: true }],
  ])('%s is refused', async (_, given) => {
    await expect(session.disks.create({ name: 'd', sizeBytes: 1, ...given })).rejects.toMatchObject({
      code: 'unsupported',
    });
  });

  test('a description, an interface and flags are in a placement group, as long as the disk is there', async () => {
    const groups = (): string[] => [...simulator.world.placementGroups.values()].map(({ name }) => name);
    const { id } = await session.disks.create({
      name: 'h',
      sizeBytes: GIB,
      description: 'x',
      notes: { interface: 'spapr_vscsi', wipe_after_delete: 'true' },
    });
    expect(groups()).toContain(`ovirt-size-${id}`);
    await session.disks.note(id, { interface: 'virtio', wipe_after_delete: 'false' });
    await session.disks.update(id, { description: 'y' });
    expect(await session.disks.get(id)).toMatchObject({ description: 'y', notes: { interface: 'virtio' } });
    await session.disks.remove(id);
    expect(groups().filter((name) => name.includes(id))).toEqual([]);
  });

  test('no read-only, no LUNs', async () => {
    await expect(session.disks.update(ids.volumes.floating, { readOnly: true })).rejects.toMatchObject({
      code: 'unsupported',
    });
    expect(await session.disks.unmanagedLuns()).toEqual([]);
    await expect(session.disks.manage({ id: 'l', storageHost: 'h', sizeBytes: 1 }, 'n')).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});

describe('NICs', () => {
  test('one call, and one for each network of the VM', async () => {
    const [nic] = await session.nics.list(ids.instances.rhel);
    expect(nic).toMatchObject({
      id: ids.interfaces.rhel,
      name: 'nic1',
      mac: 'fa:16:3e:00:00:02',
      plugged: true,
      status: 'up',
      addresses: ['192.168.100.12'],
      attachedTo: ids.instances.rhel,
    });
    expect(simulator.calls).toHaveLength(2);
  });

  test('create, plug, rename, unplug, remove; repetitions have no effect', async () => {
    const { id } = await session.nics.create({
      name: 'a',
      networkId: ids.networks.vlan200,
      notes: { vm: ids.instances.rhel, pending: 'add' },
    });
    expect((await session.nics.list(ids.instances.rhel)).map((nic) => nic.id)).toEqual([ids.interfaces.rhel, id]);
    await session.nics.plug(ids.instances.rhel, id);
    await session.nics.plug(ids.instances.rhel, id);
    await session.nics.update(id, { name: 'b', notes: { vm: ids.instances.rhel } });
    expect(await session.nics.get(id)).toEqual(
      expect.objectContaining({ name: 'b', attachedTo: ids.instances.rhel, notes: {} }),
    );
    await session.nics.unplug(ids.instances.rhel, id);
    await session.nics.unplug(ids.instances.rhel, id);
    await session.nics.remove(id);
    await expect(session.nics.get(id)).rejects.toMatchObject({ code: 'not-found' });
    expect(await session.nics.noted()).toEqual([]);
  });

  test('a NIC that this process has not seen is searched for in every network', async () => {
    expect(await session.nics.get(ids.interfaces.aix)).toMatchObject({ network: { id: ids.networks.vlan100 } });
    expect(simulator.calls).toHaveLength(2);
  });

  test('no chosen MAC address, no link state', async () => {
    await expect(
      session.nics.create({ name: 'a', networkId: ids.networks.vlan200, mac: '00:00:00:00:00:01' }),
    ).rejects.toMatchObject({ code: 'unsupported' });
    await expect(session.nics.update(ids.interfaces.rhel, { linked: false })).rejects.toMatchObject({
      code: 'unsupported',
    });
    await expect(session.nics.create({ name: 'a', networkId: NOBODY })).rejects.toMatchObject({
      code: 'not-found',
      values: { what: 'Network' },
    });
  });
});

describe('snapshots', () => {
  test('are there when they are whole', async () => {
    await session.snapshots.create(ids.instances.aix, { name: 'ovirt-1', description: 'd' });
    const [created] = await session.snapshots.list(ids.instances.aix);
    expect(created).toMatchObject({
      name: 'ovirt-1',
      status: 'ok',
      volumes: [{ volumeId: ids.volumes.aixBoot }, { volumeId: ids.volumes.aixData }],
    });
    simulator.world.snapshots.get(created!.id)!.percentComplete = 99;
    expect(await session.snapshots.get(created!.id)).toMatchObject({ status: 'locked' });
  });

  test('a restore that failed is tried again, or taken back', async () => {
    await expect(session.snapshots.restore(ids.instances.rhel, ids.snapshot)).rejects.toMatchObject({
      code: 'backend.conflict',
    });
    await session.vms.stop(ids.instances.rhel);
    simulator.addFault({ work: 'snapshot.restore', count: 2, then: { fail: 'FlashCopy failed.' } });
    const failure = async (): Promise<string | undefined> => (await session.snapshots.get(ids.snapshot)).failure;
    await session.snapshots.restore(ids.instances.rhel, ids.snapshot);
    expect(await failure()).toBe('restore');
    await session.snapshots.restore(ids.instances.rhel, ids.snapshot);
    expect(await failure()).toBe('restore');
    await session.snapshots.rollback(ids.instances.rhel, ids.snapshot);
    expect(await failure()).toBeUndefined();
    expect(
      simulator.calls.filter(({ path }) => path.includes('restore_fail_action')).map(({ path }) => path.split('=')[1]),
    ).toEqual(['retry', 'rollback']);
    await session.snapshots.remove(ids.snapshot);
    await expect(session.snapshots.get(ids.snapshot)).rejects.toMatchObject({ code: 'not-found' });
  });
});

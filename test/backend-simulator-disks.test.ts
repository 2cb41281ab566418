import { describe, expect, it } from 'vitest';
import { ZERO_ID, type Nic } from '../src/model/index.js';
import { GIB } from './support/units.js';
import {
  session,
  until,
  all,
  diskWhen,
  isOk,
  callsOf,
  gone,
  newVm,
  newDisk,
  useSimulatedSession,
} from './simulated-session.js';

useSimulatedSession();

describe('disks', () => {
  it('are created in whole GiB on a storage domain, changed, extended, moved, noted and removed', async () => {
    const domains = (await session.inventory.storageDomains()).filter(({ type }) => type === 'data');
    const [from, to] = domains;
    const created = await session.disks.create({
      name: 'data1',
      description: 'first',
      sizeBytes: GIB + 1,
      storageDomainId: from!.id,
      shareable: true,
      notes: { vm: 'v', pending: 'add' },
    });
    expect(created).toMatchObject({
      alias: 'data1',
      description: 'first',
      sizeBytes: 2 * GIB,
      shareable: true,
      bootable: false,
      storageDomain: { id: from!.id, name: from!.name },
      notes: { vm: 'v', pending: 'add' },
    });
    const id = created.id;
    await diskWhen(id, isOk);
    await session.disks.update(id, { name: 'data2', description: 'second', shareable: false, bootable: true });
    await session.disks.extend(id, 3 * GIB);
    expect(await diskWhen(id, (disk) => isOk(disk) && disk.sizeBytes === 3 * GIB)).toMatchObject({
      alias: 'data2',
      description: 'second',
      shareable: false,
      bootable: true,
    });
    await expect(session.disks.extend(id, GIB)).rejects.toMatchObject({ code: 'backend.refused' });
    await session.disks.update(id, { readOnly: true });
    expect((await session.disks.get(id)).readOnly).toBe(true);
    await session.disks.note(id, { pending: null });
    expect((await session.disks.get(id)).notes).toEqual({ vm: 'v' });
    if (to) {
      await session.disks.move(id, to.id);
      await diskWhen(id, (disk) => isOk(disk) && disk.storageDomain?.id === to.id);
    }
    expect((await all(session.disks.list())).find((disk) => disk.id === id)).toEqual(await session.disks.get(id));
    await session.disks.remove(id);
    await until(() => gone(session.disks.get(id)), Boolean);
  });

  it('are refused where they cannot be', async () => {
    await expect(session.disks.create({ name: 'x', sizeBytes: GIB, storageDomainId: ZERO_ID })).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(
      session.disks.create({ name: 'x', sizeBytes: GIB, description: 'x'.repeat(256) }),
    ).rejects.toMatchObject({ code: 'request.value' });
    await expect(session.disks.get(ZERO_ID)).rejects.toMatchObject({
      code: 'not-found',
      detail: `Disk ${ZERO_ID} was not found.`,
    });
  });

  it('are attached and detached, repeatedly without effect', async () => {
    const vm = await newVm('disked');
    const boot = await newDisk('disked-boot');
    const data = await newDisk('disked-data');
    await session.disks.attach(vm.id, boot.id, { boot: true });
    await diskWhen(boot.id, ({ vmIds }) => vmIds!.includes(vm.id));
    await session.disks.attach(vm.id, boot.id, { boot: true });
    await session.disks.attach(vm.id, data.id);
    await diskWhen(data.id, ({ vmIds }) => vmIds!.includes(vm.id));
    await session.disks.attach(vm.id, data.id);
    expect((await session.vms.get(vm.id)).volumeIds).toEqual(expect.arrayContaining([boot.id, data.id]));

    const other = await newVm('disked-other');
    await expect(session.disks.attach(other.id, data.id)).rejects.toMatchObject({
      code: expect.stringMatching(/^backend\./) as unknown,
    });
    await session.disks.detach(other.id, data.id);
    await session.disks.detach(vm.id, data.id);
    await session.disks.detach(vm.id, data.id);
    await diskWhen(data.id, (disk) => isOk(disk) && disk.vmIds!.length === 0);
    await session.disks.detach(vm.id, data.id);
    await expect(session.disks.attach(vm.id, ZERO_ID)).rejects.toMatchObject({
      code: 'not-found',
      detail: `Disk ${ZERO_ID} was not found.`,
    });
    expect(await session.disks.metrics(vm.id, boot.id)).toBeTypeOf('object');
  });

  it('are LUNs brought under management', async () => {
    const [lun] = await session.disks.unmanagedLuns();
    expect(lun).toMatchObject({ id: expect.any(String) as unknown, storageHost: expect.any(String) as unknown });
    const id = await session.disks.manage(lun!, 'managed');
    expect(await diskWhen(id, isOk)).toMatchObject({ alias: 'managed', sizeBytes: lun!.sizeBytes });
    expect((await session.disks.unmanagedLuns()).map((one) => one.id)).not.toContain(lun!.id);
    expect(await session.disks.manage(lun!, 'again'), 'a LUN that is managed already counts as taken').toBe(id);
    await expect(session.disks.manage({ ...lun!, id: 'none', wwn: '0' }, 'none')).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('are filled from an image', async () => {
    const [iso] = (await session.inventory.templates()).filter(({ isIso }) => isIso);
    const created = await session.disks.create({
      name: 'cd',
      sizeBytes: Math.max(GIB, iso!.sizeBytes ?? 0),
      imageId: iso!.id,
    });
    expect(await diskWhen(created.id, isOk)).toMatchObject({ alias: 'cd' });
  });
});

describe('NICs', () => {
  it('are created, plugged, changed, unplugged, and remain listed by their notes', async () => {
    const vm = await newVm('wired');
    const vmId = vm.id;
    const [network] = await session.inventory.networks();
    const created = await session.nics.create({
      name: 'nic1',
      networkId: network!.id,
      mac: 'fa:16:3e:00:00:99',
      linked: true,
      notes: { vm: vmId, pending: 'add' },
    });
    expect(created).toMatchObject({
      name: 'nic1',
      mac: 'fa:16:3e:00:00:99',
      plugged: false,
      linked: true,
      vm: { id: vmId },
      notes: { vm: vmId, pending: 'add' },
    });
    const id = created.id;
    const listed = (): Promise<Nic[]> => session.nics.list(vmId);
    expect(await callsOf((mine) => mine.nics.list(vmId))).toHaveLength(1);
    expect((await listed()).map((nic) => nic.id)).toEqual([id]);
    expect((await session.nics.noted()).map((nic) => nic.id)).toContain(id);

    await session.nics.plug(vmId, id);
    expect(
      await until(
        () => session.nics.get(id),
        ({ plugged }) => plugged === true,
      ),
    ).toMatchObject({ attachedTo: vmId });
    await session.nics.plug(vmId, id);
    await session.nics.update(id, { name: 'nic2', linked: false, notes: { vm: vmId, other: 'a=b c' } });
    expect(await listed()).toMatchObject([
      { id, name: 'nic2', linked: false, plugged: true, notes: { vm: vmId, other: 'a=b c' } },
    ]);
    expect(await session.nics.metrics(vmId, id, 'fa:16:3e:00:00:99')).toBeTypeOf('object');

    await session.nics.unplug(vmId, id);
    await until(
      () => session.nics.get(id),
      ({ plugged }) => plugged === false,
    );
    await session.nics.unplug(vmId, id);
    expect(await listed()).toMatchObject([{ id, plugged: false, vm: { id: vmId } }]);
    await session.nics.remove(id);
    expect(await listed()).toEqual([]);
    await expect(session.nics.get(id)).rejects.toMatchObject({ code: 'not-found', detail: `NIC ${id} was not found.` });
    await expect(session.nics.create({ name: 'x', networkId: ZERO_ID })).rejects.toMatchObject({
      code: 'not-found',
      detail: `Network ${ZERO_ID} was not found.`,
    });
  });
});

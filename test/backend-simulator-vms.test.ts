import { describe, expect, it } from 'vitest';
import { createPowerVcBackend, powerVcSettings } from '../src/backends/powervc/index.js';
import { isUuid, ZERO_ID } from '../src/model/index.js';
import { GIB } from './support/units.js';
import {
  simulator,
  session,
  until,
  all,
  vmWhen,
  isDown,
  callsOf,
  gone,
  newVm,
  newDisk,
  useSimulatedSession,
} from './simulated-session.js';

useSimulatedSession();

describe('VMs', () => {
  it('are listed page by page, by name, and by pmem', async () => {
    const paged = createPowerVcBackend(powerVcSettings(simulator.url, { pageSize: 2 }));
    const other = await paged.login({ user: 'admin', password: 'powervc', profile: 'internal' });
    const whole = await all(session.vms.list());
    expect(whole.length).toBeGreaterThan(2);
    expect((await all(other.vms.list())).map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
    expect((await all(session.vms.list({ name: whole[0]!.name }))).map(({ id }) => id)).toEqual([whole[0]!.id]);
    expect(await all(session.vms.list({ name: `${whole[0]!.name.slice(0, 2)}.*` }))).toEqual([]);
    expect((await all(session.vms.list({ hasPmem: true }))).every(({ pmemVolumes }) => pmemVolumes!.length > 0)).toBe(
      true,
    );
    expect(await callsOf((mine) => all(mine.vms.list()))).toHaveLength(1);
    await other.logout();
    await paged.close();
  });

  it('are unknown by a made-up id', async () => {
    for (const act of [
      () => session.vms.get(ZERO_ID),
      () => session.vms.start(ZERO_ID),
      () => session.vms.remove(ZERO_ID),
      () => session.vms.rename(ZERO_ID, 'x'),
    ]) {
      await expect(act()).rejects.toMatchObject({ code: 'not-found', detail: `VM ${ZERO_ID} was not found.` });
    }
  });

  it('are deployed from a template, in a cluster, with a network, notes and user data', async () => {
    const [template] = (await session.inventory.templates()).filter(({ disks }) => disks?.length);
    const [cluster] = await session.inventory.clusters();
    const [network] = await session.inventory.networks();
    const id = await session.vms.create({
      name: 'deployed',
      description: 'd'.repeat(600),
      memoryBytes: 2 * GIB,
      sockets: 1,
      cores: 2,
      threads: 1,
      template: { id: template!.id },
      cluster: { id: cluster!.id },
      nics: [{ network: { id: network!.id } }],
      notes: { pending: 'create' },
      userData: '#cloud-config\n',
      customProperties: [{ name: 'powervm:shared_weight', value: '200' }],
    });
    const vm = await vmWhen(id, ({ status }) => status === 'up');
    expect(vm).toMatchObject({
      name: 'deployed',
      description: 'd'.repeat(600),
      memoryBytes: 2 * GIB,
      sockets: 2,
      template: { id: template!.id },
      cluster: { id: cluster!.id, name: cluster!.name },
      notes: { pending: 'create', description: 'd'.repeat(600) },
      powerState: 'running',
    });
    expect(vm.volumeIds).toHaveLength(template!.disks!.length);
    const disk = await session.disks.get(vm.volumeIds![0]!);
    expect(disk).toMatchObject({ bootable: true, vmIds: [id], status: 'ok', type: 'system' });
    expect(isUuid(disk.storageDomain!.id!)).toBe(true);
    expect(await session.nics.list(id)).toMatchObject([
      { plugged: true, attachedTo: id, network: { id: network!.id } },
    ]);
    await session.vms.remove(id);
    await until(() => gone(session.vms.get(id)), Boolean);
  });

  it('are placed on a host by name or id', async () => {
    const [host] = await session.inventory.hosts();
    const vm = await newVm('placed', { placementHosts: [{ id: host!.id }] });
    expect(vm.host?.id).toBe(host!.id);
    await session.vms.remove(vm.id);
    await expect(session.vms.create({ name: 'x', placementHosts: [{ name: 'nowhere' }] })).rejects.toMatchObject({
      code: 'not-found.reference',
    });
    await expect(session.vms.create({ name: 'x', cluster: { id: ZERO_ID } })).rejects.toMatchObject({
      code: 'not-found.reference',
    });
  });

  it('are renamed, resized, noted, started, rebooted, suspended, resumed, shut down and removed', async () => {
    const { id } = await newVm('acted');
    const vmId = id;
    await session.vms.rename(vmId, 'renamed');
    await session.vms.resize(await session.vms.get(vmId), { memoryBytes: 4 * GIB, processors: 3 });
    const vm = await vmWhen(vmId, (now) => now.memoryBytes === 4 * GIB && isDown(now));
    expect(vm).toMatchObject({ name: 'renamed', sockets: 3 });

    await session.vms.note(vmId, { long: 'x'.repeat(1000), short: 'y' });
    expect((await session.vms.get(vmId)).notes).toEqual({ long: 'x'.repeat(1000), short: 'y' });
    await session.vms.note(vmId, { long: null });
    await session.vms.note(vmId, { short: 'z', other: null });
    expect((await session.vms.get(vmId)).notes).toEqual({ short: 'z' });

    const disk = await newDisk('acted-boot');
    await session.disks.attach(vmId, disk.id, { boot: true });
    await vmWhen(vmId, ({ volumeIds }) => volumeIds!.length === 1);
    await session.vms.start(vmId);
    await vmWhen(vmId, ({ status }) => status === 'up');
    await expect(session.vms.start(vmId)).rejects.toMatchObject({
      code: 'backend.conflict',
      detail: expect.stringContaining('while it is in vm_state active') as unknown,
    });
    await session.vms.reboot(vmId);
    await vmWhen(vmId, ({ status }) => status === 'up');
    await session.vms.suspend(vmId);
    await vmWhen(vmId, ({ status }) => status === 'suspended');
    await session.vms.resume(vmId);
    await vmWhen(vmId, ({ status }) => status === 'up');
    expect((await session.vms.metrics(vmId)).cpuPercent).toBeTypeOf('number');
    await session.vms.shutdown(vmId);
    await vmWhen(vmId, isDown);
    await session.vms.remove(vmId);
    await until(() => gone(session.vms.get(vmId)), Boolean);
    expect(await session.disks.get(disk.id)).toMatchObject({ alias: 'acted-boot' });
  });
});

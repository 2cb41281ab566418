import { describe, expect, it } from 'vitest';
import { isoDomainId } from '../src/backends/powervc/index.js';
import { isUuid, ZERO_ID } from '../src/model/index.js';
import { GIB, MIB } from './support/units.js';
import {
  simulator,
  backend,
  session,
  until,
  all,
  vmWhen,
  isDown,
  callsOf,
  newVm,
  useSimulatedSession,
} from './simulated-session.js';

useSimulatedSession();

describe('login', () => {
  it('knows user, project and end', () => {
    expect(session.user.name).toBe('admin');
    expect(session.project.name).toBe('ibm-default');
    expect(session.expiresAt).toBeGreaterThan(Date.now());
  });

  it('is refused with a wrong password', async () => {
    await expect(backend.login({ user: 'admin', password: 'wrong', profile: 'internal' })).rejects.toMatchObject({
      code: 'auth.refused',
    });
  });
});

describe('inventory', () => {
  it('has clusters with their hosts', async () => {
    const [clusters, hosts] = await Promise.all([session.inventory.clusters(), session.inventory.hosts()]);
    expect(clusters.length).toBeGreaterThan(0);
    expect(hosts.length).toBeGreaterThanOrEqual(2);
    for (const host of hosts) {
      expect(host).toMatchObject({ status: 'up', id: expect.stringMatching(/-5/) as unknown });
      expect(host.memoryBytes).toBeGreaterThan(GIB);
      expect(clusters.some(({ id }) => id === host.cluster?.id)).toBe(true);
    }
  });

  it('has templates with their disks, one of them an ISO image', async () => {
    const templates = await session.inventory.templates();
    expect(templates.filter(({ isIso }) => isIso)).toHaveLength(1);
    const [withDisks] = templates.filter(({ disks }) => disks?.length);
    expect(withDisks!.disks![0]).toMatchObject({ bootable: true, id: expect.any(String) as unknown });
    expect(withDisks!.disks![0]!.sizeBytes! % GIB).toBe(0);
    expect(await session.inventory.template(withDisks!.id)).toEqual(withDisks);
    await expect(session.inventory.template('00000000-1111-4222-8333-444444444444')).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('has storage domains with sizes, and the one of ISO images', async () => {
    const domains = await session.inventory.storageDomains();
    expect(domains.filter(({ type }) => type === 'iso')).toMatchObject([{ id: isoDomainId, name: 'ISO' }]);
    const data = domains.filter(({ type }) => type === 'data');
    expect(data.length).toBeGreaterThan(0);
    expect(data.every((domain) => domain.availableBytes! > 0 && domain.storageType !== undefined)).toBe(true);
  });

  it('has networks', async () => {
    const networks = await session.inventory.networks();
    expect(networks.length).toBeGreaterThan(0);
    for (const network of networks)
      expect(network).toMatchObject({ status: 'operational', vlanId: expect.any(Number) as unknown });
  });
});

describe('persistent memory', () => {
  it('is added, listed, renamed and removed, with and without aggregated memory', async () => {
    const vm = await newVm('pmem', {
      memoryBytes: 4 * GIB,
      memoryGuaranteedBytes: GIB,
      template: { id: (await linuxTemplate()).id },
    });
    const vmId = vm.id;
    const spec = (name: string) => ({ name, sizeBytes: 256 * MIB, affinity: true, device: 'DRAM' });

    const [added] = await session.pmem.add(vmId, [spec('pv1')], false);
    expect(added).toMatchObject({
      name: 'pv1',
      sizeBytes: 256 * MIB,
      affinity: true,
      device: 'DRAM',
      vm: { id: vmId },
    });
    const held = async () => (await session.vms.get(vmId)).pmemVolumes!;
    const [ready] = await until(held, (volumes) => volumes[0]?.status === 'ok');
    expect(ready).toMatchObject({ id: added!.id, volumeUuid: expect.stringMatching(/^[0-9A-F-]{36}$/) as unknown });
    expect((await session.pmem.list()).map(({ id }) => id)).toContain(added!.id);
    expect((await session.pmem.list({ allTenants: true })).map(({ id }) => id)).toContain(added!.id);
    expect(await session.pmem.rename(added!.id, 'pv2', vmId)).toMatchObject({ id: added!.id, name: 'pv2' });
    await expect(session.pmem.add(vmId, [spec('pv2')], false)).rejects.toMatchObject({ code: 'backend.conflict' });
    await session.pmem.remove(vmId, ready!, false);
    await until(held, (volumes) => volumes.length === 0);

    const before = (await session.vms.get(vmId)).memoryBytes!;
    const [aggregated] = await session.pmem.add(vmId, [spec('pv3')], true);
    await until(held, (volumes) => volumes[0]?.status === 'ok');
    expect((await session.vms.get(vmId)).memoryBytes).toBe(before - 256 * MIB);
    await session.pmem.remove(vmId, aggregated!, true);
    await until(held, (volumes) => volumes.length === 0);
    expect((await session.vms.get(vmId)).memoryBytes).toBe(before);
    await expect(session.pmem.rename(ZERO_ID, 'x', vmId)).rejects.toMatchObject({ code: 'not-found' });
    await expect(session.pmem.add(ZERO_ID, [spec('x')], false)).rejects.toMatchObject({ code: 'not-found' });
  });
});

async function linuxTemplate() {
  const [template] = (await session.inventory.templates()).filter(({ guestOs, isIso }) => !isIso && guestOs !== 'ibmi');
  return template!;
}

describe('what an action of the VM is on the wire', () => {
  it("migrates to a host, and to one of Nova's choice", async () => {
    const [vm] = (await all(session.vms.list())).filter(({ status }) => status === 'up');
    const other = (await session.inventory.hosts()).find(({ id }) => id !== vm!.host?.id)!;
    await session.vms.migrate(vm!.id, { id: other.id });
    const there = await vmWhen(vm!.id, ({ status }) => status === 'up');
    expect(there.host?.id).toBe(other.id);
    expect(await callsOf((one) => one.vms.migrate(vm!.id))).toEqual([
      expect.stringMatching(new RegExp(`^POST .*/servers/${vm!.id}/action$`)),
    ]);
    expect((await vmWhen(vm!.id, ({ status }) => status === 'up')).host?.id).not.toBe(other.id);
    await expect(session.vms.migrate(vm!.id, { name: 'nowhere' })).rejects.toMatchObject({
      code: 'not-found.reference',
    });
  });

  it("captures: the image's id comes in the Location", async () => {
    const vm = await newVm('to-capture');
    const id = (await session.vms.capture(vm.id, 'captured'))!;
    expect(
      (
        await until(
          () => session.inventory.template(id),
          ({ status }) => status === 'ok',
        )
      ).name,
    ).toBe('captured');
  });

  it('clones: the copy is found by its name', async () => {
    const vm = await newVm('original');
    await session.vms.clone(vm.id, { name: 'copy-of-original', networkIds: [], cluster: vm.cluster! });
    const [copy] = await until(
      () => all(session.vms.list({ name: 'copy-of-original' })),
      ([one]) => one !== undefined && isDown(one),
    );
    expect(copy!.id).not.toBe(vm.id);
  });
});

describe('permissions and shared notes', () => {
  it('gives the roles of the project with one call; users who may not see them get their own', async () => {
    expect(await callsOf((one) => one.access.permissions())).toEqual([
      expect.stringMatching(/role_assignments\?scope\.project\.id=/),
    ]);
    const everybody = await session.access.permissions();
    expect(everybody.map(({ user }) => user?.name).sort()).toEqual(['admin', 'operator', 'viewer']);
    expect(everybody.every(({ id, role, user }) => [id, role?.id, user?.id].every((one) => isUuid(one ?? '')))).toBe(
      true,
    );
    const viewer = await backend.login({ user: 'viewer', password: 'powervc', profile: 'internal' });
    expect((await viewer.access.permissions()).map(({ user, role }) => [user?.name, role?.name])).toEqual([
      ['viewer', 'reader'],
    ]);
    await viewer.logout();
  });

  it("keeps notes that every login reads and only administrators write; long ones too, beside the group's own metadata", async () => {
    const long = 'x'.repeat(600);
    await session.shared.note({ short: 'a', long });
    const viewer = await backend.login({ user: 'viewer', password: 'powervc', profile: 'internal' });
    expect(await viewer.shared.read()).toEqual({ short: 'a', long });
    await expect(viewer.shared.note({ short: 'b' })).rejects.toMatchObject({ code: 'backend.forbidden' });
    await viewer.logout();
    await session.shared.note({ long: 'short now', short: null });
    expect(await session.shared.read()).toEqual({ long: 'short now' });
    await session.shared.note({ long: null });
    expect([...simulator.world.hostGroups.values()].map(({ metadata }) => Object.keys(metadata))).toEqual([
      ['availability_zone'],
    ]);
  });
});

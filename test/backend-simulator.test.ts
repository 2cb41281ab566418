import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPowerVcBackend, isoDomainId, powerVcSettings } from '../src/backends/powervc/index.js';
import {
  isUuid,
  ZERO_ID,
  type Backend,
  type BackendCall,
  type BackendSession,
  type Disk,
  type Nic,
  type Snapshot,
  type Vm,
} from '../src/model/index.js';
import { startSimulator, type Simulator } from '../src/simulator/index.js';
import { GIB, MIB } from './support/units.js';

let simulator: Simulator;
let backend: Backend;
let session: BackendSession;

beforeAll(async () => {
  simulator = await startSimulator({ timeScale: 0 });
  backend = createPowerVcBackend(powerVcSettings(simulator.url, { referenceSeconds: 3600 }));
  session = await backend.login({ user: 'admin', password: 'powervc', profile: 'internal' });
});
afterAll(async () => {
  await session.logout();
  await backend.close();
  await simulator.close();
});

/** Looks until it fits: each port method returns when PowerVC has accepted, not when it is done. */
async function until<T>(look: () => Promise<T>, fits: (value: T) => boolean): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    const value = await look();
    if (fits(value)) return value;
    if (attempt > 200) throw new Error(`never fits: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}

const vmWhen = (id: string, fits: (vm: Vm) => boolean): Promise<Vm> => until(() => session.vms.get(id), fits);
const isDown = (vm: Vm): boolean => vm.status === 'down';
const diskWhen = (id: string, fits: (disk: Disk) => boolean): Promise<Disk> => until(() => session.disks.get(id), fits);
const isOk = (disk: Disk): boolean => disk.status === 'ok';

/** The calls that go out meanwhile, as `METHOD path`, without what stands before the service's own path. */
async function callsOf(act: (session: BackendSession) => Promise<unknown>): Promise<string[]> {
  const calls: BackendCall[] = [];
  await act(session.with({ onCall: (call) => calls.push(call) }));
  return calls.map(
    ({ method, path }) =>
      `${method} ${path.replace(/^\/(compute\/v2\.1|volume\/v3)\/[0-9a-f-]+/, '').replace(/^\/(network|image)/, '')}`,
  );
}

const gone = async (look: Promise<unknown>): Promise<boolean> =>
  look.then(
    () => false,
    (error: { code?: string }) => error.code === 'not-found',
  );

/** A VM of the Blank template with one boot disk, down. */
async function newVm(name: string, more: Partial<Vm> = {}): Promise<Vm> {
  const id = await session.vms.create({ name, memoryBytes: 2 * GIB, sockets: 2, template: { id: ZERO_ID }, ...more });
  await vmWhen(id, (vm) => vm.status !== 'wait_for_launch' && vm.status !== 'image_locked');
  if ((await session.vms.get(id)).status === 'up') await session.vms.stop(id);
  return vmWhen(id, isDown);
}

async function newDisk(name: string, sizeBytes = GIB): Promise<Disk> {
  const { id } = await session.disks.create({ name, sizeBytes });
  return diskWhen(id, isOk);
}

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

describe('snapshots', () => {
  it('are taken, listed, restored and removed, and a VM is made from one', async () => {
    const vm = await newVm('snapped');
    const vmId = vm.id;
    const boot = await newDisk('snapped-boot');
    await session.disks.attach(vmId, boot.id, { boot: true });
    await diskWhen(boot.id, ({ vmIds }) => vmIds!.includes(vmId));

    await session.snapshots.create(vmId, { name: 'ovirt-0001', description: 'before', volumeIds: [boot.id] });
    const [snapshot] = await until(
      () => session.snapshots.list(vmId),
      (list: Snapshot[]) => list[0]?.status === 'ok',
    );
    expect(snapshot).toMatchObject({
      name: 'ovirt-0001',
      description: 'before',
      type: 'regular',
      vm: { id: vmId },
      backendStatus: 'available',
      volumes: [{ volumeId: boot.id, bootable: true, sizeBytes: GIB }],
    });
    expect(snapshot!.createdAt).toMatch(/Z$/);
    expect(await session.snapshots.get(snapshot!.id)).toEqual(snapshot);

    await session.snapshots.restore(vmId, snapshot!.id);
    await until(
      () => session.snapshots.get(snapshot!.id),
      ({ status }) => status === 'ok',
    );
    await expect(session.snapshots.rollback(vmId, snapshot!.id)).rejects.toMatchObject({
      code: expect.stringMatching(/^backend\.(refused|conflict)$/) as unknown,
    });

    const copyId = await session.vms.create({
      name: 'copy',
      memoryBytes: 2 * GIB,
      volumeSnapshots: snapshot!.volumes!.map(({ snapshotId, sizeBytes }) => ({
        id: snapshotId!,
        sizeBytes: sizeBytes!,
      })),
    });
    const copy = await vmWhen(copyId, ({ status }) => status === 'up' || status === 'unknown');
    expect(copy).toMatchObject({ status: 'up', volumeIds: [expect.any(String) as unknown] });
    expect(copy.volumeIds).not.toContain(boot.id);

    await session.snapshots.remove(snapshot!.id);
    await until(
      () => session.snapshots.list(vmId),
      (list: Snapshot[]) => list.length === 0,
    );
    await expect(session.snapshots.get(snapshot!.id)).rejects.toMatchObject({ code: 'not-found' });
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

import { unsupportedPorts } from '../../src/backends/unsupported-ports.js';
import {
  nameId,
  Fault,
  type BackendSession,
  type Disk,
  type Nic,
  type NotesPatch,
  type Snapshot,
  type SnapshotSpec,
  type SshPublicKey,
  type Vm,
} from '../../src/model/index.js';
import { type FakePort, type FakeVm, type FakeVolume, type FakeWorld } from './fake-world.js';
import { GIB } from './units.js';

/**
 * A backend in memory, for the verbs alone: a session on a FakeWorld, with PowerVC's rules as far as the verbs depend
 * on them. Each method is a call, which a test can count, refuse, or be killed by.
 */
export interface FakeSession extends BackendSession {
  /** Names of the calls made: `disks.create`. */
  readonly calls: string[];
  /** Refuses the nth call of that name (from 1; 0 for every one), before or after it is executed. */
  refuse(call: string, fault: Fault, options?: { readonly nth?: number; readonly after?: boolean }): void;
  /**
   * After so many calls the process is no more: the last one is executed, and neither it nor any later one ever
   * answers.
   */
  killAfter(calls: number): void;
  readonly killed: boolean;
}

type Act = (...args: never[]) => unknown;

const refused = (text: string): Fault => new Fault('backend.refused', { text });
const conflict = (text: string): Fault => new Fault('backend.conflict', { text });

function patched(notes: Record<string, string>, patch: NotesPatch): Record<string, string> {
  const merged: Record<string, string | null> = { ...notes, ...patch };
  return Object.fromEntries(Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== null));
}

const shownVm = (world: FakeWorld, vm: FakeVm): Vm => ({
  ...vm,
  volumeIds: world.volumesOf(vm.id).map(({ id }) => id),
});
const shownDisk = ({ deleteWithVm: _, hasSnapshots: __, ...disk }: FakeVolume): Disk => ({
  ...disk,
  vmIds: [...disk.vmIds],
});
const shownPort = ({ madeByNova: _, ...port }: FakePort): Nic => ({ ...port, plugged: port.attachedTo !== undefined });

export function fakeSession(world: FakeWorld): FakeSession {
  const calls: string[] = [];
  const rules: { call: string; fault: Fault; nth: number; after: boolean; seen: number }[] = [];
  let left = Infinity;

  /** Every method as a call: later than now, counted, and refused or never answered when a test says so. */
  function wired<P extends object>(port: string, methods: P): P {
    return Object.fromEntries(
      Object.entries(methods as Record<string, unknown>).map(([name, method]) => [
        name,
        typeof method === 'function' ? wire(`${port}.${name}`, method as Act) : method,
      ]),
    ) as P;
  }

  function wire(call: string, act: Act): Act {
    return async (...args: never[]) => {
      if (left === 0) await new Promise(() => undefined);
      left -= 1;
      calls.push(call);
      await Promise.resolve();
      const fired = rules.find(
        (rule) => rule.call === call && (rule.seen += 1) > 0 && (rule.nth === 0 || rule.seen === rule.nth),
      );
      if (fired && !fired.after) throw fired.fault;
      const result = await act(...args);
      if (left === 0) await new Promise(() => undefined);
      if (fired) throw fired.fault;
      return result;
    };
  }

  const pages =
    <T>(call: string, items: () => T[]) =>
    (): AsyncGenerator<T[]> =>
      (async function* page() {
        yield await (wire(call, () => items()) as () => Promise<T[]>)();
      })();

  const powered = (vmId: string, status: FakeVm['status'], powerState: 'running' | 'shutdown'): void => {
    const vm = world.vm(vmId);
    if (world.busy(vm)) throw conflict(`VM ${vmId} has a task under way.`);
    vm.status = powerState === 'running' ? 'powering_up' : 'powering_down';
    world.begin(vm, () => Object.assign(vm, { status, powerState }));
  };

  const vms = wired('vms', {
    get: async (vmId: string) => shownVm(world, world.vm(vmId)),
    async create(spec: Parameters<BackendSession['vms']['create']>[0]) {
      const vm = world.addVm({
        ...(spec as FakeVm),
        id: world.newId('vm'),
        status: 'wait_for_launch',
        powerState: 'other',
        notes: { ...spec.notes },
        pmemVolumes: [],
      });
      const sources = spec.volumeSnapshots?.map(({ sizeBytes }) => sizeBytes) ?? (spec.template ? [10 * GIB] : []);
      const volumes = sources.map((sizeBytes) =>
        world.addVolume({
          id: world.newId('disk'),
          sizeBytes,
          vmIds: [vm.id],
          deleteWithVm: spec.volumeSnapshots === undefined,
        }),
      );
      for (const nic of spec.nics ?? [])
        world.addPort({ id: world.newId('nic'), attachedTo: vm.id, network: nic.network, madeByNova: true });
      world.begin(vm, () =>
        Object.assign(
          vm,
          volumes.length ? { status: 'up', powerState: 'running' } : { status: 'down', powerState: 'shutdown' },
        ),
      );
      return vm.id;
    },
    reset: async (vmId: string) => powered(vmId, 'up', 'running'),
    rename: async (vmId: string, name: string) => {
      world.vm(vmId).name = name;
    },
    async resize(vm: Vm, size: { memoryBytes?: number; processors?: number }) {
      const record = world.vm(vm.id);
      world.begin(record, () =>
        Object.assign(record, {
          memoryBytes: size.memoryBytes ?? record.memoryBytes,
          ...(size.processors !== undefined && { sockets: size.processors, cores: 1, threads: 1 }),
        }),
      );
    },
    async remove(vmId: string) {
      const vm = world.vm(vmId);
      vm.status = 'image_locked';
      world.begin(vm, () => {
        for (const volume of world.volumesOf(vmId)) {
          volume.vmIds = volume.vmIds.filter((other) => other !== vmId);
          volume.backendStatus = 'available';
          if (volume.deleteWithVm && !volume.hasSnapshots) world.volumes.delete(volume.id);
        }
        for (const port of [...world.ports.values()].filter(({ attachedTo }) => attachedTo === vmId)) {
          if (port.madeByNova) world.ports.delete(port.id);
          else delete port.attachedTo;
        }
        world.vms.delete(vmId);
      });
    },
    start: async (vmId: string) => powered(vmId, 'up', 'running'),
    stop: async (vmId: string) => powered(vmId, 'down', 'shutdown'),
    shutdown: async (vmId: string) => powered(vmId, 'down', 'shutdown'),
    reboot: async (vmId: string) => powered(vmId, 'up', 'running'),
    suspend: async (vmId: string) => powered(vmId, 'suspended', 'shutdown'),
    resume: async (vmId: string) => powered(vmId, 'up', 'running'),
    async migrate(vmId: string, host?: { id?: string }) {
      const vm = world.vm(vmId);
      const target = world.hosts.find(({ id: other }) => (host ? other === host.id : other !== vm.host?.id));
      if (!target)
        throw host
          ? new Fault('not-found.reference', { what: 'Host', by: 'id', value: host.id ?? '' })
          : refused('No valid host was found.');
      vm.status = 'migrating';
      world.begin(vm, () => Object.assign(vm, { status: 'up', host: { id: target.id, name: target.name } }));
    },
    cancelMigration: async (vmId: string) => {
      throw conflict(`VM ${vmId} is not migrating.`);
    },
    async capture(vmId: string, name: string) {
      const template = {
        id: world.newId('image'),
        name,
        isIso: false,
        status: 'locked' as 'locked' | 'ok',
        disks: world.volumesOf(vmId).map((volume) => ({ id: volume.id, status: 'ok' as const })),
      };
      world.templates.push(template);
      world.begin(template, () => {
        template.status = 'ok';
      });
      return template.id;
    },
    async clone(vmId: string, { name }: { name: string }) {
      const { id: _, ...source } = world.vm(vmId);
      const copy = world.addVm({
        ...source,
        id: world.newId('vm'),
        name,
        status: 'wait_for_launch',
        powerState: 'other',
        notes: {},
        pmemVolumes: [],
      });
      for (const { alias, sizeBytes, bootable } of world.volumesOf(vmId))
        world.addVolume({
          id: world.newId('disk'),
          alias: `${alias} of ${name}`,
          sizeBytes,
          bootable,
          vmIds: [copy.id],
          deleteWithVm: true,
        });
      world.begin(copy, () => Object.assign(copy, { status: 'up', powerState: 'running' }));
    },
    console: async (vmId: string, protocol: 'vnc' | 'spice') => ({
      protocol,
      url: `https://console.example.com/?token=${vmId}`,
      token: vmId,
    }),
    note: async (vmId: string, patch: NotesPatch) => {
      const vm = world.vm(vmId);
      vm.notes = patched(vm.notes, patch);
    },
    metrics: async () => ({}),
    actions: async () => [],
  });

  const disks = wired('disks', {
    grainBytes: GIB,
    get: async (diskId: string) => shownDisk(world.volume(diskId)),
    async create(spec: Parameters<BackendSession['disks']['create']>[0]) {
      const volume = world.addVolume({
        id: world.newId('disk'),
        alias: spec.name,
        sizeBytes: Math.ceil(spec.sizeBytes / GIB) * GIB,
        status: 'locked',
        backendStatus: 'creating',
        notes: { ...spec.notes },
        shareable: spec.shareable ?? false,
        bootable: spec.bootable ?? false,
        description: spec.description,
        storageDomain: { id: spec.storageDomainId ?? world.domains[0]!.id },
      });
      settle(volume, 'available');
      return shownDisk(volume);
    },
    async update(diskId: string, { name, ...change }: Parameters<BackendSession['disks']['update']>[1]) {
      Object.assign(world.volume(diskId), { ...change, ...(name !== undefined && { alias: name }) });
    },
    async extend(diskId: string, sizeBytes: number) {
      const volume = world.volume(diskId);
      world.begin(volume, () => Object.assign(volume, { sizeBytes: Math.ceil(sizeBytes / GIB) * GIB }));
    },
    async move(diskId: string, storageDomainId: string) {
      const volume = world.volume(diskId);
      volume.status = 'locked';
      world.begin(volume, () => Object.assign(volume, { status: 'ok', storageDomain: { id: storageDomainId } }));
    },
    async remove(diskId: string) {
      const volume = world.volume(diskId);
      if (volume.vmIds.length)
        throw refused(`Invalid volume: Volume ${diskId} status must be available or error, but is in-use.`);
      if (volume.hasSnapshots) throw refused(`Invalid volume: Volume ${diskId} still has dependent snapshots.`);
      Object.assign(volume, { status: 'locked', backendStatus: 'deleting' });
      world.begin(volume, () => {
        world.volumes.delete(diskId);
      });
    },
    async attach(vmId: string, diskId: string) {
      const vm = world.vm(vmId);
      const volume = world.volume(diskId);
      if (volume.vmIds.includes(vmId)) return;
      if (vm.status === 'image_locked' || vm.status === 'wait_for_launch')
        throw conflict(`Cannot attach to VM ${vmId} while it is ${vm.status}.`);
      if (volume.backendStatus !== 'available' && !(volume.shareable && volume.backendStatus === 'in-use'))
        throw refused(`Invalid volume: volume ${diskId} is ${volume.backendStatus}.`);
      Object.assign(volume, { status: 'locked', backendStatus: 'attaching' });
      settle(volume, 'in-use', () => {
        volume.vmIds = [...volume.vmIds, vmId];
      });
    },
    keep: async (_: string, diskId: string) => {
      world.volume(diskId).deleteWithVm = false;
    },
    async detach(vmId: string, diskId: string) {
      const volume = world.volume(diskId);
      if (!volume.vmIds.includes(vmId)) return;
      Object.assign(volume, { status: 'locked', backendStatus: 'detaching' });
      settle(volume, 'available', () => {
        volume.vmIds = volume.vmIds.filter((other) => other !== vmId);
      });
    },
    note: async (diskId: string, patch: NotesPatch) => {
      const volume = world.volume(diskId);
      volume.notes = patched(volume.notes, patch);
    },
    unmanagedLuns: async () =>
      world.luns.filter(({ managed }) => managed === undefined).map(({ managed: _, ...lun }) => lun),
    async manage({ id: lunId }: { id: string }, name: string) {
      const lun = world.luns.find((candidate) => candidate.id === lunId);
      if (!lun) throw refused(`LUN ${lunId} is not there.`);
      lun.managed ??= world.addVolume({ id: world.newId('disk'), alias: name, sizeBytes: lun.sizeBytes }).id;
      return lun.managed;
    },
    metrics: async () => ({}),
  });

  function settle(volume: FakeVolume, backendStatus: string, done?: () => void): void {
    world.begin(volume, () => {
      done?.();
      Object.assign(volume, { status: 'ok', backendStatus: volume.vmIds.length ? 'in-use' : backendStatus });
    });
  }

  const nics = wired('nics', {
    async list(vmId: string) {
      for (const port of world.ports.values()) world.look(port);
      return [...world.ports.values()]
        .filter(({ attachedTo, notes }) => (attachedTo ?? notes['vm']) === vmId)
        .map(shownPort);
    },
    get: async (nicId: string) => shownPort(world.port(nicId)),
    noted: async () => [...world.ports.values()].filter(({ notes }) => Object.keys(notes).length > 0).map(shownPort),
    async create({ networkId, name, mac, linked, notes }: Parameters<BackendSession['nics']['create']>[0]) {
      if ([...world.ports.values()].some((port) => port.mac === mac && port.network?.id === networkId))
        throw conflict(`The mac address ${mac} is in use.`);
      return shownPort(
        world.addPort({
          id: world.newId('nic'),
          name,
          network: { id: networkId },
          ...(mac !== undefined && { mac }),
          linked: linked ?? true,
          notes: { ...notes },
        }),
      );
    },
    async update(nicId: string, change: Parameters<BackendSession['nics']['update']>[1]) {
      const port = world.port(nicId);
      if (change.mac !== undefined && port.attachedTo !== undefined) throw conflict(`Port ${nicId} is bound.`);
      if (
        change.mac !== undefined &&
        [...world.ports.values()].some(
          (other) => other !== port && other.mac === change.mac && other.network?.id === port.network?.id,
        )
      )
        throw conflict(`The mac address ${change.mac} is in use.`);
      Object.assign(port, { ...change, notes: { ...(change.notes ?? port.notes) } });
    },
    async remove(nicId: string) {
      world.port(nicId);
      world.ports.delete(nicId);
    },
    async plug(vmId: string, nicId: string) {
      const port = world.port(nicId);
      world.vm(vmId);
      if (world.busy(port)) return;
      if (port.attachedTo === undefined)
        world.begin(port, () => {
          port.attachedTo = vmId;
        });
      else if (port.attachedTo !== vmId) throw conflict(`Port ${nicId} is in use.`);
    },
    async unplug(vmId: string, nicId: string) {
      const port = world.ports.get(nicId);
      if (port?.attachedTo !== vmId || world.busy(port)) return;
      world.begin(port, () => {
        if (port.madeByNova) world.ports.delete(nicId);
        else delete port.attachedTo;
      });
    },
    metrics: async () => ({}),
  });

  const snapshots = wired('snapshots', {
    async list(vmId: string, { notes = false } = {}) {
      for (const snapshot of [...world.snapshots.values()]) world.look(snapshot);
      return [...world.snapshots.values()]
        .filter(({ vm }) => vm.id === vmId)
        .map((snapshot) => ({ ...snapshot, notes: notes ? { ...snapshot.notes } : {} }));
    },
    get: async (snapshotId: string) => ({ ...world.snapshot(snapshotId) }),
    async note(_: string, { id = '' }: Snapshot, notes: Readonly<Record<string, string>>) {
      const snapshot = world.snapshot(id);
      snapshot.notes = { ...snapshot.notes, ...notes };
    },
    async create(vmId: string, spec: SnapshotSpec) {
      const volumes = world.volumesOf(vmId).filter(({ id }) => spec.volumeIds?.includes(id) ?? true);
      const snapshot = world.addSnapshot({
        id: world.newId('snapshot'),
        vm: { id: vmId },
        name: spec.name,
        description: spec.description,
        status: 'locked',
        createdAt: new Date().toISOString(),
        volumes: volumes.map(({ id, sizeBytes, bootable }) => ({
          volumeId: id,
          snapshotId: world.newId('volume-snapshot'),
          sizeBytes,
          bootable,
        })),
      });
      for (const volume of volumes) volume.hasSnapshots = true;
      world.begin(snapshot, () => {
        snapshot.status = 'ok';
      });
    },
    async restore(_: string, snapshotId: string) {
      const snapshot = world.snapshot(snapshotId);
      snapshot.status = 'locked';
      world.begin(snapshot, () => {
        snapshot.status = 'ok';
      });
    },
    async rollback(_: string, snapshotId: string) {
      const snapshot = world.snapshot(snapshotId);
      delete snapshot.failure;
      snapshot.status = 'locked';
      world.begin(snapshot, () => {
        snapshot.status = 'ok';
      });
    },
    async remove(snapshotId: string) {
      const snapshot = world.snapshot(snapshotId);
      snapshot.status = 'locked';
      world.begin(snapshot, () => {
        world.snapshots.delete(snapshotId);
        const held = new Set(
          [...world.snapshots.values()].flatMap(({ volumes = [] }) => volumes.map(({ volumeId }) => volumeId)),
        );
        for (const volume of world.volumes.values()) volume.hasSnapshots = held.has(volume.id);
      });
    },
  });

  const pmem = wired('pmem', {
    list: async () => [...world.vms.values()].flatMap(({ pmemVolumes }) => pmemVolumes),
    async add(vmId: string, volumes: Parameters<BackendSession['pmem']['add']>[1], aggregated: boolean) {
      const vm = world.vm(vmId);
      if (vm.status !== 'down') throw conflict(`VM ${vmId} must be SHUTOFF.`);
      const made = volumes.map((spec) => ({
        ...spec,
        id: world.newId('pmem'),
        status: 'ok' as const,
        createdAt: '2026-03-01T00:00:00.000Z',
      }));
      vm.pmemVolumes = [...vm.pmemVolumes, ...made];
      if (aggregated) vm.memoryBytes = (vm.memoryBytes ?? 0) - made.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      return made;
    },
    async remove(vmId: string, volume: { id?: string; sizeBytes?: number }, aggregated: boolean) {
      const vm = world.vm(vmId);
      vm.pmemVolumes = vm.pmemVolumes.filter(({ id }) => id !== volume.id);
      if (aggregated) vm.memoryBytes = (vm.memoryBytes ?? 0) + (volume.sizeBytes ?? 0);
    },
    async rename(pmemId: string, name: string) {
      const volume = [...world.vms.values()].flatMap(({ pmemVolumes }) => pmemVolumes).find(({ id }) => id === pmemId);
      if (!volume) throw new Fault('not-found', { what: 'Persistent memory volume', id: pmemId });
      volume.name = name;
      return { ...volume };
    },
  });

  const inventory = wired('inventory', {
    clusters: async () => world.clusters,
    hosts: async () => world.hosts,
    templates: async () => world.templates,
    async template(templateId: string) {
      for (const template of world.templates) world.look(template);
      const found = world.templates.find(({ id }) => id === templateId);
      if (!found) throw new Fault('not-found', { what: 'Template', id: templateId });
      return found;
    },
    storageDomains: async () => world.domains,
    networks: async () => world.networks,
    instanceTypes: async () => [{ id: 'small', name: 'small', memoryBytes: 2 * GIB, sockets: 2, cores: 1, threads: 1 }],
    async updateTemplate(templateId: string, change: { name?: string; description?: string }) {
      Object.assign(
        world.templates.find(({ id }) => id === templateId)!,
        change,
      );
    },
    async removeTemplate(templateId: string) {
      world.templates.splice(
        world.templates.findIndex(({ id }) => id === templateId),
        1,
      );
    },
    affinityGroups: async () => [],
    addAffinityGroup: async (spec: { name: string; positive: boolean; enforcing: boolean }) => ({
      ...spec,
      id: world.newId('group'),
      vmIds: [],
    }),
    removeAffinityGroup: async () => undefined,
    async maintain({ id: hostId }: { id?: string }, maintenance: boolean) {
      Object.assign(
        world.hosts.find(({ id }) => id === hostId)!,
        { status: maintenance ? 'maintenance' : 'up' },
      );
    },
  });

  const keys = new Map<string, SshPublicKey>();
  const access = wired('access', {
    permissions: async () => world.permissions,
    keys: async () => [...keys.values()],
    async addKey(key: { readonly name: string; readonly content: string }) {
      const made = { id: nameId('keypair', key.name), ...key };
      keys.set(key.name, made);
      return made;
    },
    async removeKey(name: string) {
      keys.delete(name);
    },
  });

  const shared = wired('shared', {
    read: async () => ({ ...world.shared }),
    note: async (patch: NotesPatch) => {
      world.shared = patched(world.shared, patch);
    },
  });

  const listVms = (query: { name?: string; hasPmem?: boolean } = {}): FakeVm[] => {
    for (const vm of [...world.vms.values()]) world.look(vm);
    return [...world.vms.values()].filter(
      (vm) => (query.name === undefined || vm.name === query.name) && (!query.hasPmem || vm.pmemVolumes.length > 0),
    );
  };
  const listVolumes = (): Disk[] => {
    for (const volume of [...world.volumes.values()]) world.look(volume);
    return [...world.volumes.values()].map(shownDisk);
  };

  const session: FakeSession = {
    // Able to do everything
    capabilities: new Proxy({} as BackendSession['capabilities'], { get: () => true }),
    architectures: ['ppc64'],
    user: { id: 'u', name: 'admin' },
    project: { id: 'p', name: 'ibm-default' },
    expiresAt: Date.now() + 3_600_000,
    vms: { ...vms, list: (query) => pages('vms.list', () => listVms(query).map((vm) => shownVm(world, vm)))() },
    disks: { ...disks, list: () => pages('disks.list', listVolumes)() },
    images: unsupportedPorts({ cloud: 'Fake', hypervisor: 'Fake' }, 'it has no images.').images,
    nics,
    snapshots,
    pmem,
    inventory,
    access,
    shared,
    calls,
    get killed() {
      return left === 0;
    },
    refuse(call, fault, { nth = 1, after = false } = {}) {
      rules.push({ call, fault, nth, after, seen: 0 });
    },
    killAfter(count) {
      left = count;
    },
    with: () => session,
    export: () => '',
    hold: () => () => undefined,
    check: async () => true,
    logout: async () => undefined,
  };
  return session;
}

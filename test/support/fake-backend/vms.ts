import { type BackendSession, Fault, type NotesPatch, type Vm } from '../../../src/model/index.js';
import type { FakeVm, FakeWorld } from '../fake-world.js';
import { GIB } from '../units.js';
import { refused, conflict, patched, shownVm } from './shown.js';

/** Methods of VMs on a FakeWorld. */
export function vmsMethods(world: FakeWorld) {
  const powered = (vmId: string, status: FakeVm['status'], powerState: 'running' | 'shutdown'): void => {
    const vm = world.vm(vmId);
    if (world.busy(vm)) throw conflict(`VM ${vmId} has a task under way.`);
    vm.status = powerState === 'running' ? 'powering_up' : 'powering_down';
    world.begin(vm, () => Object.assign(vm, { status, powerState }));
  };

  return {
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
  };
}

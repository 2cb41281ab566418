import { Fault, type PmemVolume, type Vm } from '../model/index.js';
import type { Scope } from './context.js';
import { collect, unlessGone } from './wait.js';

/**
 * Persistent memory volumes (seeds/powervc-pmem-api; shared/facts/power.md, section 2). What PowerVC demands (a VM that is down, a name of its
 * own, DRAM, no IBM i) PowerVC itself checks, and its words reach the client.
 *
 * PowerVC does not say whether a volume was taken from the partition's memory; the VM's note `pmem.aggregated` keeps the names of those.
 */
const NOTE = 'pmem.aggregated';

const aggregatedNames = (vm: Vm): string[] => {
  const text = vm.notes?.[NOTE];
  return text === undefined ? [] : (JSON.parse(text) as string[]);
};

/** The pmem volumes of a VM that was already read. No call. */
export function volumesOf(_scope: Scope, vm: Vm): PmemVolume[] {
  const aggregated = new Set(aggregatedNames(vm));
  return (vm.pmemVolumes ?? []).map((volume) => ({ ...volume, aggregatedMemory: aggregated.has(volume.name ?? ''), vm: { id: vm.id } }));
}

/** One call. */
export async function list(scope: Scope, vmId: string): Promise<PmemVolume[]> {
  return volumesOf(scope, await scope.session.vms.get(vmId));
}

/** By either id: PowerVC's uuid or PHYP's volume_uuid, in any case. One call. Throws `not-found`. */
export async function get(scope: Scope, vmId: string, id: string): Promise<PmemVolume> {
  return pick(await list(scope, vmId), id);
}

function pick(volumes: readonly PmemVolume[], id: string): PmemVolume {
  const wanted = id.toLowerCase();
  const found = volumes.find((volume) => volume.id?.toLowerCase() === wanted || volume.volumeUuid?.toLowerCase() === wanted);
  if (!found) throw new Fault('not-found', { what: 'Persistent memory volume', id });
  return found;
}

/**
 * Every pmem volume of the project or of all projects. PowerVC's list names no VM, so the VMs that have pmem are read as well: one call and
 * one a page.
 */
export async function listAll(scope: Scope, { allTenants = false }: { readonly allTenants?: boolean }): Promise<PmemVolume[]> {
  const volumes = await scope.session.pmem.list({ allTenants });
  const owned = new Map((await collect(scope.session.vms.list({ hasPmem: true }))).flatMap((vm) => volumesOf(scope, vm)).map((volume) => [volume.id, volume]));
  return volumes.map((volume) => ({ ...volume, ...pickOwner(owned.get(volume.id)) }));
}

const pickOwner = (volume: PmemVolume | undefined): Partial<PmemVolume> =>
  volume ? { vm: volume.vm, aggregatedMemory: volume.aggregatedMemory } : {};

/** Two calls. Throws `not-found`. */
export async function getAny(scope: Scope, id: string): Promise<PmemVolume> {
  return pick(await listAll(scope, {}), id);
}

/** Adds one or several volumes in one call of PowerVC. All with, or all without aggregated memory: throws `refused` otherwise. */
export async function add(scope: Scope, vmId: string, inputs: readonly PmemVolume[]): Promise<PmemVolume[]> {
  if (inputs.length === 0) throw new Fault('request.incomplete', { text: 'PmemVolume [name] required for add' });
  const specs = inputs.map((input) => {
    if (input.name === undefined) throw new Fault('request.incomplete', { text: 'PmemVolume [name] required for add' });
    if (input.sizeBytes === undefined) throw new Fault('request.incomplete', { text: 'PmemVolume [size] required for add' });
    return { name: input.name, sizeBytes: input.sizeBytes, affinity: input.affinity ?? false, device: input.device ?? 'DRAM' };
  });
  const aggregated = inputs[0]!.aggregatedMemory ?? false;
  if (inputs.some((input) => (input.aggregatedMemory ?? false) !== aggregated)) {
    throw new Fault('refused', { text: 'Cannot add persistent memory volumes. One call adds them all with aggregated memory, or all without.' });
  }
  const vm = await scope.session.vms.get(vmId);
  const names = specs.map(({ name }) => name);
  if (aggregated) await remember(scope, vm, [...aggregatedNames(vm), ...names]);
  try {
    const made = await scope.session.pmem.add(vmId, specs, aggregated);
    return made.map((volume) => ({ ...volume, aggregatedMemory: aggregated, vm: { id: vmId } }));
  } catch (error) {
    if (aggregated) await remember(scope, vm, aggregatedNames(vm));
    throw error;
  }
}

const remember = (scope: Scope, vm: Vm, names: readonly string[]): Promise<void> =>
  scope.session.vms.note(vm.id!, { [NOTE]: names.length ? JSON.stringify([...new Set(names)]) : null });

/** Renames the volume: the only change that PowerVC knows. Throws `conflict` when anything else differs, `not-found`. */
export async function rename(scope: Scope, vmId: string, id: string, input: PmemVolume): Promise<PmemVolume> {
  const vm = await scope.session.vms.get(vmId);
  const volume = pick(volumesOf(scope, vm), id);
  const fixed = (['sizeBytes', 'affinity', 'device', 'aggregatedMemory'] as const).filter((key) => input[key] !== undefined && input[key] !== volume[key]);
  if (fixed.length) throw new Fault('unsupported', { operation: 'edit persistent memory volume', subject: `A change of ${fixed.join(', ')}`, backend: scope.backend, why: 'a pmem volume can be renamed, nothing else.' });
  if (input.name === undefined || input.name === volume.name) return volume;
  const names = aggregatedNames(vm);
  if (volume.aggregatedMemory) await remember(scope, vm, [...names, input.name]);
  const renamed = await scope.session.pmem.rename(volume.id!, input.name);
  if (volume.aggregatedMemory) await remember(scope, vm, [...names.filter((name) => name !== volume.name), input.name]);
  return { ...volume, ...renamed, aggregatedMemory: volume.aggregatedMemory, vm: { id: vmId } };
}

/** Deletes by either id. `aggregated`: whether the partition gets the memory back; by default as it was added. */
export async function remove(scope: Scope, vmId: string, id: string, { aggregated }: { readonly aggregated?: boolean }): Promise<void> {
  const vm = await scope.session.vms.get(vmId);
  const volume = pick(volumesOf(scope, vm), id);
  await scope.session.pmem.remove(vmId, volume, aggregated ?? volume.aggregatedMemory ?? false);
  if (volume.aggregatedMemory) await unlessGone(remember(scope, vm, aggregatedNames(vm).filter((name) => name !== volume.name)));
}

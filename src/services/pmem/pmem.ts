import {
  Fault,
  isFault,
  incomplete,
  propertyOf,
  type PmemVolume,
  type Vm,
  type PmemVolumeInput,
} from '../../model/index.js';
import type { Aggregated } from '../../generated/notes/notes.js';
import { warnOf } from '../notes/bad-notes.js';
import type { Scope, Started } from '../context.js';
import { requireAble } from '../fitting.js';
import { readNote, type OnBadNote } from '../notes/notes.js';
import { collect, started, unlessGone, until } from '../work/wait.js';
import { namedVm } from '../vms/named.js';

/**
 * Persistent memory volumes (PowerVC pmem API; docs/reference/power.md, section 2). PowerVC itself checks what it
 * requires (a VM that is down, a unique name, DRAM, no IBM i), and its words reach the client.
 *
 * PowerVC does not say whether a volume was taken from the partition's memory; the VM's note `pmem.aggregated` has the
 * names of those, and is written before the volume is made.
 */
const NOTE = 'pmem.aggregated';

const aggregatedOf = (vm: Vm, bad?: OnBadNote): Aggregated =>
  readNote('Aggregated', vm.notes?.[NOTE], bad) ?? { at: 0, names: [] };

/** Names in the note that belong to a volume. The others are of volumes that were not made, or are gone. */
const aggregatedNames = (vm: Vm): string[] => {
  const present = new Set((vm.pmemVolumes ?? []).map(({ name }) => name));
  return aggregatedOf(vm).names.filter((name) => present.has(name));
};

/** The pmem volumes of a VM that has been read. No call, unless the note has unknown names whose lease has expired. */
export function volumesOf(scope: Scope, vm: Vm): PmemVolume[] {
  const names = aggregatedNames(vm);
  const { at, names: noted } = aggregatedOf(vm, warnOf(scope, `VM ${vm.id}`, NOTE));
  if (noted.length > names.length && at + scope.settings.leaseMs < Date.now())
    scope.work.start(`pmem/${vm.id}`, () => remember(scope, vm, names));
  return (vm.pmemVolumes ?? []).map((volume) => ({
    ...volume,
    aggregatedMemory: names.includes(volume.name),
    vm: { id: vm.id },
  }));
}

/** One call. */
export async function list(scope: Scope, vmId: string): Promise<PmemVolume[]> {
  return volumesOf(scope, await namedVm(scope, vmId));
}

/** By either id: PowerVC's uuid or PHYP's volume_uuid, in any case. One call. Throws `not-found`. */
export async function get(scope: Scope, vmId: string, id: string): Promise<PmemVolume> {
  return pick(await list(scope, vmId), id);
}

function pick(volumes: readonly PmemVolume[], id: string): PmemVolume {
  const requested = id.toLowerCase();
  const found = volumes.find(
    (volume) => volume.id.toLowerCase() === requested || volume.volumeUuid?.toLowerCase() === requested,
  );
  if (!found) throw new Fault('not-found', { what: 'Persistent memory volume', id });
  return found;
}

/**
 * Every pmem volume of the project or of all projects. PowerVC's list names no VM, so the VMs that have pmem are read
 * as well: one call and one a page.
 */
export async function listAll(
  scope: Scope,
  { allTenants = false }: { readonly allTenants?: boolean },
): Promise<PmemVolume[]> {
  const volumes = await scope.session.pmem.list({ allTenants });
  const owned = new Map(
    (await collect(scope.session.vms.list({ hasPmem: true })))
      .flatMap((vm) => volumesOf(scope, vm))
      .map((volume) => [volume.id, volume]),
  );
  return volumes.map((volume) => ({ ...volume, ...pickOwner(owned.get(volume.id)) }));
}

const pickOwner = (volume: PmemVolume | undefined): Partial<PmemVolume> =>
  volume ? { vm: volume.vm, aggregatedMemory: volume.aggregatedMemory } : {};

/** Two calls. Throws `not-found`. */
export async function getAny(scope: Scope, id: string): Promise<PmemVolume> {
  return pick(await listAll(scope, {}), id);
}

/**
 * Adds one or several volumes in one call of PowerVC. All with, or all without aggregated memory: throws `refused`
 * otherwise.
 */
export async function add(scope: Scope, vmId: string, inputs: readonly PmemVolumeInput[]): Promise<PmemVolume[]> {
  if (inputs.length === 0) throw incomplete(propertyOf('PmemVolume', 'name'), 'add');
  const specs = inputs.map((input) => {
    if (input.name === undefined) throw incomplete(propertyOf('PmemVolume', 'name'), 'add');
    if (input.sizeBytes === undefined) throw incomplete(propertyOf('PmemVolume', 'sizeBytes'), 'add');
    return {
      name: input.name,
      sizeBytes: input.sizeBytes,
      affinity: input.affinity ?? false,
      device: input.device ?? 'DRAM',
    };
  });
  const aggregated = inputs[0]?.aggregatedMemory ?? false;
  if (inputs.some((input) => (input.aggregatedMemory ?? false) !== aggregated)) {
    throw new Fault('refused', {
      text: 'Cannot add persistent memory volumes. All volumes of one call must have the same aggregated_memory.',
    });
  }
  if (aggregated) requireAble(scope, 'pmem.aggregated', 'add persistent memory volume', 'aggregated_memory');
  const vm = await namedVm(scope, vmId);
  const before = aggregatedNames(vm);
  const after = aggregated ? [...before, ...specs.map(({ name }) => name)] : before;
  if (after.length !== aggregatedOf(vm).names.length || aggregated) await remember(scope, vm, after);
  try {
    const created = await scope.session.pmem.add(vmId, specs, aggregated);
    return created.map((volume) => ({ ...volume, aggregatedMemory: aggregated, vm: { id: vmId } }));
  } catch (error) {
    if (aggregated && isFault(error) && error.retry === 'never') await remember(scope, vm, before);
    throw error;
  }
}

const remember = (scope: Scope, vm: Vm, names: readonly string[]): Promise<void> =>
  scope.session.vms.note(vm.id, {
    [NOTE]: names.length ? JSON.stringify({ at: Date.now(), names: [...new Set(names)] } satisfies Aggregated) : null,
  });

/** The properties of a volume that cannot change, with their names for clients. */
const elements = {
  size: 'sizeBytes',
  affinity: 'affinity',
  device: 'device',
  aggregated_memory: 'aggregatedMemory',
} as const;

/**
 * Renames the volume: the only change that PowerVC supports. Throws `conflict` if anything else differs, `not-found`.
 */
export async function rename(scope: Scope, vmId: string, id: string, input: PmemVolumeInput): Promise<PmemVolume> {
  const vm = await namedVm(scope, vmId);
  const volume = pick(volumesOf(scope, vm), id);
  checkFixed(scope, volume, input);
  if (input.name === undefined || input.name === volume.name) return volume;
  const names = aggregatedNames(vm);
  if (volume.aggregatedMemory) await remember(scope, vm, [...names, input.name]);
  const renamed = await scope.session.pmem.rename(volume.id, input.name, vmId);
  if (volume.aggregatedMemory) await remember(scope, vm, [...names.filter((name) => name !== volume.name), input.name]);
  return { ...volume, ...renamed, aggregatedMemory: volume.aggregatedMemory, vm: { id: vmId } };
}

/**
 * Like `rename`, without the VM, which PowerVC's call does not need: also renames a volume whose VM the login does not
 * see. Throws `not-found`.
 */
export async function renameAny(scope: Scope, id: string, input: PmemVolumeInput): Promise<PmemVolume> {
  const volume = await getAny(scope, id);
  if (volume.vm?.id !== undefined) return rename(scope, volume.vm.id, id, input);
  checkFixed(scope, volume, input);
  if (input.name === undefined || input.name === volume.name) return volume;
  return { ...volume, ...(await scope.session.pmem.rename(volume.id, input.name, '')) };
}

/** Like `remove`, without the VM. Throws `not-found`, and `refused` if the login does not see its VM. */
export async function removeAny(
  scope: Scope,
  id: string,
  options: { readonly aggregated?: boolean },
): Promise<Started<void>> {
  const { vm } = await getAny(scope, id);
  if (vm?.id === undefined)
    throw new Fault('refused', {
      text:
        `Cannot remove persistent memory volume ${id}. It is removed through its VM, ` +
        'and no VM that you can see has it.',
    });
  return remove(scope, vm.id, id, options);
}

/** Throws `unsupported` for a change of anything but the name. */
function checkFixed(scope: Scope, volume: PmemVolume, input: PmemVolumeInput): void {
  const fixed = Object.entries(elements)
    .filter(([, key]) => input[key] !== undefined && input[key] !== volume[key])
    .map(([element]) => element);
  if (fixed.length)
    throw new Fault('unsupported', {
      operation: 'edit persistent memory volume',
      subject: `A change of ${fixed.join(', ')}`,
      backend: scope.backend,
      why: 'only the name of a persistent memory volume can be changed.',
    });
}

/**
 * Deletes by either id; PowerVC gets the given one, where it accepts both. `aggregated`: whether the partition gets the
 * memory back; by default as it was added.
 */
export async function remove(
  scope: Scope,
  vmId: string,
  id: string,
  options: { readonly aggregated?: boolean },
): Promise<Started<void>> {
  const vm = await namedVm(scope, vmId);
  const volume = pick(volumesOf(scope, vm), id);
  const aggregated = options.aggregated ?? volume.aggregatedMemory ?? false;
  if (aggregated) requireAble(scope, 'pmem.aggregated', 'remove persistent memory volume', 'aggregated_memory');
  const byVolumeUuid = !aggregated && volume.id.toLowerCase() !== id.toLowerCase();
  await scope.session.pmem.remove(vmId, byVolumeUuid ? { volumeUuid: volume.volumeUuid } : volume, aggregated);
  if (volume.aggregatedMemory)
    await unlessGone(
      remember(
        scope,
        vm,
        aggregatedNames(vm).filter((name) => name !== volume.name),
      ),
    );
  return started(undefined, () =>
    until(
      scope,
      `Removing persistent memory volume ${volume.name}`,
      () => unlessGone(scope.session.vms.get(vmId)),
      (seen) =>
        seen?.pmemVolumes?.some((left) => left.id === volume.id && left.status !== 'illegal') ? undefined : true,
    ).then(() => undefined),
  );
}

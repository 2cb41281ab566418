import { Fault, type Vm, type VmSize, type VmInput } from '../../model/index.js';
import type { Scope } from '../context.js';
import { isAble, requireAble } from '../fitting.js';
import { until } from '../work/wait.js';
import { changed, processors } from './topology.js';
import { MIB } from '../../units.js';

/** An engine's own property: the size of the VM's memory pages, KiB; 0 for usual ones. */
const HUGEPAGES = 'hugepages';

/**
 * The input with the custom properties that the cloud keeps. Version 4 lists `hugepages` of each VM that has any (the
 * table `vm`): of a VM without, 0 changes nothing. `now`: the VM, if it exists. Throws `unsupported` for one that the
 * cloud has not, `request.value` for a size that is no number.
 */
export function ownProperties(scope: Scope, input: VmInput, now?: Vm): VmInput {
  if (!input.customProperties) return input;
  const hasPages = now?.customProperties?.some(({ name }) => name === HUGEPAGES) ?? false;
  const customProperties = input.customProperties.filter(
    ({ name, value }) => name !== HUGEPAGES || value !== '0' || hasPages,
  );
  const pages = customProperties.find(({ name }) => name === HUGEPAGES);
  if (pages) {
    requireAble(scope, 'vm.hugepages', 'set custom property', HUGEPAGES);
    if (!/^\d{1,9}$/.test(pages.value))
      throw new Fault('request.value', { text: `"${pages.value}" is no size of a memory page in KiB (hugepages)` });
  }
  const unknown = customProperties.find(({ name }) => name !== HUGEPAGES && !name.startsWith('powervm:'));
  if (unknown) {
    throw new Fault('unsupported', {
      operation: 'set custom property',
      subject: unknown.name,
      backend: scope.backend,
      why: 'custom properties are extra specs of the flavor, whose names begin with powervm:',
    });
  }
  return { ...input, customProperties };
}

export function sizeChange(scope: Scope, now: Vm, input: VmInput): VmSize | undefined {
  const memory =
    input.memoryBytes !== undefined && input.memoryBytes !== now.memoryBytes ? input.memoryBytes : undefined;
  const cpuCount = processors(changed(now, input));
  const cpus = cpuCount === processors(now) ? undefined : cpuCount;
  const specs = { ...specChange(scope, now, input), ...propertyChange(now, input) };
  const affinity =
    isAble(scope, 'vm.pin') && input.affinity !== undefined && input.affinity !== (now.affinity ?? 'migratable')
      ? input.affinity
      : undefined;
  if (memory === undefined && cpus === undefined && affinity === undefined && Object.keys(specs).length === 0)
    return undefined;
  return {
    ...(memory !== undefined && { memoryBytes: memory }),
    ...(cpus !== undefined && { processors: cpus }),
    ...(affinity !== undefined && { affinity }),
    extraSpecs: specs,
  };
}

/** Properties that a partition's flavor has as extra specs. In clouds without them they are notes (kept.ts). */
function specChange(scope: Scope, now: Vm, input: VmInput): Record<string, string> {
  const specs: Record<string, string> = {};
  const mib = (bytes: number): string => String(Math.ceil(bytes / MIB));
  if (isAble(scope, 'vm.bounds')) {
    if (input.memoryGuaranteedBytes !== undefined && input.memoryGuaranteedBytes !== now.memoryGuaranteedBytes)
      specs['powervm:min_mem'] = mib(input.memoryGuaranteedBytes);
    if (input.memoryMaxBytes !== undefined && input.memoryMaxBytes !== now.memoryMaxBytes)
      specs['powervm:max_mem'] = mib(input.memoryMaxBytes);
    if (input.priority !== undefined && input.priority !== now.priority)
      specs['powervm:availability_priority'] = String(input.priority);
  }
  if (
    isAble(scope, 'vm.ha') &&
    input.highlyAvailable !== undefined &&
    input.highlyAvailable !== (now.highlyAvailable ?? false)
  )
    specs['powervm:srr_capability'] = String(input.highlyAvailable);
  return specs;
}

/** Custom properties that differ from the VM's, or from its properties that are extra specs under another name. */
function propertyChange(now: Vm, input: VmInput): Record<string, string> {
  const before = new Map([
    ...ownSpecs(now),
    ...(now.customProperties ?? []).map(({ name, value }) => [name, value] as const),
  ]);
  return Object.fromEntries(
    (input.customProperties ?? [])
      .filter(({ name, value }) => !isSame(before.get(name), value))
      .map(({ name, value }) => [name, value]),
  );
}

const ownSpecs = (now: Vm): (readonly [string, string])[] =>
  [
    ['powervm:min_mem', now.memoryGuaranteedBytes === undefined ? undefined : now.memoryGuaranteedBytes / MIB] as const,
    ['powervm:max_mem', now.memoryMaxBytes === undefined ? undefined : now.memoryMaxBytes / MIB] as const,
    ['powervm:srr_capability', now.highlyAvailable] as const,
    ['powervm:availability_priority', now.priority] as const,
  ].flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const]));

/** Numbers are the same however they are written: `0.50` and `0.5`. */
const isSame = (before: string | undefined, value: string): boolean =>
  before === value ||
  (before !== undefined && before.trim() !== '' && value.trim() !== '' && Number(before) === Number(value));

/**
 * PowerVC resizes without a step of confirmation (docs/reference/power.md, 1.4). Ends when the VM has its new size.
 * `name`: its new name, where the cloud takes that in the same act.
 */
export async function resize(scope: Scope, vm: Vm, size: VmSize, name?: string): Promise<void> {
  const grain = scope.session.vms.memoryGrainBytes ?? MIB;
  await scope.session.vms.resize(vm, size, name);
  await until(
    scope,
    `Resizing VM ${vm.id}`,
    () => scope.session.vms.get(vm.id),
    (seen) => {
      if (seen.statusDetail !== undefined && seen.status === 'unknown')
        throw new Fault('backend.failed', { text: seen.statusDetail });
      const grown = size.memoryBytes === undefined || seen.memoryBytes === Math.ceil(size.memoryBytes / grain) * grain;
      const powered = size.processors === undefined || processors(seen) === size.processors;
      return grown && powered && seen.status === vm.status ? true : undefined;
    },
  );
}

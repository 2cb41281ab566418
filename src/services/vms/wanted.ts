import type { Vm, VmSize } from '../../model/index.js';
import { readNote } from '../notes/notes.js';
import { MIB } from '../../units.js';

/** Pending changes of a VM in its notes: those requested while it is being deployed, or while it runs. */

/** Whether a VM is being made without a disk: there is nothing to wait for, so it is down at once. */
export const isBlank = ({ notes }: Vm): boolean => notes?.['blank'] === 'true';

/** The note of the size that a VM gets at the end of its deployment. */
export const WANTED = 'wanted';

/** The size that a VM gets at the end of its deployment, in its note `wanted`. */
export const wantedSize = ({ notes }: Vm): VmSize | undefined => readNote('VmSize', notes?.[WANTED]);

/**
 * The note of changes that a running VM gets at its next start: an engine's next-run configuration
 * (docs/reference/engine-preconditions.md, UpdateVm). A VM that is down shows them as its own.
 */
export const NEXT_RUN = 'next_run';

/** The size that the VM gets at its next start; undefined when it stays as it is. */
export const nextSize = ({ notes }: Vm): VmSize | undefined => readNote('VmSize', notes?.[NEXT_RUN]);

/** Extra specs that are elements of a VM. */
const ELEMENTS: ReadonlySet<string> = new Set([
  'powervm:min_mem',
  'powervm:max_mem',
  'powervm:srr_capability',
  'powervm:availability_priority',
]);

/** The custom properties of a VM with changes of them. */
function withProperties(
  { customProperties }: Vm,
  extraSpecs: Readonly<Record<string, string>>,
): Vm['customProperties'] {
  const changes = Object.entries(extraSpecs).filter(([name]) => !ELEMENTS.has(name));
  if (changes.length === 0) return customProperties;
  const all = new Map([...(customProperties ?? []).map(({ name, value }) => [name, value] as const), ...changes]);
  return [...all].map(([name, value]) => ({ name, value }));
}

/** The VM with that size, as it is shown beforehand. */
export function sized(vm: Vm, { memoryBytes, extraSpecs = {} }: VmSize): Vm {
  const mib = (name: string): number | undefined =>
    extraSpecs[name] === undefined ? undefined : Number(extraSpecs[name]) * MIB;
  const least = mib('powervm:min_mem');
  const most = mib('powervm:max_mem') ?? vm.memoryMaxBytes;
  const restart = extraSpecs['powervm:srr_capability'];
  const priority = extraSpecs['powervm:availability_priority'];
  return {
    ...vm,
    customProperties: withProperties(vm, extraSpecs),
    ...(memoryBytes !== undefined && { memoryBytes }),
    ...(least !== undefined && { memoryGuaranteedBytes: least }),
    // The bound moves with it (src/backends/powervc/flavor.ts)
    ...(most !== undefined && { memoryMaxBytes: Math.max(most, memoryBytes ?? 0) }),
    ...(restart !== undefined && { highlyAvailable: restart === 'true' }),
    ...(priority !== undefined && { priority: Number(priority) }),
  };
}

import type { Vm, VmSize } from '../../model/index.js';
import { readNote } from '../notes.js';
import { MIB } from '../../units.js';

/** What a VM is to get later, as its notes tell: what is asked for while it is being deployed, or while it runs. */

/** A VM that is being made without a disk: there is nothing to wait for, so it is down at once. */
export const isBlank = ({ notes }: Vm): boolean => notes?.['blank'] === 'true';

/** The size that a VM gets at the end of its deployment, as its note `wanted` tells. */
export const wantedSize = ({ notes }: Vm): VmSize | undefined => readNote('VmSize', notes?.['wanted']);

/**
 * What a VM gets at its next start, since it runs and cannot take it now: an engine's next-run configuration
 * (docs/reference/engine-preconditions.md, UpdateVm). A VM that is down shows it as its own.
 */
export const NEXT_RUN = 'next_run';

/** The size that the VM gets at its next start; undefined when it stays as it is. */
export const nextSize = ({ notes }: Vm): VmSize | undefined => readNote('VmSize', notes?.[NEXT_RUN]);

/** The VM with that size: as it is shown before it has it. */
export function sized(vm: Vm, { memoryBytes, extraSpecs = {} }: VmSize): Vm {
  const mib = (name: string): number | undefined =>
    extraSpecs[name] === undefined ? undefined : Number(extraSpecs[name]) * MIB;
  const least = mib('powervm:min_mem');
  const most = mib('powervm:max_mem') ?? vm.memoryMaxBytes;
  const restart = extraSpecs['powervm:srr_capability'];
  const priority = extraSpecs['powervm:availability_priority'];
  return {
    ...vm,
    ...(memoryBytes !== undefined && { memoryBytes }),
    ...(least !== undefined && { memoryGuaranteedBytes: least }),
    // The bound moves with it (src/backends/powervc/flavor.ts)
    ...(most !== undefined && { memoryMaxBytes: Math.max(most, memoryBytes ?? 0) }),
    ...(restart !== undefined && { highlyAvailable: restart === 'true' }),
    ...(priority !== undefined && { priority: Number(priority) }),
  };
}

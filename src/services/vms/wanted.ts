import type { Vm, VmSize } from '../../model/index.js';

/** What is asked for while a VM is being deployed, as its notes tell. */

/** A VM that is being made without a disk: there is nothing to wait for, so it is down at once. */
export const isBlank = ({ notes }: Vm): boolean => notes?.['blank'] === 'true';

/** The size that a VM gets at the end of its deployment, as its note `wanted` tells. */
export function wantedSize({ notes }: Vm): VmSize | undefined {
  try {
    return notes?.['wanted'] === undefined ? undefined : (JSON.parse(notes['wanted']) as VmSize);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

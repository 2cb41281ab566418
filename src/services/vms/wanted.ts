import type { Vm, VmSize } from '../../model/index.js';
import { readNote } from '../notes.js';

/** What is asked for while a VM is being deployed, as its notes tell. */

/** A VM that is being made without a disk: there is nothing to wait for, so it is down at once. */
export const isBlank = ({ notes }: Vm): boolean => notes?.['blank'] === 'true';

/** The size that a VM gets at the end of its deployment, as its note `wanted` tells. */
export const wantedSize = ({ notes }: Vm): VmSize | undefined => readNote('VmSize', notes?.['wanted']);

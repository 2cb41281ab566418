import { Fault, type Disk } from '../../model/index.js';
import type { Scope } from '../context.js';
import { cannot, type Rule } from '../cannot.js';
import { disksLocked, may } from '../rules.js';
import { settledVm } from '../vms/settled.js';
import { isTransferring, isUnfinished } from '../work/volumes.js';
import { find } from './find.js';

/**
 * A volume without work in progress. Throws `unsupported` for a pmem volume, `conflict.locked` for a volume with work
 * in progress.
 */
export async function volume(scope: Scope, vmId: string, id: string, rule: Rule, verb: string): Promise<Disk> {
  const found = await find(scope, vmId, id);
  if ('pmem' in found) throw unsupportedOnPmem(scope, verb);
  atRest(scope, found.disk, rule);
  return found.disk;
}

export function atRest(scope: Scope, disk: Disk, rule: Rule): void {
  scope.concerns?.({ what: disk.alias });
  if (isUnfinished(disk) || isTransferring(disk) || disk.status === 'locked') throw disksLocked(scope, rule, [disk]);
}

/** Checks the rules of an operation on a disk, for each VM that it is attached to. */
export async function mayWhilePlugged(scope: Scope, rule: Rule, { vmIds = [] }: Disk): Promise<void> {
  for (const vmId of vmIds) may(scope, rule, await settledVm(scope, vmId, rule));
}

/** Checks that the disk's notes can name the VM: they name only one, so a shareable disk cannot be inactive in two. */
export function atHome(scope: Scope, { notes, vmIds }: Disk, vmId: string, rule: Rule): void {
  const lister = notes?.['vm'];
  if (lister !== undefined && lister !== vmId && !vmIds?.includes(lister)) {
    throw new Fault('conflict', {
      text: `${cannot(scope, rule)}. VM ${lister} lists it as inactive: activate or detach it there first.`,
    });
  }
}

export const unsupportedOnPmem = (scope: Scope, verb: string): Fault =>
  new Fault('unsupported', {
    operation: `${verb} Virtual Machine Disk`,
    subject: 'This operation on a persistent memory volume',
    backend: scope.backend,
    why: 'a persistent memory volume can only be added, renamed and removed.',
  });

import type { Nic } from '../../model/index.js';
import type { Scope } from '../context.js';
import { resumeVm } from './partitions.js';
import { isUnfinishedPort, resumePort } from './ports.js';
import { resumeTask } from './tasks.js';
import { isUnfinished, resume } from './volumes.js';
import { collect, unlessGone } from './wait.js';

/**
 * Cleans up after crashed work, and after VMs that were deleted without the gateway: marked volumes and ports, whose VM
 * nobody will read again. Lists find volumes with work in progress; this finds ports, and the other volumes. It runs in
 * a client's session, at most once per lease and project.
 */
export function tidySoon(scope: Scope): void {
  scope.work.atMost(keyOf(scope), scope.settings.leaseMs, () => tidy(scope), { first: 'after' });
}

/** The same, at once: a client asked for a VM that does not exist. */
export function tidyNow(scope: Scope): void {
  scope.work.atMost(keyOf(scope), scope.settings.leaseMs, () => tidy(scope));
}

const keyOf = ({ session }: Scope): string => `janitor/${session.project.id}`;

async function tidy(scope: Scope): Promise<void> {
  const { disks, nics, vms } = scope.session;
  const there = new Map<string, Promise<boolean>>();
  const isThere = (vmId: string): Promise<boolean> => {
    const known = there.get(vmId) ?? unlessGone(vms.get(vmId)).then((vm) => vm !== undefined);
    there.set(vmId, known);
    return known;
  };
  for (const disk of await collect(disks.list())) {
    const vmId = disk.notes?.['vm'];
    if (isUnfinished(disk)) resume(scope, disk);
    // It holds a user's data: it is kept, and becomes a floating disk
    else if (vmId !== undefined && !disk.vmIds?.length && !(await isThere(vmId)))
      await unlessGone(disks.note(disk.id, { vm: null }));
  }
  for (const vm of (await vms.noted?.()) ?? []) {
    resumeVm(scope, vm);
    resumeTask(scope, vm);
  }
  await scope.transfers?.tidy(scope);
  for (const port of await nics.noted()) {
    if (isUnfinishedPort(port)) resumePort(scope, port);
    else if (await isOrphan(port, isThere)) await unlessGone(nics.remove(port.id));
  }
}

/** Whether the gateway made the port for a VM, and no VM has it. */
async function isOrphan({ attachedTo, notes }: Nic, isThere: (vmId: string) => Promise<boolean>): Promise<boolean> {
  const vmId = notes?.['vm'];
  return vmId !== undefined && attachedTo === undefined && !(await isThere(vmId));
}

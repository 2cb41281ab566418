import type { Nic } from '../model/index.js';
import type { Scope } from './context.js';
import { isUnfinishedPort, resumePort } from './ports.js';
import { isUnfinished, resume } from './volumes.js';
import { collect, unlessGone } from './wait.js';

/**
 * What crashed work, or a VM deleted behind the gateway's back, has left of VMs that are gone: marked volumes and
 * ports, whose VM nobody will look at again. Every list finds volumes; ports, and volumes at rest, are looked for here.
 * It runs in somebody's session, at most once a lease for a project.
 */
export function tidySoon(scope: Scope): void {
  scope.work.atMost(keyOf(scope), scope.settings.leaseMs, () => tidy(scope), { first: 'after' });
}

/** The same, at once: somebody asked for a VM that is not there. */
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
    // Its data are somebody's: it is kept, and becomes a floating disk
    else if (vmId !== undefined && !disk.vmIds?.length && !(await isThere(vmId)))
      await unlessGone(disks.note(disk.id, { vm: null }));
  }
  await scope.transfers?.tidy(scope);
  for (const port of await nics.noted()) {
    if (isUnfinishedPort(port)) resumePort(scope, port);
    else if (await isOrphan(port, isThere)) await unlessGone(nics.remove(port.id));
  }
}

/** A port that the gateway made for a VM, and that no VM has. */
async function isOrphan({ attachedTo, notes }: Nic, isThere: (vmId: string) => Promise<boolean>): Promise<boolean> {
  const vmId = notes?.['vm'];
  return vmId !== undefined && attachedTo === undefined && !(await isThere(vmId));
}

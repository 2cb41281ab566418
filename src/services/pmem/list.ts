import type { Disk } from '../../model/index.js';
import type { Scope } from '../context.js';
import { isAble } from '../fitting.js';
import { volumesOf } from './pmem.js';
import { pmemAsDisk } from './disks.js';

/**
 * The pmem volumes of all VMs as disks, page by page of VMs: for clients that look for the disk of each attachment
 * among all disks. Nothing where there is no persistent memory.
 */
export async function* listPmemDisks(scope: Scope): AsyncGenerator<Disk[]> {
  if (!isAble(scope, 'pmem')) return;
  for await (const page of scope.session.vms.list({ hasPmem: true }))
    yield page.flatMap((vm) => volumesOf(scope, vm).map((volume) => pmemAsDisk(volume, vm)));
}

/** The pmem volume of that id as a disk. */
export async function findPmemDisk(scope: Scope, id: string): Promise<Disk | undefined> {
  for await (const page of listPmemDisks(scope)) {
    const found = page.find((disk) => disk.id === id);
    if (found) return found;
  }
  return undefined;
}

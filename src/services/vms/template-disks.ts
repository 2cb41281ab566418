import { propertyOf, type DiskInput, type Template, type VmInput } from '../../model/index.js';
import type { Scope } from '../context.js';
import { placed } from '../disks/profiles.js';
import { missingReference, resolveStorageDomain } from '../references.js';

const DISKS = propertyOf('Vm', 'disks');

/**
 * The disks of a new VM that its template has (RHEV-M REST guide, example 15.18), each with the id of the storage
 * domain that it names, itself or by its profile. The cloud always copies all disks of a template. Reports a disk that
 * the VM would have besides. Throws `not-found.reference`, `refused` for a profile of another domain.
 */
export async function templateDisks(scope: Scope, { disks }: VmInput, template: Template): Promise<DiskInput[]> {
  const known = new Set((template.disks ?? []).map(({ id }) => id));
  const copied: DiskInput[] = [];
  for (const disk of disks ?? []) {
    if (disk.id === undefined)
      scope.report(DISKS.items('Disk'), 'a VM is created with the disks of its template: add others afterwards');
    else if (!known.has(disk.id)) throw missingReference('Disk', { id: disk.id });
    else {
      if (disk.format === 'cow') scope.report(DISKS.items('Disk', 'format'), 'volumes are raw');
      copied.push(await inDomain(scope, disk));
    }
  }
  return copied;
}

async function inDomain(scope: Scope, disk: DiskInput): Promise<DiskInput> {
  const { storageDomain, ...rest } = await placed(scope, disk);
  return storageDomain
    ? { ...rest, storageDomain: { id: (await resolveStorageDomain(scope, storageDomain)).id } }
    : rest;
}

import { Fault, incomplete, propertyOf, type Disk, type Ref, type DiskInput } from '../../model/index.js';
import type { Scope, Started } from '../context.js';
import { findPmemDomain } from '../pmem/disks.js';
import { resolveStorageDomain } from '../references.js';
import { cannot } from '../cannot.js';
import { until, watched } from '../work/wait.js';
import { asDisk } from './shown.js';
import { get, anyVolume } from './find.js';
import { volume, atRest, mayWhilePlugged, unsupportedOnPmem } from './rest.js';

export async function moved(scope: Scope, disk: Disk, ref: Ref | undefined): Promise<string | undefined> {
  if (!ref || ref.id === disk.storageDomain?.id) return undefined;
  if (findPmemDomain(ref)) throw unsupportedOnPmem(scope, 'move');
  const { id } = await resolveStorageDomain(scope, ref);
  return id === disk.storageDomain?.id ? undefined : id;
}

/** Moves the disk to another storage domain; finished when the move is complete. */
export const move = async (scope: Scope, vmId: string, id: string, ref: Ref): Promise<Started<void>> =>
  moveVolume(scope, await volume(scope, vmId, id, 'disk.move.plugged', 'move'), ref);

/**
 * The same by a representation posted to the disk (note to table 15.2). Other changes in it are refused: PUT is for
 * those.
 */
export async function relocate(scope: Scope, vmId: string, id: string, input: DiskInput): Promise<Started<Disk>> {
  const disk = await volume(scope, vmId, id, 'disk.move.plugged', 'move');
  if (!input.storageDomain) throw incomplete(propertyOf('Disk', 'storageDomain'), 'move');
  const now = asDisk(disk, vmId, scope);
  const others = (Object.keys(input) as (keyof Disk)[]).filter(
    (key) => key !== 'storageDomain' && JSON.stringify(input[key]) !== JSON.stringify(now[key]),
  );
  for (const key of others) scope.report(propertyOf('Disk', key), 'POST only moves a disk; use PUT for other changes');
  const { finished } = await moveVolume(scope, disk, input.storageDomain);
  const look = (): Promise<Disk> => get(scope, vmId, id);
  return { value: await look(), finished: watched(finished.then(look)) };
}

/** The same for a disk without its VM. */
export async function moveAny(scope: Scope, id: string, ref: Ref): Promise<Started<void>> {
  const disk = await anyVolume(scope, id);
  atRest(scope, disk, 'disk.move.plugged');
  return moveVolume(scope, disk, ref);
}

async function moveVolume(scope: Scope, disk: Disk, ref: Ref): Promise<Started<void>> {
  const id = disk.id;
  const target = await moved(scope, disk, ref);
  if (target === undefined)
    throw new Fault('refused', {
      text: `${cannot(scope, 'disk.move.plugged')}. The source and target storage domains are the same.`,
    });
  await mayWhilePlugged(scope, 'disk.move.plugged', disk);
  await scope.session.disks.move(id, target);
  const finished = until(
    scope,
    `Moving disk ${id}`,
    () => scope.session.disks.get(id),
    ({ status, storageDomain }) => {
      if (status === 'locked') return undefined;
      if (storageDomain?.id !== target)
        throw new Fault('backend.failed', {
          text: `Disk ${id} was not moved: it is still on ${storageDomain?.id ?? 'its storage domain'}.`,
        });
      return true;
    },
  );
  return { value: undefined, finished: watched(finished.then(() => undefined)) };
}

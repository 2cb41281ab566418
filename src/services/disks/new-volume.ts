import { Fault, incomplete, propertyOf, type DiskInput, type DiskSpec } from '../../model/index.js';
import type { Scope } from '../context.js';
import { resolveStorageDomain } from '../references.js';

/** The requested size, bytes. Throws `request.incomplete` for none, `request.value` for one that is not above 0. */
export function newSizeOf({ sizeBytes }: DiskInput): number {
  if (sizeBytes === undefined) throw incomplete(propertyOf('Disk', 'sizeBytes'), 'add');
  if (!(sizeBytes > 0)) throw new Fault('request.value', { text: `A disk of ${sizeBytes} bytes cannot be created.` });
  return sizeBytes;
}

/** Tells a client that wants another allocation than the disk has that it is not ours to choose. */
export function reportSparse(scope: Scope, { sparse }: DiskInput, now: boolean | undefined): void {
  if (sparse !== undefined && sparse !== (now ?? false))
    scope.report(propertyOf('Disk', 'sparse'), 'the storage template determines how a volume is allocated');
}

/** What any new volume is made with, beside its name and notes. Throws `not-found.reference` for its storage domain. */
export async function newVolumeOf(scope: Scope, input: DiskInput): Promise<Omit<DiskSpec, 'name' | 'notes'>> {
  const sizeBytes = newSizeOf(input);
  const storageDomain = input.storageDomain && (await resolveStorageDomain(scope, input.storageDomain));
  return {
    sizeBytes,
    ...(input.description !== undefined && { description: input.description }),
    ...(storageDomain?.id !== undefined && { storageDomainId: storageDomain.id }),
    ...(input.shareable !== undefined && { shareable: input.shareable }),
  };
}

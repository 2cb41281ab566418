import { Fault, type Disk, type DiskInput, type DiskProfile, type StorageDomain } from '../../model/index.js';
import type { Scope } from '../context.js';
import { diskProfileId } from './profile-id.js';
import { pmemDomains } from '../pmem/disks.js';
import { resolve } from '../references.js';

/** A storage domain's one. */
export const diskProfileOf = ({ id, name }: StorageDomain): DiskProfile => ({
  id: diskProfileId(id),
  name,
  storageDomain: { id },
});

/** The disk with the profile of the storage domain that it is on. No call. */
export const withProfile = <D extends Pick<Disk, 'storageDomain'>>(disk: D): D & Pick<Disk, 'profile'> =>
  disk.storageDomain?.id === undefined ? disk : { ...disk, profile: { id: diskProfileId(disk.storageDomain.id) } };

/**
 * What a client asks for, without the profile that it names: the profile tells the storage domain of a new disk, and
 * otherwise has to be that of the disk's domain. One call where one is named and is not the disk's own. Throws
 * `not-found.reference`, `refused` for the profile of another domain.
 */
export async function placed(scope: Scope, input: DiskInput, now?: Disk): Promise<DiskInput> {
  const { profile, ...rest } = input;
  if (!profile || (now && profile.id === withProfile(now).profile?.id)) return rest;
  const domains = [...(await scope.session.inventory.storageDomains()), ...(scope.hasPmem ? pmemDomains : [])];
  const { storageDomain: of } = resolve(
    'DiskProfile',
    profile,
    domains.filter(({ type }) => type === 'data').map(diskProfileOf),
  );
  const domain = rest.storageDomain ?? now?.storageDomain;
  if (!domain) return { ...rest, ...(of && { storageDomain: of }) };
  if (resolve('StorageDomain', domain, domains).id !== of?.id)
    throw new Fault('refused', { text: 'The disk profile does not belong to the storage domain of the disk.' });
  return rest;
}

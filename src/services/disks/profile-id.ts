import { nameId } from '../../model/index.js';

/** The id of a storage domain's one disk profile follows from its own. */
export const diskProfileId = (storageDomainId: string): string => nameId('diskprofile', storageDomainId);

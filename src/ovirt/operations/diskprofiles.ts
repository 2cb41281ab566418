import * as inventory from '../../services/inventory/inventory.js';
import { diskProfileOf } from '../../services/disks/profiles.js';
import { Fault } from '../../model/index.js';
import { refusals } from '../declare/absent.js';
import { collection } from '../declare/collection.js';
import type { Call, Operation } from '../declare/operation.js';
import { permissionsOn } from './access.js';
import { diskProfileResource } from './resources.js';
import { idIn, untilVersion3 } from './shared.js';

const PROFILE =
  'Each storage domain for disks has one profile, without limits; a new disk may name it in place of the domain.';
const WHY = 'a {storage} is the profile of its disks.';

const profiles = collection('/diskprofiles', '{diskprofile:id}', diskProfileResource);

export const diskProfileOperations: readonly Operation[] = [
  profiles.list({
    summary: 'The disk profiles of all storage domains',
    how: PROFILE,
    support: 'emulated',
    verb: ({ scope }) => inventory.diskProfiles(scope),
  }),
  profiles.get({
    summary: 'One disk profile',
    how: PROFILE,
    support: 'emulated',
    verb: ({ scope, ids }) => inventory.diskProfile(scope, ids.diskprofile),
  }),
  ...refusals('disk profile', 'disk_profile', WHY, [
    'add /diskprofiles',
    'update /diskprofiles/{diskprofile:id}',
    'remove /diskprofiles/{diskprofile:id}',
  ]),
  ...permissionsOn('/diskprofiles/{diskprofile:id}', (call) =>
    inventory.diskProfile(call.scope, idIn(call, 'diskprofile')),
  ),
];

/** The profile of a storage domain, at its path: none of one for images. */
export function diskProfilesOf(owner: string): Operation[] {
  const at = collection(`${owner}/diskprofiles`, '{diskprofile:id}', diskProfileResource);
  const own = async (call: Call) => {
    const domain = await inventory.storageDomain(call.scope, idIn(call, 'storagedomain'));
    return domain.type === 'data' ? [diskProfileOf(domain)] : [];
  };
  return [
    at.list({ summary: 'The disk profiles of a storage domain', how: PROFILE, support: 'emulated', verb: own }),
    at.get({
      summary: 'One disk profile of a storage domain',
      how: PROFILE,
      support: 'emulated',
      async verb(call) {
        const id = idIn(call, 'diskprofile');
        const found = (await own(call)).find((one) => one.id === id);
        if (!found) throw new Fault('not-found', { what: 'DiskProfile', id });
        return found;
      },
    }),
    ...refusals('disk profile', 'disk_profile', WHY, [
      `add ${owner}/diskprofiles`,
      `remove ${owner}/diskprofiles/{diskprofile:id}`,
    ]),
    // Version 4 has them at the profile's own path alone
    ...untilVersion3(
      permissionsOn(`${owner}/diskprofiles/{diskprofile:id}`, async (call) => {
        await inventory.diskProfile(call.scope, idIn(call, 'diskprofile'));
      }),
    ),
  ];
}

import { nameId } from '../../../model/index.js';
import { refusals } from '../../declare/absent.js';
import type { Operation } from '../../declare/operation.js';
import { fixed } from './fixed.js';

const WHY = '{cloud} assigns MAC addresses from its own range.';

/** Neutron's default of `base_mac`: the cloud does not report its own setting. */
const RANGE = { from: 'fa:16:3e:00:00:00', to: 'fa:16:3e:ff:ff:ff' };

/** The one pool that every engine has (docs/reference/v4-wire.md, section 8): clients list it and name it. */
export const macPoolOperations: readonly Operation[] = [
  ...fixed({
    name: 'macpools',
    key: 'macpool',
    element: 'mac_pool',
    list: 'mac_pools',
    entity: 'MAC pool',
    how: "Neutron's default range; the cloud does not report it.",
    below: [
      {
        name: 'permissions',
        key: 'permission',
        entity: 'permission',
        document: 'permissions',
        why: WHY,
        verbs: ['add', 'remove'],
      },
    ],
    items: () => [
      {
        id: nameId('macpool', 'default'),
        name: 'Default',
        description: 'Default MAC pool',
        allow_duplicates: false,
        default_pool: true,
        ranges: { range: [RANGE] },
      },
    ],
  }),
  ...refusals('MAC pool', 'mac_pool', WHY, [
    'add /macpools',
    'update /macpools/{macpool:name}',
    'remove /macpools/{macpool:name}',
  ]),
];

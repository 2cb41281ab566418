import * as access from '../../../../services/access/access.js';
import { absent, refusals } from '../../../declare/absent.js';
import type { Call, Operation } from '../../../declare/operation.js';
import { idIn } from '../../shared.js';

const user = (call: Call) => access.user(call.scope, idIn(call, 'user'));
const SETTINGS = 'settings of user interfaces exist only in an engine.';
const GIVEN = 'roles are assigned in {cloud}, to users and groups of its directory.';

export const ofUser: readonly Operation[] = [
  ...absent(
    '/users/{user:id}',
    [
      {
        name: 'groups',
        key: 'group',
        entity: 'group',
        document: 'groups',
        why: "the groups of a user are managed in {cloud}'s directory.",
      },
      {
        name: 'eventsubscriptions',
        key: 'eventsubscription',
        entity: 'event subscription',
        document: 'event_subscriptions',
        why: SETTINGS,
        verbs: ['add', 'remove'],
        id: 'name',
      },
    ],
    user,
  ),
  ...refusals('user', 'user', "users and groups are those of {cloud}'s directory.", ['update /users/{user:id}']),
  ...refusals('role', 'role', GIVEN, [
    'update /users/{user:id}/roles/{role:id}',
    'update /groups/{group:id}/roles/{role:id}',
  ]),
];

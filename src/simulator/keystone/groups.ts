import { objectIn, textIn, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { created, noContent, ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import type { UserGroup } from '../world/types.js';
import type { World } from '../world/world.js';
import { checkNew, DOMAIN, held, listing, nameTaken, notFound, required, self } from './parts.js';
import { userBody } from './users.js';

const body = (call: SimulatedCall, { id, name, domain_id, description }: UserGroup): JsonObject => ({
  id,
  name,
  domain_id,
  description,
  ...self(call, 'groups', id),
});

const find = (call: SimulatedCall, world: World): UserGroup => held(world.userGroups, 'group', call.params.group);

function checkName(world: World, name: string | undefined, domain: string, itself?: UserGroup): void {
  const taken = [...world.userGroups.values()].some(
    (one) => one !== itself && one.name === name && one.domain_id === domain,
  );
  if (name !== undefined && taken) throw nameTaken('group', name, domain);
}

function create(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'group');
  required(requested, 'name');
  checkNew(world, 'group', requested);
  const name = textIn(requested, 'name') ?? '';
  const domain = textIn(requested, 'domain_id') ?? DOMAIN.id;
  checkName(world, name, domain);
  const group = world.add('userGroups', {
    id: world.random.hex(32),
    name,
    domain_id: domain,
    description: textIn(requested, 'description') ?? '',
  });
  return created({ group: body(call, group) });
}

function update(call: SimulatedCall, world: World): Answer {
  const group = find(call, world);
  const requested = objectIn(call.body, 'group');
  checkNew(world, 'group', requested);
  checkName(world, textIn(requested, 'name'), group.domain_id, group);
  group.name = textIn(requested, 'name') ?? group.name;
  group.description = textIn(requested, 'description') ?? group.description;
  return ok({ group: body(call, group) });
}

function remove(call: SimulatedCall, world: World): Answer {
  const { id } = find(call, world);
  world.userGroups.delete(id);
  for (const [key, one] of world.grants) if (one.actor === 'groups' && one.actor_id === id) world.grants.delete(key);
  return noContent;
}

const list = (call: SimulatedCall, world: World): Answer =>
  listing(
    call,
    'groups',
    [...world.userGroups.values()].map((group) => body(call, group)),
  );

function members(call: SimulatedCall, world: World): Answer {
  const users = find(call, world).members.flatMap((id) => world.users.get(id) ?? []);
  return listing(
    call,
    'users',
    users.map((user) => userBody(call, user)),
  );
}

/** Of any user for administrators, of themselves for others. */
function ofUser(call: SimulatedCall, world: World): Answer {
  const { user = '' } = call.params;
  if (user !== call.token.userId && !call.token.roles.includes('admin'))
    throw refuse.forbidden('You are not authorized to perform the requested action: identity:list_groups_for_user.');
  held(world.users, 'user', user);
  const groups = [...world.userGroups.values()].filter((one) => one.members.includes(user));
  return listing(
    call,
    'groups',
    groups.map((group) => ({ ...body(call, group), membership_expires_at: null })),
  );
}

/** The group and the user of the path. Throws Keystone's 404. */
function membership(call: SimulatedCall, world: World): { group: UserGroup; user: string } {
  const group = find(call, world);
  return { group, user: held(world.users, 'user', call.params.user).id };
}

function existing(call: SimulatedCall, world: World): { group: UserGroup; user: string } {
  const found = membership(call, world);
  if (!found.group.members.includes(found.user)) throw notFound('user in group', found.user);
  return found;
}

function addMember(call: SimulatedCall, world: World): Answer {
  const { group, user } = membership(call, world);
  if (!group.members.includes(user)) group.members.push(user);
  return noContent;
}

/** The user's tokens end, as they may bear roles of the group's (asked of Keystone 3.14). */
function removeMember(call: SimulatedCall, world: World): Answer {
  const { group, user } = existing(call, world);
  group.members = group.members.filter((id) => id !== user);
  for (const { id, userId } of world.tokens.values()) if (userId === user) world.tokens.delete(id);
  return noContent;
}

const MEMBER = '/v3/groups/{group}/users/{user}';

export const groupRoutes: readonly Route[] = [
  route('GET', '/v3/groups', 'identity:list_groups', list, 'admin'),
  route('POST', '/v3/groups', 'identity:create_group', create, 'admin'),
  route(
    'GET',
    '/v3/groups/{group}',
    'identity:get_group',
    (call, world) => ok({ group: body(call, find(call, world)) }),
    'admin',
  ),
  route('PATCH', '/v3/groups/{group}', 'identity:update_group', update, 'admin'),
  route('DELETE', '/v3/groups/{group}', 'identity:delete_group', remove, 'admin'),
  route('GET', '/v3/groups/{group}/users', 'identity:list_users_in_group', members, 'admin'),
  route('GET', '/v3/users/{user}/groups', 'identity:list_groups_for_user', ofUser, 'user'),
  route('PUT', MEMBER, 'identity:add_user_to_group', addMember, 'admin'),
  route(
    'HEAD',
    MEMBER,
    'identity:check_user_in_group',
    (call, world) => {
      existing(call, world);
      return noContent;
    },
    'admin',
  ),
  route('DELETE', MEMBER, 'identity:remove_user_from_group', removeMember, 'admin'),
];

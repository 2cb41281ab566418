import { objectIn, textIn, type JsonObject } from '../json.js';
import { Refusal, refuse } from '../refusal.js';
import { created, noContent, ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import type { User } from '../world/types.js';
import type { World } from '../world/world.js';
import { checkNew, DOMAIN, held, listing, nameTaken, required, self } from './parts.js';

/** What Keystone has a place for; the rest is stored as it is sent. */
const OWN = new Set([
  'id',
  'name',
  'password',
  'enabled',
  'domain_id',
  'email',
  'description',
  'default_project_id',
  'options',
]);

/** Unset properties (an address, a description) have no key (recorded: 023). */
export const userBody = (call: SimulatedCall, user: User): JsonObject => {
  const { id, name, domain_id, enabled, email, description, default_project_id, extra } = user;
  return {
    id,
    name,
    domain_id,
    enabled,
    password_expires_at: null,
    options: {},
    ...(email === undefined ? {} : { email }),
    ...(description === undefined ? {} : { description }),
    ...(default_project_id === undefined ? {} : { default_project_id }),
    ...extra,
    ...self(call, 'users', id),
  };
};

const find = (call: SimulatedCall, world: World): User => held(world.users, 'user', call.params.user);

function checkName(world: World, name: string, domain: string, itself?: User): void {
  const taken = [...world.users.values()].some(
    (one) => one !== itself && one.name === name && one.domain_id === domain,
  );
  if (taken) throw nameTaken('user', name, domain);
}

function change(world: World, user: User, requested: JsonObject | undefined): void {
  const name = textIn(requested, 'name') ?? user.name;
  checkName(world, name, user.domain_id, user);
  const password = textIn(requested, 'password') ?? user.password;
  // Keystone revokes the tokens of a changed password
  if (password !== user.password)
    for (const { id, userId } of world.tokens.values()) if (userId === user.id) world.tokens.delete(id);
  const extra = Object.entries(requested ?? {}).filter(([key]) => !OWN.has(key));
  if (extra.length > 0) user.extra = { ...user.extra, ...Object.fromEntries(extra) };
  Object.assign(user, {
    name,
    password,
    email: textIn(requested, 'email') ?? user.email,
    description: textIn(requested, 'description') ?? user.description,
    default_project_id: textIn(requested, 'default_project_id') ?? user.default_project_id,
    enabled: typeof requested?.enabled === 'boolean' ? requested.enabled : user.enabled,
  });
}

function create(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'user');
  required(requested, 'name');
  checkNew(world, 'user', requested);
  const name = textIn(requested, 'name') ?? '';
  const domain_id = textIn(requested, 'domain_id') ?? DOMAIN.id;
  checkName(world, name, domain_id);
  const user = world.add('users', { id: world.random.hex(32), name, password: '', roles: {}, domain_id });
  change(world, user, requested);
  return created({ user: userBody(call, user) });
}

function update(call: SimulatedCall, world: World): Answer {
  const user = find(call, world);
  checkNew(world, 'user', objectIn(call.body, 'user'));
  change(world, user, objectIn(call.body, 'user'));
  return ok({ user: userBody(call, user) });
}

/** A user's own change, for which the former password is the login. */
function changePassword(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'user');
  const [former, password] = [textIn(requested, 'original_password'), textIn(requested, 'password')];
  for (const [name, value] of [
    ['original_password', former],
    ['password', password],
  ])
    if (value === undefined) throw refuse.bad(`'${name}' is a required property`);
  const user = world.users.get(call.params.user ?? '');
  if (user === undefined || user.password !== former)
    throw new Refusal(401, 'The request you have made requires authentication.');
  change(world, user, { password });
  return noContent;
}

function remove(call: SimulatedCall, world: World): Answer {
  const { id } = find(call, world);
  world.users.delete(id);
  for (const [token, { userId }] of world.tokens) if (userId === id) world.tokens.delete(token);
  for (const group of world.userGroups.values()) group.members = group.members.filter((one) => one !== id);
  for (const [key, one] of world.grants) if (one.actor === 'users' && one.actor_id === id) world.grants.delete(key);
  for (const records of [world.applicationCredentials, world.credentials])
    for (const [key, { user_id }] of records) if (user_id === id) records.delete(key);
  for (const [key, { trustor_user_id, trustee_user_id }] of world.trusts)
    if (trustor_user_id === id || trustee_user_id === id) world.trusts.delete(key);
  return noContent;
}

export const userRoutes: readonly Route[] = [
  route(
    'GET',
    '/v3/users',
    'identity:list_users',
    (call, world) =>
      listing(
        call,
        'users',
        [...world.users.values()].map((user) => userBody(call, user)),
      ),
    'admin',
  ),
  route('POST', '/v3/users', 'identity:create_user', create, 'admin'),
  route(
    'GET',
    '/v3/users/{user}',
    'identity:get_user',
    (call, world) => ok({ user: userBody(call, find(call, world)) }),
    'admin',
  ),
  route('PATCH', '/v3/users/{user}', 'identity:update_user', update, 'admin'),
  route('POST', '/v3/users/{user}/password', 'identity:change_password', changePassword, 'anyone'),
  route('DELETE', '/v3/users/{user}', 'identity:delete_user', remove, 'admin'),
];

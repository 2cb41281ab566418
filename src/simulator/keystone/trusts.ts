import { isArray, objectIn, textIn, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { created, noContent, ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import type { Role, Trust } from '../world/types.js';
import type { World } from '../world/world.js';
import { expiry } from './application-credentials.js';
import { held, isOver, listing, required, self } from './parts.js';
import { linkedRole, roleBy, roleNamed } from './roles.js';

const body = (call: SimulatedCall, trust: Trust): JsonObject => ({
  id: trust.id,
  trustor_user_id: trust.trustor_user_id,
  trustee_user_id: trust.trustee_user_id,
  project_id: trust.project_id,
  impersonation: trust.impersonation,
  expires_at: trust.expires_at === null ? null : `${trust.expires_at}Z`,
  remaining_uses: trust.remaining_uses,
  deleted_at: null,
  redelegated_trust_id: null,
  redelegation_count: 0,
  ...self(call, 'OS-TRUST/trusts', trust.id),
});

const links = (call: SimulatedCall, id: string): JsonObject => ({
  self: `${call.base}/identity/v3/${id}/roles`,
  next: null,
  previous: null,
});

const rolesOf = (call: SimulatedCall, world: World, { roles }: Trust): JsonObject[] =>
  roles.map((name) => linkedRole(call, roleNamed(world, name)));

const whole = (call: SimulatedCall, world: World, trust: Trust): JsonObject => ({
  trust: { roles: rolesOf(call, world, trust), ...body(call, trust), roles_links: links(call, trust.id) },
});

/** A trust of the caller's, or any one for administrators. Throws Keystone's 404. */
function find(call: SimulatedCall, world: World): Trust {
  const trust = held(world.trusts, 'trust', call.params.trust);
  const { userId, roles } = call.token;
  if (![trust.trustor_user_id, trust.trustee_user_id].includes(userId) && !roles.includes('admin'))
    throw refuse.forbidden('You are not authorized to perform the requested action: identity:get_trust.');
  return trust;
}

function list(call: SimulatedCall, world: World): Answer {
  const { userId, roles } = call.token;
  const own = ['trustor_user_id', 'trustee_user_id'].some((key) => call.query.get(key) === userId);
  if (!own && !roles.includes('admin'))
    throw refuse.forbidden('You are not authorized to perform the requested action: identity:list_trusts.');
  return listing(
    call,
    'trusts',
    [...world.trusts.values()].map((trust) => body(call, trust)),
  );
}

function rolesRequested(call: SimulatedCall, world: World, sent: unknown): string[] {
  if (!isArray(sent) || sent.length === 0)
    throw refuse.forbidden(
      'You are not authorized to perform the requested action: At least one role should be specified.',
    );
  return sent.map((one) => {
    const id = textIn(one, 'id');
    const { name }: Role = id === undefined ? roleNamed(world, textIn(one, 'name')) : roleBy(world, id);
    if (!call.token.roles.includes(name)) throw refuse.missing(`Could not find role: ${name}.`);
    return name;
  });
}

function create(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'trust');
  required(requested, 'trustor_user_id', 'trustee_user_id', 'impersonation');
  const trustor = textIn(requested, 'trustor_user_id') ?? '';
  if (trustor !== call.token.userId)
    throw refuse.forbidden(
      'You are not authorized to perform the requested action: The authenticated user should match the trustor.',
    );
  const roles = rolesRequested(call, world, requested?.roles);
  const trustee = held(world.users, 'user', textIn(requested, 'trustee_user_id')).id;
  const uses = requested?.remaining_uses;
  const expires = expiry(textIn(requested, 'expires_at'));
  if (isOver(world, expires))
    throw refuse.bad(`The expires_at must not be before now. The server could not comply with the request.`);
  const trust = world.add('trusts', {
    id: world.random.hex(32),
    trustor_user_id: trustor,
    trustee_user_id: trustee,
    project_id: textIn(requested, 'project_id') ?? null,
    impersonation: requested?.impersonation === true,
    roles,
    expires_at: expires,
    remaining_uses: typeof uses === 'number' ? uses : null,
  });
  return created(whole(call, world, trust));
}

/** Its trustor ends it; its tokens end with it. */
function remove(call: SimulatedCall, world: World): Answer {
  const { id } = find(call, world);
  world.trusts.delete(id);
  for (const [token, { trust }] of world.tokens) if (trust?.id === id) world.tokens.delete(token);
  return noContent;
}

const ONE = '/v3/OS-TRUST/trusts/{trust}';

const roleOfTrust = (call: SimulatedCall, world: World): Answer => {
  const trust = find(call, world);
  const role = roleBy(world, call.params.role);
  if (!trust.roles.includes(role.name)) throw refuse.missing(`Could not find role: ${role.id}.`);
  return ok({ role: linkedRole(call, role) });
};

export const trustRoutes: readonly Route[] = [
  route('GET', '/v3/OS-TRUST/trusts', 'identity:list_trusts', list, 'user'),
  route('POST', '/v3/OS-TRUST/trusts', 'identity:create_trust', create, 'user'),
  route('GET', ONE, 'identity:get_trust', (call, world) => ok(whole(call, world, find(call, world))), 'user'),
  route('DELETE', ONE, 'identity:delete_trust', remove, 'user'),
  route(
    'GET',
    `${ONE}/roles`,
    'identity:list_roles_for_trust',
    (call, world) => {
      const trust = find(call, world);
      return ok({ roles: rolesOf(call, world, trust), links: links(call, trust.id) });
    },
    'user',
  ),
  route('GET', `${ONE}/roles/{role}`, 'identity:get_role_for_trust', roleOfTrust, 'user'),
  route('HEAD', `${ONE}/roles/{role}`, 'identity:get_role_for_trust', roleOfTrust, 'user'),
];

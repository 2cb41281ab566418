import { isArray, objectIn, textIn, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { created, noContent, ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import type { ApplicationCredential } from '../world/types.js';
import type { World } from '../world/world.js';
import { listing, nameTaken, notFound, required, self } from './parts.js';
import { namesOfRoles, roleBody, roleBy, roleNamed } from './roles.js';

const body = (call: SimulatedCall, world: World, one: ApplicationCredential): JsonObject => ({
  id: one.id,
  name: one.name,
  description: one.description,
  user_id: one.user_id,
  project_id: one.project_id,
  system: null,
  expires_at: one.expires_at,
  unrestricted: one.unrestricted,
  roles: (one.roles ?? []).map((name) => roleBody(roleNamed(world, name))),
  ...self(call, 'application_credentials', one.id),
});

/** Those of a user: of themselves, or of anybody for administrators. */
function ofUser(call: SimulatedCall, world: World): ApplicationCredential[] {
  const { user = '' } = call.params;
  if (user !== call.token.userId && !call.token.roles.includes('admin'))
    throw refuse.forbidden(
      'You are not authorized to perform the requested action: identity:list_application_credentials.',
    );
  return [...world.applicationCredentials.values()].filter(({ user_id }) => user_id === user);
}

function find(call: SimulatedCall, world: World): ApplicationCredential {
  const found = ofUser(call, world).find(({ id }) => id === call.params.credential);
  if (found === undefined) throw notFound('Application Credential', call.params.credential ?? '');
  return found;
}

/** Names of the roles that a body gives by id or by name. Throws Keystone's refusal of one that the login has not. */
function rolesOf(call: SimulatedCall, world: World, sent: unknown): string[] {
  const { userId, projectId, roles } = call.token;
  if (!isArray(sent) || sent.length === 0) return [...roles];
  const held = namesOfRoles(world, userId, 'projects', projectId);
  return sent.map((one) => {
    const id = textIn(one, 'id');
    const { name, ...role } = id === undefined ? roleNamed(world, textIn(one, 'name')) : roleBy(world, id);
    if (!held.includes(name))
      throw refuse.bad(`Invalid application credential: Could not find role assignment with role: ${role.id}.`);
    return name;
  });
}

/** The secret is answered once, and never again. */
function create(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'application_credential');
  required(requested, 'name');
  const { userId, projectId } = call.token;
  if (call.params.user !== userId)
    throw refuse.forbidden(
      'You are not authorized to perform the requested action: identity:create_application_credential.',
    );
  const name = textIn(requested, 'name') ?? '';
  if (ofUser(call, world).some((one) => one.name === name)) throw nameTaken('application_credential', name);
  const secret = textIn(requested, 'secret') ?? world.random.hex(86);
  const made = world.add('applicationCredentials', {
    id: world.random.hex(32),
    name,
    secret,
    user_id: userId,
    project_id: projectId,
    description: textIn(requested, 'description') ?? null,
    roles: rolesOf(call, world, requested?.roles),
    unrestricted: typeof requested?.unrestricted === 'boolean' ? requested.unrestricted : null,
    expires_at: expiry(textIn(requested, 'expires_at')),
  });
  const { links, ...shown } = body(call, world, made);
  return created({ application_credential: { ...shown, secret, links } });
}

/** The time as it is stored, with microseconds. Throws Keystone's 400 for what is no time. */
export function expiry(sent: string | undefined): string | null {
  if (sent === undefined) return null;
  const [, seconds = '', fraction = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z?$/.exec(sent) ?? [];
  if (Number.isNaN(Date.parse(`${seconds}Z`)))
    throw refuse.bad(`Invalid input for field 'expires_at': '${sent}' is not a 'date-time'`);
  return `${seconds}.${fraction.padEnd(6, '0')}`;
}

function remove(call: SimulatedCall, world: World): Answer {
  world.applicationCredentials.delete(find(call, world).id);
  return noContent;
}

const ALL = '/v3/users/{user}/application_credentials';

export const applicationCredentialRoutes: readonly Route[] = [
  route(
    'GET',
    ALL,
    'identity:list_application_credentials',
    (call, world) =>
      listing(
        call,
        'application_credentials',
        ofUser(call, world).map((one) => body(call, world, one)),
      ),
    'user',
  ),
  route('POST', ALL, 'identity:create_application_credential', create, 'user'),
  route(
    'GET',
    `${ALL}/{credential}`,
    'identity:get_application_credential',
    (call, world) => ok({ application_credential: body(call, world, find(call, world)) }),
    'user',
  ),
  route('DELETE', `${ALL}/{credential}`, 'identity:delete_application_credential', remove, 'user'),
];

import { isArray, isObject, objectIn, textIn, type JsonObject } from '../json.js';
import { Refusal } from '../refusal.js';
import { created, noContent, ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import type { Project, RoleName, Token, User } from '../world/types.js';
import type { World } from '../world/world.js';
import { stableId } from '../stable-id.js';

export const DOMAIN = { id: 'default', name: 'Default' };
const IMPLIED: Readonly<Record<RoleName, readonly RoleName[]>> = {
  admin: ['reader', 'admin', 'member'],
  member: ['reader', 'member'],
  reader: ['reader'],
};

/** The same text for every failure, so that it reveals nothing (recorded: 008, 009). */
export const unauthenticated = (base: string): Refusal =>
  new Refusal(401, 'The request you have made requires authentication.', {
    headers: { 'WWW-Authenticate': `Keystone uri="${base}/identity/v3"` },
  });

const malformed = (what: string, where: string): Refusal =>
  new Refusal(400, `'${what}' is a required property\n\nFailed validating 'required' in schema:\n    ${where}`);

export const services = [
  { type: 'identity', name: 'keystone', path: () => '/identity/v3' },
  { type: 'compute', name: 'nova', path: (project: string) => `/compute/v2.1/${project}` },
  // PowerVC's own clients look for `volume`, OpenStack's for `volumev3` (docs/reference/power.md, 1.1).
  { type: 'volume', name: 'cinder', path: (project: string) => `/volume/v3/${project}` },
  { type: 'volumev3', name: 'cinderv3', path: (project: string) => `/volume/v3/${project}` },
  { type: 'network', name: 'neutron', path: () => '/network' },
  { type: 'image', name: 'glance', path: () => '/image' },
  { type: 'metric', name: 'gnocchi', path: () => '/metric' },
] as const;

export function catalog(call: SimulatedCall, world: World, project: string): JsonObject[] {
  const { region } = world.settings;
  return services.map(({ type, name, path }) => ({
    endpoints: ['admin', 'internal', 'public'].map((face) => ({
      id: stableId(type, face),
      interface: face,
      region_id: region,
      url: `${call.base}${path(project)}`,
      region,
    })),
    id: stableId(type),
    type,
    name,
  }));
}

const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.(\d{3})Z$/, '.000000Z');

function tokenBody(token: Token, call: SimulatedCall, world: World): JsonObject {
  const scoped =
    token.projectId === ''
      ? {}
      : {
          project: { domain: DOMAIN, id: token.projectId, name: token.projectName },
          is_domain: false,
          roles: token.roles.map((name) => ({ id: stableId('role', name), name })),
          ...(call.query.has('nocatalog') ? {} : { catalog: catalog(call, world, token.projectId) }),
        };
  return {
    token: {
      methods: ['password'],
      user: { domain: DOMAIN, id: token.userId, name: token.userName, password_expires_at: null },
      audit_ids: [token.auditId],
      expires_at: iso(token.expiresAt),
      issued_at: iso(token.issuedAt),
      ...scoped,
    },
  };
}

/** A user, and the project that the login is for when it says so itself. */
interface Authenticated {
  readonly user: User;
  readonly project?: string;
}

function byApplicationCredential(identity: JsonObject, world: World): Authenticated | undefined {
  const given = objectIn(identity, 'application_credential');
  for (const user of world.users.values()) {
    const found = user.applicationCredentials?.find(({ id, secret }) => id === given?.id && secret === given.secret);
    if (found && user.enabled) return { user, project: found.project };
  }
  return undefined;
}

/** The user of the credentials; undefined if anything is wrong with them. */
function authenticate(identity: JsonObject, world: World): Authenticated | undefined {
  const methods = isArray(identity.methods) ? identity.methods : [];
  if (methods.includes('application_credential')) return byApplicationCredential(identity, world);
  const user = userOf(identity, methods, world);
  return user && { user };
}

function userOf(identity: JsonObject, methods: readonly unknown[], world: World): User | undefined {
  const token = world.tokens.get(textIn(identity.token, 'id') ?? '');
  if (methods.includes('token'))
    return token !== undefined && token.expiresAt > world.clock.now() ? world.users.get(token.userId) : undefined;
  const given = objectIn(identity.password, 'user');
  const domain = given?.domain;
  const inDomain =
    given?.id !== undefined || textIn(domain, 'name') === DOMAIN.name || textIn(domain, 'id') === DOMAIN.id;
  const user = [...world.users.values()].find(
    ({ id, name }) => given?.id === id || (given?.id === undefined && given?.name === name),
  );
  return methods.includes('password') && inDomain && user?.enabled === true && given?.password === user.password
    ? user
    : undefined;
}

function scopeOf(scope: JsonObject | undefined, user: User, world: World): Project | undefined {
  const requested = objectIn(scope, 'project');
  const domain = requested?.domain;
  if (
    requested?.id === undefined &&
    requested?.name !== undefined &&
    textIn(domain, 'name') !== DOMAIN.name &&
    textIn(domain, 'id') !== DOMAIN.id
  )
    return undefined;
  const project = [...world.projects.values()].find(
    ({ id, name }) => id === requested?.id || (requested?.id === undefined && name === requested?.name),
  );
  return project?.enabled === true && user.roles[project.id] !== undefined ? project : undefined;
}

function issue(call: SimulatedCall, world: World): Answer {
  const auth = objectIn(call.body, 'auth');
  if (auth === undefined) throw malformed('auth', '{}');
  const identity = objectIn(auth, 'identity');
  if (identity === undefined)
    throw malformed(
      'identity',
      "{'properties': {'identity': {…}, 'scope': {…}}, 'required': ['identity'], 'type': 'object'}",
    );
  const authenticated = authenticate(identity, world);
  if (authenticated === undefined) throw unauthenticated(call.base);
  const { user, project: own } = authenticated;
  const scope = own !== undefined ? { project: { id: own } } : isObject(auth.scope) ? auth.scope : undefined;
  const project = scope === undefined ? undefined : scopeOf(scope, user, world);
  if (scope !== undefined && project === undefined) throw unauthenticated(call.base);
  const now = world.clock.now();
  const role = project === undefined ? undefined : user.roles[project.id];
  const token: Token = {
    id: `gAAAAAB${world.random.hex(96)}`,
    userId: user.id,
    userName: user.name,
    roles: role === undefined ? [] : IMPLIED[role],
    projectId: project?.id ?? '',
    projectName: project?.name ?? '',
    issuedAt: now,
    expiresAt: now + world.settings.tokenSeconds * 1000,
    auditId: world.random.hex(22),
  };
  world.tokens.set(token.id, token);
  return { ...created(tokenBody(token, call, world)), headers: { 'X-Subject-Token': token.id, Vary: 'X-Auth-Token' } };
}

function subject(call: SimulatedCall, world: World): Token {
  const id = call.headers['x-subject-token'];
  const token = typeof id === 'string' ? world.tokens.get(id) : undefined;
  if (token === undefined || token.expiresAt <= world.clock.now()) throw new Refusal(404, 'Failed to validate token');
  return token;
}

function validate(call: SimulatedCall, world: World): Answer {
  const token = subject(call, world);
  return { ...ok(tokenBody(token, call, world)), headers: { 'X-Subject-Token': token.id, Vary: 'X-Auth-Token' } };
}

const check = (call: SimulatedCall, world: World): Answer => ({
  status: 200,
  headers: { 'X-Subject-Token': subject(call, world).id, Vary: 'X-Auth-Token' },
});

function revoke(call: SimulatedCall, world: World): Answer {
  world.tokens.delete(subject(call, world).id);
  return noContent;
}

function version(call: SimulatedCall): JsonObject {
  return {
    id: 'v3.14',
    status: 'stable',
    updated: '2020-04-07T00:00:00Z',
    links: [{ rel: 'self', href: `${call.base}/identity/v3/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  };
}

const versions = (call: SimulatedCall): Answer => ({
  status: 300,
  body: { versions: { values: [version(call)] } },
  headers: { Location: `${call.base}/identity/v3/` },
});

/** Logins, and the documents that a client reads before one. */
export const tokenRoutes: readonly Route[] = [
  route('GET', '/', 'identity:versions', versions, 'anyone'),
  route('GET', '/v3', 'identity:version', (call) => ok({ version: version(call) }), 'anyone'),
  route('POST', '/v3/auth/tokens', 'identity:create_token', issue, 'anyone'),
  route('GET', '/v3/auth/tokens', 'identity:validate_token', validate),
  route('HEAD', '/v3/auth/tokens', 'identity:check_token', check, 'reader'),
  route('DELETE', '/v3/auth/tokens', 'identity:revoke_token', revoke, 'reader'),
  route('GET', '/v3/auth/catalog', 'identity:get_auth_catalog', (call, world) =>
    ok({
      catalog: catalog(call, world, call.token.projectId),
      links: { next: null, self: `${call.base}/identity${call.path}`, previous: null },
    }),
  ),
];

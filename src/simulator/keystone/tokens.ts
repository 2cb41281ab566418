import { isArray, isObject, objectIn, textIn, type JsonObject } from '../json.js';
import { Refusal, refuse } from '../refusal.js';
import { created, noContent, ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import type { ApplicationCredential, Kept, Project, Token, Trust, User } from '../world/types.js';
import type { World } from '../world/world.js';
import { stableId } from '../stable-id.js';
import { DOMAIN, domainOf, isOver } from './parts.js';
import { impliedBy, namesOfRoles, roleBody, roleNamed } from './roles.js';

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

/** The simulator's own services. */
export function builtIn(call: SimulatedCall, world: World, project: string): JsonObject[] {
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

/** The services of the project's catalogue, and those that administrators added. */
function catalog(call: SimulatedCall, world: World, project: string): JsonObject[] {
  const all = [
    ...builtIn(call, world, project),
    ...[...world.services.values()]
      .filter(({ enabled }) => enabled !== false)
      .map((service) => added(world, service, project)),
  ];
  const groups = [...world.endpointGroups.values()].filter(({ projects }) => projects.includes(project));
  if (groups.length === 0) return all;
  const isIn = (service: unknown, endpoint: JsonObject): boolean =>
    groups.some(({ filters }) =>
      Object.entries(filters).every(([key, value]) => (key === 'service_id' ? service : endpoint[key]) === value),
    );
  return all.flatMap(({ endpoints, ...service }) => {
    const left = (endpoints as JsonObject[]).filter((endpoint) => isIn(service.id, endpoint));
    return left.length === 0 ? [] : [{ endpoints: left, ...service }];
  });
}

const added = (world: World, { id, type, name }: Kept, project: string): JsonObject => ({
  endpoints: [...world.endpoints.values()]
    .filter((endpoint) => endpoint.service_id === id && endpoint.enabled !== false)
    .map((endpoint) => ({
      id: endpoint.id,
      interface: endpoint.interface,
      region_id: endpoint.region_id,
      url: String(endpoint.url).replace(/[$%]\((?:project|tenant)_id\)s/g, project),
      region: endpoint.region,
    })),
  id,
  type,
  name,
});

const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.(\d{3})Z$/, '.000000Z');

function tokenBody(token: Token, call: SimulatedCall, world: World): JsonObject {
  const { trust } = token;
  const user = world.users.get(token.userId);
  const roles = token.roles.map((name) => {
    const role = roleNamed(world, name);
    return trust === undefined ? { id: role.id, name } : roleBody(role);
  });
  const project = world.projects.get(token.projectId);
  const scope =
    token.domainId !== undefined
      ? { domain: domainOf(world, token.domainId), roles }
      : token.projectId === ''
        ? undefined
        : {
            project: { domain: domainOf(world, project?.domain_id), id: token.projectId, name: token.projectName },
            ...(trust === undefined && { is_domain: false }),
            roles,
          };
  return {
    token: {
      methods: token.methods,
      user: {
        domain: domainOf(world, user?.domain_id),
        id: token.userId,
        name: token.userName,
        password_expires_at: null,
      },
      audit_ids: [token.auditId],
      expires_at: iso(token.expiresAt),
      issued_at: iso(token.issuedAt),
      ...(trust !== undefined && {
        'OS-TRUST:trust': {
          id: trust.id,
          trustor_user: { id: trust.trustor_user_id },
          trustee_user: { id: trust.trustee_user_id },
          impersonation: trust.impersonation,
        },
      }),
      ...scope,
      ...(scope !== undefined && !call.query.has('nocatalog') && { catalog: catalog(call, world, token.projectId) }),
    },
  };
}

/** A user, and the application credential or the former token that the login is with. */
interface Authenticated {
  readonly user: User;
  readonly credential?: ApplicationCredential;
  readonly former?: Token;
}

/** The credential by its id, or by its name and its user's. */
function byApplicationCredential(identity: JsonObject, world: World): Authenticated | undefined {
  const given = objectIn(identity, 'application_credential');
  const owner = given?.id === undefined ? userNamed(objectIn(given, 'user'), world) : undefined;
  const credential = [...world.applicationCredentials.values()].find(
    (one) =>
      (given?.id === undefined ? one.name === given?.name && one.user_id === owner?.id : one.id === given.id) &&
      one.secret === given?.secret,
  );
  const user = world.users.get(credential?.user_id ?? '');
  return credential !== undefined && user?.enabled === true && !isOver(world, credential.expires_at)
    ? { user, credential }
    : undefined;
}

/** The user of the credentials; undefined if anything is wrong with them. */
function authenticate(identity: JsonObject, world: World): Authenticated | undefined {
  const methods = isArray(identity.methods) ? identity.methods : [];
  if (methods.includes('application_credential')) return byApplicationCredential(identity, world);
  if (methods.includes('token')) return byToken(identity, world);
  const given = objectIn(identity.password, 'user');
  const user = methods.includes('password') ? userNamed(given, world) : undefined;
  const domain = user === undefined ? undefined : (world.domains.get(user.domain_id)?.enabled ?? true);
  return user?.enabled === true && domain === true && given?.password === user.password ? { user } : undefined;
}

function byToken(identity: JsonObject, world: World): Authenticated | undefined {
  const former = world.tokens.get(textIn(identity.token, 'id') ?? '');
  const user = world.users.get(former?.userId ?? '');
  return former !== undefined && user?.enabled === true && former.expiresAt > world.clock.now()
    ? { user, former }
    : undefined;
}

/** The id of the domain that a login names by its id or its name. */
function domainNamed(given: unknown, world: World): string | undefined {
  const [id, name] = [textIn(given, 'id'), textIn(given, 'name')];
  return [DOMAIN, ...world.domains.values()].find((one) => one.id === id || (id === undefined && one.name === name))
    ?.id;
}

function userNamed(given: JsonObject | undefined, world: World): User | undefined {
  if (given?.id !== undefined) return world.users.get(textIn(given, 'id') ?? '');
  const domain = domainNamed(given?.domain, world);
  return [...world.users.values()].find(({ name, domain_id }) => name === given?.name && domain_id === domain);
}

function projectNamed(requested: JsonObject | undefined, world: World): Project | undefined {
  if (requested?.id !== undefined) return world.projects.get(textIn(requested, 'id') ?? '');
  const domain = domainNamed(requested?.domain, world);
  return [...world.projects.values()].find(({ name, domain_id }) => name === requested?.name && domain_id === domain);
}

/** What a login is for. */
type Scope = Pick<Token, 'userId' | 'userName' | 'roles' | 'projectId' | 'projectName' | 'domainId' | 'trust'>;

const UNSCOPED = { roles: [], projectId: '', projectName: '' };

/** The project or domain of a login, with the roles there; undefined where the user has none. */
function scopeOf(scope: JsonObject | undefined, { user, credential }: Authenticated, world: World): Scope | undefined {
  const who = { userId: user.id, userName: user.name };
  if (credential !== undefined) {
    const project = world.projects.get(credential.project_id);
    const held = namesOfRoles(world, user.id, 'projects', credential.project_id);
    const roles = credential.roles === null ? held : credential.roles.filter((name) => held.includes(name));
    return project?.enabled === true && roles.length > 0
      ? { ...who, roles, projectId: project.id, projectName: project.name }
      : undefined;
  }
  const trust = objectIn(scope, 'OS-TRUST:trust');
  if (trust !== undefined) return scopeOfTrust(world.trusts.get(textIn(trust, 'id') ?? ''), user, world);
  const domain = objectIn(scope, 'domain');
  if (domain !== undefined) {
    const domainId = domainNamed(domain, world);
    const roles = domainId === undefined ? [] : namesOfRoles(world, user.id, 'domains', domainId);
    return roles.length > 0 ? { ...who, ...UNSCOPED, roles, domainId } : undefined;
  }
  if (scope === undefined) return { ...who, ...UNSCOPED };
  const project = projectNamed(objectIn(scope, 'project'), world);
  const roles = project?.enabled === true ? namesOfRoles(world, user.id, 'projects', project.id) : [];
  return project !== undefined && roles.length > 0
    ? { ...who, roles, projectId: project.id, projectName: project.name }
    : undefined;
}

/** The trustor's roles for the trustee, as the trustor where the trust says so. Throws Keystone's 403. */
function scopeOfTrust(trust: Trust | undefined, user: User, world: World): Scope | undefined {
  if (trust === undefined || isOver(world, trust.expires_at) || trust.remaining_uses === 0) return undefined;
  const trustor = world.users.get(trust.trustor_user_id);
  if (trust.trustee_user_id !== user.id || trustor?.enabled !== true)
    throw refuse.forbidden('You are not authorized to perform the requested action: User is not a trustee.');
  const held = namesOfRoles(world, trustor.id, 'projects', trust.project_id ?? '');
  if (!trust.roles.every((name) => held.includes(name)))
    throw refuse.forbidden('You are not authorized to perform the requested action: Trustee has no delegated roles.');
  if (trust.remaining_uses !== null) trust.remaining_uses -= 1;
  const who = trust.impersonation ? trustor : user;
  return {
    userId: who.id,
    userName: who.name,
    roles: impliedBy(
      world,
      trust.roles.map((name) => roleNamed(world, name).id),
    ),
    projectId: trust.project_id ?? '',
    projectName: world.projects.get(trust.project_id ?? '')?.name ?? '',
    trust,
  };
}

/** Methods of the login and of the one before, whose end it keeps. */
function sessionOf({ credential, former }: Authenticated, world: World): Pick<Token, 'methods' | 'expiresAt'> {
  if (former !== undefined) return { methods: [...new Set([...former.methods, 'token'])], expiresAt: former.expiresAt };
  return {
    methods: [credential === undefined ? 'password' : 'application_credential'],
    expiresAt: world.clock.now() + world.settings.tokenSeconds * 1000,
  };
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
  const scope = scopeOf(requestedScope(auth, authenticated, world), authenticated, world);
  if (scope === undefined) throw unauthenticated(call.base);
  const token: Token = {
    id: `gAAAAAB${world.random.hex(96)}`,
    ...scope,
    issuedAt: world.clock.now(),
    ...sessionOf(authenticated, world),
    auditId: world.random.hex(22),
  };
  world.tokens.set(token.id, token);
  return { ...created(tokenBody(token, call, world)), headers: { 'X-Subject-Token': token.id, Vary: 'X-Auth-Token' } };
}

/** The scope that the login names, or the user's default project if it names none and the user has roles there. */
function requestedScope(auth: JsonObject, { user }: Authenticated, world: World): JsonObject | undefined {
  if (isObject(auth.scope)) return auth.scope;
  const id = user.default_project_id;
  const isUsable = id !== undefined && namesOfRoles(world, user.id, 'projects', id).length > 0;
  return isUsable && auth.scope !== 'unscoped' ? { project: { id } } : undefined;
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
  route('GET', '/v3/auth/tokens', 'identity:validate_token', validate, 'user'),
  route('HEAD', '/v3/auth/tokens', 'identity:check_token', check, 'user'),
  route('DELETE', '/v3/auth/tokens', 'identity:revoke_token', revoke, 'user'),
  route(
    'GET',
    '/v3/auth/catalog',
    'identity:get_auth_catalog',
    (call, world) =>
      ok({
        catalog: catalog(call, world, call.token.projectId),
        links: { next: null, self: `${call.base}/identity${call.path}`, previous: null },
      }),
    'user',
  ),
];

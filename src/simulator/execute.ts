import { unauthenticated } from './keystone/index.js';
import { Refusal, refusalAnswer, refuse } from './refusal.js';
import { match, type Answer, type SimulatedCall, type Match, type Role } from './router.js';
import { PREFIX, services, type Service } from './services.js';
import type { Token } from './world/types.js';
import type { World } from './world/world.js';
import { neutron } from './neutron/refusals.js';
import type { Breach } from './breach.js';

/** A request's address: which service, and where in it. */
export interface Located {
  readonly service: Service;
  readonly path: string;
  readonly project: string | undefined;
  readonly version: boolean;
}

/** Finds the service of a path; undefined for a path that PowerVC does not have. */
export function locate(pathname: string): Located | undefined {
  if (!pathname.startsWith(`${PREFIX}/`)) return undefined;
  const [, name = '', rest = ''] = /^\/([^/]+)(.*)$/.exec(pathname.slice(PREFIX.length)) ?? [];
  const service = Object.hasOwn(services, name) ? services[name] : undefined;
  if (service === undefined) return undefined;
  const path = rest === '' ? '/' : rest;
  if (service.version === undefined) return { service, path, project: undefined, version: true };
  // Both forms occur: with the project behind the version, and without (docs/reference/power.md, 1.1).
  const [, project, below = ''] =
    new RegExp(
      `^/${service.version.replace('.', '\\.')}(?:/([0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))?(/.+)$`,
    ).exec(path) ?? [];
  return below === ''
    ? { service, path, project: undefined, version: false }
    : { service, path: below, project, version: true };
}

const rank: Readonly<Record<Role, number>> = { anyone: 0, user: 0, reader: 1, member: 2, admin: 3 };

/** Default policies ask for no role by its name but `admin` and `reader`: any other is a member's. */
const rankOf = (role: string): number => (Object.hasOwn(rank, role) ? rank[role as Role] : rank.member);

const GLANCE_401 =
  'This server could not verify that you are authorized to access the document you requested. ' +
  'Either you supplied the wrong credentials ' +
  '(e.g., bad password), or your browser does not understand how to supply the credentials required.';

function authenticate(call: Omit<SimulatedCall, 'token' | 'params'>, world: World): Token {
  const given = call.headers['x-auth-token'];
  const token = typeof given === 'string' ? world.tokens.get(given) : undefined;
  if (token === undefined || token.expiresAt <= world.clock.now()) {
    if (call.service !== 'image') throw unauthenticated(call.base);
    throw new Refusal(401, GLANCE_401, { headers: { 'Www-Authenticate': `Keystone uri="${call.base}/identity/v3"` } });
  }
  return token;
}

/** Refuses the address of another project (recorded: 324). */
function checkProject(call: SimulatedCall, project: string | undefined): void {
  if (project === undefined || project === call.token.projectId) return;
  throw refuse.bad(
    call.service === 'volume'
      ? 'Malformed request url'
      : `Malformed request URL: URL's project_id '${project}' doesn't match Context's project_id ` +
          `'${call.token.projectId}'`,
  );
}

/**
 * What OpenStack's default policies reserve for administrators (recorded: 143) and all of PowerVC's roles may read: an
 * assumption, PowerVC's policies are undocumented.
 */
const KEPT = /^os_compute_api:(os-hypervisors|os-aggregates|os-services|os-hosts|os-availability-zone:detail)/;

function checkPolicy(call: SimulatedCall, { route }: Match, world: World): void {
  const strongest = Math.max(0, ...call.token.roles.map(rankOf));
  const role = world.settings.cloud === 'openstack' && KEPT.test(route.policy) ? 'admin' : route.role;
  if (strongest >= rank[role]) return;
  switch (call.service) {
    case 'network':
      throw neutron.policy(route.policy);
    case 'identity':
      throw refuse.forbidden(`You are not authorized to perform the requested action: ${route.policy}.`);
    case 'image':
      throw refuse.forbidden(`You are not authorized to complete ${route.policy} action.`);
    default:
      throw refuse.forbidden(`Policy doesn't allow ${route.policy} to be performed.`);
  }
}

/** The microversion in the request, unparsed; undefined if there is none. */
export function askedVersion({ micro }: Service, headers: SimulatedCall['headers']): string | undefined {
  if (micro === undefined) return undefined;
  const common = String(headers['openstack-api-version'] ?? '')
    .split(',')
    .map((part) => part.trim().split(/\s+/))
    .find(([name]) => name === micro.name)?.[1];
  return (
    common ??
    (micro.name === 'compute' && typeof headers['x-openstack-nova-api-version'] === 'string'
      ? headers['x-openstack-nova-api-version']
      : undefined)
  );
}

/** The minor microversion that the request asks for. Throws the services' 400 and 406 (recorded: 177, 178, 339). */
export function microversion(service: Service, headers: SimulatedCall['headers'], { settings }: World): number {
  const { micro } = service;
  if (micro === undefined) return 0;
  const most = Number(settings.newest[micro.name].split('.')[1]);
  const requested = askedVersion(service, headers);
  if (requested === undefined) return micro.least;
  if (requested === 'latest') return most;
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(requested) ?? [];
  if (minor === undefined)
    throw refuse.bad(`API Version String ${requested} is of invalid format. Must be of format MajorNum.MinorNum.`);
  if (Number(major) !== micro.major || Number(minor) < micro.least || Number(minor) > most) {
    throw new Refusal(
      406,
      `Version ${requested} is not supported by the API. Minimum is ${micro.major}.${micro.least} and maximum ` +
        `is ${micro.major}.${most}.`,
    );
  }
  return Number(minor);
}

/** The token of calls that need no login. */
export const NOBODY: Token = {
  id: '',
  userId: '',
  userName: '',
  roles: [],
  projectId: '',
  projectName: '',
  issuedAt: 0,
  expiresAt: 0,
  auditId: '',
  methods: [],
};

/** The breach in the service's words. */
const breachRefusal = (call: SimulatedCall, breach: Breach): Refusal =>
  call.service === 'network'
    ? neutron.bad(`Invalid input for ${breach.errors.join('; ')}`)
    : refuse.bad(`Invalid input for field/attribute ${breach.errors.join('; ')}`);

export type Guard = (call: SimulatedCall) => Breach | undefined;

/**
 * Executes one call: token, project, policy, the declared form of the body, the route. A refusal is answered in the
 * service's own dialect. `guard` gives the breach that is to be refused.
 */
export async function execute(
  located: Located,
  request: Omit<SimulatedCall, 'token' | 'params' | 'version'>,
  world: World,
  guard: Guard,
): Promise<Answer> {
  const { service, path, project } = located;
  try {
    const base = { ...request, version: microversion(service, request.headers, world) };
    const open = match(
      located.version ? service.routes : (service.versions ?? []),
      request.method,
      path,
      world.settings.cloud,
    );
    const token = open?.route.role === 'anyone' ? NOBODY : authenticate(base, world);
    if (request.body instanceof SyntaxError) throw malformed(service);
    if (open === undefined)
      throw service.name === 'identity' && wrongVerb(service, path)
        ? new Refusal(405, 'The method is not allowed for the requested URL.')
        : refuse.unknown();
    const call: SimulatedCall = { ...base, token, params: open.params };
    checkProject(call, project);
    checkPolicy(call, open, world);
    const breach = guard(call);
    if (breach !== undefined) throw breachRefusal(call, breach);
    return await open.route.handler(call, world);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refusalAnswer(service.name, error, request.headers.accept);
  }
}

const wrongVerb = (service: Service, path: string): boolean => service.routes.some(({ pattern }) => pattern.test(path));

const malformed = ({ name }: Service): Refusal =>
  name === 'identity'
    ? refuse.bad(
        'Expecting to find valid JSON in request body. The server could not comply with the request since it ' +
          'is either malformed or otherwise incorrect. The client is assumed to be in error.',
      )
    : refuse.bad('Malformed request body');

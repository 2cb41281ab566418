import { firstOf } from '../../invariant.js';
import { calls, type Call as Declaration } from '../../generated/powervs/calls.js';
import { requestValidators } from '../../generated/powervs/validators.js';
import { errorLines, type Validator } from '../../validator.js';
import { isObject, type JsonObject } from '../json.js';
import { Refusal } from '../refusal.js';
import type { Answer } from '../router.js';
import type { Breach } from '../breach.js';
import { absentRoutes } from './absent.js';
import { accountRoutes } from './account.js';
import { bulkVolumeRoutes } from './bulk-volumes.js';
import { issueToken } from './iam.js';
import { imageRoutes } from './images.js';
import { instanceRoutes } from './instances.js';
import { networkRoutes } from './networks.js';
import { partRoutes } from './parts.js';
import { placementGroupRoutes } from './placement-groups.js';
import { bad, forbidden, refusalAnswer } from './refusals.js';
import type { Route } from './routes.js';
import { volumeCloneRoutes } from './volume-clones.js';
import { volumeRoutes } from './volumes.js';
import { workspaceRoutes } from './workspace.js';
import type { World } from './world.js';

const routes: readonly Route[] = [
  // First: `volumes/onboarding` is no volume
  ...absentRoutes,
  ...workspaceRoutes,
  ...imageRoutes,
  ...networkRoutes,
  ...placementGroupRoutes,
  ...instanceRoutes,
  ...volumeRoutes,
  ...bulkVolumeRoutes,
  ...volumeCloneRoutes,
  ...partRoutes,
  ...accountRoutes,
];

export const IAM_PATH = '/identity/token';

/**
 * One request as it came. `body`: parsed JSON, URLSearchParams of a form, a SyntaxError for what is neither, undefined
 * for none.
 */
export interface PowerVsRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

const declared = Object.values<Declaration>(calls).map((call) => ({
  ...call,
  pattern: new RegExp(`^${call.path.replace(/\{\w+\}/g, '[^/]+')}$`),
}));

/** `refused`: the errors that the real service would refuse, too; it ignores unknown properties. */
export interface PowerVsBreach extends Breach {
  readonly refused: readonly string[];
}

/**
 * What is wrong with a request that schemas/powervs declares; undefined when nothing is, or when no declaration fits.
 */
export function breachOf({ method, path, body }: PowerVsRequest): PowerVsBreach | undefined {
  const found = declared.find((one) => one.method === method && one.pattern.test(path));
  const validator: Validator<unknown> | undefined = found && requestValidators[found.id];
  const value = body instanceof URLSearchParams ? Object.fromEntries(body) : body;
  if (!found || !validator || validator(value)) return undefined;
  const known: unknown = structuredClone(value);
  const [unknown, refused]: [string[], string[]] = [[], []];
  // A validator stops at the first error: unknown properties are removed, and the rest is checked again
  while (!validator(known)) {
    const errors = errorLines(validator);
    if (!withoutUnknown(known, validator.errors ?? [])) {
      refused.push(...errors);
      break;
    }
    unknown.push(...errors);
  }
  return { call: found.id, method, path, body: value, errors: [...unknown, ...refused], refused };
}

/** Removes the properties that the errors call unknown. Returns whether there were any. */
function withoutUnknown(value: unknown, errors: NonNullable<Validator<unknown>['errors']>): boolean {
  let some = false;
  for (const { instancePath, params } of errors) {
    const name = params?.['additionalProperty'];
    if (typeof name !== 'string') continue;
    const steps = instancePath.split('/').slice(1);
    const holder = steps.reduce<unknown>((at, step) => (at as JsonObject | undefined)?.[step], value);
    if (isObject(holder) && name in holder) {
      delete holder[name];
      some = true;
    }
  }
  return some;
}

/** IBM's client writes null for absent properties. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value) || value instanceof URLSearchParams || value instanceof Error) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (item === null ? [] : [[key, withoutNulls(item)] as const])),
  );
}

/**
 * The parts of a CRN that identify a workspace: the account and the instance; others differ between clients and stages.
 */
const workspaceIn = (crn: string): string => crn.split(':').slice(6, 8).join(':');

function checkToken({ headers, path }: PowerVsRequest, world: World): void {
  const login = world.tokens.get(String(headers['authorization'] ?? '').replace(/^Bearer /, ''));
  if (!login || login.expiresAt <= world.clock.now())
    throw new Refusal(401, 'unauthorized: the token is not valid or has expired');
  if (headers['crn'] !== undefined && workspaceIn(String(headers['crn'])) !== workspaceIn(world.settings.crn))
    throw forbidden('forbidden: the CRN is not that of the workspace');
  if (headers['crn'] === undefined && !path.startsWith('/v1/workspaces')) throw bad('the header CRN is missing');
  if (!world.collections.apiKeys.get(login.key)?.workspaces)
    throw forbidden('forbidden: the user is not authorized for the workspace');
}

/** The list of data centers needs no login: IBM's client (power-go-client 1.16) sends none. */
const isPublic = ({ method, path }: PowerVsRequest): boolean =>
  method === 'GET' && /^\/v1\/datacenters(?:\/(?!private)[^/]+)?$/.test(path);

const MOST_EVENTS = 1000;
const verbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', DELETE: 'delete' };

/** Adds an event of the workspace. */
function tell(world: World, method: string, path: string): void {
  const { events } = world.collections;
  const number = Number([...events.keys()].at(-1) ?? 0) + 1;
  world.add('events', {
    eventID: String(number),
    action: verbs[method] ?? method,
    resource: /\/(?:cloud-instances\/[^/]+|v1)\/([a-z-]+)/.exec(path)?.[1] ?? 'workspace',
    message: `${method} ${path}`,
    time: world.now(),
  });
  if (events.size > MOST_EVENTS) events.delete(firstOf(events.keys(), 'the events'));
}

/** Executes one request. `guard` gives the breach that is to be refused. */
export function execute(
  given: PowerVsRequest,
  world: World,
  guard: (request: PowerVsRequest) => PowerVsBreach | undefined,
): Answer {
  try {
    const request = { ...given, body: withoutNulls(given.body) };
    const { method, path, body } = request;
    if (body instanceof SyntaxError) throw bad('the body is no JSON');
    const breach = guard(request);
    if (method === 'POST' && path === IAM_PATH) {
      if (!(body instanceof URLSearchParams))
        return { status: 415, body: { errorCode: 'BXNIM0109E', errorMessage: 'The content type is not supported.' } };
      return issueToken(body, world);
    }
    if (!isPublic(request)) checkToken(request, world);
    if (breach && breach.refused.length > 0) throw bad(breach.refused.join('; '));
    const [found] = routes.flatMap((route) => {
      const match = route.method === method ? route.pattern.exec(path) : null;
      return match ? [{ route, params: { ...match.groups } }] : [];
    });
    if (!found) throw new Refusal(404, `path ${path} was not found`);
    const { params } = found;
    if (params['workspace'] !== undefined && params['workspace'] !== world.workspaceID)
      throw forbidden(`forbidden: cloud instance ${params['workspace']}`);
    const answer = found.route.handler(
      { method, path, params, query: request.query, body: isObject(body) ? body : {} },
      world,
    );
    if (method !== 'GET') tell(world, method, path);
    return answer;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refusalAnswer(error);
  }
}

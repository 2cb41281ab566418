import { calls, type Call as Declaration } from '../../generated/powervs/calls.js';
import { errorsOf, requestValidators, type Validator } from '../../generated/powervs/validators.js';
import { isObject } from '../json.js';
import { Refusal } from '../refusal.js';
import type { Answer } from '../router.js';
import type { Breach } from '../validation.js';
import { issueToken } from './iam.js';
import { instanceRoutes } from './instances.js';
import { partRoutes } from './parts.js';
import { bad, forbidden, refusalAnswer } from './refusals.js';
import type { Route } from './routes.js';
import { volumeRoutes } from './volumes.js';
import { workspaceRoutes } from './workspace.js';
import type { World } from './world.js';

const routes: readonly Route[] = [...workspaceRoutes, ...instanceRoutes, ...volumeRoutes, ...partRoutes];

export const IAM_PATH = '/identity/token';

/**
 * One request as it came. `body`: parsed JSON, URLSearchParams of a form, a SyntaxError for what is neither, undefined
 * for none.
 */
export interface Request {
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

/**
 * What is wrong with a request that schemas/powervs declares; undefined when nothing is, or when no declaration fits.
 */
export function breachOf({ method, path, body }: Request): Breach | undefined {
  const found = declared.find((one) => one.method === method && one.pattern.test(path));
  const validator: Validator<unknown> | undefined = found && requestValidators[found.id];
  const value = body instanceof URLSearchParams ? Object.fromEntries(body) : body;
  if (!found || !validator || validator(value)) return undefined;
  return {
    call: found.id,
    method,
    path,
    body: value,
    errors: errorsOf(validator).map(({ path: where, message }) => `${where} ${message}`.trim()),
  };
}

/** IBM's client writes null for what is absent. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value) || value instanceof URLSearchParams || value instanceof Error) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (item === null ? [] : [[key, withoutNulls(item)] as const])),
  );
}

/** The parts that tell a workspace: the account and the instance; others differ between clients, and with the stage. */
const workspaceIn = (crn: string): string => crn.split(':').slice(6, 8).join(':');

function checkToken({ headers }: Request, world: World): void {
  const login = world.tokens.get(String(headers['authorization'] ?? '').replace(/^Bearer /, ''));
  if (!login || login.expiresAt <= world.clock.now())
    throw new Refusal(401, 'unauthorized: the token is not valid or has expired');
  if (headers['crn'] !== undefined && workspaceIn(String(headers['crn'])) !== workspaceIn(world.settings.crn))
    throw forbidden('forbidden: the CRN is not that of the workspace');
  if (headers['crn'] === undefined) throw bad('the header CRN is missing');
  if (!world.collections.apiKeys.get(login.key)?.workspaces)
    throw forbidden('forbidden: the user is not authorized for the workspace');
}

/** Executes one request. `guard` gives the breach that is to be refused. */
export function execute(given: Request, world: World, guard: (request: Request) => Breach | undefined): Answer {
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
    checkToken(request, world);
    if (breach) throw bad(breach.errors.join('; '));
    const found = routes
      .map((route) => ({ route, match: route.method === method ? route.pattern.exec(path) : null }))
      .find(({ match }) => match !== null);
    if (!found) throw new Refusal(404, `path ${path} was not found`);
    const params = { ...found.match!.groups };
    if (params['workspace'] !== undefined && params['workspace'] !== world.workspaceID)
      throw forbidden(`forbidden: cloud instance ${params['workspace']}`);
    return found.route.handler({ method, path, params, query: request.query, body: isObject(body) ? body : {} }, world);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refusalAnswer(error);
  }
}

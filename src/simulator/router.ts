import type { IncomingHttpHeaders } from 'node:http';
import type { Body } from './body.js';
import type { JsonObject } from './json.js';
import type { CloudKind, Token } from './world/types.js';
import type { World } from './world/world.js';

export type ServiceName = 'identity' | 'compute' | 'volume' | 'network' | 'image' | 'metric' | 'simulator';

/** One request, as a handler sees it. */
export interface SimulatedCall {
  readonly service: ServiceName;
  readonly method: string;
  /** Below the service's endpoint, without the query: `/servers/1/action`, `/v2.0/ports`. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON; undefined when there was no body. */
  readonly body: unknown;
  /** The body as it came. */
  readonly raw: Body;
  /** Who calls. Only Keystone's own routes and the version documents run without. */
  readonly token: Token;
  /** `http://host:port/powervc/openstack`, with the name that the client used. */
  readonly base: string;
  /** The service's endpoint as the request spelled it, with the project in it when the client put it there. */
  readonly endpoint: string;
  /** Minor number of the microversion: 1 for Nova's 2.1 and 0 for Cinder's 3.0, unless the client asked for more. */
  readonly version: number;
  readonly requestId: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: JsonObject | unknown[];
  /** Sent as it is, instead of a body. */
  readonly text?: string;
  /** Sent as they are, instead of a body. */
  readonly bytes?: Buffer;
  /** The same, made as they are sent. */
  readonly stream?: { readonly length: number; readonly parts: Iterable<Buffer> };
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (call: SimulatedCall, world: World) => Answer | Promise<Answer>;

/**
 * Who may call it: readers, members, or administrators of the project. `user` needs a token, whatever it is for, and
 * `anyone` none.
 */
export type Role = 'anyone' | 'user' | 'reader' | 'member' | 'admin';

export interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly handler: Handler;
  /** The policy's name, for the refusal. */
  readonly policy: string;
  readonly role: Role;
  /** The only cloud that has it: IBM's extensions, and what PowerVC does not have of OpenStack. */
  readonly cloud?: CloudKind;
}

/**
 * A route; segments in braces are parameters. A GET wants a reader and anything else a member, unless `role` says
 * otherwise.
 */
export function route(
  method: string,
  path: string,
  policy: string,
  handler: Handler,
  role: Role = method === 'GET' ? 'reader' : 'member',
): Route {
  const source = path.replace(/[.+]/g, '\\$&').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  // only the documents of a version are found with a slash at their end
  const slash = /^\/v[\d.]+$/.test(path) ? '/?' : '';
  return { method, pattern: new RegExp(`^${source}${slash}$`), handler, policy, role };
}

export interface Match {
  readonly route: Route;
  readonly params: Record<string, string>;
}

/** The routes, on one cloud alone. */
export const only = (cloud: CloudKind, routes: readonly Route[]): Route[] => routes.map((one) => ({ ...one, cloud }));

/** The first route of that cloud that fits, in the order of declaration. */
export function match(routes: readonly Route[], method: string, path: string, cloud: CloudKind): Match | undefined {
  for (const candidate of routes) {
    if (candidate.method !== method || (candidate.cloud ?? cloud) !== cloud) continue;
    const found = candidate.pattern.exec(path);
    if (found !== null)
      return {
        route: candidate,
        params: Object.fromEntries(Object.entries(found.groups ?? {}).map(([name, value]) => [name, decode(value)])),
      };
  }
  return undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const ok = (body: JsonObject | unknown[]): Answer => ({ status: 200, body });
export const created = (body: JsonObject): Answer => ({ status: 201, body });
export const accepted = (body?: JsonObject): Answer => (body === undefined ? { status: 202 } : { status: 202, body });
export const noContent: Answer = { status: 204 };

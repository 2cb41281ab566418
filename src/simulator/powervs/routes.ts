import type { JsonObject } from '../json.js';
import type { Answer } from '../router.js';
import { bad } from './refusals.js';
import type { Instance } from './types.js';
import type { World } from './world.js';

/** One request, as a handler sees it. Bodies have the declared form (schemas/powervs). */
export interface SimulatedCall {
  readonly method: string;
  /** Below the host. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
}

export type Handler = (call: SimulatedCall, world: World) => Answer;
export interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly handler: Handler;
}

const WORKSPACE = {
  '1:': '/pcloud/v1/cloud-instances/{workspace}',
  '2:': '/pcloud/v2/cloud-instances/{workspace}',
} as const;

/** A route. A path that begins with `1:` or `2:` is one of the workspace in that version of the API. */
export function route(method: string, path: string, handler: Handler): Route {
  const whole = path.replace(/^[12]:/, (version) => WORKSPACE[version as keyof typeof WORKSPACE]);
  return { method, pattern: new RegExp(`^${whole.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`), handler };
}

export const param = ({ params }: SimulatedCall, name: string): string => params[name] ?? '';
/** The instance that the path names. Throws a 404. */
export const instanceOf = (call: SimulatedCall, world: World): Instance =>
  world.get('instances', param(call, 'instance'), 'pvm-instance');
export const text = ({ body }: SimulatedCall, name: string): string | undefined =>
  typeof body[name] === 'string' ? body[name] : undefined;
export const number = ({ body }: SimulatedCall, name: string): number | undefined =>
  typeof body[name] === 'number' ? body[name] : undefined;
export const flag = ({ body }: SimulatedCall, name: string): boolean | undefined =>
  typeof body[name] === 'boolean' ? body[name] : undefined;
export const texts = ({ body }: SimulatedCall, name: string): string[] | undefined =>
  Array.isArray(body[name]) ? (body[name] as unknown[]).map(String) : undefined;
export const objects = ({ body }: SimulatedCall, name: string): JsonObject[] =>
  Array.isArray(body[name]) ? (body[name] as JsonObject[]) : [];

/** A required member of a body. Throws PowerVS's 400. */
export function needed<T>(value: T | undefined, name: string): T {
  if (value === undefined || value === '') throw bad(`${name} is required`);
  return value;
}

/** One of a closed set, or undefined. Throws PowerVS' 400 for another. */
export function oneOf(call: SimulatedCall, name: string, allowed: readonly string[]): string | undefined {
  const value = text(call, name);
  if (value !== undefined && !allowed.includes(value)) throw bad(`${name} should be one of [${allowed.join(' ')}]`);
  return value;
}

export const answer = (body: JsonObject | JsonObject[], status = 200): Answer => ({ status, body });
export const done: Answer = { status: 200, body: {} };
export const begun: Answer = { status: 202, body: {} };

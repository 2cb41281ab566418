import type { Place } from './place.js';

/** A document in JSON: objects, lists and scalars. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface JsonClient {
  /** Throws for another status than 200. */
  get(path: string, headers?: Record<string, string>): Promise<Json>;
  send(
    method: string,
    path: string,
    body?: Json,
    headers?: Record<string, string>,
  ): Promise<{ readonly status: number; readonly text: string }>;
}

/** Clients that log in by the password grant and speak JSON. `ask` comes with each request. */
export async function connectJson({ url, user, password }: Place, ask: Record<string, string>): Promise<JsonClient> {
  const login = await fetch(`${url}/ovirt-engine/sso/oauth/token`, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams({ grant_type: 'password', scope: 'ovirt-app-api', username: user, password }),
  });
  const { access_token: token, exp } = (await login.json()) as { readonly access_token: string; readonly exp: string };
  // forklift parses it as an integer, and stops when it is none
  if (!/^\d+$/.test(exp)) throw new Error(`exp is ${exp}`);
  const send: JsonClient['send'] = async (method, path, body, headers = {}) => {
    const answer = await fetch(`${url}/ovirt-engine/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...ask,
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, text: await answer.text() };
  };
  return {
    send,
    async get(path, headers) {
      const { status, text } = await send('GET', path, undefined, headers);
      if (status !== 200) throw new Error(`GET ${path}: ${status} ${text}`);
      return JSON.parse(text) as Json;
    },
  };
}

/** What is at a path of keys, of every item of the lists on the way; what is absent is left out. */
export function every(from: Json | undefined, path: string): Json[] {
  const [key, ...rest] = path === '' ? [] : path.split('.');
  if (from === undefined) return [];
  if (Array.isArray(from)) return from.flatMap((item: Json) => every(item, path));
  if (key === undefined) return [from];
  if (typeof from !== 'object' || from === null) return [];
  return every((from as { readonly [key: string]: Json })[key], rest.join('.'));
}

/** Every scalar with the path that leads to it. */
export function* scalars(from: Json, path = ''): Generator<readonly [path: string, value: Json]> {
  if (Array.isArray(from)) for (const item of from as readonly Json[]) yield* scalars(item, path);
  else if (typeof from === 'object' && from !== null)
    for (const [key, value] of Object.entries(from)) yield* scalars(value, `${path}.${key}`);
  else yield [path, from];
}

/** The texts at a path. */
export const texts = (from: Json | undefined, path: string): string[] =>
  every(from, path).filter((value): value is string => typeof value === 'string');

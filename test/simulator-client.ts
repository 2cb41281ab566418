import { afterEach, beforeEach } from 'vitest';
import { startSimulator, type Simulator, type SimulatorOptions } from '../src/simulator/index.js';

/** An answer as fetch saw it. `body` is parsed JSON, or the text when it was none. */
export interface Seen {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

/** JSON that a test digs in. */
export interface Json {
  readonly [key: string]: Json;
  readonly [index: number]: Json;
}

/** A text, number or boolean of an answer, as text. Throws for anything else: a test that asks for it expects one. */
export function text(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TypeError(`no plain value: ${JSON.stringify(value)}`);
}

type Send = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Seen>;

export interface Client {
  readonly token: string;
  readonly login: Json;
  readonly nova: Send;
  readonly cinder: Send;
  readonly neutron: Send;
  readonly glance: Send;
  readonly metric: Send;
  readonly keystone: Send;
}

export async function send(
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Seen> {
  const answer = await fetch(url, {
    method,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  let parsed: unknown = text;
  try {
    parsed = text === '' ? undefined : JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { status: answer.status, headers: answer.headers, body: parsed as Json };
}

export const credentials = (user: string, password = 'powervc', project = 'ibm-default') => ({
  auth: {
    identity: { methods: ['password'], password: { user: { name: user, domain: { name: 'Default' }, password } } },
    scope: { project: { name: project, domain: { name: 'Default' } } },
  },
});

/** Logs in, and finds the services in the catalog. */
export async function login(simulator: Simulator, user = 'admin', project = 'ibm-default'): Promise<Client> {
  const answer = await send(`${simulator.url}/auth/tokens`, 'POST', credentials(user, 'powervc', project));
  if (answer.status !== 201) throw new Error(`login answered ${answer.status}`);
  const token = answer.headers.get('x-subject-token') ?? '';
  const services = answer.body.token!.catalog as unknown as {
    type: string;
    endpoints: { interface: string; url: string }[];
  }[];
  const to = (type: string): Send => {
    const url =
      services.find((service) => service.type === type)?.endpoints.find((endpoint) => endpoint.interface === 'public')
        ?.url ?? '';
    return (method, path, body, headers) => send(`${url}${path}`, method, body, { 'x-auth-token': token, ...headers });
  };
  return {
    token,
    login: answer.body,
    nova: to('compute'),
    cinder: to('volume'),
    neutron: to('network'),
    glance: to('image'),
    metric: to('metric'),
    keystone: to('identity'),
  };
}

/** A simulator whose time the test moves, that accepts what schemas/openstack and schemas/powervc do not declare. */
export const start = (options: SimulatorOptions = {}): Promise<Simulator> =>
  startSimulator({ manualTime: true, seed: 1, validation: 'record', ...options });

export let simulator: Simulator;
/** An administrator's. */
export let api: Client;

/** Logs in again: a login ends when the state of the simulator is replaced. */
export async function logInAgain(): Promise<void> {
  api = await login(simulator);
}

/** Starts a simulator before each test of a file or block, and logs in. */
export function useSimulator(options: SimulatorOptions = {}): void {
  beforeEach(async () => {
    simulator = await start(options);
    api = await login(simulator);
  });
  afterEach(() => simulator.close());
}

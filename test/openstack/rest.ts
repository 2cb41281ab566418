/**
 * A plain client of OpenStack's own API, for what a test needs around the gateway: nothing of the gateway's is in it,
 * so that it can bear witness.
 */
export interface Rest {
  readonly project: string;
  call<T = Record<string, never>>(
    service: string,
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<T>;
  /** The same; undefined instead of an error for what is not there. */
  maybe<T = Record<string, never>>(
    service: string,
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<T | undefined>;
}

export interface Login {
  readonly authUrl: string;
  readonly user: string;
  readonly password: string;
  readonly userDomain: string;
  readonly project: string;
  readonly projectDomain: string;
}

interface Token {
  readonly token: {
    readonly project: { readonly id: string };
    readonly user: { readonly id: string };
    readonly roles: readonly { readonly id: string; readonly name: string }[];
    readonly catalog: readonly {
      readonly type: string;
      readonly endpoints: readonly { readonly interface: string; readonly url: string }[];
    }[];
  };
}

export class RestError extends Error {
  constructor(
    readonly status: number,
    text: string,
  ) {
    super(text);
  }
}

/** Logs in with a password. Also gives who that is. */
export async function logIn({
  authUrl,
  user,
  password,
  userDomain,
  project,
  projectDomain,
}: Login): Promise<Rest & { readonly user: string; readonly roles: Token['token']['roles'] }> {
  const answer = await fetch(`${authUrl}/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: { methods: ['password'], password: { user: { name: user, password, domain: { name: userDomain } } } },
        scope: { project: { name: project, domain: { name: projectDomain } } },
      },
    }),
  });
  if (answer.status !== 201)
    throw new RestError(answer.status, `login at ${authUrl}: ${answer.status} ${await answer.text()}`);
  const { token } = (await answer.json()) as Token;
  const id = answer.headers.get('x-subject-token')!;
  const types: Readonly<Record<string, readonly string[]>> = { volume: ['volumev3', 'block-storage', 'volume'] };

  function addressOf(service: string): string {
    if (service === 'identity') return authUrl;
    const found = (types[service] ?? [service]).flatMap((type) => token.catalog.filter((one) => one.type === type))[0];
    const url = found?.endpoints.find((one) => one.interface === 'public')?.url;
    if (url === undefined) throw new RestError(0, `the catalog has no ${service}`);
    return url.replace(/\/+$/, '');
  }

  const call: Rest['call'] = async <T>(
    service: string,
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ) => {
    const raw = body instanceof Uint8Array;
    const response = await fetch(addressOf(service) + path, {
      method,
      headers: {
        accept: 'application/json',
        'x-auth-token': id,
        ...(body === undefined ? {} : { 'content-type': raw ? 'application/octet-stream' : 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new RestError(response.status, `${method} ${service} ${path}: ${response.status} ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as T;
  };
  const maybe: Rest['maybe'] = async (...args) => {
    try {
      return await call(...args);
    } catch (error) {
      if (error instanceof RestError && error.status === 404) return undefined;
      throw error;
    }
  };
  return { project: token.project.id, user: token.user.id, roles: token.roles, call, maybe };
}

/** Looks again until `look` gives something, at most `seconds`. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>, seconds = 240): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => {
      setTimeout(resolve, 600);
    });
  }
}

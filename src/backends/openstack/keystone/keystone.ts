import { Fault, type CallOptions, type Credentials } from '../../../model/index.js';
import { accept, send, usedTypes } from '../calls.js';
import { openStack } from '../wire.js';
import { messageOf } from '../errors.js';
import { instant } from '../loose.js';
import type { Domain, OpenStackSettings } from '../settings.js';
import type { RawAnswer, Transport } from '../../http/messages.js';
import type { Service as CatalogService, Token } from '../../../generated/openstack/keystone.js';

/** A token, and what Keystone returned with it. */
export interface Login {
  readonly token: string;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly user: { readonly id: string; readonly name: string };
  readonly project: { readonly id: string; readonly name: string };
  /** The roles that the user has in the project. */
  readonly roles: readonly { readonly id: string; readonly name: string }[];
  /** Address by the catalog's type of service, ready for use. */
  readonly addresses: ReadonlyMap<string, URL>;
}

type LoginSettings = Pick<
  OpenStackSettings,
  'authUrl' | 'projectsByProfile' | 'userDomain' | 'region' | 'interface' | 'applicationCredential'
>;

/**
 * Password login, scoped to the project of the profile (docs/reference/power.md, 1.1).
 * Throws `auth.refused` for wrong credentials and for an unknown profile.
 */
export async function logIn(
  transport: Transport,
  settings: LoginSettings,
  credentials: Credentials,
  options: CallOptions,
): Promise<Login> {
  const { profile } = credentials;
  const incoming = await send(
    transport,
    new URL(settings.authUrl),
    openStack,
    'keystone.tokens.issue',
    { body: { auth: authOf(settings, credentials) } },
    options,
  );
  // Keystone's answer is the same for a wrong password and for a project in which the user has no role.
  if (incoming.status === 401)
    throw new Fault('auth.refused', { profile }, { cause: new Error(`Keystone: ${messageOf(incoming)}`) });
  return loginIn(incoming, settings);
}

/** The body of a login. Throws `auth.refused` for an unknown profile. */
function authOf(settings: LoginSettings, { user, password, profile }: Credentials) {
  const { applicationCredential, projectsByProfile, userDomain } = settings;
  // it implies its user and project, and Keystone accepts no scope with it
  if (applicationCredential)
    return {
      identity: { methods: ['application_credential' as const], application_credential: applicationCredential },
    };
  const project = Object.hasOwn(projectsByProfile, profile) ? projectsByProfile[profile] : undefined;
  if (!project)
    throw new Fault(
      'auth.refused',
      { profile },
      { cause: new Error(`No project is set for the profile ${JSON.stringify(profile)}.`) },
    );
  return {
    identity: {
      methods: ['password' as const],
      password: { user: { name: user, domain: domainOf(userDomain), password } },
    },
    scope: {
      project: 'id' in project ? { id: project.id } : { name: project.project, domain: domainOf(project.domain) },
    },
  };
}

const domainOf = (domain: Domain): { readonly name: string } | { readonly id: string } =>
  typeof domain === 'string' ? { name: domain } : domain;

function loginIn(incoming: RawAnswer, settings: LoginSettings): Login {
  const { token } = accept(openStack, 'keystone.tokens.issue', incoming);
  const secret = incoming.headers['x-subject-token'];
  if (secret === undefined || !token.project)
    throw new Fault('backend.answer', { service: 'Keystone', text: 'the token is not scoped to a project' });
  return { ...loginOf(token, token.project, settings), token: secret };
}

/**
 * Another token for the same login. It outlives the first, as Keystone revokes tokens one by one (by audit id). Throws
 * Keystone's refusal: `allow_rescope_scoped_token` may be off.
 */
export async function logInAgain(
  transport: Transport,
  settings: LoginSettings,
  { token, project }: Login,
  options: CallOptions,
): Promise<Login> {
  const body = {
    auth: { identity: { methods: ['token' as const], token: { id: token } }, scope: { project: { id: project.id } } },
  };
  const url = new URL(settings.authUrl);
  const incoming = await send(transport, url, openStack, 'keystone.tokens.issue', { body }, options);
  return loginIn(incoming, settings);
}

/** Ends the token. One that has ended already is no error. */
export async function logOut(
  transport: Transport,
  settings: LoginSettings,
  { token }: Login,
  options: CallOptions,
): Promise<void> {
  const headers = { 'x-auth-token': token, 'x-subject-token': token };
  const incoming = await send(
    transport,
    new URL(settings.authUrl),
    openStack,
    'keystone.tokens.revoke',
    { headers },
    options,
  );
  if (incoming.status !== 401 && incoming.status !== 404) accept(openStack, 'keystone.tokens.revoke', incoming);
}

/** A login as a text: token, times, names and addresses, without the password. */
export function textOf(login: Login): string {
  const known = texts.get(login);
  if (known !== undefined) return known;
  const { addresses, ...others } = login;
  const text = JSON.stringify({
    ...others,
    addresses: Object.fromEntries([...addresses].map(([type, url]) => [type, url.href])),
  });
  texts.set(login, text);
  return text;
}

/** A login is never changed, and its text is asked for by each request of its session. */
const texts = new WeakMap<Login, string>();

/** The login of such a text. Throws `auth.refused` if it has ended, or for any other text. */
export function loginFrom(text: string): Login {
  const login = parsed(text);
  if (login.expiresAt <= Date.now()) throw new Fault('auth.refused');
  return login;
}

function parsed(text: string): Login {
  try {
    const { addresses, ...login } = JSON.parse(text) as Omit<Login, 'addresses'> & {
      readonly addresses: Readonly<Record<string, string>>;
    };
    return { ...login, addresses: new Map(Object.entries(addresses).map(([type, url]) => [type, new URL(url)])) };
  } catch (cause) {
    throw new Fault('auth.refused', {}, { cause });
  }
}

const loginOf = (
  issued: Token,
  project: { id: string; name: string },
  settings: LoginSettings,
): Omit<Login, 'token'> => ({
  issuedAt: Date.now(),
  expiresAt: Date.parse(instant(issued.expires_at)),
  user: { id: issued.user.id, name: issued.user.name },
  project: { id: project.id, name: project.name },
  roles: (issued.roles ?? []).map(({ id, name }) => ({ id, name })),
  // only services that have declared calls, to keep an exported login small
  addresses: new Map(
    (issued.catalog ?? [])
      .filter(({ type }) => usedTypes.has(type))
      .flatMap((service) => addressOf(service, settings, project.id)),
  ),
});

function addressOf(
  service: CatalogService,
  { region, interface: requested }: LoginSettings,
  projectId: string,
): [string, URL][] {
  const endpoint = service.endpoints.find(
    (one) => one.interface === requested && (region === undefined || one.region === region || one.region_id === region),
  );
  if (!endpoint) return [];
  const filled = endpoint.url.replace(/[%$]\((tenant_id|project_id)\)s?/g, projectId);
  const address = URL.canParse(filled) ? new URL(filled) : undefined;
  if (address?.protocol !== 'http:' && address?.protocol !== 'https:')
    throw new Fault('backend.answer', {
      service: 'Keystone',
      text: `the catalog's address of ${service.type} (${filled}) is not an HTTP URL: correct it in Keystone`,
    });
  return [[service.type, address]];
}

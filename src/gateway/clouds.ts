import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { Domain, PlainSettings } from '../backends/openstack/index.js';
import type { Settings } from '../settings/index.js';
import { StartError } from './start-error.js';

/**
 * OpenStack's way to configure a client's cloud (openstacksdk, "Configuring OpenStack SDK Applications"): an entry of
 * clouds.yaml, in the first file that is there, with secure.yaml of the same folder laid over it; variables OS_… are
 * settings here (schemas/settings.json).
 */
type Entry = { readonly [key: string]: unknown };

const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const foldersAt = (home: string): string[] => ['.', join(home, '.config', 'openstack'), '/etc/openstack'];
const FOLDERS = (): string[] => foldersAt(homedir());
const ENDINGS = ['yaml', 'yml', 'json'];

/** Where openstacksdk looks for profiles that an operator adds: what many clouds of one vendor share. */
function profileOf(name: string, beside: string): Entry {
  const file = firstOf([dirname(beside), ...FOLDERS()], 'clouds-public');
  if (/^https?:/.test(name))
    throw new StartError(
      `${beside}: the profile ${name} is at a URL, which is not read; copy it to clouds-public.yaml`,
    );
  const profiles = file === undefined ? {} : cloudsIn(file, 'public-clouds');
  const profile = profiles[name];
  if (isEntry(profile)) return profile;
  const found =
    file === undefined
      ? `no clouds-public.yaml is in ${[dirname(beside), ...FOLDERS()].join(', ')}`
      : `${file} has ${Object.keys(profiles).join(', ') || 'none'}`;
  throw new StartError(
    `${beside}: there is no profile ${name}: ${found}. Those that openstacksdk brings along are not part of ` +
      'the gateway: write auth_url and the like into the entry',
  );
}

/** The first of the files that is there. */
const firstOf = (folders: readonly string[], name: string): string | undefined =>
  folders
    .flatMap((folder) => ENDINGS.map((ending) => join(folder, `${name}.${ending}`)))
    .find((file) => existsSync(file));

function cloudsIn(file: string, key = 'clouds'): Entry {
  try {
    const document = parse(readFileSync(file, 'utf8')) as unknown;
    const clouds = isEntry(document) ? document[key] : undefined;
    return isEntry(clouds) ? clouds : {};
  } catch (error) {
    throw new StartError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

const merged = (base: unknown, over: unknown): unknown =>
  isEntry(base) && isEntry(over)
    ? Object.fromEntries(
        [...new Set([...Object.keys(base), ...Object.keys(over)])].map((key) => [
          key,
          key in over ? merged(base[key], over[key]) : base[key],
        ]),
      )
    : (over ?? base);

/**
 * The clouds.yaml that OpenStack's clients would read, if it names a cloud.
 * @throws StartError if it cannot be read
 */
export function fileThatNamesClouds({ cloudsFile }: Settings['openstack'], home: string): string | undefined {
  const file = cloudsFile ?? firstOf(foldersAt(home), 'clouds');
  return file !== undefined && Object.keys(cloudsIn(file)).length > 0 ? file : undefined;
}

function entryOf({ cloud, cloudsFile }: Settings['openstack']): Entry {
  if (cloud === undefined) return {};
  const file = cloudsFile ?? firstOf(FOLDERS(), 'clouds');
  if (file === undefined)
    throw new StartError(
      `openstack.cloud (OS_CLOUD) is ${cloud}, but there is no clouds.yaml in ${FOLDERS().join(', ')}`,
    );
  const secure = firstOf([dirname(file)], 'secure');
  const clouds = cloudsIn(file);
  const entry = merged(clouds[cloud], secure === undefined ? undefined : cloudsIn(secure)[cloud]);
  if (!isEntry(entry))
    throw new StartError(`${file} has no cloud ${cloud}; it has ${Object.keys(clouds).join(', ') || 'none'}`);
  // `cloud` is what the key was called at first (openstacksdk, "Vendor Settings")
  const profile = text(entry['profile']) ?? text(entry['cloud']);
  return profile === undefined ? entry : (merged(profileOf(profile, file), entry) as Entry);
}

/** `~` is the home folder, as for openstacksdk. */
const fileAt = (path: string | undefined): string | undefined => path?.replace(/^~(?=\/|$)/, homedir());

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Keystone's address with its version: clouds.yaml and OS_AUTH_URL may lack it. */
const withVersion = (url: string): string =>
  /\/v3\/?$/.test(url) ? url.replace(/\/$/, '') : `${url.replace(/\/+$/, '')}/v3`;

/** The settings of a backend, and the login of `check --backend`. */
export interface OpenStackAccess {
  readonly settings: PlainSettings;
  readonly login?: { readonly user: string; readonly password: string };
  /** Used to log in instead, if set. */
  readonly applicationCredential?: { readonly id: string; readonly secret: string };
  /** What the entry says about a login that is not used: a gateway's clients bring their own. */
  readonly unread: readonly string[];
}

const interfaces = ['public', 'internal', 'admin'] as const;

/** How calls are sent, to any cloud. */
export function callsOf(backend: Settings['backend']): Omit<Settings['backend'], 'kind'> {
  const { kind: _, ...calls } = backend;
  return calls;
}

/** The settings of the cloud that is named. @throws StartError for a clouds.yaml that cannot be used. */
export function openStackSettings({ openstack: given, backend, proxy }: Settings): OpenStackAccess {
  const entry = entryOf(given);
  const auth = isEntry(entry['auth']) ? entry['auth'] : {};
  const configured = (key: string): string | undefined => {
    const value = auth[key] ?? entry[key];
    // YAML's number has lost leading zeros already
    if (typeof value === 'number')
      throw new StartError(`clouds.yaml: ${key} of the cloud ${String(given.cloud)} is a number; put it in quotes`);
    return text(value);
  };
  const url = given.authUrl ?? configured('auth_url');
  if (url === undefined)
    throw new StartError('no address of Keystone is given: openstack.authUrl, OS_AUTH_URL, or auth_url in clouds.yaml');
  const internal = projectOf(given, configured);
  const region = given.region ?? configured('region_name');
  const files = {
    caFile: given.caFile ?? fileAt(configured('cacert')),
    certFile: given.certFile ?? fileAt(configured('cert')),
    keyFile: given.keyFile ?? fileAt(configured('key')),
  };
  // `endpoint_type` is what the key was called at first
  const asked = given.interface ?? configured('interface') ?? configured('endpoint_type') ?? 'public';
  const interfaceName = interfaces.find((one) => one === asked.replace(/URL$/, ''));
  if (interfaceName === undefined)
    throw new StartError(`clouds.yaml: the interface ${asked} is not one of ${interfaces.join(', ')}`);
  const user = given.username ?? configured('username');
  const password = given.password ?? configured('password');
  const applicationCredential = applicationCredentialOf(given, configured);
  return {
    settings: {
      ...callsOf(backend),
      authUrl: withVersion(url),
      interface: interfaceName,
      userDomain: domainOf(given.userDomainId, given.userDomain, 'user', configured),
      projectsByProfile: {
        ...(internal && { internal }),
        ...given.projectsByProfile,
      },
      insecure: given.insecure || entry['verify'] === false,
      proxy,
      ...(region !== undefined && { region }),
      ...Object.fromEntries(Object.entries(files).filter(([, file]) => file !== undefined)),
      architecture: given.architecture,
      ...(given.processors !== undefined && { processors: given.processors }),
      ...(given.groupType !== undefined && { groupType: given.groupType }),
    },
    ...(user !== undefined && password !== undefined && { login: { user, password } }),
    ...(applicationCredential && { applicationCredential }),
    unread: [...Object.keys(auth).filter((key) => !AUTH.has(key)), ...unreadType(configured('auth_type'))],
  };
}

/** The keys of an entry's `auth` that are read. */
const AUTH: ReadonlySet<string> = new Set([
  ...['auth_url', 'username', 'password', 'application_credential_id', 'application_credential_secret'],
  ...['project_name', 'project_id', 'tenant_name', 'tenant_id'],
  ...['user', 'project', 'default', ''].flatMap((owner) =>
    ['name', 'id'].map((by) => `${owner && `${owner}_`}domain_${by}`),
  ),
]);

/** A way to log in other than these (keystoneauth, "Authentication Plugins"). */
const unreadType = (type: string | undefined): string[] =>
  type === undefined || /^(v3)?(password|applicationcredential)$/.test(type) ? [] : [`auth_type ${type}`];

type Configured = (key: string) => string | undefined;

/** An id takes precedence over a name, as with a project; `domain_…` and `default_domain_…` of an entry are for both. */
function domainOf(id: string | undefined, name: string | undefined, owner: string, configured: Configured): Domain {
  if (id !== undefined) return { id };
  if (name !== undefined) return name;
  for (const key of [`${owner}_domain`, 'domain', 'default_domain']) {
    const itsId = configured(`${key}_id`);
    const domain = itsId === undefined ? configured(`${key}_name`) : { id: itsId };
    if (domain !== undefined) return domain;
  }
  return 'Default';
}

/** The project of the profile internal: an id takes precedence over a name, as in OpenStack's clients. */
function projectOf(
  given: Settings['openstack'],
  configured: Configured,
): PlainSettings['projectsByProfile'][string] | undefined {
  const name = given.project ?? configured('project_name') ?? configured('tenant_name');
  const id =
    given.projectId ??
    (given.project === undefined ? (configured('project_id') ?? configured('tenant_id')) : undefined);
  if (id !== undefined) return { id };
  if (name === undefined) return undefined;
  return { domain: domainOf(given.projectDomainId, given.projectDomain, 'project', configured), project: name };
}

function applicationCredentialOf(
  given: Settings['openstack'],
  configured: Configured,
): OpenStackAccess['applicationCredential'] {
  const id = given.applicationCredentialId ?? configured('application_credential_id');
  const secret = given.applicationCredentialSecret ?? configured('application_credential_secret');
  if (id === undefined) return undefined;
  if (secret === undefined) throw new StartError(`the application credential ${id} has no secret`);
  return { id, secret };
}

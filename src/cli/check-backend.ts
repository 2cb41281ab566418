import { createOpenStackBackend, reaches, type Cloud } from '../backends/openstack/index.js';
import { createPowerVcBackend, discoverPowerVc, type PowerVcSettings } from '../backends/powervc/index.js';
import { createPowerVsBackend, placeOf } from '../backends/powervs/index.js';
import { kindOf } from '../gateway/back.js';
import { hintFor } from '../gateway/hints.js';
import { callsOf, openStackSettings } from '../gateway/clouds.js';
import { StartError } from '../gateway/start-error.js';
import { assertCloudCertificates } from '../gateway/tls.js';
import { isFault, type BackendSession, type Capability, type CertificateFiles } from '../model/index.js';
import type { Settings } from '../settings/index.js';
import { CommandError, EXIT, type Io } from './io.js';

/** A line of the report: what was tried, and its result. */
export interface Line {
  readonly what: string;
  readonly found: string;
  readonly ok: boolean;
}

const count = (name: string, items: readonly unknown[]): string => `${items.length} ${name}`;

/** Reads every collection once: what works, and what this login may not see. Nothing is changed. */
async function look({ inventory, vms, disks, access, shared }: BackendSession): Promise<Line[]> {
  async function counted<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
    const all: T[] = [];
    for await (const page of pages) all.push(...page);
    return all;
  }
  const looks: readonly (readonly [string, () => Promise<string>])[] = [
    ['clusters', async () => count('found', await inventory.clusters())],
    ['hosts', async () => count('found', await inventory.hosts())],
    ['templates', async () => count('found', await inventory.templates())],
    ['storage domains', async () => count('found', await inventory.storageDomains())],
    ['networks', async () => count('found', await inventory.networks())],
    ['instance types', async () => count('found', await inventory.instanceTypes())],
    ['affinity groups', async () => count('found', await inventory.affinityGroups())],
    ['permissions', async () => count('found', await access.permissions())],
    ['VMs', async () => count('found', await counted(vms.list()))],
    ['disks', async () => count('found', await counted(disks.list()))],
    ['notes of all projects', async () => count('found', Object.keys(await shared.read()))],
  ];
  const lines: Line[] = [];
  for (const [what, act] of looks) {
    try {
      lines.push({ what, found: await act(), ok: true });
    } catch (error) {
      if (!isFault(error)) throw error;
      lines.push({ what, found: `${error.code}: ${error.message}`, ok: false });
    }
  }
  return lines;
}

const table = (lines: readonly Line[]): string =>
  lines.map(({ what, found, ok }) => `  ${ok ? ' ' : '!'} ${what.padEnd(24)}${found}\n`).join('');

interface CheckedCloud {
  readonly name: string;
  readonly at: string;
  /** Of the settings that name its certificates. */
  readonly group: string;
  readonly files: CertificateFiles;
  readonly login: { readonly user: string; readonly password: string };
  readonly open: () => Opened;
}
interface Opened {
  readonly session: (login: { readonly user: string; readonly password: string }) => Promise<BackendSession>;
  readonly details: () => readonly string[] | Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

/** An application credential logs in without a name. */
const NOBODY = { user: '', password: '' };

function targetOf(settings: Settings, { environment }: Io): CheckedCloud {
  if (kindOf(settings) === 'openstack') {
    const { settings: named, login = NOBODY, applicationCredential, unread } = openStackSettings(settings);
    const cloud = { ...named, ...(applicationCredential && { applicationCredential }) };
    if (unread.length > 0)
      throw new CommandError(
        `check does not log in by ${unread.join(', ')}, which clouds.yaml gives: give username and password, or ` +
          'application_credential_id and application_credential_secret',
        EXIT.usage,
      );
    if (login === NOBODY && !applicationCredential)
      throw new CommandError(
        'check --backend needs a login: set OS_USERNAME and OS_PASSWORD, or username and password or an ' +
          'application credential in clouds.yaml',
        EXIT.usage,
      );
    if (cloud.projectsByProfile['internal'] === undefined && !applicationCredential)
      throw new CommandError(
        'check --backend needs a project: set OS_PROJECT_NAME, or project_name in clouds.yaml',
        EXIT.usage,
      );
    return {
      name: 'OpenStack',
      at: cloud.authUrl,
      group: 'openstack',
      files: cloud,
      login,
      open() {
        const backend = createOpenStackBackend(cloud);
        const details = (): string[] => {
          const { compute, volume, extensions, groupTypes, metric } = backend.cloud ?? {};
          return [
            `Nova ${compute ?? '(microversions unknown)'}`,
            `Cinder ${volume ?? '(microversions unknown)'}`,
            extensions ? `Neutron with ${extensions.size} extensions` : 'Neutron (extensions unknown)',
            groupTypes?.length
              ? `consistent snapshots of several disks: group type ${groupTypes.join(', ')}`
              : 'snapshots of several disks are taken one after the other: this login has no group type for ' +
                'consistent ones',
            metric ? 'Gnocchi' : "no Gnocchi: statistics come from Nova's diagnostics only",
          ];
        };
        return {
          session: ({ user, password }) => backend.login({ user, password, profile: 'internal' }),
          details,
          close: () => backend.close(),
        };
      },
    };
  }
  if (kindOf(settings) === 'powervs') return powerVsTarget(settings, environment);
  const powervc = { ...settings.powervc, ...callsOf(settings.backend), proxy: settings.proxy };
  // those of OpenStack's clients: OS_USERNAME, OS_PASSWORD, OS_PASSWORD_FILE
  const { username: user, password } = settings.openstack;
  if (kindOf(settings) !== 'powervc' || powervc.authUrl === undefined)
    throw new CommandError(
      'check --backend needs a cloud: --powervc <url>, --backend openstack with OS_CLOUD or OS_AUTH_URL, or --backend powervs with powervs.crn',
      EXIT.usage,
    );
  if (user === undefined || password === undefined)
    throw new CommandError('check --backend needs a login: set OS_USERNAME and OS_PASSWORD', EXIT.usage);
  const { authUrl } = powervc;
  return {
    name: 'PowerVC',
    at: authUrl,
    group: 'powervc',
    files: powervc,
    login: { user, password },
    open() {
      const backend = createPowerVcBackend({ ...powervc, authUrl });
      const details = async (): Promise<string[]> =>
        toldOfPowerVc(
          { ...powervc, authUrl },
          await discoverPowerVc({ ...powervc, authUrl }, { user, password, profile: 'internal' }),
        );
      return {
        session: (login) => backend.login({ ...login, profile: 'internal' }),
        details,
        close: () => backend.close(),
      };
    },
  };
}

function powerVsTarget({ powervs, backend: calls, proxy }: Settings, environment: Io['environment']): CheckedCloud {
  const { crn, apiKey = environment['IBMCLOUD_API_KEY'] } = powervs;
  if (crn === undefined)
    throw new CommandError('check --backend powervs needs powervs.crn, the CRN of a workspace', EXIT.usage);
  if (apiKey === undefined || apiKey === '')
    throw new CommandError(
      'check --backend powervs needs an API key: set powervs.apiKey or IBMCLOUD_API_KEY',
      EXIT.usage,
    );
  // as a client does that brings its own key
  const { apiKey: _apiKey, password: _password, ...rest } = powervs;
  const settings = { ...rest, ...callsOf(calls), proxy, crn };
  return {
    name: 'Power Virtual Server',
    at: placeOf(settings).address.href,
    group: 'powervs',
    files: powervs,
    login: { user: 'check', password: apiKey },
    open() {
      const backend = createPowerVsBackend(settings);
      return {
        session: (login) => backend.login({ ...login, profile: 'internal' }),
        details: () => [`workspace ${crn}`, `IAM at ${settings.iamUrl}`],
        close: () => backend.close(),
      };
    },
  };
}

/** Whether a cloud whose highest microversion is this one has a version. */
function supportOf(highest: string | undefined, version: string): string {
  if (highest === undefined) return 'unknown';
  return reaches(highest, version)
    ? 'supported'
    : `NOT supported: these calls will be refused unless the setting is at most ${highest}`;
}

/**
 * Settings of PowerVC that are assumptions: microversions can be compared with Nova's, the rest shows only when it is
 * used.
 */
function toldOfPowerVc(
  { microversions, actions, suspend, blank, imageData, networksWhenNone, cpuUtilization }: PowerVcSettings,
  { compute, volume, metric }: Cloud,
): string[] {
  const limits = Object.entries(microversions).map(
    ([name, version]) => `powervc.microversions.${name} ${version}: ${supportOf(compute, version)}`,
  );
  const assumed = Object.entries({ ...actions, suspend, blank, imageData, networksWhenNone, cpuUtilization }).map(
    ([name, value]) => `${name in actions ? `actions.${name}` : name} ${value}`,
  );
  return [
    `Nova ${compute ?? '(microversions unknown)'}`,
    `Cinder ${volume ?? '(microversions unknown)'}`,
    ...limits,
    metric ? 'Gnocchi' : 'no Gnocchi: statistics are left out or zero',
    `assumed, and not testable without changes: powervc.{${assumed.join(', ')}}`,
  ];
}

/** What plain OpenStack's default policies reserve for administrators, unless this login is one. */
async function keptBack({ access, user }: BackendSession): Promise<string> {
  const isAdmin = (await access.permissions()).some(
    (one) => one.role?.name === 'admin' && one.user?.name === user.name,
  );
  return isAdmin
    ? 'This login is an administrator.'
    : 'This login is not an administrator: flavors cannot be created when none fits, ' +
        'snapshots cannot be restored, and only the hosts of its own servers are listed; host maintenance, ' +
        'changes of the tag tree and migrations are refused.';
}

/** What a cloud reported, and what the login can read and do. */
export interface BackendReport {
  readonly name: string;
  readonly url: string;
  readonly user: string;
  readonly project: string;
  readonly details: readonly string[];
  readonly reads: readonly Line[];
  readonly cannot: readonly { readonly capability: string; readonly why: string }[];
}

/**
 * `check --backend …`: logs in at the backend that the settings name and reports what it supports. Nothing is changed.
 * @throws CommandError that names the address and what to do.
 */
export async function checkBackend(settings: Settings, io: Io): Promise<BackendReport> {
  try {
    const target = targetOf(settings, io);
    await assertCloudCertificates(target.group, target.files);
    const opened = target.open();
    try {
      return await report(target, opened);
    } catch (error) {
      if (!isFault(error)) throw error;
      const text = `${target.name} at ${target.at}: ${error.code}: ${error.message}\n${remedyOf(error.code, target, settings)}`;
      throw new CommandError(text, EXIT.failed, { cause: error });
    } finally {
      await opened.close();
    }
  } catch (error) {
    if (error instanceof StartError) throw new CommandError(error.message, EXIT.usage, { cause: error });
    if (isFault(error)) throw new CommandError(`${error.code}: ${error.message}`, EXIT.usage, { cause: error });
    throw error;
  }
}

const loginByCredential = (settings: Settings): boolean =>
  kindOf(settings) === 'openstack' && openStackSettings(settings).applicationCredential !== undefined;

/** The project of the login, and where it is named. */
function projectOf(settings: Settings): string {
  const isPlain = kindOf(settings) === 'openstack';
  const { internal } = (isPlain ? openStackSettings(settings).settings : settings.powervc).projectsByProfile;
  const name = internal && 'id' in internal ? internal.id : internal?.project;
  const where = isPlain ? 'OS_PROJECT_NAME or clouds.yaml' : 'powervc.projectsByProfile';
  return `the project ${name ?? 'of the profile internal'} (${where})`;
}

/** What to do about a fault of the check. */
function remedyOf(code: string, target: CheckedCloud, settings: Settings): string {
  if (code === 'auth.refused') {
    if (kindOf(settings) === 'powervs') return 'Check the API key, and that its owner has access to the workspace.';
    return loginByCredential(settings)
      ? 'Check the id and the secret of the application credential, and that it has not expired.'
      : `Check the password of ${target.login.user}, the user's domain, and that the user has a role in ` +
          `${projectOf(settings)}.`;
  }
  return `Check ${hintFor(settings)}.`;
}

/** The same for people. */
export function backendText({ name, url, user, project, details, reads, cannot }: BackendReport): string {
  const reasons = cannot.map(({ capability, why }) => `    ${capability.padEnd(24)}${why}\n`).join('');
  return [
    `${name} at ${url}: user ${user}, project ${project}.\n`,
    ...details.map((one) => `    ${one}\n`),
    `\nWhat this login can read:\n${table(reads)}`,
    `\nWhat it cannot do, and why:\n${reasons || '    nothing\n'}`,
  ].join('');
}

async function report({ name, at, login }: CheckedCloud, { session: open, details }: Opened): Promise<BackendReport> {
  const session = await open(login);
  try {
    const reads = await look(session);
    return {
      name,
      url: at,
      user: session.user.name,
      project: session.project.name,
      details: [...(await details()), ...(name === 'OpenStack' ? [await keptBack(session)] : [])],
      reads,
      cannot: (Object.entries(session.capabilities) as [Capability, true | string][]).flatMap(([capability, able]) =>
        able === true ? [] : [{ capability, why: able }],
      ),
    };
  } finally {
    await session.logout();
  }
}

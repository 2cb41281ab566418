import { isFault } from '../../model/index.js';
import { inTime } from '../../model/in-time.js';
import { reportedProcessors, type ReportedProcessors } from './nova/processors.js';
import type { Connection } from './connection.js';
import { reaches } from './microversions.js';
import { isConsistent } from './cinder/volume-groups.js';

/** What a cloud reports about itself. */
export interface Cloud {
  /** The newest microversions of Nova and Cinder; absent if the catalog lacks the service, or it reports none. */
  readonly compute?: string;
  readonly volume?: string;
  /** Aliases of Neutron's extensions; absent if it reports none. */
  readonly extensions?: ReadonlySet<string>;
  /** Group types that promise consistent snapshots, as far as the first login may see that. */
  readonly groupTypes?: readonly string[];
  /** What processors its hypervisors have, if a login could see that. */
  readonly processors?: ReportedProcessors;
  /** Whether Gnocchi measures. */
  readonly metric: boolean;
  /** A service did not answer: try again. */
  readonly incomplete?: true;
}

/**
 * What this process knows of the cloud: from its first login, or from the first session that another gateway opened.
 */
export class Discovery {
  #cloud: Cloud | undefined;
  #learning: Promise<void> | undefined;

  /** Undefined before that. */
  get cloud(): Cloud | undefined {
    return this.#cloud;
  }

  /** Asks for what is unknown; concurrent callers share one request. Nova shows processors to administrators only. */
  async learn(connection: Connection): Promise<void> {
    // A failure is thrown to the caller that began; those who waited for it ask again
    await this.#learning?.catch(() => undefined);
    const isAdmin = connection.login.roles.some(({ name }) => name === 'admin');
    if (this.#cloud && !this.#cloud.incomplete && (this.#cloud.processors || !isAdmin)) return;
    this.#learning ??= this.#ask(connection).finally(() => {
      this.#learning = undefined;
    });
    return this.#learning;
  }

  async #ask(connection: Connection): Promise<void> {
    if (!this.#cloud || this.#cloud.incomplete) {
      this.#cloud = await discover(connection);
      return;
    }
    const processors = await processorsOf(connection);
    if (processors) this.#cloud = { ...this.#cloud, processors };
  }
}

/**
 * Five calls at most: the version documents at the addresses in the catalog, Neutron's extensions, Nova's hypervisors,
 * Cinder's group types. What a service does not answer within 5 s is unknown, and asked again.
 */
export async function discover(connection: Connection): Promise<Cloud> {
  let isIncomplete = false as boolean;
  // one that hangs must not hold up the logins of those who need the others
  const unlessDown = async <T>(answer: Promise<T>): Promise<T | undefined> => {
    let isAnswered = false;
    try {
      const value = await inTime(answer.finally(() => (isAnswered = true)));
      isIncomplete ||= !isAnswered;
      return value;
    } catch (error) {
      if (!isFault(error) || error.retry !== 'later') throw error;
      isIncomplete = true;
      return undefined;
    }
  };
  const [compute, volume, extensions, processors] = await Promise.all([
    unlessDown(newest(connection, 'compute', 'nova.version')),
    unlessDown(newest(connection, 'volume', 'cinder.version')),
    unlessDown(extensionsOf(connection)),
    unlessDown(processorsOf(connection)),
  ]);
  const groupTypes =
    volume !== undefined && reaches(volume, '3.11') ? await unlessDown(groupTypesOf(connection)) : undefined;
  return {
    ...(compute !== undefined && { compute }),
    ...(volume !== undefined && { volume }),
    ...(extensions && { extensions }),
    ...(groupTypes && { groupTypes }),
    ...(processors && { processors }),
    metric: connection.has('metric'),
    ...(isIncomplete && { incomplete: true as const }),
  };
}

async function newest(
  connection: Connection,
  service: string,
  id: 'nova.version' | 'cinder.version',
): Promise<string | undefined> {
  if (!connection.has(service)) return undefined;
  const { version, versions = [] } = (await unlessHidden(connection.call(id, {}))) ?? {};
  return [version, ...versions].find((one) => one?.version)?.version ?? undefined;
}

async function extensionsOf(connection: Connection): Promise<ReadonlySet<string> | undefined> {
  if (!connection.has('network')) return undefined;
  const answer = await unlessHidden(connection.call('neutron.extensions.list', {}));
  return answer && new Set(answer.extensions.map(({ alias }) => alias));
}

async function groupTypesOf(connection: Connection): Promise<readonly string[] | undefined> {
  const answer = await unlessHidden(
    connection.call('cinder.group-types.list', { headers: { 'openstack-api-version': 'volume 3.11' } }),
  );
  return answer?.group_types.filter(isConsistent).map(({ name }) => name);
}

/** Nova shows hypervisors to administrators only. */
async function processorsOf(connection: Connection): Promise<ReportedProcessors | undefined> {
  if (!connection.has('compute')) return undefined;
  const answer = await unlessHidden(connection.call('nova.hypervisors.list', {}));
  return answer && reportedProcessors(answer.hypervisors);
}

/** Undefined if a proxy or a policy hides it. */
async function unlessHidden<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isFault(error, 'backend.refused') || isFault(error, 'backend.forbidden') || isFault(error, 'not-found'))
      return undefined;
    throw error;
  }
}

import {
  Fault,
  isFault,
  isUuid,
  ZERO_ID,
  type BackendSession,
  type Cluster,
  type Network,
  type Ref,
  type StorageDomain,
  type Template,
} from '../model/index.js';
import type { Scope } from './context.js';
import { otherSystem } from './other-system.js';
import { factsOf } from './templates/facts.js';
import { GIB } from '../units.js';

/**
 * A reference in a document that leads nowhere, in engines' own words (docs/reference/ovirt.md, section 9): "Entity not
 * found: Cluster: name=x". A malformed id is a 400 here, but a 404 in a path.
 */
export function missingReference(what: string, { id, name }: Ref, cause?: unknown): Fault {
  if (id !== undefined && !isUuid(id)) return new Fault('request.malformed-id', { id: id.slice(0, 100) }, { cause });
  return new Fault(
    'not-found.reference',
    { what, by: id === undefined ? 'name' : 'id', value: id ?? name ?? '' },
    { cause },
  );
}

/**
 * Resolves a client's reference by id or by name; the id wins. Unlike an engine's, a cloud's names need not be unique:
 * an ambiguous name is refused. Throws `not-found.reference`, `request.malformed-id`, `refused`.
 */
export function resolve<T extends Ref>(what: string, ref: Ref, candidates: readonly T[]): T {
  const by = ref.id !== undefined ? 'id' : 'name';
  const [found, another] = candidates.filter((candidate) => candidate[by] === ref[by]);
  if (!found) throw missingReference(what, ref);
  if (another && by === 'name') throw ambiguous(what, ref.name ?? '');
  return found;
}

/** The fault for a name that several entities have. */
export const ambiguous = (what: string, name: string): Fault =>
  new Fault('refused', { text: `Several objects are named ${name} (${what}): specify one by its id.` });

export const resolveCluster = async (scope: Scope, ref: Ref): Promise<Cluster> =>
  resolve('Cluster', ref, await scope.session.inventory.clusters());

/** The ids of the hosts. */
export async function resolveHosts(scope: Scope, refs: readonly Ref[]): Promise<Ref[]> {
  const hosts = refs.length === 0 ? [] : await scope.session.inventory.hosts();
  return refs.map((ref) => ({ id: resolve('Host', ref, hosts).id }));
}

export const resolveNetwork = async (scope: Scope, ref: Ref): Promise<Network> =>
  resolve('Network', ref, await scope.session.inventory.networks());

export const resolveStorageDomain = async (scope: Scope, ref: Ref): Promise<StorageDomain> =>
  resolve(
    'StorageDomain',
    ref,
    (await scope.session.inventory.storageDomains()).filter(({ type }) => type === 'data'),
  );

export const BLANK = 'Blank';

/** The Blank template, which no backend has: a VM made from it is empty (docs/reference/ovirt.md, section 2). */
export const blankTemplate = ({ architectures: [architecture] }: Pick<BackendSession, 'architectures'>): Template => ({
  id: ZERO_ID,
  name: BLANK,
  description: 'Blank template',
  status: 'ok',
  createdAt: '2008-04-01T00:00:00.000Z',
  memoryBytes: GIB,
  sockets: 1,
  cores: 1,
  threads: 1,
  architecture,
  osType: otherSystem(architecture),
  isIso: false,
  disks: [],
});

/** Whether Blank is meant, by its id or by its name. */
export const isBlank = ({ id, name }: Ref): boolean => id === ZERO_ID || (id === undefined && name === BLANK);

/** Two calls at most: an id costs one, a name the list. */
export async function resolveTemplate(scope: Scope, ref: Ref): Promise<Template> {
  const { inventory } = scope.session;
  if (isBlank(ref)) return blankTemplate(scope.session);
  if (ref.id === undefined) {
    const images = (await inventory.templates()).filter(({ isIso }) => !isIso);
    // a version may have the name of its base: the name then means the base
    const bases = images.filter((image) => factsOf(image)?.base === undefined);
    return resolve('Template', ref, bases.some(({ name }) => name === ref.name) ? bases : images);
  }
  try {
    return await inventory.template(ref.id);
  } catch (error) {
    throw isFault(error, 'not-found') ? missingReference('Template', ref, error) : error;
  }
}

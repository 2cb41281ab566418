import { Fault, type Cluster, type Disk, type Host, type IsoFile, type Network, type StorageDomain, type Template } from '../model/index.js';
import type { Scope } from './context.js';
import { pmemDomains } from './pmemdisks.js';
import { blankTemplate } from './references.js';

/** What a client needs in order to name things. Lists cost one call, or two where a backend keeps its facts in two places. */
function pick<T extends { id?: string }>(what: string, all: readonly T[], id: string): T {
  const found = all.find((candidate) => candidate.id === id);
  if (!found) throw new Fault('not-found', { what, id });
  return found;
}

export const clusters = (scope: Scope): Promise<Cluster[]> => scope.session.inventory.clusters();
export const cluster = async (scope: Scope, id: string): Promise<Cluster> => pick('Cluster', await clusters(scope), id);

export const hosts = (scope: Scope): Promise<Host[]> => scope.session.inventory.hosts();
export const host = async (scope: Scope, id: string): Promise<Host> => pick('Host', await hosts(scope), id);

export const networks = (scope: Scope): Promise<Network[]> => scope.session.inventory.networks();
export const network = async (scope: Scope, id: string): Promise<Network> => pick('Network', await networks(scope), id);

/** Blank first, then the images that are no ISO. */
export const templates = async (scope: Scope): Promise<Template[]> =>
  [blankTemplate, ...(await scope.session.inventory.templates()).filter(({ isIso }) => !isIso)];

export async function template(scope: Scope, id: string): Promise<Template> {
  if (id === blankTemplate.id) return blankTemplate;
  const found = await scope.session.inventory.template(id);
  if (found.isIso) throw new Fault('not-found', { what: 'Template', id });
  return found;
}

export const templateDisks = async (scope: Scope, id: string): Promise<Disk[]> => (await template(scope, id)).disks ?? [];

/** The backend's, and the two of persistent memory where the backend has it (DESIGN, "The oVirt face"). */
export const storageDomains = async (scope: Scope): Promise<StorageDomain[]> =>
  [...await scope.session.inventory.storageDomains(), ...(scope.hasPmem ? pmemDomains : [])];

export const storageDomain = async (scope: Scope, id: string): Promise<StorageDomain> => pick('StorageDomain', await storageDomains(scope), id);

/** The ISO images of a storage domain of type `iso`; oVirt names a file by its name. */
export async function files(scope: Scope, storageDomainId: string): Promise<IsoFile[]> {
  const domain = await storageDomain(scope, storageDomainId);
  if (domain.type !== 'iso') return [];
  return (await scope.session.inventory.templates()).filter(({ isIso }) => isIso).map((image) => ({
    id: image.name!, name: image.name!, sizeBytes: image.sizeBytes, imageId: image.id!, storageDomain: { id: storageDomainId },
  }));
}

export const file = async (scope: Scope, storageDomainId: string, id: string): Promise<IsoFile> =>
  pick('File', await files(scope, storageDomainId), id);

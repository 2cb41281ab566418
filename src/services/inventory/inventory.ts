import {
  Fault,
  nameId,
  type Cluster,
  type DiskProfile,
  type Disk,
  type Host,
  type HostStorage,
  type InstanceType,
  type IsoFile,
  type Network,
  type Ref,
  type StorageDomain,
  type Template,
  type VnicProfile,
} from '../../model/index.js';
import type { Scope } from '../context.js';
import { inDataCenter } from './datacenters.js';
import { diskProfileOf, withProfile } from '../disks/profiles.js';
import { isAble } from '../fitting.js';
import { aggregatedPmemDomain, pmemDomains } from '../pmem/disks.js';
import { blankTemplate, isBlank } from '../references.js';
import { withFacts, withFactsOfOne } from '../templates/facts.js';
import { unlessGone, watched } from '../work/wait.js';
import { dispensable } from '../dispensable.js';
import { isTransferImage } from '../transfers/image-name.js';

/** The entities that clients refer to. Lists cost one call, or two where the backend keeps them in two places. */
function pick<T extends { id?: string }>(what: string, all: readonly T[], id: string): T {
  const found = all.find((candidate) => candidate.id === id);
  if (!found) throw new Fault('not-found', { what, id });
  return found;
}

export async function clusters(scope: Scope): Promise<Cluster[]> {
  const dataCenter = inDataCenter(scope);
  return (await scope.session.inventory.clusters()).map((one) => ({ ...one, dataCenter }));
}
export const cluster = async (scope: Scope, id: string): Promise<Cluster> => pick('Cluster', await clusters(scope), id);

export const hosts = (scope: Scope): Promise<Host[]> => scope.session.inventory.hosts();
/** The same without reading VMs; undefined where the login may not list hosts, which are then those of its VMs. */
export const listedHosts = (scope: Scope): Promise<Host[] | undefined> =>
  scope.session.inventory.listedHosts ? scope.session.inventory.listedHosts() : hosts(scope);
export const host = async (scope: Scope, id: string): Promise<Host> => pick('Host', await hosts(scope), id);

export async function networks(scope: Scope): Promise<Network[]> {
  const dataCenter = inDataCenter(scope);
  return (await scope.session.inventory.networks()).map((one) => ({ ...one, dataCenter }));
}
export const network = async (scope: Scope, id: string): Promise<Network> => pick('Network', await networks(scope), id);

/** Blank first, then the images except ISO images. */
export const templates = async (scope: Scope): Promise<Template[]> => [
  blankTemplate(scope.session),
  ...(await images(scope)),
];

const images = async (scope: Scope): Promise<Template[]> =>
  withFacts(
    scope,
    (await scope.session.inventory.templates()).filter((image) => !image.isIso && !isTransferImage(image)),
  );

export async function template(scope: Scope, id: string): Promise<Template> {
  if (isBlank({ id })) return blankTemplate(scope.session);
  const found = await scope.session.inventory.template(id);
  if (found.isIso) throw new Fault('not-found', { what: 'Template', id });
  return withFactsOfOne(scope, found);
}

/**
 * The reference of a VM to its template, with the name that clouds do not tell with their VMs; as it is where there is
 * no such template any more. One call, none for Blank.
 */
export async function withTemplateName(scope: Scope, ref: Ref | undefined): Promise<Ref | undefined> {
  if (!ref?.id || ref.name !== undefined || isBlank(ref)) return ref;
  const found = await unlessGone(scope.session.inventory.template(ref.id));
  return found?.name === undefined ? ref : { ...ref, name: found.name };
}

/**
 * The disks of a template. An image does not say where its volumes are: a visible volume does, one call each; the
 * others are made on the default domain.
 */
export async function templateDisks(scope: Scope, id: string): Promise<Disk[]> {
  const { disks = [] } = await template(scope, id);
  return placed(scope, disks);
}

async function placed(
  scope: Scope,
  disks: readonly Disk[],
  volume = (id: string): Promise<Disk | undefined> => unlessGone(scope.session.disks.get(id)),
): Promise<Disk[]> {
  if (disks.every(({ storageDomain }) => storageDomain)) return disks.map(withProfile);
  const [byDefault] = (await scope.session.inventory.storageDomains()).filter(({ type }) => type === 'data');
  return Promise.all(
    disks.map(async (disk) => {
      const found = disk.storageDomain ? disk : await volume(disk.id);
      const domain = found?.storageDomain ?? byDefault;
      return withProfile({
        ...disk,
        ...(domain?.id !== undefined && { storageDomain: { id: domain.id, name: domain.name } }),
      });
    }),
  );
}
export const templateDisk = async (scope: Scope, id: string, diskId: string): Promise<Disk> =>
  pick('Disk', await templateDisks(scope, id), diskId);

/** The disks of all templates. One call; one more for each image whose disks a list does not tell. */
async function imageDisks(scope: Scope): Promise<Disk[]> {
  const told = await Promise.all(
    (await images(scope)).map(async (image) =>
      image.disks ? image : unlessGone(scope.session.inventory.template(image.id)),
    ),
  );
  return told.flatMap((image) => image?.disks ?? []);
}

/**
 * A disk of any template: where templates consist of snapshots, or their volumes are not listed, it is none of the
 * volumes. The calls of `imageDisks` and `templateDisks`.
 */
export async function findTemplateDisk(scope: Scope, id: string): Promise<Disk | undefined> {
  const found = (await imageDisks(scope)).find((disk) => disk.id === id);
  return found && (await placed(scope, [found]))[0];
}

/**
 * The volumes, page by page, and then those disks of templates that are none of them: clients look for the disk of each
 * attachment in the list of all (docs/reference/v4-clients.md, ManageIQ). The calls of `imageDisks`, and of storage
 * domains where images do not tell theirs; without the image service, the volumes alone.
 */
export async function* withTemplateDisks(
  scope: Scope,
  volumes: AsyncIterable<readonly Disk[]>,
): AsyncGenerator<readonly Disk[]> {
  const reading = watched(dispensable(scope, 'template disks', () => imageDisks(scope)));
  let left: Map<string, Disk> | undefined;
  const others = async (): Promise<Map<string, Disk>> => new Map((await reading)?.map((disk) => [disk.id, disk]));
  for await (const page of volumes) {
    left ??= await others();
    for (const { id } of page) left.delete(id);
    yield page;
  }
  const disks = [...(left ?? (await others())).values()];
  if (disks.length > 0) yield placed(scope, disks, async () => undefined);
}

/** The target of `export`: the images, which include templates. */
export const exportDomain: StorageDomain = {
  id: nameId('storagedomain', 'export'),
  name: 'Export',
  type: 'export',
  master: false,
  status: 'active',
  storageType: 'glance',
};

/**
 * The bytes that images take of their domains; no image service reports free space. One call; a failure leaves the
 * sizes out.
 */
async function imageBytes(scope: Scope): Promise<Readonly<Record<'iso' | 'export', Partial<StorageDomain>>>> {
  const images = await dispensable(scope, 'templates', () => scope.session.inventory.templates());
  if (!images) return { iso: {}, export: {} };
  const sum = (iso: boolean): Partial<StorageDomain> => {
    const usedBytes = images
      .filter(({ isIso = false }) => isIso === iso)
      .reduce((bytes, { sizeBytes = 0 }) => bytes + sizeBytes, 0);
    return { usedBytes, committedBytes: usedBytes };
  };
  return { iso: sum(true), export: sum(false) };
}

/**
 * The backend's, the two of persistent memory where the backend has it (DESIGN, "The oVirt face"), and the one to
 * export to.
 */
export async function storageDomains(scope: Scope): Promise<StorageDomain[]> {
  const dataCenters = [inDataCenter(scope)];
  return [
    ...(await scope.session.inventory.storageDomains()),
    ...(scope.hasPmem
      ? pmemDomains.filter((one) => one !== aggregatedPmemDomain || isAble(scope, 'pmem.aggregated'))
      : []),
    exportDomain,
  ].map((one) => ({ ...one, dataCenters }));
}

/**
 * Persistent memory is memory of a host: a new volume can be as large as what the emptiest host has free. Clients
 * divide by the free space of a data domain (the VM portal's page of a VM fails without it). The calls of a list of
 * hosts; a failure leaves the size out.
 */
async function freeMemory(scope: Scope): Promise<Pick<StorageDomain, 'availableBytes'>> {
  const found = await dispensable(scope, 'hosts', () => hosts(scope));
  const free = (found ?? []).flatMap(({ memoryFreeBytes }) => memoryFreeBytes ?? []);
  return free.length === 0 ? {} : { availableBytes: Math.max(...free) };
}

const isPmemDomain = ({ id }: StorageDomain): boolean => pmemDomains.some((one) => one.id === id);

async function sizeOf(scope: Scope, one: StorageDomain): Promise<Partial<StorageDomain>> {
  if (one.type === 'iso' || one.type === 'export') return (await imageBytes(scope))[one.type];
  return isPmemDomain(one) ? freeMemory(scope) : {};
}

/** With the space that images take, and that persistent memory can take: one more call each. */
export async function sizedStorageDomains(scope: Scope): Promise<StorageDomain[]> {
  const [domains, images, memory] = await Promise.all([
    storageDomains(scope),
    imageBytes(scope),
    scope.hasPmem ? freeMemory(scope) : {},
  ]);
  return domains.map((one) => {
    if (one.type === 'iso' || one.type === 'export') return { ...one, ...images[one.type] };
    return isPmemDomain(one) ? { ...one, ...memory } : one;
  });
}
export async function sizedStorageDomain(scope: Scope, id: string): Promise<StorageDomain> {
  const one = await storageDomain(scope, id);
  return { ...one, ...(await sizeOf(scope, one)) };
}

export const storageDomain = async (scope: Scope, id: string): Promise<StorageDomain> =>
  pick('StorageDomain', await storageDomains(scope), id);

/** The ISO images of a storage domain of type `iso`; oVirt names a file by its name. */
export async function files(scope: Scope, storageDomainId: string): Promise<IsoFile[]> {
  const domain = await storageDomain(scope, storageDomainId);
  if (domain.type !== 'iso') return [];
  return (await scope.session.inventory.templates())
    .filter(({ isIso }) => isIso)
    .map((image) => ({
      id: image.name,
      name: image.name,
      sizeBytes: image.sizeBytes,
      imageId: image.id,
      storageDomain: { id: storageDomainId },
    }));
}

export const file = async (scope: Scope, storageDomainId: string, id: string): Promise<IsoFile> =>
  pick('File', await files(scope, storageDomainId), id);

/** A network has one profile, without limits: its id is derived from the network's. */
export const profileOf = (network: Network): VnicProfile => ({
  id: profileId(network.id),
  name: network.name,
  network: { id: network.id },
});
export const profileId = (networkId: string): string => nameId('vnicprofile', networkId);

export const vnicProfiles = async (scope: Scope): Promise<VnicProfile[]> => (await networks(scope)).map(profileOf);
export const vnicProfile = async (scope: Scope, id: string): Promise<VnicProfile> =>
  pick('VnicProfile', await vnicProfiles(scope), id);

/** A storage domain for disks has one profile, without limits, as engines make one with the domain. */
export const diskProfiles = async (scope: Scope): Promise<DiskProfile[]> =>
  (await storageDomains(scope)).filter(({ type }) => type === 'data').map(diskProfileOf);
export const diskProfile = async (scope: Scope, id: string): Promise<DiskProfile> =>
  pick('DiskProfile', await diskProfiles(scope), id);

/** Every network reaches every host group: PowerVC maps it to each host's Ethernet adapters. Two calls. */
export async function networksOf(scope: Scope, clusterId: string): Promise<Network[]> {
  const [{ id }, all] = await Promise.all([cluster(scope, clusterId), networks(scope)]);
  return all.map((one) => ({ ...one, cluster: { id } }));
}
export const networkOf = async (scope: Scope, clusterId: string, id: string): Promise<Network> =>
  pick('Network', await networksOf(scope, clusterId), id);

export const instanceTypes = (scope: Scope): Promise<InstanceType[]> => scope.session.inventory.instanceTypes();
export const instanceType = async (scope: Scope, id: string): Promise<InstanceType> =>
  pick('InstanceType', await instanceTypes(scope), id);

/**
 * LUNs that can be added as disks: those that storage providers know and PowerVC does not manage yet. One call, and one
 * a provider.
 */
export async function hostStorage(scope: Scope, hostId: string): Promise<HostStorage[]> {
  const { id } = await host(scope, hostId);
  // after the host: where the cloud has no such list, a host that does not exist is still not found
  const luns = await scope.session.disks.unmanagedLuns();
  return luns.map((lun) => ({
    id: lun.wwn ?? lun.id,
    lunType: 'fcp',
    host: { id },
    logicalUnits: [
      { id: lun.wwn ?? lun.id, sizeBytes: lun.sizeBytes, ...(lun.serial !== undefined && { serial: lun.serial }) },
    ],
  }));
}
export const hostLun = async (scope: Scope, hostId: string, id: string): Promise<HostStorage> =>
  pick('Storage', await hostStorage(scope, hostId), id);

/** The images are on the export domain; the other domains have none. */
export async function templatesOn(scope: Scope, storageDomainId: string): Promise<Template[]> {
  const { type } = await storageDomain(scope, storageDomainId);
  return type === 'export' ? images(scope) : [];
}
export const templateOn = async (scope: Scope, storageDomainId: string, id: string): Promise<Template> =>
  pick('Template', await templatesOn(scope, storageDomainId), id);

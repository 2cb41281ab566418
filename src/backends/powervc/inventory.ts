import { nameId, isFault, type Disk, type InventoryPort, type StorageDomain } from '../../model/index.js';
import { diskIn, storageDomainIn } from '../../generated/mapping/powervc.js';
import type { Provider, Type, Volume } from '../../generated/powervc/cinder.js';
import type { Connection } from '../openstack/connection.js';
import { createImages } from '../openstack/images.js';
import type { PlainInventory } from '../openstack/inventory.js';
import { looseNumber, read } from '../openstack/loose.js';
import { join } from '../openstack/notes.js';
import { remember, type Remembered } from '../openstack/remember.js';
import { createServerGroups } from '../openstack/server-groups.js';
import { instanceTypes } from '../openstack/sizes.js';
import { GIB } from '../openstack/volumes.js';
import { createMaintenance } from './maintenance.js';
import type { PowerVcSettings } from './settings.js';

const CONTEXT = { base: '' };

/** Id of the storage domain that holds ISO images. */
export const isoDomainId = nameId('storagedomain', 'iso');

export type TypesRemembered = Remembered<Type[]>;
export const rememberTypes = (settings: PowerVcSettings): TypesRemembered => remember(settings.referenceSeconds);

/** Storage templates, and the volumes that name them (shared/facts/power.md, 1.5). */
export interface Storage {
  readonly domains: () => Promise<StorageDomain[]>;
  readonly disksOf: (volumes: readonly Volume[]) => Promise<Disk[]>;
  readonly providers: () => Promise<Provider[]>;
}

export function createStorage(connection: Connection, remembered: TypesRemembered, settings: Pick<PowerVcSettings, 'isoDomainName'>): Storage {
  const types = async (): Promise<Type[]> => (await connection.call('cinder.types.list', {})).volume_types;

  async function providers(): Promise<Provider[]> {
    const answer = await connection.call('cinder.providers.list', { about: [{ what: 'Storage providers', id: '' }] });
    return answer.storage_providers ?? answer['storage-providers'] ?? [];
  }

  /** A user who may not see storage providers sees storage templates, without their sizes. */
  async function providersIfAllowed(): Promise<Provider[]> {
    try {
      return await providers();
    } catch (error) {
      if (isFault(error, 'backend.forbidden') || isFault(error, 'not-found')) return [];
      throw error;
    }
  }

  async function domains(): Promise<StorageDomain[]> {
    const [all, behind] = await Promise.all([remembered.get(types), providersIfAllowed()]);
    const data = all.map((type, index) => domainOf(type, behind, index === 0));
    return [...data, { id: isoDomainId, name: settings.isoDomainName, type: 'iso', master: false, status: 'active', storageType: 'glance' }];
  }

  /** Cinder names a volume's type, oVirt wants its id (Cinder gives that from 3.63 on). */
  async function disksOf(volumes: readonly Volume[]): Promise<Disk[]> {
    const named = new Set(volumes.flatMap(({ volume_type: name, volume_type_id: id }) => (name && !id ? [name] : [])));
    if (named.size === 0) return volumes.map((volume) => diskOf(volume, new Map()));
    const knows = (all: Type[]): boolean => [...named].every((name) => all.some((type) => type.name === name));
    const ids = new Map((await remembered.satisfying(types, knows)).map(({ name, id }) => [name, id]));
    return volumes.map((volume) => diskOf(volume, ids));
  }

  return { domains, disksOf, providers };
}

function domainOf(type: Type, providers: readonly Provider[], master: boolean): StorageDomain {
  const { value } = read(() => storageDomainIn(type, CONTEXT));
  const behind = providers.find(({ storage_hostname: host, service }) => value.provider !== undefined && [host, service?.host, service?.host_display_name].includes(value.provider));
  const free = looseNumber(behind?.free_capacity_gb);
  const total = looseNumber(behind?.total_capacity_gb);
  return {
    ...value, type: 'data', master, storageType: behind?.backend_type?.includes('iscsi') ? 'iscsi' : 'fcp',
    status: behind?.backend_state?.toLowerCase() === 'down' ? 'inactive' : 'active',
    ...(behind?.service?.host_display_name && { provider: behind.service.host_display_name }),
    ...(free !== undefined && { availableBytes: Math.round(free * GIB) }),
    ...(free !== undefined && total !== undefined && { usedBytes: Math.round((total - free) * GIB) }),
  };
}

function diskOf(volume: Volume, typeIds: ReadonlyMap<string, string>): Disk {
  const { value } = read(() => diskIn({ ...volume, status: volume.status.trim().toLowerCase() }, CONTEXT));
  const typeName = volume.volume_type ?? undefined;
  const typeId = volume.volume_type_id ?? (typeName === undefined ? undefined : typeIds.get(typeName));
  const bootable = value.bootable ?? false;
  return {
    ...value, bootable, type: bootable ? 'system' : 'data', format: 'raw', shareable: value.shareable ?? false,
    vmIds: volume.attachments?.flatMap(({ server_id: id }) => id ?? []) ?? [],
    readOnly: volume.metadata?.['readonly']?.toLowerCase() === 'true',
    notes: join(volume.metadata),
    ...((typeId !== undefined || typeName !== undefined) && { storageDomain: { ...(typeId !== undefined && { id: typeId }), ...(typeName !== undefined && { name: typeName }) } }),
  };
}

/** The port: plain OpenStack's inventory, and PowerVC's storage and maintenance mode. */
export const createInventoryPort = (connection: Connection, plain: PlainInventory, storage: Storage, pageSize: number): InventoryPort => ({
  clusters: plain.clusters, hosts: plain.hosts, templates: plain.templates, template: plain.template, networks: plain.networks,
  storageDomains: storage.domains,
  instanceTypes: () => instanceTypes(connection, pageSize),
  ...createImages(connection), ...createServerGroups(connection), ...createMaintenance(connection, plain),
});

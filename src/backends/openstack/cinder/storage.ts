import { nameId, nameOrId, type Disk, type StorageDomain } from '../../../model/index.js';
import { diskIn, storageDomainIn } from '../../../generated/mapping/openstack.js';
import type { Type, Volume } from '../../../generated/openstack/cinder.js';
import type { Connection } from '../connection.js';
import { looseNumber, read } from '../loose.js';
import { join } from '../notes/notes.js';
import { remember, type Remembered } from '../remember.js';
import { type Extent } from './volumes.js';
import { GIB } from '../../../units.js';

const CONTEXT = { base: '' };

/** Id of the storage domain that holds ISO images. */
export const isoDomainId = nameId('storagedomain', 'iso');

/** The backing storage of volume types, in the form of PowerVC's storage providers. */
export interface Provider {
  readonly storage_hostname?: string | null;
  readonly backend_type?: string | null;
  readonly backend_state?: string | null;
  /** GiB. */
  readonly free_capacity_gb?: number | string | null;
  readonly total_capacity_gb?: number | string | null;
  readonly service?: { readonly host?: string | null; readonly host_display_name?: string | null } | null;
}

/** The backing storage of a type, which may name its provider. */
export type BackingOf = (type: Type, provider?: string) => Provider | undefined;

/** By the provider that the type names. */
export const byName =
  (providers: readonly Provider[]): BackingOf =>
  (_, name) =>
    name === undefined
      ? undefined
      : providers.find(({ storage_hostname: host, service }) =>
          [host, service?.host, service?.host_display_name].includes(name),
        );

export type TypesRemembered = Remembered<Type[]>;
export const rememberTypes = (seconds: number): TypesRemembered => remember(seconds);

/** Volume types (PowerVC: storage templates), and the volumes that name them (docs/reference/power.md, 1.5). */
export interface Storage {
  readonly domains: () => Promise<StorageDomain[]>;
  readonly disksOf: (volumes: readonly Volume[]) => Promise<Disk[]>;
  readonly extent: Extent;
  /** The types, cached. */
  readonly types: () => Promise<readonly Type[]>;
}

/** What a backend adds to plain Cinder. */
export interface StorageReading {
  readonly isoDomainName: string;
  /** The backing storage of the types, where that is known. */
  readonly backing: () => Promise<BackingOf>;
  /** A volume as the table disk.json reads it. */
  readonly volume: (volume: Volume) => Volume;
}

export function createStorage(
  connection: Connection,
  remembered: TypesRemembered,
  extent: Extent,
  { isoDomainName, backing, volume: asRead }: StorageReading,
): Storage {
  const types = async (): Promise<Type[]> => (await connection.lasting.call('cinder.types.list', {})).volume_types;

  async function domains(): Promise<StorageDomain[]> {
    const [all, behindOf] = await Promise.all([remembered.get(types), backing()]);
    const data = all.map((type, index) => domainOf(type, behindOf, index === 0));
    return [
      ...data,
      { id: isoDomainId, name: isoDomainName, type: 'iso', master: false, status: 'active', storageType: 'glance' },
    ];
  }

  /** Cinder returns the name of a volume's type, oVirt needs its id (Cinder returns that since 3.63). */
  async function disksOf(given: readonly Volume[]): Promise<Disk[]> {
    const volumes = given.map(asRead);
    const named = new Set(volumes.flatMap(({ volume_type: name, volume_type_id: id }) => (name && !id ? [name] : [])));
    if (named.size === 0) return volumes.map((volume) => diskOf(volume, new Map()));
    const knows = (all: Type[]): boolean => [...named].every((name) => all.some((type) => type.name === name));
    const byName = new Map((await remembered.satisfying(types, knows)).map((type) => [type.name, type]));
    return volumes.map((volume) => diskOf(volume, byName));
  }

  return { domains, disksOf, extent, types: () => remembered.get(types) };
}

function domainOf(type: Type, behindOf: BackingOf, master: boolean): StorageDomain {
  const { value } = read(() => storageDomainIn(type, CONTEXT));
  const behind = behindOf(type, value.provider);
  const free = looseNumber(behind?.free_capacity_gb);
  const total = looseNumber(behind?.total_capacity_gb);
  return {
    ...value,
    type: 'data',
    master,
    storageType: behind?.backend_type?.includes('iscsi') ? 'iscsi' : 'fcp',
    status: behind?.backend_state?.toLowerCase() === 'down' ? 'inactive' : 'active',
    ...(behind?.service?.host_display_name && { provider: behind.service.host_display_name }),
    ...(free !== undefined && { availableBytes: Math.round(free * GIB) }),
    ...(free !== undefined && total !== undefined && { usedBytes: Math.round((total - free) * GIB) }),
  };
}

function diskOf(volume: Volume, types: ReadonlyMap<string, Type>): Disk {
  const { value } = read(() => diskIn({ ...volume, status: volume.status.trim().toLowerCase() }, CONTEXT));
  const typeName = volume.volume_type ?? undefined;
  const type = typeName === undefined ? undefined : types.get(typeName);
  const typeId = volume.volume_type_id ?? type?.id;
  const allocated = type?.extra_specs?.['drivers:rsize'];
  const bootable = value.bootable ?? false;
  return {
    ...value,
    alias: nameOrId(value.alias, volume.id),
    bootable,
    type: bootable ? 'system' : 'data',
    format: 'raw',
    // The part of a volume that is allocated with it, percent; -1 is all of it
    ...(allocated !== undefined && { sparse: allocated !== '-1' }),
    shareable: value.shareable ?? false,
    vmIds: volume.attachments?.flatMap(({ server_id: id }) => id ?? []) ?? [],
    readOnly: volume.metadata?.['readonly']?.toLowerCase() === 'true',
    notes: join(volume.metadata),
    ...((typeId !== undefined || typeName !== undefined) && {
      storageDomain: { ...(typeId !== undefined && { id: typeId }), ...(typeName !== undefined && { name: typeName }) },
    }),
  };
}

import { naive } from '../clock.js';
import type { JsonObject } from '../json.js';
import type { SimulatedCall } from '../router.js';
import type { Volume, VolumeSnapshot } from '../world/types.js';
import type { World } from '../world/world.js';
import { backendName } from './services.js';

const links = (call: SimulatedCall, { id, project_id }: Volume): JsonObject[] => [
  { rel: 'self', href: `${call.base}/volume/v3/${project_id}/volumes/${id}` },
  { rel: 'bookmark', href: `${call.base}/volume/${project_id}/volumes/${id}` },
];

export const volumeSummary = (call: SimulatedCall, volume: Volume): JsonObject => ({
  id: volume.id,
  name: volume.name,
  links: links(call, volume),
});

/** As create and update answer. */
export function volumeBody(call: SimulatedCall, world: World, volume: Volume): JsonObject {
  const {
    id,
    status,
    size,
    name,
    description,
    volume_type,
    snapshot_id,
    source_volid,
    metadata,
    user_id,
    bootable,
    multiattach,
  } = volume;
  return {
    id,
    status,
    size,
    availability_zone: 'nova',
    created_at: naive(volume.created_at),
    updated_at: naive(volume.updated_at),
    name,
    description,
    volume_type,
    snapshot_id,
    source_volid,
    metadata,
    links: links(call, volume),
    user_id,
    bootable: String(bootable),
    encrypted: false,
    replication_status: null,
    consistencygroup_id: null,
    multiattach,
    attachments: volume.attachments
      .filter(({ state }) => state !== 'attaching')
      .map(({ id: attachment, server_id, device, attached_at }) => ({
        id,
        attachment_id: attachment,
        volume_id: id,
        server_id,
        host_name: world.servers.get(server_id)?.host ?? null,
        device,
        attached_at: naive(attached_at),
      })),
    migration_status: null,
    ...(call.version >= 13 ? { group_id: volume.group_id } : {}),
  };
}

/** `host@backend#pool`; PowerVC names its storage alone (docs/reference/power.md, 1.5). */
function hostOf(world: World, storage: string): string {
  const provider = world.storageProviders.get(storage);
  const pool = provider?.pool ?? 'pool';
  return world.settings.cloud === 'powervc' || provider === undefined
    ? `${storage}#${pool}`
    : `${backendName(provider)}#${pool}`;
}

/** As get and detailed lists answer: with the administrator's attributes, and PowerVC's health. */
export const volumeDetail = (call: SimulatedCall, world: World, volume: Volume): JsonObject => ({
  ...volumeBody(call, world, volume),
  'os-vol-tenant-attr:tenant_id': volume.project_id,
  'os-vol-mig-status-attr:migstat': null,
  'os-vol-mig-status-attr:name_id': null,
  'os-vol-host-attr:host': volume.storage_hostname === null ? null : hostOf(world, volume.storage_hostname),
  ...(volume.image_metadata === null ? {} : { volume_image_metadata: volume.image_metadata }),
  ...(world.settings.cloud === 'powervc'
    ? { health_status: { health_value: volume.status.startsWith('error') ? 'CRITICAL' : 'OK' } }
    : {}),
});

export const snapshotBody = (
  call: SimulatedCall,
  {
    id,
    created_at,
    updated_at,
    name,
    description,
    volume_id,
    status,
    size,
    metadata,
    group_snapshot_id,
  }: VolumeSnapshot,
): JsonObject => ({
  id,
  created_at: naive(created_at),
  updated_at: naive(updated_at),
  name,
  description,
  volume_id,
  status,
  size,
  metadata,
  ...(call.version >= 14 ? { group_snapshot_id } : {}),
});

export const snapshotDetail = (call: SimulatedCall, snapshot: VolumeSnapshot): JsonObject => ({
  ...snapshotBody(call, snapshot),
  'os-extended-snapshot-attributes:project_id': snapshot.project_id,
  'os-extended-snapshot-attributes:progress': snapshot.progress ?? (snapshot.status === 'creating' ? '0%' : '100%'),
});

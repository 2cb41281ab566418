import { only, route, type Answer, type SimulatedCall, type Route } from '../router.js';
import type { WorkKind } from '../work.js';
import type { World } from '../world/world.js';
import { bulkVolumes } from './bulk.js';
import { actionWork, volumeAction } from './actions.js';
import { attachWork } from './attach.js';
import { createWork } from './create.js';
import { instanceSnapshotWork, instanceSnapshots } from './instance-snapshots.js';
import { encryptionRoutes } from './encryption.js';
import { groupSnapshots } from './group-snapshots.js';
import { groupTypes } from './group-types.js';
import { groups, groupWork } from './groups.js';
import { messageRoutes } from './messages.js';
import { snapshotMetadata, volumeMetadata } from './metadata.js';
import { providerWork, providers } from './providers.js';
import { volumeExtensions, volumeHosts, volumeZones } from './hosts.js';
import { qosRoutes } from './qos.js';
import { limits, quotaClasses, quotas } from './quotas.js';
import { pools, services, updateService } from './services.js';
import { snapshotAction } from './snapshot-actions.js';
import { snapshotWork, snapshots } from './snapshots.js';
import { reimageWork } from './reimage.js';
import { uploadWork } from './upload.js';
import { transfers } from './transfers.js';
import { types } from './types.js';
import { volumeWork, volumes } from './volumes.js';

const versions =
  (status: number) =>
  (call: SimulatedCall, { settings: { newest } }: World): Answer => ({
    status,
    body: {
      versions: [
        {
          id: 'v3.0',
          status: 'CURRENT',
          version: newest.volume,
          min_version: '3.0',
          updated: '2022-08-31T00:00:00Z',
          links: [
            { rel: 'describedby', type: 'text/html', href: 'https://docs.openstack.org/' },
            { rel: 'self', href: `${call.base}/volume/v3/` },
          ],
          'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.volume+json;version=3' }],
        },
      ],
    },
  });

/** The version documents: outside of version and project. */
export const cinderVersions: readonly Route[] = [
  route('GET', '/', 'versions', versions(300), 'anyone'),
  route('GET', '/v3', 'version', versions(200)),
];

/** Cinder v3: paths below `/volume/v3/<project>`. */
export const cinderRoutes: readonly Route[] = [
  route('GET', '/volumes', 'volume:get_all', volumes.list),
  route('GET', '/volumes/detail', 'volume:get_all', volumes.detail),
  route('POST', '/volumes', 'volume:create', volumes.create),
  route('GET', '/volumes/summary', 'volume:get_all', volumes.summary),
  route('GET', '/volumes/{volume}', 'volume:get', volumes.get),
  route('PUT', '/volumes/{volume}', 'volume:update', volumes.update),
  route('DELETE', '/volumes/{volume}', 'volume:delete', volumes.remove),
  route('POST', '/volumes/{volume}/action', 'volume:action', volumeAction),
  route('GET', '/volumes/{volume}/metadata', 'volume:get_volume_metadata', volumeMetadata.get),
  route('POST', '/volumes/{volume}/metadata', 'volume:create_volume_metadata', volumeMetadata.merge),
  route('PUT', '/volumes/{volume}/metadata', 'volume:update_volume_metadata', volumeMetadata.replace),
  route('GET', '/volumes/{volume}/metadata/{key}', 'volume:get_volume_metadata', volumeMetadata.item),
  route('PUT', '/volumes/{volume}/metadata/{key}', 'volume:update_volume_metadata', volumeMetadata.setItem),
  route('DELETE', '/volumes/{volume}/metadata/{key}', 'volume:delete_volume_metadata', volumeMetadata.remove),
  route('GET', '/snapshots', 'volume:get_all_snapshots', snapshots.list),
  route('GET', '/snapshots/detail', 'volume:get_all_snapshots', snapshots.list),
  route('POST', '/snapshots', 'volume:create_snapshot', snapshots.create),
  route('GET', '/snapshots/{snapshot}', 'volume:get_snapshot', snapshots.get),
  route('PUT', '/snapshots/{snapshot}', 'volume:update_snapshot', snapshots.update),
  route('DELETE', '/snapshots/{snapshot}', 'volume:delete_snapshot', snapshots.remove),
  route('POST', '/snapshots/{snapshot}/action', 'volume:update_snapshot', snapshotAction),
  route('GET', '/snapshots/{snapshot}/metadata', 'volume:get_snapshot_metadata', snapshotMetadata.get),
  route('PUT', '/snapshots/{snapshot}/metadata', 'volume:update_snapshot_metadata', snapshotMetadata.replace),
  route('GET', '/snapshots/{snapshot}/metadata/{key}', 'volume:get_snapshot_metadata', snapshotMetadata.item),
  route('PUT', '/snapshots/{snapshot}/metadata/{key}', 'volume:update_snapshot_metadata', snapshotMetadata.setItem),
  route('POST', '/snapshots/{snapshot}/metadata', 'volume:update_snapshot_metadata', snapshotMetadata.merge),
  route('DELETE', '/snapshots/{snapshot}/metadata/{key}', 'volume:delete_snapshot_metadata', snapshotMetadata.remove),
  route('GET', '/group_types', 'group:group_types:get_all', groupTypes.list),
  route('POST', '/group_types', 'group:group_types:create', groupTypes.create, 'admin'),
  route('GET', '/group_types/{type}', 'group:group_types:get', groupTypes.get),
  route('PUT', '/group_types/{type}', 'group:group_types:update', groupTypes.update, 'admin'),
  route('DELETE', '/group_types/{type}', 'group:group_types:delete', groupTypes.remove, 'admin'),
  route('GET', '/group_types/{type}/group_specs', 'group:group_types_specs:get_all', groupTypes.specs.list, 'admin'),
  route('POST', '/group_types/{type}/group_specs', 'group:group_types_specs:create', groupTypes.specs.create, 'admin'),
  route('GET', '/group_types/{type}/group_specs/{key}', 'group:group_types_specs:get', groupTypes.specs.get, 'admin'),
  route(
    'PUT',
    '/group_types/{type}/group_specs/{key}',
    'group:group_types_specs:update',
    groupTypes.specs.set,
    'admin',
  ),
  route(
    'DELETE',
    '/group_types/{type}/group_specs/{key}',
    'group:group_types_specs:delete',
    groupTypes.specs.remove,
    'admin',
  ),
  route('GET', '/groups', 'group:get_all', groups.list),
  route('GET', '/groups/detail', 'group:get_all', groups.detail),
  route('POST', '/groups/action', 'group:create', groups.createFrom),
  route('POST', '/groups', 'group:create', groups.create),
  route('GET', '/groups/{group}', 'group:get', groups.get),
  route('PUT', '/groups/{group}', 'group:update', groups.update),
  route('POST', '/groups/{group}/action', 'group:delete', groups.action),
  route('GET', '/group_snapshots', 'group:get_all_group_snapshots', groupSnapshots.brief),
  route('GET', '/group_snapshots/detail', 'group:get_all_group_snapshots', groupSnapshots.list),
  route('POST', '/group_snapshots', 'group:create_group_snapshot', groupSnapshots.create),
  route('GET', '/group_snapshots/{snapshot}', 'group:get_group_snapshot', groupSnapshots.get),
  route('POST', '/group_snapshots/{snapshot}/action', 'group:reset_group_snapshot_status', groupSnapshots.action),
  route('DELETE', '/group_snapshots/{snapshot}', 'group:delete_group_snapshot', groupSnapshots.remove),
  route('GET', '/types', 'volume_extension:type_get_all', types.list),
  route('POST', '/types', 'volume_extension:type_create', types.create, 'admin'),
  route('GET', '/types/{type}', 'volume_extension:type_get', types.get),
  route('PUT', '/types/{type}', 'volume_extension:type_update', types.update, 'admin'),
  route('DELETE', '/types/{type}', 'volume_extension:type_delete', types.remove, 'admin'),
  route('GET', '/types/{type}/extra_specs', 'volume_extension:types_extra_specs:index', types.extraSpecs),
  route('POST', '/types/{type}/extra_specs', 'volume_extension:types_extra_specs:create', types.setSpecs, 'admin'),
  route(
    'DELETE',
    '/types/{type}/extra_specs/{key}',
    'volume_extension:types_extra_specs:delete',
    types.removeSpec,
    'admin',
  ),
  route('GET', '/types/{type}/extra_specs/{key}', 'volume_extension:types_extra_specs:show', types.getSpec),
  route('PUT', '/types/{type}/extra_specs/{key}', 'volume_extension:types_extra_specs:update', types.setSpec, 'admin'),
  route('GET', '/types/{type}/os-volume-type-access', 'volume_extension:volume_type_access', types.access, 'admin'),
  route('POST', '/types/{type}/action', 'volume_extension:volume_type_access:action', types.action, 'admin'),
  ...encryptionRoutes,
  ...qosRoutes,
  ...messageRoutes,
  ...['os-volume-transfer', 'volume-transfers'].flatMap((path) => [
    route('GET', `/${path}`, 'volume:get_all_transfers', transfers.list),
    route('GET', `/${path}/detail`, 'volume:get_all_transfers', transfers.detail),
    route('POST', `/${path}`, 'volume:create_transfer', transfers.create),
    route('GET', `/${path}/{transfer}`, 'volume:get_transfer', transfers.get),
    route('POST', `/${path}/{transfer}/accept`, 'volume:accept_transfer', transfers.accept),
    route('DELETE', `/${path}/{transfer}`, 'volume:delete_transfer', transfers.remove),
  ]),
  route('GET', '/os-availability-zone', 'volume_extension:availability_zone_list', volumeZones),
  route('GET', '/extensions', 'volume:extensions', volumeExtensions),
  ...only('openstack', [
    route('GET', '/os-hosts', 'volume_extension:hosts', volumeHosts.list, 'admin'),
    route('GET', '/os-hosts/{host}', 'volume_extension:hosts', volumeHosts.show, 'admin'),
    route('GET', '/capabilities/{host}', 'volume_extension:capabilities', volumeHosts.capabilities, 'admin'),
  ]),
  route('GET', '/os-quota-class-sets/{class}', 'volume_extension:quota_classes:get', quotaClasses.get, 'admin'),
  route('PUT', '/os-quota-class-sets/{class}', 'volume_extension:quota_classes:update', quotaClasses.set, 'admin'),
  route('GET', '/os-services', 'volume_extension:services:index', services, 'admin'),
  route('PUT', '/os-services/{what}', 'volume_extension:services:update', updateService, 'admin'),
  route('GET', '/scheduler-stats/get_pools', 'scheduler_extension:scheduler_stats:get_pools', pools, 'admin'),
  ...only('powervc', [
    route('POST', '/bulk-volumes/action', 'volume:delete', bulkVolumes),
    route('GET', '/storage-providers', 'volume_extension:storage_providers', providers.list),
    route('GET', '/storage-providers/detail', 'volume_extension:storage_providers', providers.detail),
    route('GET', '/storage-providers/{provider}', 'volume_extension:storage_providers', providers.get),
    route('GET', '/os-hosts/{host}/all-volumes', 'volume_extension:hosts', providers.allVolumes),
    route('POST', '/os-hosts/{host}/onboard', 'volume_extension:onboard', providers.onboard),
    route('GET', '/instance-snapshots', 'volume_extension:instance_snapshots', instanceSnapshots.list),
    route('GET', '/instance-snapshots/detail', 'volume_extension:instance_snapshots', instanceSnapshots.list),
    route('GET', '/instance-snapshots/get_progress', 'volume_extension:instance_snapshots', instanceSnapshots.progress),
    route('GET', '/instance-snapshots/{snapshot}', 'volume_extension:instance_snapshots', instanceSnapshots.get),
    route(
      'PUT',
      '/instance-snapshots/{snapshot}',
      'volume_extension:instance_snapshots:update',
      instanceSnapshots.update,
    ),
    route(
      'DELETE',
      '/instance-snapshots/{snapshot}',
      'volume_extension:instance_snapshots:delete',
      instanceSnapshots.remove,
    ),
  ]),
  route('GET', '/limits', 'limits_extension:used_limits', limits),
  route('GET', '/os-quota-sets/{project}/defaults', 'volume_extension:quotas:show', quotas.defaults),
  route('GET', '/os-quota-sets/{project}', 'volume_extension:quotas:show', quotas.get),
  route('PUT', '/os-quota-sets/{project}', 'volume_extension:quotas:update', quotas.set, 'admin'),
  route('DELETE', '/os-quota-sets/{project}', 'volume_extension:quotas:delete', quotas.reset, 'admin'),
];

export const cinderWork: Readonly<Record<string, WorkKind<World>>> = {
  ...attachWork,
  ...createWork,
  ...volumeWork,
  ...actionWork,
  ...snapshotWork,
  ...groupWork,
  ...providerWork,
  ...instanceSnapshotWork,
  ...uploadWork,
  ...reimageWork,
};

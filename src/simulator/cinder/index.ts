import { only, route, type Answer, type SimulatedCall, type Route } from '../router.js';
import type { WorkKind } from '../work.js';
import type { World } from '../world/world.js';
import { bulkVolumes } from './bulk.js';
import { actionWork, volumeAction } from './actions.js';
import { attachWork } from './attach.js';
import { createWork } from './create.js';
import { instanceSnapshotWork, instanceSnapshots } from './instance-snapshots.js';
import { groups, groupWork } from './groups.js';
import { snapshotMetadata, volumeMetadata } from './metadata.js';
import { providerWork, providers } from './providers.js';
import { limits, quotas } from './quotas.js';
import { pools, services } from './services.js';
import { snapshotWork, snapshots } from './snapshots.js';
import { reimageWork } from './reimage.js';
import { uploadWork } from './upload.js';
import { types } from './types.js';
import { volumeWork, volumes } from './volumes.js';

const versions =
  (status: number) =>
  (call: SimulatedCall): Answer => ({
    status,
    body: {
      versions: [
        {
          id: 'v3.0',
          status: 'CURRENT',
          version: '3.70',
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
  route('GET', '/volumes/{volume}', 'volume:get', volumes.get),
  route('PUT', '/volumes/{volume}', 'volume:update', volumes.update),
  route('DELETE', '/volumes/{volume}', 'volume:delete', volumes.remove),
  route('POST', '/volumes/{volume}/action', 'volume:action', volumeAction),
  route('GET', '/volumes/{volume}/metadata', 'volume:get_volume_metadata', volumeMetadata.get),
  route('POST', '/volumes/{volume}/metadata', 'volume:create_volume_metadata', volumeMetadata.merge),
  route('PUT', '/volumes/{volume}/metadata', 'volume:update_volume_metadata', volumeMetadata.replace),
  route('DELETE', '/volumes/{volume}/metadata/{key}', 'volume:delete_volume_metadata', volumeMetadata.remove),
  route('GET', '/snapshots', 'volume:get_all_snapshots', snapshots.list),
  route('GET', '/snapshots/detail', 'volume:get_all_snapshots', snapshots.list),
  route('POST', '/snapshots', 'volume:create_snapshot', snapshots.create),
  route('GET', '/snapshots/{snapshot}', 'volume:get_snapshot', snapshots.get),
  route('PUT', '/snapshots/{snapshot}', 'volume:update_snapshot', snapshots.update),
  route('DELETE', '/snapshots/{snapshot}', 'volume:delete_snapshot', snapshots.remove),
  route('POST', '/snapshots/{snapshot}/metadata', 'volume:update_snapshot_metadata', snapshotMetadata.merge),
  route('DELETE', '/snapshots/{snapshot}/metadata/{key}', 'volume:delete_snapshot_metadata', snapshotMetadata.remove),
  route('GET', '/group_types', 'group:group_types:get_all', groups.types.list),
  route('POST', '/group_types', 'group:group_types:create', groups.types.create, 'admin'),
  route('GET', '/groups/detail', 'group:get_all', groups.list),
  route('POST', '/groups', 'group:create', groups.create),
  route('GET', '/groups/{group}', 'group:get', groups.get),
  route('PUT', '/groups/{group}', 'group:update', groups.update),
  route('POST', '/groups/{group}/action', 'group:delete', groups.action),
  route('GET', '/group_snapshots/detail', 'group:get_all_group_snapshots', groups.snapshots.list),
  route('POST', '/group_snapshots', 'group:create_group_snapshot', groups.snapshots.create),
  route('GET', '/group_snapshots/{snapshot}', 'group:get_group_snapshot', groups.snapshots.get),
  route('DELETE', '/group_snapshots/{snapshot}', 'group:delete_group_snapshot', groups.snapshots.remove),
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
  route('GET', '/os-services', 'volume_extension:services:index', services, 'admin'),
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

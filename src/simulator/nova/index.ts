import { only, route, type Route } from '../router.js';
import type { WorkKind } from '../work.js';
import type { World } from '../world/world.js';
import { serverAction } from './actions.js';
import { attachments } from './attachments.js';
import { buildWork } from './build.js';
import { captureWork, cloneProgress } from './capture.js';
import { flavors, instanceActions, serverGroups, storageConnectivity } from './catalogue.js';
import { createServer } from './create.js';
import { hosts, hypervisors } from './hosts.js';
import { aggregates } from './aggregates.js';
import { flavorManagement } from './flavors.js';
import { serverPassword } from './guest.js';
import { images } from './images.js';
import { interfaces, interfaceWork } from './interfaces.js';
import { serverIps } from './ips.js';
import { keypairs } from './keypairs.js';
import { serverMetadata } from './metadata.js';
import { migrateWork } from './migrate.js';
import { plain } from './plain.js';
import { pmem, pmemWork } from './pmem.js';
import { powerWork } from './power.js';
import { proxyRoutes } from './proxies.js';
import { quotaClasses, quotas } from './quotas.js';
import { reportRoutes } from './reports.js';
import { rebuildWork } from './rebuild.js';
import { rescueWork } from './rescue.js';
import { resizeWork } from './resize.js';
import { securityGroupProxy, securityGroupsOf } from './security.js';
import { servers, serverWork } from './servers.js';
import { shelveWork } from './shelve.js';
import { snapshotActionWork } from './snapshots.js';
import { usage } from './usage.js';
import { zones } from './zones.js';

/** Nova 2.1: paths below `/compute/v2.1/<project>`. */
export const novaRoutes: readonly Route[] = [
  route('GET', '/servers', 'os_compute_api:servers:index', servers.list),
  route('GET', '/servers/detail', 'os_compute_api:servers:detail', servers.detail),
  ...only('powervc', [route('GET', '/servers/get_progress', 'os_compute_api:servers:get_progress', cloneProgress)]),
  route('POST', '/servers', 'os_compute_api:servers:create', createServer),
  route('GET', '/servers/{server}', 'os_compute_api:servers:show', servers.get),
  route('PUT', '/servers/{server}', 'os_compute_api:servers:update', servers.update),
  route('DELETE', '/servers/{server}', 'os_compute_api:servers:delete', servers.remove),
  route('POST', '/servers/{server}/action', 'os_compute_api:servers:action', serverAction),
  route('GET', '/servers/{server}/metadata', 'os_compute_api:server-metadata:index', serverMetadata.get),
  route('POST', '/servers/{server}/metadata', 'os_compute_api:server-metadata:create', serverMetadata.merge),
  route('PUT', '/servers/{server}/metadata', 'os_compute_api:server-metadata:update_all', serverMetadata.replace),
  route('GET', '/servers/{server}/metadata/{key}', 'os_compute_api:server-metadata:show', serverMetadata.getItem),
  route('PUT', '/servers/{server}/metadata/{key}', 'os_compute_api:server-metadata:update', serverMetadata.setItem),
  route(
    'DELETE',
    '/servers/{server}/metadata/{key}',
    'os_compute_api:server-metadata:delete',
    serverMetadata.removeItem,
  ),
  route(
    'GET',
    '/servers/{server}/os-volume_attachments',
    'os_compute_api:os-volumes-attachments:index',
    attachments.list,
  ),
  route(
    'POST',
    '/servers/{server}/os-volume_attachments',
    'os_compute_api:os-volumes-attachments:create',
    attachments.add,
  ),
  route(
    'GET',
    '/servers/{server}/os-volume_attachments/{volume}',
    'os_compute_api:os-volumes-attachments:show',
    attachments.get,
  ),
  route(
    'PUT',
    '/servers/{server}/os-volume_attachments/{volume}',
    'os_compute_api:os-volumes-attachments:update',
    attachments.update,
  ),
  route(
    'DELETE',
    '/servers/{server}/os-volume_attachments/{volume}',
    'os_compute_api:os-volumes-attachments:delete',
    attachments.remove,
  ),
  route('GET', '/servers/{server}/os-interface', 'os_compute_api:os-attach-interfaces:list', interfaces.list),
  route('POST', '/servers/{server}/os-interface', 'os_compute_api:os-attach-interfaces:create', interfaces.add),
  route('GET', '/servers/{server}/os-interface/{port}', 'os_compute_api:os-attach-interfaces:show', interfaces.get),
  route(
    'DELETE',
    '/servers/{server}/os-interface/{port}',
    'os_compute_api:os-attach-interfaces:delete',
    interfaces.remove,
  ),
  route('GET', '/servers/{server}/ips', 'os_compute_api:ips:index', serverIps.list),
  route('GET', '/servers/{server}/ips/{network}', 'os_compute_api:ips:show', serverIps.get),
  ...only('openstack', [
    route('GET', '/servers/{server}/os-server-password', 'os_compute_api:os-server-password:show', serverPassword.get),
    route(
      'DELETE',
      '/servers/{server}/os-server-password',
      'os_compute_api:os-server-password:clear',
      serverPassword.clear,
    ),
    route('POST', '/servers/{server}/remote-consoles', 'os_compute_api:os-remote-consoles', plain.remoteConsole),
    route('GET', '/servers/{server}/diagnostics', 'os_compute_api:os-server-diagnostics', plain.diagnostics, 'admin'),
    route(
      'GET',
      '/servers/{server}/migrations',
      'os_compute_api:servers:migrations:index',
      plain.migrations.list,
      'admin',
    ),
    route(
      'DELETE',
      '/servers/{server}/migrations/{migration}',
      'os_compute_api:servers:migrations:delete',
      plain.migrations.abort,
      'admin',
    ),
  ]),
  route('GET', '/servers/{server}/os-security-groups', 'os_compute_api:os-security-groups', securityGroupsOf),
  route('GET', '/servers/{server}/tags', 'os_compute_api:os-server-tags:index', plain.tags.list),
  route('PUT', '/servers/{server}/tags', 'os_compute_api:os-server-tags:update_all', plain.tags.replace),
  route('DELETE', '/servers/{server}/tags', 'os_compute_api:os-server-tags:delete_all', plain.tags.clear),
  route('GET', '/servers/{server}/tags/{tag}', 'os_compute_api:os-server-tags:show', plain.tags.has),
  route('PUT', '/servers/{server}/tags/{tag}', 'os_compute_api:os-server-tags:update', plain.tags.add),
  route('DELETE', '/servers/{server}/tags/{tag}', 'os_compute_api:os-server-tags:delete', plain.tags.remove),
  route(
    'GET',
    '/servers/{server}/os-instance-actions',
    'os_compute_api:os-instance-actions:list',
    instanceActions.list,
  ),
  route(
    'GET',
    '/servers/{server}/os-instance-actions/{request}',
    'os_compute_api:os-instance-actions:show',
    instanceActions.get,
  ),
  ...only('powervc', [
    route('GET', '/pmem_vol', 'os_compute_api:pmem_vol:index', pmem.list),
    route('PUT', '/pmem_vol/{pmem}', 'os_compute_api:pmem_vol:update', pmem.rename),
  ]),
  route('GET', '/flavors', 'os_compute_api:flavors', flavors.list),
  route('GET', '/flavors/detail', 'os_compute_api:flavors', flavors.detail),
  route('POST', '/flavors', 'os_compute_api:os-flavor-manage:create', flavorManagement.create, 'admin'),
  route('GET', '/flavors/{flavor}', 'os_compute_api:flavors', flavors.get),
  route('GET', '/flavors/{flavor}/os-extra_specs', 'os_compute_api:os-flavor-extra-specs:index', flavors.extraSpecs),
  route('PUT', '/flavors/{flavor}', 'os_compute_api:os-flavor-manage:update', flavorManagement.update, 'admin'),
  route('DELETE', '/flavors/{flavor}', 'os_compute_api:os-flavor-manage:delete', flavorManagement.remove, 'admin'),
  route(
    'POST',
    '/flavors/{flavor}/os-extra_specs',
    'os_compute_api:os-flavor-extra-specs:create',
    flavorManagement.setSpecs,
    'admin',
  ),
  route(
    'GET',
    '/flavors/{flavor}/os-extra_specs/{key}',
    'os_compute_api:os-flavor-extra-specs:show',
    flavors.extraSpec,
  ),
  route(
    'PUT',
    '/flavors/{flavor}/os-extra_specs/{key}',
    'os_compute_api:os-flavor-extra-specs:update',
    flavorManagement.setSpec,
    'admin',
  ),
  route(
    'DELETE',
    '/flavors/{flavor}/os-extra_specs/{key}',
    'os_compute_api:os-flavor-extra-specs:delete',
    flavorManagement.removeSpec,
    'admin',
  ),
  route(
    'GET',
    '/flavors/{flavor}/os-flavor-access',
    'os_compute_api:os-flavor-access',
    flavorManagement.access,
    'admin',
  ),
  route('POST', '/flavors/{flavor}/action', 'os_compute_api:os-flavor-access', flavorManagement.action, 'admin'),
  route('GET', '/os-security-groups', 'os_compute_api:os-security-groups', securityGroupProxy.list),
  route('POST', '/os-security-groups', 'os_compute_api:os-security-groups', securityGroupProxy.create),
  route('GET', '/os-security-groups/{group}', 'os_compute_api:os-security-groups', securityGroupProxy.get),
  route('PUT', '/os-security-groups/{group}', 'os_compute_api:os-security-groups', securityGroupProxy.update),
  route('DELETE', '/os-security-groups/{group}', 'os_compute_api:os-security-groups', securityGroupProxy.remove),
  route('POST', '/os-security-group-rules', 'os_compute_api:os-security-groups', securityGroupProxy.addRule),
  route(
    'DELETE',
    '/os-security-group-rules/{rule}',
    'os_compute_api:os-security-groups',
    securityGroupProxy.removeRule,
  ),
  route('GET', '/os-keypairs', 'os_compute_api:os-keypairs:index', keypairs.list),
  route('POST', '/os-keypairs', 'os_compute_api:os-keypairs:create', keypairs.create),
  route('GET', '/os-keypairs/{keypair}', 'os_compute_api:os-keypairs:show', keypairs.get),
  route('DELETE', '/os-keypairs/{keypair}', 'os_compute_api:os-keypairs:delete', keypairs.remove),
  route('GET', '/os-simple-tenant-usage', 'os_compute_api:os-simple-tenant-usage:list', usage.list, 'admin'),
  route('GET', '/os-simple-tenant-usage/{project}', 'os_compute_api:os-simple-tenant-usage:show', usage.get),
  ...only('openstack', [
    route(
      'POST',
      '/os-server-external-events',
      'os_compute_api:os-server-external-events:create',
      plain.events,
      'admin',
    ),
  ]),
  route('GET', '/images', 'os_compute_api:images', images.list),
  route('GET', '/images/detail', 'os_compute_api:images', images.detail),
  route('GET', '/images/{image}', 'os_compute_api:images', images.get),
  route('DELETE', '/images/{image}', 'os_compute_api:images', images.remove),
  route('GET', '/images/{image}/metadata', 'os_compute_api:image-metadata', images.metadata.list),
  route('POST', '/images/{image}/metadata', 'os_compute_api:image-metadata', images.metadata.merge),
  route('PUT', '/images/{image}/metadata', 'os_compute_api:image-metadata', images.metadata.replace),
  route('GET', '/images/{image}/metadata/{key}', 'os_compute_api:image-metadata', images.metadata.get),
  route('PUT', '/images/{image}/metadata/{key}', 'os_compute_api:image-metadata', images.metadata.set),
  route('DELETE', '/images/{image}/metadata/{key}', 'os_compute_api:image-metadata', images.metadata.remove),
  route('GET', '/limits', 'os_compute_api:limits', quotas.limits),
  route('GET', '/os-quota-sets/{project}/defaults', 'os_compute_api:os-quota-sets:defaults', quotas.defaults),
  route('GET', '/os-quota-sets/{project}', 'os_compute_api:os-quota-sets:show', quotas.get),
  route('GET', '/os-quota-sets/{project}/detail', 'os_compute_api:os-quota-sets:detail', quotas.get),
  route('PUT', '/os-quota-sets/{project}', 'os_compute_api:os-quota-sets:update', quotas.set, 'admin'),
  route('DELETE', '/os-quota-sets/{project}', 'os_compute_api:os-quota-sets:delete', quotas.reset, 'admin'),
  route('GET', '/os-quota-class-sets/{class}', 'os_compute_api:os-quota-class-sets:show', quotaClasses.get, 'admin'),
  route('PUT', '/os-quota-class-sets/{class}', 'os_compute_api:os-quota-class-sets:update', quotaClasses.set, 'admin'),
  route('GET', '/os-server-groups', 'os_compute_api:os-server-groups:index', serverGroups.list),
  route('POST', '/os-server-groups', 'os_compute_api:os-server-groups:create', serverGroups.create),
  route('GET', '/os-server-groups/{group}', 'os_compute_api:os-server-groups:show', serverGroups.get),
  route('DELETE', '/os-server-groups/{group}', 'os_compute_api:os-server-groups:delete', serverGroups.remove),
  route('GET', '/os-hypervisors', 'os_compute_api:os-hypervisors:list', hypervisors.list),
  route('GET', '/os-hypervisors/detail', 'os_compute_api:os-hypervisors:list-detail', hypervisors.detail),
  route('GET', '/os-hypervisors/statistics', 'os_compute_api:os-hypervisors:statistics', hypervisors.statistics),
  route('GET', '/os-hypervisors/{hypervisor}', 'os_compute_api:os-hypervisors:show', hypervisors.get),
  ...only('openstack', [
    route('GET', '/os-hypervisors/{hypervisor}/search', 'os_compute_api:os-hypervisors:search', hypervisors.search),
    route('GET', '/os-hypervisors/{hypervisor}/servers', 'os_compute_api:os-hypervisors:servers', hypervisors.servers),
  ]),
  route('GET', '/os-hypervisors/{hypervisor}/uptime', 'os_compute_api:os-hypervisors:uptime', hypervisors.uptime),
  route('GET', '/os-aggregates', 'os_compute_api:os-aggregates:index', aggregates.list),
  route('POST', '/os-aggregates', 'os_compute_api:os-aggregates:create', aggregates.create, 'admin'),
  route('GET', '/os-aggregates/{aggregate}', 'os_compute_api:os-aggregates:show', aggregates.get),
  route('PUT', '/os-aggregates/{aggregate}', 'os_compute_api:os-aggregates:update', aggregates.update, 'admin'),
  route('POST', '/os-aggregates/{aggregate}/action', 'os_compute_api:os-aggregates:update', aggregates.action, 'admin'),
  route('DELETE', '/os-aggregates/{aggregate}', 'os_compute_api:os-aggregates:delete', aggregates.remove, 'admin'),
  route('GET', '/os-hosts', 'os_compute_api:os-hosts:list', hosts.list),
  route('GET', '/os-hosts/{host}', 'os_compute_api:os-hosts:show', hosts.get),
  ...only('openstack', [
    route('PUT', '/os-hosts/{host}', 'os_compute_api:os-hosts:update', hosts.update, 'admin'),
    ...['reboot', 'shutdown', 'startup'].map((verb) =>
      route('GET', `/os-hosts/{host}/${verb}`, `os_compute_api:os-hosts:${verb}`, hosts.power, 'admin'),
    ),
    ...proxyRoutes,
    ...reportRoutes,
  ]),
  ...only('powervc', [
    route(
      'PUT',
      '/ego/prs/hypervisor_maintenance/{host}',
      'os_compute_api:hypervisor_maintenance',
      hosts.maintenance,
      'admin',
    ),
  ]),
  route('GET', '/os-services', 'os_compute_api:os-services:list', zones.services),
  route('PUT', '/os-services/{service}', 'os_compute_api:os-services:update', zones.updateService, 'admin'),
  route('GET', '/os-availability-zone', 'os_compute_api:os-availability-zone:list', zones.list),
  route('GET', '/os-availability-zone/detail', 'os_compute_api:os-availability-zone:detail', zones.detail),
  ...only('powervc', [
    route(
      'GET',
      '/storage-connectivity-groups',
      'os_compute_api:storage-connectivity-groups',
      storageConnectivity.list,
    ),
    route(
      'GET',
      '/storage-connectivity-groups/detail',
      'os_compute_api:storage-connectivity-groups',
      storageConnectivity.list,
    ),
    route(
      'GET',
      '/storage-connectivity-groups/{group}',
      'os_compute_api:storage-connectivity-groups',
      storageConnectivity.get,
    ),
  ]),
];

export const novaWork: Readonly<Record<string, WorkKind<World>>> = {
  ...serverWork,
  ...buildWork,
  ...powerWork,
  ...resizeWork,
  ...migrateWork,
  ...captureWork,
  ...snapshotActionWork,
  ...pmemWork,
  ...interfaceWork,
  ...rescueWork,
  ...rebuildWork,
  ...shelveWork,
};

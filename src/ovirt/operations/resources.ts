import type {
  Event,
  Host,
  Job,
  Template,
  AffinityGroup,
  Cluster,
  DataCenter,
  DiskProfile,
  Group,
  HostStorage,
  InstanceType,
  IsoFile,
  Network,
  OperatingSystemInfo,
  Permit,
  Role,
  Step,
  StorageDomain,
  User,
  UserDomain,
  VnicProfile,
} from '../../model/index.js';
import { declareResource } from '../declare/resource.js';
import { clusterSearch } from '../search/tables/clusters.js';
import { dataCenterSearch } from '../search/tables/datacenters.js';
import { eventSearch } from '../search/tables/events.js';
import { hostSearch } from '../search/tables/hosts.js';
import { jobSearch } from '../search/tables/jobs.js';
import { networkSearch } from '../search/tables/networks.js';
import { instanceTypeSearch, vnicProfileSearch } from '../search/tables/profiles.js';
import { storageSearch } from '../search/tables/storage.js';
import { templateSearch } from '../search/tables/templates.js';
import { groupSearch, userSearch } from '../search/tables/users.js';
import type { SearchTable } from '../search/index.js';
import { templateProgress } from '../declare/progress.js';

/** The resources of the top-level collections, which several paths lead to. Mappings: docs/reference/power.md, 4.5. */
export const dataCenterResource = declareResource<DataCenter>({
  entity: 'data center',
  element: 'data_center',
  list: 'data_centers',
  table: 'dataCenter',
  search: dataCenterSearch,
});
export const clusterResource = declareResource<Cluster>({
  entity: 'cluster',
  element: 'cluster',
  list: 'clusters',
  table: 'cluster',
  search: clusterSearch,
});
export const hostResource = declareResource<Host>({
  entity: 'host',
  element: 'host',
  list: 'hosts',
  table: 'host',
  search: hostSearch,
  progress: ({ status }: Host) =>
    status === 'preparing_for_maintenance' ? 'in_progress' : status === 'error' ? 'failed' : 'complete',
});
export const networkResource = declareResource<Network>({
  entity: 'network',
  element: 'network',
  list: 'networks',
  table: 'network',
  search: networkSearch,
});
export const vnicProfileResource = declareResource<VnicProfile>({
  entity: 'vNIC profile',
  element: 'vnic_profile',
  list: 'vnic_profiles',
  table: 'vnicProfile',
  search: vnicProfileSearch,
});
export const diskProfileResource = declareResource<DiskProfile>({
  entity: 'disk profile',
  element: 'disk_profile',
  list: 'disk_profiles',
  table: 'diskProfile',
});
export const storageDomainResource = declareResource<StorageDomain>({
  entity: 'storage domain',
  element: 'storage_domain',
  list: 'storage_domains',
  table: 'storageDomain',
  search: storageSearch,
});
export const fileResource = declareResource<IsoFile>({
  entity: 'file',
  element: 'file',
  list: 'files',
  table: 'isoFile',
});

export const templateResource = declareResource<Template>({
  entity: 'template',
  element: 'template',
  list: 'templates',
  table: 'template',
  search: templateSearch,
  progress: templateProgress,
});
export const instanceTypeResource = declareResource<InstanceType>({
  entity: 'instance type',
  element: 'instance_type',
  list: 'instance_types',
  table: 'instanceType',
  search: instanceTypeSearch,
});
export const affinityGroupResource = declareResource<AffinityGroup>({
  entity: 'affinity group',
  element: 'affinity_group',
  list: 'affinity_groups',
  table: 'affinityGroup',
});
export const hostStorageResource = declareResource<HostStorage>({
  entity: 'LUN',
  element: 'storage',
  list: 'host_storage',
  table: 'hostStorage',
});
export const userResource = declareResource<User>({
  entity: 'user',
  element: 'user',
  list: 'users',
  table: 'user',
  search: userSearch,
});
export const groupResource = declareResource<Group>({
  entity: 'group',
  element: 'group',
  list: 'groups',
  table: 'group',
  search: groupSearch,
});
export const domainResource = declareResource<UserDomain>({
  entity: 'domain',
  element: 'domain',
  list: 'domains',
  table: 'userDomain',
});
export const roleResource = declareResource<Role>({
  entity: 'role',
  element: 'role',
  list: 'roles',
  table: 'role',
});
export const permitResource = declareResource<Permit>({
  entity: 'permit',
  element: 'permit',
  list: 'permits',
  table: 'permit',
});
export const operatingSystemResource = declareResource<OperatingSystemInfo>({
  entity: 'operating system',
  element: 'operating_system',
  list: 'operating_systems',
  table: 'operatingSystemInfo',
});
export const eventResource = declareResource<Event>({
  entity: 'event',
  element: 'event',
  list: 'events',
  table: 'event',
  search: eventSearch satisfies SearchTable<Event>,
});
export const jobResource = declareResource<Job>({
  entity: 'job',
  element: 'job',
  list: 'jobs',
  table: 'job',
  search: jobSearch satisfies SearchTable<Job>,
});
export const stepResource = declareResource<Step>({
  entity: 'step',
  element: 'step',
  list: 'steps',
  table: 'step',
});

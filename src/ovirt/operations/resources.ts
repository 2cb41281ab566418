import * as documents from '../../generated/ovirt/v3/representations.js';
import * as map from '../../generated/ovirt/v3/mapping.js';
import type { Event, Host, Job, Template } from '../../model/index.js';
import { declareResource } from '../resource.js';
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
import type { Progress } from '../resource.js';

/** The resources of the top-level collections, which several paths lead to. Mappings: docs/reference/power.md, 4.5. */
export const dataCenterResource = declareResource({
  type: 'DataCenter',
  entity: 'data center',
  representation: documents.DataCenter,
  collection: documents.DataCenters,
  out: map.dataCenterOut,
  in: map.dataCenterIn,
  search: dataCenterSearch,
});
export const clusterResource = declareResource({
  type: 'Cluster',
  entity: 'cluster',
  representation: documents.Cluster,
  collection: documents.Clusters,
  out: map.clusterOut,
  in: map.clusterIn,
  search: clusterSearch,
});
export const hostResource = declareResource({
  type: 'Host',
  entity: 'host',
  representation: documents.Host,
  collection: documents.Hosts,
  out: map.hostOut,
  in: map.hostIn,
  search: hostSearch,
  progress: ({ status }: Host) =>
    status === 'preparing_for_maintenance' ? 'in_progress' : status === 'error' ? 'failed' : 'complete',
});
export const networkResource = declareResource({
  type: 'Network',
  entity: 'network',
  representation: documents.Network,
  collection: documents.Networks,
  out: map.networkOut,
  in: map.networkIn,
  search: networkSearch,
});
export const vnicProfileResource = declareResource({
  type: 'VnicProfile',
  entity: 'vNIC profile',
  representation: documents.VnicProfile,
  collection: documents.VnicProfiles,
  out: map.vnicProfileOut,
  in: map.vnicProfileIn,
  search: vnicProfileSearch,
});
export const storageDomainResource = declareResource({
  type: 'StorageDomain',
  entity: 'storage domain',
  representation: documents.StorageDomain,
  collection: documents.StorageDomains,
  out: map.storageDomainOut,
  in: map.storageDomainIn,
  search: storageSearch,
});
export const fileResource = declareResource({
  type: 'File',
  entity: 'file',
  representation: documents.File,
  collection: documents.Files,
  out: map.isoFileOut,
  in: map.isoFileIn,
});

const byStatus: Readonly<Record<string, Progress>> = { ok: 'complete', locked: 'in_progress', illegal: 'failed' };
export const templateResource = declareResource({
  type: 'Template',
  entity: 'template',
  representation: documents.Template,
  collection: documents.Templates,
  out: map.templateOut,
  in: map.templateIn,
  search: templateSearch,
  progress: ({ status }: Template) => byStatus[status ?? 'ok'] ?? 'complete',
});
export const instanceTypeResource = declareResource({
  type: 'InstanceType',
  entity: 'instance type',
  representation: documents.InstanceType,
  collection: documents.InstanceTypes,
  out: map.instanceTypeOut,
  in: map.instanceTypeIn,
  search: instanceTypeSearch,
});
export const affinityGroupResource = declareResource({
  type: 'AffinityGroup',
  entity: 'affinity group',
  representation: documents.AffinityGroup,
  collection: documents.AffinityGroups,
  out: map.affinityGroupOut,
  in: map.affinityGroupIn,
});
export const hostStorageResource = declareResource({
  type: 'Storage',
  entity: 'LUN',
  representation: documents.Storage,
  collection: documents.HostStorage,
  out: map.hostStorageOut,
  in: map.hostStorageIn,
});
export const userResource = declareResource({
  type: 'User',
  entity: 'user',
  representation: documents.User,
  collection: documents.Users,
  out: map.userOut,
  in: map.userIn,
  search: userSearch,
});
export const groupResource = declareResource({
  type: 'Group',
  entity: 'group',
  representation: documents.Group,
  collection: documents.Groups,
  out: map.groupOut,
  in: map.groupIn,
  search: groupSearch,
});
export const domainResource = declareResource({
  type: 'Domain',
  entity: 'domain',
  representation: documents.Domain,
  collection: documents.Domains,
  out: map.userDomainOut,
  in: map.userDomainIn,
});
export const roleResource = declareResource({
  type: 'Role',
  entity: 'role',
  representation: documents.Role,
  collection: documents.Roles,
  out: map.roleOut,
  in: map.roleIn,
});
export const permitResource = declareResource({
  type: 'Permit',
  entity: 'permit',
  representation: documents.Permit,
  collection: documents.Permits,
  out: map.permitOut,
  in: map.permitIn,
});
export const operatingSystemResource = declareResource({
  type: 'OperatingSystem',
  entity: 'operating system',
  representation: documents.OperatingSystemInfo,
  collection: documents.OperatingSystemInfos,
  out: map.operatingSystemInfoOut,
  in: map.operatingSystemInfoIn,
});
export const eventResource = declareResource({
  type: 'Event',
  entity: 'event',
  representation: documents.Event,
  collection: documents.Events,
  out: map.eventOut,
  in: map.eventIn,
  search: eventSearch satisfies SearchTable<Event>,
});
export const jobResource = declareResource({
  type: 'Job',
  entity: 'job',
  representation: documents.Job,
  collection: documents.Jobs,
  out: map.jobOut,
  in: map.jobIn,
  search: jobSearch satisfies SearchTable<Job>,
});
export const stepResource = declareResource({
  type: 'Step',
  entity: 'step',
  representation: documents.Step,
  collection: documents.Steps,
  out: map.stepOut,
  in: map.stepIn,
});

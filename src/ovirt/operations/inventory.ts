import * as documents from '../../generated/ovirt/v3/representations.js';
import * as map from '../../generated/mapping/ovirt-v3.js';
import * as inventory from '../../services/inventory.js';
import { collection } from '../collection.js';
import type { Operation } from '../operation.js';
import { declareResource } from '../resource.js';
import { diskResource } from './disks.js';

/** What a client needs in order to name things. Mappings: shared/facts/power.md, 4.5. */
const clusters = collection('/clusters', '{cluster:id}', declareResource({ type: 'Cluster', noun: 'cluster', representation: documents.Cluster, collection: documents.Clusters, out: map.clusterOut, in: map.clusterIn }));
const hosts = collection('/hosts', '{host:id}', declareResource({ type: 'Host', noun: 'host', representation: documents.Host, collection: documents.Hosts, out: map.hostOut, in: map.hostIn }));
const networks = collection('/networks', '{network:id}', declareResource({ type: 'Network', noun: 'network', representation: documents.Network, collection: documents.Networks, out: map.networkOut, in: map.networkIn }));
const storageDomains = collection('/storagedomains', '{storagedomain:id}', declareResource({
  type: 'StorageDomain', noun: 'storage domain', representation: documents.StorageDomain, collection: documents.StorageDomains, out: map.storageDomainOut, in: map.storageDomainIn,
}));
const files = collection('/storagedomains/{storagedomain:id}/files', '{file:name}', declareResource({ type: 'File', noun: 'file', representation: documents.File, collection: documents.Files, out: map.isoFileOut, in: map.isoFileIn }));
const templates = collection('/templates', '{template:id}', declareResource({ type: 'Template', noun: 'template', representation: documents.Template, collection: documents.Templates, out: map.templateOut, in: map.templateIn }));
const templateDisks = collection('/templates/{template:id}/disks', '{disk:id}', diskResource);

const CLUSTER = 'A host group of PowerVC.';
const HOST = 'A hypervisor of Nova.';
const NETWORK = 'A Neutron network.';
const DOMAIN = 'A storage template of PowerVC; the ISO images are one of type iso, persistent memory two of their own.';
const FILE = 'An ISO image of Glance.';
const TEMPLATE = 'An image of Glance; Blank is none.';

export const clusterOperations: readonly Operation[] = [
  clusters.list({ summary: 'The clusters', how: CLUSTER, searchable: true, verb: ({ scope }) => inventory.clusters(scope) }),
  clusters.get({ summary: 'One cluster', how: CLUSTER, verb: ({ scope, ids }) => inventory.cluster(scope, ids.cluster) }),
];

export const hostOperations: readonly Operation[] = [
  hosts.list({ summary: 'The hosts', how: HOST, searchable: true, verb: ({ scope }) => inventory.hosts(scope) }),
  hosts.get({ summary: 'One host', how: HOST, verb: ({ scope, ids }) => inventory.host(scope, ids.host) }),
];

export const networkOperations: readonly Operation[] = [
  networks.list({ summary: 'The networks', how: NETWORK, searchable: true, verb: ({ scope }) => inventory.networks(scope) }),
  networks.get({ summary: 'One network', how: NETWORK, verb: ({ scope, ids }) => inventory.network(scope, ids.network) }),
];

export const storageDomainOperations: readonly Operation[] = [
  storageDomains.list({ summary: 'The storage domains', how: DOMAIN, searchable: true, verb: ({ scope }) => inventory.storageDomains(scope) }),
  storageDomains.get({ summary: 'One storage domain', how: DOMAIN, verb: ({ scope, ids }) => inventory.storageDomain(scope, ids.storagedomain) }),
  files.list({ summary: 'The files of an ISO domain', how: FILE, verb: ({ scope, ids }) => inventory.files(scope, ids.storagedomain) }),
  files.get({ summary: 'One file', how: FILE, verb: ({ scope, ids }) => inventory.file(scope, ids.storagedomain, ids.file) }),
];

export const templateOperations: readonly Operation[] = [
  templates.list({ summary: 'The templates, Blank first', how: TEMPLATE, searchable: true, verb: ({ scope }) => inventory.templates(scope) }),
  templates.get({ summary: 'One template', how: TEMPLATE, verb: ({ scope, ids }) => inventory.template(scope, ids.template) }),
  templateDisks.list({ summary: 'The disks of a template', how: 'The volumes that a deployment of the image makes.', verb: ({ scope, ids }) => inventory.templateDisks(scope, ids.template) }),
];

import { ofDisk } from '../../../services/disks/snapshots.js';
import * as inventory from '../../../services/inventory/inventory.js';
import { absent, type Absent, refusals } from '../../declare/absent.js';
import type { Operation } from '../../declare/operation.js';
import { diskSnapshotsAt } from '../disksnapshots.js';
import { anyDisk } from '../floatingdisks.js';
import { idIn, inOwnDataCenter, noneOf } from '../shared.js';
import { NETWORKS, VOLUME, networkLabels, mediated } from './absent/parts.js';
import { ofCluster } from './absent/cluster.js';
import { ofHost } from './absent/host.js';
import { ofVm } from './absent/vm.js';
import { ofUser } from './absent/user.js';

const ofStorage: readonly Operation[] = [
  ...refusals('disk', 'action', VOLUME, [
    ...['convert', 'reduce', 'refreshlun', 'sparsify'].map((act) => `${act} /disks/{disk:id}`),
    ...['reduce', 'sparsify'].map((act) => `${act} /storagedomains/{storagedomain:id}/disks/{disk:id}`),
    ...['register', 'sparsify'].map(
      (act) => `${act} /datacenters/{datacenter:id}/storagedomains/{storagedomain:id}/disks/{disk:id}`,
    ),
  ]),
  ...diskSnapshotsAt('/disks/{disk:id}', async function* (call) {
    yield await ofDisk(call.scope, await anyDisk(call, idIn(call, 'disk')));
  }),
  ...refusals('storage domain', 'action', 'storage is configured in {cloud}.', [
    'reduceluns /storagedomains/{storagedomain:id}',
    'updateovfstore /storagedomains/{storagedomain:id}',
  ]),
  ...absent(
    '/storagedomains/{storagedomain:id}/vms/{vm:id}',
    [
      {
        name: 'diskattachments',
        key: 'diskattachment',
        entity: 'disk attachment',
        document: 'disk_attachments',
        why: 'VM configurations are not stored on storage domains.',
      },
    ],
    // a storage domain holds no VMs that could be imported
    noneOf('VM', 'vm', (call) => inventory.storageDomain(call.scope, idIn(call, 'storagedomain'))),
  ),
];

const ISCSI = '{cloud} accesses storage through its storage providers.';
const bond = noneOf('iSCSI bond', 'iscsibond', inOwnDataCenter);

/** The root document links to them, and an engine only takes a POST there: here the links lead to empty lists. */
const imports = (row: Absent): Operation[] =>
  absent('', [row]).map((operation) => (operation.kind === 'add' ? operation : { ...operation, since: 'gateway' }));

/** What version 4 added and no cloud supports: empty collections, and operations that are refused by name. */
export const absentSince4: readonly Operation[] = [
  ...imports({
    name: 'externalvmimports',
    key: 'externalvmimport',
    entity: 'external VM import',
    document: 'external_vm_imports',
    verbs: ['add'],
    why: '{cloud} does not import VMs of other hypervisors.',
  }),
  ...imports({
    name: 'externaltemplateimports',
    key: 'externaltemplateimport',
    entity: 'external template import',
    document: 'external_template_imports',
    verbs: ['add'],
    why: '{cloud} does not import OVA files.',
  }),
  ...refusals('configuration', 'action', 'the settings of the gateway are configured by its operator.', [
    'reloadconfigurations ',
  ]),
  ...ofCluster('/clusters/{cluster:id}'),
  ...ofCluster('/datacenters/{datacenter:id}/clusters/{cluster:id}'),
  ...refusals('data center', 'action', "data centers are {cloud}'s projects.", [
    'cleanfinishedtasks /datacenters/{datacenter:id}',
    'setmaster /datacenters/{datacenter:id}',
  ]),
  ...absent(
    '/datacenters/{datacenter:id}/iscsibonds/{iscsibond:id}/networks/{network:id}',
    [networkLabels(ISCSI)],
    bond,
  ),
  ...absent(
    '/datacenters/{datacenter:id}/iscsibonds/{iscsibond:id}',
    [
      {
        name: 'storageserverconnections',
        key: 'storageserverconnection',
        entity: 'storage connection',
        document: 'storage_connections',
        why: ISCSI,
        verbs: ['add', 'update', 'remove'],
      },
    ],
    bond,
  ),
  ...ofHost,
  ...absent('/networks/{network:id}', [networkLabels(NETWORKS)], (call) =>
    inventory.network(call.scope, idIn(call, 'network')),
  ),
  ...refusals('network', 'action', 'no other provider stands behind the gateway.', [
    'import /openstacknetworkproviders/{openstacknetworkprovider:id}/networks/{network:id}',
  ]),
  ...ofStorage,
  ...refusals('NIC', 'action', 'a flavor only defines a size, and has no NICs.', [
    'remove /instancetypes/{instancetype:id}/nics/{nic:id}',
  ]),
  ...refusals('NIC', 'action', 'an image of {cloud} contains volumes, but no NICs.', [
    'remove /templates/{template:id}/nics/{nic:id}',
  ]),
  ...absent('/templates/{template:id}', [mediated], (call) => inventory.template(call.scope, idIn(call, 'template'))),
  ...ofUser,
  ...ofVm,
];

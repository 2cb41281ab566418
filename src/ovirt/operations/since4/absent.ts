import * as access from '../../../services/access.js';
import * as affinity from '../../../services/affinitygroups.js';
import * as disks from '../../../services/disks.js';
import * as inventory from '../../../services/inventory.js';
import * as nics from '../../../services/nics.js';
import * as vms from '../../../services/vms.js';
import { absent, type Absent, refusals } from '../../absent.js';
import type { Call, Operation } from '../../operation.js';
import { idIn, inOwnDataCenter } from '../shared.js';

/** What version 4 added and no cloud has: empty collections, and acts that are refused by name. */
const FILTERS = "{cloud} filters by security groups, not by libvirt's network filters.";
const FEATURES = 'features of a cluster exist only in an engine.';
const GLUSTER = '{cloud} has no Gluster.';
const MEDIATED = '{cloud} has no mediated devices.';
const BACKUP = '{cloud} does not report changed blocks, which incremental backups need.';
const HOST = 'hosts are configured in {cloud}.';
const NETWORKS = 'the networks of a host are configured in {cloud}.';
const JOINS = 'a VM joins a collocation rule when it is deployed; hosts and labels cannot be members.';
const VOLUME = '{cloud} has no such operation on a volume.';

const networkLabels = (why: string): Absent => ({
  name: 'networklabels',
  key: 'networklabel',
  entity: 'network label',
  document: 'network_labels',
  why,
  verbs: ['add', 'remove'],
  id: 'name',
});
const mediated: Absent = {
  name: 'mediateddevices',
  key: 'mediateddevice',
  entity: 'mediated device',
  document: 'vm_mediated_devices',
  why: MEDIATED,
  verbs: ['add', 'update', 'remove'],
};

function ofCluster(owner: string): Operation[] {
  const look = async (call: Call) => {
    await inOwnDataCenter(call);
    return inventory.cluster(call.scope, idIn(call, 'cluster'));
  };
  const group = async (call: Call) => {
    await inOwnDataCenter(call);
    return affinity.get(call.scope, idIn(call, 'cluster'), idIn(call, 'affinitygroup'));
  };
  return [
    ...absent(
      owner,
      [
        {
          name: 'enabledfeatures',
          key: 'enabledfeature',
          entity: 'cluster feature',
          document: 'cluster_features',
          why: FEATURES,
          verbs: ['add', 'remove'],
        },
        {
          name: 'externalnetworkproviders',
          key: 'externalnetworkprovider',
          entity: 'external network provider',
          document: 'external_providers',
          why: '{cloud} is the cloud itself: no other provider stands behind the gateway.',
        },
      ],
      look,
    ),
    ...refusals('cluster', 'action', NETWORKS, [`syncallnetworks ${owner}`]),
    ...refusals('cluster', 'action', HOST, [`upgrade ${owner}`]),
    ...refusals('cluster', 'action', GLUSTER, [
      `refreshglusterhealstatus ${owner}`,
      `getprofilestatistics ${owner}/glustervolumes/{glustervolume:id}`,
    ]),
    ...absent(
      `${owner}/affinitygroups/{affinitygroup:id}`,
      [
        { name: 'hosts', key: 'host', entity: 'host', document: 'hosts', why: JOINS, verbs: ['add', 'remove'] },
        {
          name: 'vmlabels',
          key: 'vmlabel',
          entity: 'affinity label',
          document: 'affinity_labels',
          why: JOINS,
          verbs: ['add', 'remove'],
        },
        {
          name: 'hostlabels',
          key: 'hostlabel',
          entity: 'affinity label',
          document: 'affinity_labels',
          why: JOINS,
          verbs: ['add', 'remove'],
        },
      ],
      group,
    ),
  ];
}

const nic = ({ scope, ...call }: Call) =>
  nics.get(scope, idIn({ scope, ...call }, 'vm'), idIn({ scope, ...call }, 'nic'));
const host = (call: Call) => inventory.host(call.scope, idIn(call, 'host'));
const vm = (call: Call) => vms.get(call.scope, idIn(call, 'vm'));

const ofHost: readonly Operation[] = [
  ...absent(
    '/hosts/{host:id}',
    [
      {
        name: 'externalnetworkproviderconfigurations',
        key: 'externalnetworkproviderconfiguration',
        entity: 'external network provider configuration',
        document: 'external_network_provider_configurations',
        why: NETWORKS,
      },
      {
        name: 'cpuunits',
        key: 'cpuunit',
        entity: 'CPU unit',
        document: 'host_cpu_units',
        why: '{hypervisor} shares processors by itself.',
      },
    ],
    host,
  ),
  ...absent(
    '/hosts/{host:id}/nics/{nic:id}',
    [
      networkLabels(NETWORKS),
      {
        name: 'linklayerdiscoveryprotocolelements',
        key: 'linklayerdiscoveryprotocolelement',
        entity: 'LLDP element',
        document: 'link_layer_discovery_protocol_elements',
        why: '{cloud} does not report LLDP information.',
      },
    ],
    host,
  ),
  ...refusals('host', 'action', NETWORKS, [
    'copyhostnetworks /hosts/{host:id}',
    'syncallnetworks /hosts/{host:id}',
    'discoveriscsi /hosts/{host:id}',
  ]),
  ...refusals('host', 'action', HOST, ['upgradecheck /hosts/{host:id}']),
];

const ofVm: readonly Operation[] = [
  ...absent(
    '/vms/{vm:id}',
    [
      {
        name: 'backups',
        key: 'backup',
        entity: 'backup',
        document: 'backups',
        why: BACKUP,
        verbs: ['add'],
        actions: ['finalize'],
        below: [{ name: 'disks', key: 'disk', entity: 'disk', document: 'disks', why: BACKUP }],
      },
      {
        name: 'checkpoints',
        key: 'checkpoint',
        entity: 'checkpoint',
        document: 'checkpoints',
        why: BACKUP,
        verbs: ['remove'],
        below: [{ name: 'disks', key: 'disk', entity: 'disk', document: 'disks', why: BACKUP }],
      },
      mediated,
    ],
    vm,
  ),
  ...absent(
    '/vms/{vm:id}/nics/{nic:id}',
    [
      {
        name: 'networkfilterparameters',
        key: 'networkfilterparameter',
        entity: 'network filter parameter',
        document: 'network_filter_parameters',
        why: FILTERS,
        verbs: ['add', 'update', 'remove'],
      },
    ],
    nic,
  ),
  ...refusals('VM', 'action', '{hypervisor} places virtual processors itself.', [
    'autopincpuandnumanodes /vms/{vm:id}',
  ]),
  ...refusals('VM', 'action', '{cloud} restarts a VM by its guest alone: use reboot, or stop and start.', []),
  ...refusals('VM', 'action', '{cloud} has no screenshots of consoles.', ['screenshot /vms/{vm:id}']),
];

const user = (call: Call) => access.user(call.scope, idIn(call, 'user'));
const SETTINGS = 'settings of user interfaces exist only in an engine.';
const GIVEN = 'roles are assigned in {cloud}, to users and groups of its directory.';

const ofUser: readonly Operation[] = [
  ...absent(
    '/users/{user:id}',
    [
      {
        name: 'groups',
        key: 'group',
        entity: 'group',
        document: 'groups',
        why: "the groups of a user are managed in {cloud}'s directory.",
      },
      {
        name: 'eventsubscriptions',
        key: 'eventsubscription',
        entity: 'event subscription',
        document: 'event_subscriptions',
        why: SETTINGS,
        verbs: ['add', 'remove'],
        id: 'name',
      },
    ],
    user,
  ),
  ...refusals('user', 'user', "users and groups are those of {cloud}'s directory.", ['update /users/{user:id}']),
  ...refusals('role', 'role', GIVEN, [
    'update /users/{user:id}/roles/{role:id}',
    'update /groups/{group:id}/roles/{role:id}',
  ]),
];

const ofStorage: readonly Operation[] = [
  ...refusals('disk', 'action', VOLUME, [
    ...['convert', 'reduce', 'refreshlun', 'sparsify'].map((act) => `${act} /disks/{disk:id}`),
    ...['reduce', 'sparsify'].map((act) => `${act} /storagedomains/{storagedomain:id}/disks/{disk:id}`),
    ...['register', 'sparsify'].map(
      (act) => `${act} /datacenters/{datacenter:id}/storagedomains/{storagedomain:id}/disks/{disk:id}`,
    ),
  ]),
  ...absent(
    '/disks/{disk:id}',
    [
      {
        name: 'disksnapshots',
        key: 'disksnapshot',
        entity: 'disk snapshot',
        document: 'disk_snapshots',
        why: 'snapshots are those of a VM.',
        verbs: ['remove'],
      },
    ],
    (call) => disks.getAny(call.scope, idIn(call, 'disk')),
  ),
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
    missingVm,
  ),
];

/** A storage domain holds no VMs that could be imported. */
async function missingVm(call: Call): Promise<void> {
  await inventory.storageDomain(call.scope, idIn(call, 'storagedomain'));
}

const ISCSI = '{cloud} accesses storage through its storage providers.';

export const absentSince4: readonly Operation[] = [
  ...refusals('external VM import', 'external_vm_import', '{cloud} imports no VMs of other hypervisors.', [
    'add /externalvmimports',
  ]),
  ...refusals('external template import', 'external_template_import', '{cloud} imports no OVA files.', [
    'add /externaltemplateimports',
  ]),
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
    inOwnDataCenter,
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
    inOwnDataCenter,
  ),
  ...ofHost,
  ...absent('/networks/{network:id}', [networkLabels(NETWORKS)], (call) =>
    inventory.network(call.scope, idIn(call, 'network')),
  ),
  ...absent('/macpools/{macpool:id}', [
    {
      name: 'permissions',
      key: 'permission',
      entity: 'permission',
      document: 'permissions',
      why: 'Neutron gives addresses of its own range.',
      verbs: ['add', 'remove'],
    },
  ]),
  ...refusals('network', 'action', 'no other provider stands behind the gateway.', [
    'import /openstacknetworkproviders/{openstacknetworkprovider:id}/networks/{network:id}',
  ]),
  ...ofStorage,
  ...refusals('NIC', 'action', 'a flavor only defines a size, and has no NICs.', [
    'remove /instancetypes/{instancetype:id}/nics/{nic:id}',
  ]),
  ...refusals('NIC', 'action', 'an image of {cloud} holds volumes, and no NICs.', [
    'remove /templates/{template:id}/nics/{nic:id}',
  ]),
  ...absent('/templates/{template:id}', [mediated], (call) => inventory.template(call.scope, idIn(call, 'template'))),
  ...ofUser,
  ...ofVm,
];

import * as hosts from '../../services/inventory/hosts.js';
import * as inventory from '../../services/inventory/inventory.js';
import { absent, type Absent, refusals } from '../declare/absent.js';
import { collection } from '../declare/collection.js';
import type { Call, Operation } from '../declare/operation.js';
import { permissionsOn } from './access.js';
import { hostResource, hostStorageResource } from './resources.js';
import { idIn } from './shared.js';
import { hostStatisticOperations } from './statistics.js';
import { hostTagOperations } from './tags.js';

const HOST = 'A hypervisor of Nova.';
const MADE = 'hosts are added, changed and removed in {cloud}.';
const ADAPTERS = 'the adapters of a host belong to {cloud}, which maps networks to them itself.';
const AGENT = '{cloud} has no fence agents: hosts are powered on and off through their own management consoles.';

const at = collection('/hosts', '{host:id}', hostResource);
const luns = collection('/hosts/{host:id}/storage', '{storage:name}', hostStorageResource);
const look = (call: Call<{ readonly host: string }>) => inventory.host(call.scope, call.ids.host);

const statistics: Absent = { name: 'statistics', key: 'statistic', entity: 'statistic', why: ADAPTERS };
const attachments: Absent = {
  name: 'networkattachments',
  key: 'networkattachment',
  entity: 'network attachment',
  document: 'network_attachments',
  verbs: ['add', 'update', 'remove'],
  why: ADAPTERS,
};

/** In the order of the engine's links, tags between the two. */
const missing: readonly Absent[] = [
  {
    name: 'nics',
    key: 'nic',
    entity: 'host NIC',
    document: 'host_nics',
    verbs: ['add', 'update', 'remove'],
    why: ADAPTERS,
    own: ['setupnetworks'],
    actions: ['attach', 'detach', 'updatevirtualfunctionsconfiguration'],
    below: [
      statistics,
      attachments,
      { name: 'labels', key: 'label', id: 'name', entity: 'label', verbs: ['add', 'remove'], why: ADAPTERS },
      {
        name: 'virtualfunctionallowedlabels',
        key: 'virtualfunctionallowedlabel',
        id: 'name',
        entity: 'label',
        verbs: ['add', 'remove'],
        why: ADAPTERS,
      },
      {
        name: 'virtualfunctionallowednetworks',
        key: 'virtualfunctionallowednetwork',
        entity: 'network',
        verbs: ['add', 'remove'],
        why: ADAPTERS,
      },
    ],
  },
  attachments,
  {
    name: 'unmanagednetworks',
    key: 'unmanagednetwork',
    entity: 'unmanaged network',
    document: 'unmanaged_networks',
    verbs: ['remove'],
    why: ADAPTERS,
  },
  {
    name: 'numanodes',
    key: 'numanode',
    entity: 'NUMA node',
    document: 'host_numa_nodes',
    why: '{hypervisor} places memory, and {cloud} does not report the NUMA nodes of a host.',
    below: [statistics],
  },
  {
    name: 'hooks',
    key: 'hook',
    entity: 'hook',
    document: 'hooks',
    why: 'hosts run no engine hooks (VDSM).',
  },
  {
    name: 'devices',
    key: 'device',
    id: 'name',
    entity: 'host device',
    document: 'host_devices',
    why: '{cloud} does not report the devices of a host.',
  },
  {
    name: 'fenceagents',
    key: 'fenceagent',
    entity: 'fence agent',
    document: 'agents',
    verbs: ['add', 'update', 'remove'],
    why: AGENT,
  },
];

const missingToo: readonly Absent[] = [
  {
    name: 'katelloerrata',
    key: 'katelloerrata',
    entity: 'erratum',
    document: 'katello_errata',
    why: '{cloud} has no Katello.',
  },
  {
    name: 'storageconnectionextensions',
    key: 'storageconnectionextension',
    entity: 'storage connection extension',
    document: 'storage_connection_extensions',
    verbs: ['add', 'update', 'remove'],
    why: "storage is connected by {cloud}'s storage connectivity groups.",
  },
];

export const hostOperations: readonly Operation[] = [
  at.list({ summary: 'The hosts', how: HOST, searchable: true, verb: ({ scope }) => inventory.hosts(scope) }),
  at.get({ summary: 'One host', how: HOST, verb: look }),
  ...at.action('activate', look, {
    summary: 'Activate a host that is in maintenance mode',
    how: "{cloud}'s maintenance mode ends.",
    faults: ['conflict'],
    verb: ({ scope, ids }) => hosts.activate(scope, ids.host),
  }),
  ...at.action('deactivate', look, {
    summary: 'Put a host into maintenance mode',
    how: "{cloud}'s maintenance mode; running VMs move to other hosts of the group.",
    faults: ['conflict'],
    background: true,
    verb: ({ scope, ids }) => hosts.deactivate(scope, ids.host),
  }),
  ...refusals('host', 'host', MADE, ['add /hosts', 'update /hosts/{host:id}', 'remove /hosts/{host:id}']),
  ...refusals('host', 'action', AGENT, ['fence /hosts/{host:id}']),
  ...refusals(
    'host',
    'action',
    MADE,
    ['approve', 'install', 'upgrade', 'refresh', 'enrollcertificate'].map((act) => `${act} /hosts/{host:id}`),
  ),
  ...refusals(
    'host',
    'action',
    ADAPTERS,
    ['commitnetconfig', 'setupnetworks'].map((act) => `${act} /hosts/{host:id}`),
  ),
  ...refusals('host', 'action', "{cloud}'s storage has no pool manager.", ['forceselectspm /hosts/{host:id}']),
  ...refusals(
    'host',
    'action',
    '{cloud} connects storage through its storage providers.',
    ['iscsidiscover', 'iscsilogin', 'unregisteredstoragedomainsdiscover'].map((act) => `${act} /hosts/{host:id}`),
  ),
  luns.list({
    summary: 'LUNs that can be added as disks',
    how: 'LUNs that the storage providers report and {cloud} does not manage; add one to a VM as a disk.',
    verb: ({ scope, ids }) => inventory.hostStorage(scope, ids.host),
  }),
  luns.get({
    summary: 'One LUN',
    how: 'As the list.',
    verb: ({ scope, ids }) => inventory.hostLun(scope, ids.host, ids.storage),
  }),
  ...hostStatisticOperations,
  ...permissionsOn('/hosts/{host:id}', (call) => inventory.host(call.scope, idIn(call, 'host')), ['host', 'host']),
  ...absent('/hosts/{host:id}', missing, (call) => inventory.host(call.scope, idIn(call, 'host'))),
  ...hostTagOperations,
  ...absent('/hosts/{host:id}', missingToo, (call) => inventory.host(call.scope, idIn(call, 'host'))),
];

import * as affinity from '../../services/tags/affinitygroups.js';
import * as inventory from '../../services/inventory/inventory.js';
import { absent, type Absent, refusals } from '../declare/absent.js';
import { collection } from '../declare/collection.js';
import { declare } from '../declare/declare.js';
import { listReply } from '../declare/list.js';
import type { Call, Operation } from '../declare/operation.js';
import { addLinks } from '../declare/resource.js';
import { permissionsOn } from './access.js';
import { networksOfCluster } from './networks.js';
import { affinityGroupResource, clusterResource } from './resources.js';
import { idIn, inOwnDataCenter } from './shared.js';
import { vmResource } from './vms.js';

const CLUSTER = 'A host group of {cloud}.';
const RULE = 'A server group of Nova: a collocation rule of {cloud}.';
const JOINS = 'a VM joins a collocation rule when it is deployed and leaves it when it is removed.';
const GLUSTER = '{cloud} has no Gluster.';

const statistics: Absent = { name: 'statistics', key: 'statistic', entity: 'statistic', why: GLUSTER };
const gluster: readonly Absent[] = [
  {
    name: 'glusterhooks',
    key: 'glusterhook',
    entity: 'Gluster hook',
    document: 'gluster_hooks',
    verbs: ['remove'],
    why: GLUSTER,
    actions: ['enable', 'disable', 'resolve'],
  },
  {
    name: 'glustervolumes',
    key: 'glustervolume',
    entity: 'Gluster volume',
    document: 'gluster_volumes',
    verbs: ['add', 'remove'],
    why: GLUSTER,
    actions: [
      'start',
      'stop',
      'rebalance',
      'stoprebalance',
      'setoption',
      'resetoption',
      'resetalloptions',
      'startprofile',
      'stopprofile',
    ],
    below: [
      {
        name: 'bricks',
        key: 'brick',
        entity: 'Gluster brick',
        verbs: ['add', 'remove-all', 'remove'],
        why: GLUSTER,
        own: ['migrate', 'stopmigrate', 'activate'],
        actions: ['replace'],
        below: [statistics],
      },
      statistics,
    ],
  },
];
const profiles: Absent = {
  name: 'cpuprofiles',
  key: 'cpuprofile',
  entity: 'CPU profile',
  document: 'cpu_profiles',
  verbs: ['add', 'remove'],
  why: '{hypervisor} shares processors according to the units of each VM: there are no profiles.',
};

/** The clusters at a path: the main collection, or those of a data center. */
export function clustersAt(parent: string): Operation[] {
  const path = `${parent}/clusters`;
  const item = `${path}/{cluster:id}`;
  const at = collection(path, '{cluster:id}', clusterResource);
  const look = async (call: Call) => {
    await inOwnDataCenter(call);
    return inventory.cluster(call.scope, idIn(call, 'cluster'));
  };
  return [
    at.list({
      summary: 'The clusters',
      how: CLUSTER,
      searchable: parent === '',
      async verb(call) {
        await inOwnDataCenter(call);
        return inventory.clusters(call.scope);
      },
    }),
    at.get({ summary: 'One cluster', how: CLUSTER, verb: look }),
    ...refusals('cluster', 'cluster', 'clusters are {group}s of {cloud}, and are created and changed there.', [
      `add ${path}`,
      `update ${item}`,
      `remove ${item}`,
    ]),
    ...refusals('cluster', 'action', '{hypervisor} has no emulated machine types.', [`resetemulatedmachine ${item}`]),
    ...networksOfCluster(item),
    ...permissionsOn(item, look, ['cluster', 'cluster']),
    ...affinityGroupsOf(item),
    ...absent(item, [profiles, ...gluster], look),
  ];
}

function affinityGroupsOf(owner: string): Operation[] {
  const path = `${owner}/affinitygroups`;
  const item = `${path}/{affinitygroup:id}`;
  const at = collection(path, '{affinitygroup:id}', affinityGroupResource);
  const cluster = (call: Call): string => idIn(call, 'cluster');
  const own = (call: Call): string => idIn(call, 'affinitygroup');
  return [
    at.list({
      summary: 'The affinity groups of a cluster',
      how: `${RULE} Such a rule applies to every cluster.`,
      async verb(call) {
        await inOwnDataCenter(call);
        return affinity.list(call.scope, cluster(call));
      },
    }),
    at.get({
      summary: 'One affinity group',
      how: RULE,
      async verb(call) {
        await inOwnDataCenter(call);
        return affinity.get(call.scope, cluster(call), own(call));
      },
    }),
    at.add({
      summary: 'Add an affinity group',
      how: RULE,
      required: [{ field: 'name' }],
      faults: ['duplicate-name'],
      async verb(call, input) {
        await inOwnDataCenter(call);
        return affinity.add(call.scope, cluster(call), input);
      },
    }),
    ...refusals(
      'affinity group',
      'affinity_group',
      'The name and policy of a server group are fixed at its creation.',
      [`update ${item}`],
    ),
    at.remove({
      summary: 'Remove an affinity group',
      how: RULE,
      async verb(call) {
        await inOwnDataCenter(call);
        await affinity.remove(call.scope, cluster(call), own(call));
      },
    }),
    declare({
      kind: 'list',
      method: 'GET',
      path: `${item}/vms`,
      rel: 'get',
      title: 'list VMs',
      answers: 'vms',
      summary: 'The VMs of an affinity group',
      how: 'The members of the server group, with their own addresses.',
      async run(call: Call) {
        await inOwnDataCenter(call);
        return listReply(
          vmResource,
          call,
          (vm) => addLinks(vmResource, vm, call, '/vms', '/vms/{vm:id}'),
          () => affinity.vms(call.scope, cluster(call), own(call)),
        );
      },
    }),
    ...refusals('VM to the affinity group', 'vm', JOINS, [`add ${item}/vms`]),
    ...refusals('VM from the affinity group', 'action', JOINS, [`remove ${item}/vms/{vm:id}`]),
  ];
}

export const clusterOperations: readonly Operation[] = clustersAt('');

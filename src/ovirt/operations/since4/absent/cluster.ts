import * as affinity from '../../../../services/tags/affinitygroups.js';
import * as inventory from '../../../../services/inventory/inventory.js';
import { absent, refusals } from '../../../declare/absent.js';
import type { Call, Operation } from '../../../declare/operation.js';
import { idIn, inOwnDataCenter } from '../../shared.js';
import { FEATURES, GLUSTER, HOST, NETWORKS, JOINS } from './parts.js';

export function ofCluster(owner: string): Operation[] {
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

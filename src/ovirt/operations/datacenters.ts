import * as datacenters from '../../services/inventory/datacenters.js';
import { absent, type Absent, refusals } from '../declare/absent.js';
import { collection } from '../declare/collection.js';
import type { Operation } from '../declare/operation.js';
import { permissionsOn } from './access.js';
import { clustersAt } from './clusters.js';
import { networksAt } from './networks.js';
import { dataCenterResource } from './resources.js';
import { quotaOperations } from './quotas.js';
import { inOwnDataCenter } from './shared.js';
import { attachedDomainOperations } from './storagedomains.js';

const CENTER = 'The project of the login; another profile selects another project.';
const MADE = 'a data center is a project in {cloud}, and is created and changed there.';
const ISCSI = '{cloud} accesses storage through its storage providers.';

const bondPermissions: Absent = {
  name: 'permissions',
  key: 'permission',
  entity: 'permission',
  verbs: ['add', 'remove'],
  why: ISCSI,
};
const bondProfiles: Absent = {
  name: 'vnicprofiles',
  key: 'vnicprofile',
  entity: 'vNIC profile',
  verbs: ['add', 'remove'],
  why: ISCSI,
  below: [bondPermissions],
};

const missing: readonly Absent[] = [
  {
    name: 'iscsibonds',
    key: 'iscsibond',
    entity: 'iSCSI bond',
    document: 'iscsi_bonds',
    verbs: ['add', 'update', 'remove'],
    why: ISCSI,
    below: [
      {
        name: 'networks',
        key: 'network',
        entity: 'network',
        verbs: ['add', 'update', 'remove'],
        why: ISCSI,
        below: [
          bondProfiles,
          bondPermissions,
          { name: 'labels', key: 'label', id: 'name', entity: 'label', verbs: ['add', 'remove'], why: ISCSI },
        ],
      },
      {
        name: 'storageconnections',
        key: 'storageconnection',
        entity: 'storage connection',
        verbs: ['add', 'update', 'remove'],
        why: ISCSI,
      },
    ],
  },
  {
    name: 'qoss',
    key: 'qos',
    entity: 'QoS',
    document: 'qoss',
    verbs: ['add', 'update', 'remove'],
    why: '{cloud} has no QoS objects for storage, processors or networks.',
  },
];

const at = collection('/datacenters', '{datacenter:id}', dataCenterResource);
const ITEM = '/datacenters/{datacenter:id}';

export const dataCenterOperations: readonly Operation[] = [
  at.list({
    summary: 'The data centers: one',
    how: CENTER,
    support: 'emulated',
    searchable: true,
    verb: ({ scope }) => datacenters.list(scope),
  }),
  at.get({
    summary: 'One data center',
    how: CENTER,
    support: 'emulated',
    verb: ({ scope, ids }) => datacenters.get(scope, ids.datacenter),
  }),
  ...refusals('data center', 'data_center', MADE, ['add /datacenters', `update ${ITEM}`, `remove ${ITEM}`]),
  ...attachedDomainOperations,
  ...clustersAt(ITEM),
  ...networksAt(ITEM),
  ...permissionsOn(ITEM, inOwnDataCenter, ['dataCenter', 'datacenter']),
  ...quotaOperations,
  ...absent(ITEM, missing, inOwnDataCenter),
];

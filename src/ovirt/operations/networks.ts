import * as inventory from '../../services/inventory/inventory.js';
import { absent, refusals } from '../declare/absent.js';
import { collection } from '../declare/collection.js';
import type { Call, Operation } from '../declare/operation.js';
import { permissionsOn } from './access.js';
import { networkResource, vnicProfileResource } from './resources.js';
import { idIn, inOwnDataCenter } from './shared.js';

const NETWORK = 'A Neutron network.';
const MADE =
  "a network carries a VLAN and its mapping to each host's Ethernet adapters: it is created and changed in {cloud}.";
const PROFILE = 'Each network has one vNIC profile, without limits; a NIC may name the profile instead of the network.';
const PROFILES = "{cloud}'s networks have no vNIC profiles: each is shown with one.";

const registerGauges = async (call: Call) => {
  await inOwnDataCenter(call);
  return inventory.network(call.scope, idIn(call, 'network'));
};

/** The profiles of a network, at `owner`. */
function profilesOf(owner: string): Operation[] {
  const at = collection(`${owner}/vnicprofiles`, '{vnicprofile:id}', vnicProfileResource);
  const only = async (call: Call) => inventory.profileOf(await registerGauges(call));
  const look = async (call: Call) => {
    await inventory.vnicProfile(call.scope, idIn(call, 'vnicprofile'));
  };
  return [
    at.list({
      summary: 'The profiles of a network: one',
      how: PROFILE,
      support: 'emulated',
      verb: async (call) => [await only(call)],
    }),
    at.get({
      summary: 'One profile of a network',
      how: PROFILE,
      support: 'emulated',
      async verb(call) {
        const profile = await only(call);
        return profile.id === idIn(call, 'vnicprofile') ? profile : inventory.vnicProfile(call.scope, '');
      },
    }),
    ...refusals('vNIC profile', 'vnic_profile', PROFILES, [
      `add ${owner}/vnicprofiles`,
      `remove ${owner}/vnicprofiles/{vnicprofile:id}`,
    ]),
    ...permissionsOn(`${owner}/vnicprofiles/{vnicprofile:id}`, look),
  ];
}

/** The networks at a path: the main collection, or those of a data center. */
export function networksAt(parent: string): Operation[] {
  const path = `${parent}/networks`;
  const item = `${path}/{network:id}`;
  const at = collection(path, '{network:id}', networkResource);
  return [
    at.list({
      summary: 'The networks',
      how: NETWORK,
      searchable: parent === '',
      async verb(call) {
        await inOwnDataCenter(call);
        return inventory.networks(call.scope);
      },
    }),
    at.get({ summary: 'One network', how: NETWORK, verb: registerGauges }),
    ...refusals('network', 'network', MADE, [`add ${path}`, `update ${item}`, `remove ${item}`]),
    ...permissionsOn(item, registerGauges),
    ...profilesOf(item),
    ...absent(
      item,
      [
        {
          name: 'labels',
          key: 'label',
          id: 'name',
          entity: 'label',
          document: 'labels',
          verbs: ['add', 'remove'],
          why: 'labels attach networks to hosts of an engine; {cloud} maps its networks itself.',
        },
      ],
      registerGauges,
    ),
  ];
}

/** The networks of a cluster, at its path. */
export function networksOfCluster(owner: string): Operation[] {
  const path = `${owner}/networks`;
  const at = collection(path, '{network:id}', networkResource);
  return [
    at.list({
      summary: 'The networks of a cluster: all',
      how: NETWORK,
      async verb(call) {
        await inOwnDataCenter(call);
        return inventory.networksOf(call.scope, idIn(call, 'cluster'));
      },
    }),
    at.get({
      summary: 'One network of a cluster',
      how: NETWORK,
      async verb(call) {
        await inOwnDataCenter(call);
        return inventory.networkOf(call.scope, idIn(call, 'cluster'), idIn(call, 'network'));
      },
    }),
    ...refusals('network', 'network', 'every network reaches every host group: {cloud} maps it to each host.', [
      `add ${path}`,
      `update ${path}/{network:id}`,
      `remove ${path}/{network:id}`,
    ]),
  ];
}

const profiles = collection('/vnicprofiles', '{vnicprofile:id}', vnicProfileResource);

export const networkOperations: readonly Operation[] = networksAt('');

export const vnicProfileOperations: readonly Operation[] = [
  profiles.list({
    summary: 'The profiles of all networks',
    how: PROFILE,
    support: 'emulated',
    verb: ({ scope }) => inventory.vnicProfiles(scope),
  }),
  profiles.get({
    summary: 'One profile',
    how: PROFILE,
    support: 'emulated',
    verb: ({ scope, ids }) => inventory.vnicProfile(scope, ids.vnicprofile),
  }),
  ...refusals('vNIC profile', 'vnic_profile', PROFILES, [
    'add /vnicprofiles',
    'update /vnicprofiles/{vnicprofile:id}',
    'remove /vnicprofiles/{vnicprofile:id}',
  ]),
  ...permissionsOn('/vnicprofiles/{vnicprofile:id}', (call) =>
    inventory.vnicProfile(call.scope, idIn(call, 'vnicprofile')),
  ),
];

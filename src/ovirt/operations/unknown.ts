import { absent, type Absent } from '../declare/absent.js';
import { field } from '../search/index.js';
import type { Operation } from '../declare/operation.js';

/**
 * Collections of the engine's own configuration: PowerVC has no counterpart, so they are empty, and nothing can be
 * added to them.
 */
const PROVIDER = '{cloud} is the cloud itself: no other provider stands behind the gateway.';
export const SCHEDULER = "{cloud}'s scheduler and its policies are configured in {cloud}, which does not report them.";

const permissions = (why: string): Absent => ({
  name: 'permissions',
  key: 'permission',
  entity: 'permission',
  verbs: ['add', 'remove'],
  why,
});
const certificates: Absent = { name: 'certificates', key: 'certificate', entity: 'certificate', why: PROVIDER };
const listed = (row: Omit<Absent, 'why'>): Absent => ({ ...row, why: PROVIDER });

const provider = ({ below = [], ...row }: Omit<Absent, 'why' | 'verbs' | 'actions'>): Absent => ({
  ...row,
  verbs: ['add', 'update', 'remove'],
  why: PROVIDER,
  actions: ['testconnectivity', 'importcertificates'],
  below: [certificates, ...below],
});

const unit = (name: string, key: string): Absent => ({
  name,
  key,
  entity: `scheduling ${key}`,
  verbs: ['add', 'remove'],
  why: SCHEDULER,
});

const rows = {
  bookmarks: {
    name: 'bookmarks',
    key: 'bookmark',
    entity: 'bookmark',
    document: 'bookmarks',
    verbs: ['add', 'update', 'remove'],
    why: "bookmarks belong to an engine's web interface, and {cloud} cannot store them.",
  },
  icons: {
    name: 'icons',
    key: 'icon',
    entity: 'icon',
    document: 'icons',
    why: "icons belong to an engine's web interface.",
  },
  vmpools: {
    name: 'vmpools',
    key: 'vmpool',
    entity: 'VM pool',
    document: 'vmpools',
    searchable: true,
    verbs: ['add', 'update', 'remove'],
    why: '{cloud} has no pools of VMs.',
    search: {
      type: field('word', 'Kind of pool', () => undefined, { words: ['automatic', 'manual'] }),
      cluster: field('text', 'Name of its cluster', () => undefined),
      datacenter: field('text', 'Name of its data center', () => undefined),
      architecture: field('text', 'Its architecture', () => undefined),
      assigned_vm_count: field('number', 'VMs that somebody has', () => undefined),
      running_vm_count: field('number', 'VMs that run', () => undefined),
    },
    actions: ['allocatevm'],
    below: [permissions('{cloud} has no pools of VMs.')],
  },
  storageconnections: {
    name: 'storageconnections',
    key: 'storageconnection',
    entity: 'storage connection',
    document: 'storage_connections',
    verbs: ['add', 'update', 'remove'],
    why: '{cloud} accesses storage through its storage providers, whose connections it does not report.',
  },
  cpuprofiles: {
    name: 'cpuprofiles',
    key: 'cpuprofile',
    entity: 'CPU profile',
    document: 'cpu_profiles',
    verbs: ['add', 'update', 'remove'],
    why: '{hypervisor} shares processors according to the units of each VM.',
    below: [permissions('{hypervisor} shares processors according to the units of each VM.')],
  },
  schedulingpolicyunits: {
    name: 'schedulingpolicyunits',
    key: 'schedulingpolicyunit',
    entity: 'scheduling policy unit',
    document: 'scheduling_policy_units',
    verbs: ['remove'],
    why: SCHEDULER,
  },
  schedulingpolicies: {
    name: 'schedulingpolicies',
    key: 'schedulingpolicy',
    entity: 'scheduling policy',
    document: 'scheduling_policies',
    verbs: ['add', 'update', 'remove'],
    why: SCHEDULER,
    below: [unit('balances', 'balance'), unit('filters', 'filter'), unit('weights', 'weight')],
  },
  macpools: {
    name: 'macpools',
    key: 'macpool',
    entity: 'MAC pool',
    document: 'mac_pools',
    verbs: ['add', 'update', 'remove'],
    why: '{cloud} assigns MAC addresses from its own range, which it does not report.',
  },
  externalhostproviders: provider({
    name: 'externalhostproviders',
    key: 'externalhostprovider',
    entity: 'external host provider',
    document: 'external_host_providers',
    below: [
      listed({ name: 'computeresources', key: 'computeresource', entity: 'compute resource' }),
      listed({ name: 'discoveredhosts', key: 'discoveredhost', entity: 'discovered host' }),
      listed({ name: 'hostgroups', key: 'hostgroup', entity: 'host group' }),
      listed({ name: 'hosts', key: 'host', entity: 'host' }),
    ],
  }),
  openstackimageproviders: provider({
    name: 'openstackimageproviders',
    key: 'openstackimageprovider',
    entity: 'OpenStack image provider',
    document: 'openstack_image_providers',
    below: [listed({ name: 'images', key: 'image', entity: 'image', actions: ['import'] })],
  }),
  openstackvolumeproviders: provider({
    name: 'openstackvolumeproviders',
    key: 'openstackvolumeprovider',
    entity: 'OpenStack volume provider',
    document: 'openstack_volume_providers',
    below: [
      listed({ name: 'volumetypes', key: 'volumetype', entity: 'volume type' }),
      listed({
        name: 'authenticationkeys',
        key: 'authenticationkey',
        entity: 'authentication key',
        verbs: ['add', 'update', 'remove'],
      }),
    ],
  }),
  openstacknetworkproviders: provider({
    name: 'openstacknetworkproviders',
    key: 'openstacknetworkprovider',
    entity: 'OpenStack network provider',
    document: 'openstack_network_providers',
    below: [
      listed({
        name: 'networks',
        key: 'network',
        entity: 'network',
        below: [listed({ name: 'subnets', key: 'subnet', entity: 'subnet', verbs: ['add', 'remove'] })],
      }),
    ],
  }),
  katelloerrata: {
    name: 'katelloerrata',
    key: 'katelloerrata',
    entity: 'erratum',
    document: 'katello_errata',
    why: '{cloud} has no Katello.',
  },
} as const satisfies Readonly<Record<string, Absent>>;

/** The operations of one of them. */
export const unknownHere = (name: keyof typeof rows): Operation[] => absent('', [rows[name]]);

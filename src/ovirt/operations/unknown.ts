import { absent, type Absent } from '../absent.js';
import { field } from '../search/index.js';
import type { Operation } from '../operation.js';

/**
 * Collections of an engine's own affairs: PowerVC has nothing of the kind, so they are empty, and nothing can be added
 * to them.
 */
const PROVIDER = '{cloud} is the cloud itself: no other provider stands behind the gateway.';
const SCHEDULER = "{cloud}'s scheduler and its policies are set up in {cloud}, which does not tell them.";

const permissions = (why: string): Absent => ({
  name: 'permissions',
  key: 'permission',
  entity: 'permission',
  verbs: 'AD',
  why,
});
const certificates: Absent = { name: 'certificates', key: 'certificate', entity: 'certificate', why: PROVIDER };
const listed = (name: string, key: string, entity: string, more: Partial<Absent> = {}): Absent => ({
  name,
  key,
  entity,
  why: PROVIDER,
  ...more,
});

const provider = (name: string, key: string, entity: string, document: string, below: readonly Absent[]): Absent => ({
  name,
  key,
  entity,
  document,
  verbs: 'AUD',
  why: PROVIDER,
  actions: ['testconnectivity', 'importcertificates'],
  below: [certificates, ...below],
});

const unit = (name: string, key: string): Absent => ({
  name,
  key,
  entity: `scheduling ${key}`,
  verbs: 'AD',
  why: SCHEDULER,
});

const rows = {
  bookmarks: {
    name: 'bookmarks',
    key: 'bookmark',
    entity: 'bookmark',
    document: 'bookmarks',
    verbs: 'AUD',
    why: "bookmarks are of an engine's web pages, and {cloud} has no place for them.",
  },
  icons: {
    name: 'icons',
    key: 'icon',
    entity: 'icon',
    document: 'icons',
    why: "icons are of an engine's web pages.",
  },
  vmpools: {
    name: 'vmpools',
    key: 'vmpool',
    entity: 'VM pool',
    document: 'vmpools',
    searchable: true,
    verbs: 'AUD',
    why: '{cloud} has no pools of VMs.',
    search: {
      type: field('word', 'Kind of pool', () => undefined, { words: ['automatic', 'manual'] }),
      assigned_vm_count: field('number', 'VMs that somebody has', () => undefined),
    },
    actions: ['allocatevm'],
    below: [permissions('{cloud} has no pools of VMs.')],
  },
  storageconnections: {
    name: 'storageconnections',
    key: 'storageconnection',
    entity: 'storage connection',
    document: 'storage_connections',
    verbs: 'AUD',
    why: '{cloud} reaches storage through its storage providers, whose connections it does not tell.',
  },
  diskprofiles: {
    name: 'diskprofiles',
    key: 'diskprofile',
    entity: 'disk profile',
    document: 'disk_profiles',
    verbs: 'AUD',
    why: 'a storage template is the profile of its disks.',
    below: [permissions('a storage template is the profile of its disks.')],
  },
  cpuprofiles: {
    name: 'cpuprofiles',
    key: 'cpuprofile',
    entity: 'CPU profile',
    document: 'cpu_profiles',
    verbs: 'AUD',
    why: '{hypervisor} shares processors by what each VM was given.',
    below: [permissions('{hypervisor} shares processors by what each VM was given.')],
  },
  schedulingpolicyunits: {
    name: 'schedulingpolicyunits',
    key: 'schedulingpolicyunit',
    entity: 'scheduling policy unit',
    document: 'scheduling_policy_units',
    verbs: 'D',
    why: SCHEDULER,
  },
  schedulingpolicies: {
    name: 'schedulingpolicies',
    key: 'schedulingpolicy',
    entity: 'scheduling policy',
    document: 'scheduling_policies',
    verbs: 'AUD',
    why: SCHEDULER,
    below: [unit('balances', 'balance'), unit('filters', 'filter'), unit('weights', 'weight')],
  },
  macpools: {
    name: 'macpools',
    key: 'macpool',
    entity: 'MAC pool',
    document: 'mac_pools',
    verbs: 'AUD',
    why: 'Neutron gives addresses of its own range, which it does not tell.',
  },
  externalhostproviders: provider(
    'externalhostproviders',
    'externalhostprovider',
    'external host provider',
    'external_host_providers',
    [
      listed('computeresources', 'computeresource', 'compute resource'),
      listed('discoveredhosts', 'discoveredhost', 'discovered host'),
      listed('hostgroups', 'hostgroup', 'host group'),
      listed('hosts', 'host', 'host'),
    ],
  ),
  openstackimageproviders: provider(
    'openstackimageproviders',
    'openstackimageprovider',
    'OpenStack image provider',
    'openstack_image_providers',
    [listed('images', 'image', 'image', { actions: ['import'] })],
  ),
  openstackvolumeproviders: provider(
    'openstackvolumeproviders',
    'openstackvolumeprovider',
    'OpenStack volume provider',
    'openstack_volume_providers',
    [
      listed('volumetypes', 'volumetype', 'volume type'),
      listed('authenticationkeys', 'authenticationkey', 'authentication key', { verbs: 'AUD' }),
    ],
  ),
  openstacknetworkproviders: provider(
    'openstacknetworkproviders',
    'openstacknetworkprovider',
    'OpenStack network provider',
    'openstack_network_providers',
    [listed('networks', 'network', 'network', { below: [listed('subnets', 'subnet', 'subnet', { verbs: 'AD' })] })],
  ),
  katelloerrata: {
    name: 'katelloerrata',
    key: 'katelloerrata',
    entity: 'erratum',
    document: 'katello_errata',
    why: '{cloud} knows no Katello.',
  },
} as const satisfies Readonly<Record<string, Absent>>;

/** The operations of one of them. */
export const unknownHere = (name: keyof typeof rows): Operation[] => absent('', [rows[name]]);

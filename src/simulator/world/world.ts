import { State } from '../state.js';
import type { WorldParts } from '../simulation.js';
import { completers } from './complete.js';
import type { Origin } from './complete/origin.js';
import { defaultSettings } from './complete/settings.js';
import type { Inventory, Quota, Records, Seeds, Settings, Token } from './types.js';

const kinds = Object.keys(completers) as (keyof Records)[];

/** The state of the simulated PowerVC. */
export class World extends State<World, Records, Seeds, Token, Inventory> {
  settings: Settings = defaultSettings;

  constructor(parts: WorldParts<World>) {
    super(parts, kinds);
  }

  get projects() {
    return this.collections.projects;
  }
  get users() {
    return this.collections.users;
  }
  get domains() {
    return this.collections.domains;
  }
  get userGroups() {
    return this.collections.userGroups;
  }
  get roles() {
    return this.collections.roles;
  }
  get roleInferences() {
    return this.collections.roleInferences;
  }
  get grants() {
    return this.collections.grants;
  }
  get applicationCredentials() {
    return this.collections.applicationCredentials;
  }
  get trusts() {
    return this.collections.trusts;
  }
  get credentials() {
    return this.collections.credentials;
  }
  get regions() {
    return this.collections.regions;
  }
  get services() {
    return this.collections.services;
  }
  get endpoints() {
    return this.collections.endpoints;
  }
  get policies() {
    return this.collections.policies;
  }
  get endpointGroups() {
    return this.collections.endpointGroups;
  }
  get migrations() {
    return this.collections.migrations;
  }
  get deletedServers() {
    return this.collections.deletedServers;
  }
  get qosSpecs() {
    return this.collections.qosSpecs;
  }
  get messages() {
    return this.collections.messages;
  }
  get hosts() {
    return this.collections.hosts;
  }
  get hostGroups() {
    return this.collections.hostGroups;
  }
  get flavors() {
    return this.collections.flavors;
  }
  get serverGroups() {
    return this.collections.serverGroups;
  }
  get storageConnectivityGroups() {
    return this.collections.storageConnectivityGroups;
  }
  get storageProviders() {
    return this.collections.storageProviders;
  }
  get luns() {
    return this.collections.luns;
  }
  get volumeTypes() {
    return this.collections.volumeTypes;
  }
  get volumes() {
    return this.collections.volumes;
  }
  get snapshots() {
    return this.collections.snapshots;
  }
  get transfers() {
    return this.collections.transfers;
  }
  get groupTypes() {
    return this.collections.groupTypes;
  }
  get groups() {
    return this.collections.groups;
  }
  get groupSnapshots() {
    return this.collections.groupSnapshots;
  }
  get instanceSnapshots() {
    return this.collections.instanceSnapshots;
  }
  get networks() {
    return this.collections.networks;
  }
  get subnets() {
    return this.collections.subnets;
  }
  get ports() {
    return this.collections.ports;
  }
  get routers() {
    return this.collections.routers;
  }
  get addressScopes() {
    return this.collections.addressScopes;
  }
  get subnetPools() {
    return this.collections.subnetPools;
  }
  get addressGroups() {
    return this.collections.addressGroups;
  }
  get qosPolicies() {
    return this.collections.qosPolicies;
  }
  get rbacPolicies() {
    return this.collections.rbacPolicies;
  }
  get floatingIps() {
    return this.collections.floatingIps;
  }
  get securityGroups() {
    return this.collections.securityGroups;
  }
  get keypairs() {
    return this.collections.keypairs;
  }
  get metadefs() {
    return this.collections.metadefs;
  }
  get images() {
    return this.collections.images;
  }
  get servers() {
    return this.collections.servers;
  }
  get pmemVolumes() {
    return this.collections.pmemVolumes;
  }

  /** What the project may have: the settings' quota, or what administrators set for it. */
  quotaOf(project: string): Quota {
    return { ...this.settings.quota, ...this.projects.get(project)?.quota };
  }

  protected complete<K extends keyof Records>(kind: K, seed: Seeds[K]): { key: string; record: Records[K] } {
    const record = completers[kind].complete(seed, this.#origin());
    return { key: completers[kind].key(record), record };
  }

  protected configure({ settings: given = {} }: Inventory): void {
    this.settings = {
      ...defaultSettings,
      ...given,
      quota: { ...defaultSettings.quota, ...given.quota },
      actions: { ...defaultSettings.actions, ...given.actions },
      newest: { ...defaultSettings.newest, ...given.newest },
    };
  }

  #origin(): Origin {
    const { random } = this;
    return {
      uuid: () => random.uuid(),
      mac: () => random.mac(),
      servers: this.servers,
      count: (kind) => this.collections[kind].size,
      projectId: this.projects.keys().next().value ?? '',
      userId: this.users.keys().next().value ?? '',
      volumeType: this.volumeTypes.values().next().value?.name ?? '',
    };
  }
}

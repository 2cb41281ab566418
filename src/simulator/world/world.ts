import type { Clock } from '../clock.js';
import type { FaultRules } from '../faults.js';
import { checkInventory } from '../inventory/form.js';
import { progressOf, restoreProgress } from '../inventory/progress.js';
import type { Random } from '../random.js';
import type { WorldParts } from '../simulation.js';
import type { Work } from '../work.js';
import { completers } from './complete.js';
import type { Origin } from './complete/origin.js';
import { defaultSettings } from './complete/settings.js';
import type { Inventory, Quota, Records, Seeds, Settings, Token } from './types.js';

type Collections = { readonly [K in keyof Records]: Map<string, Records[K]> };

const kinds = Object.keys(completers) as (keyof Records)[];

/** The state of the simulated PowerVC: one live map per kind of record. Handlers change records in place. */
export class World {
  readonly collections: Collections;
  readonly tokens = new Map<string, Token>();
  readonly clock: Clock;
  readonly random: Random;
  readonly work: Work<World>;
  readonly faults: FaultRules;
  settings: Settings = defaultSettings;

  constructor(parts: WorldParts<World>) {
    ({ clock: this.clock, random: this.random, work: this.work, faults: this.faults } = parts);
    this.collections = Object.fromEntries(kinds.map((kind) => [kind, new Map()])) as unknown as Collections;
  }

  get projects() {
    return this.collections.projects;
  }
  get users() {
    return this.collections.users;
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
  get securityGroups() {
    return this.collections.securityGroups;
  }
  get keypairs() {
    return this.collections.keypairs;
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

  /** Adds a record, filling in what the seed leaves out; one with the same key is replaced. */
  add<K extends keyof Records>(kind: K, seed: Seeds[K]): Records[K] {
    const record = completers[kind].complete(structuredClone(seed), this.#origin());
    (this.collections[kind] as Map<string, Records[K]>).set(completers[kind].key(record), record);
    return record;
  }

  /** Replaces the whole state; logins end. Throws a TypeError for a value that is no inventory. */
  load(inventory: Inventory): void {
    checkInventory(inventory, kinds);
    for (const kind of kinds) this.collections[kind].clear();
    this.tokens.clear();
    const given = inventory.settings ?? {};
    this.settings = {
      ...defaultSettings,
      ...given,
      quota: { ...defaultSettings.quota, ...given.quota },
      actions: { ...defaultSettings.actions, ...given.actions },
    };
    for (const kind of kinds) for (const seed of inventory[kind] ?? []) this.add(kind, seed);
    restoreProgress(this, inventory);
  }

  /** The whole state as plain data, which `load` takes back. */
  save(): Inventory {
    const records = Object.fromEntries(kinds.map((kind) => [kind, [...this.collections[kind].values()]]));
    return structuredClone({ settings: this.settings, ...records, ...progressOf(this) }) as unknown as Inventory;
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

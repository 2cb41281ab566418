import type { Clock } from '../clock.js';
import type { FaultRules } from '../faults.js';
import { checkInventory } from '../inventory/form.js';
import { progressOf, restoreProgress } from '../inventory/progress.js';
import type { Random } from '../random.js';
import type { WorldParts } from '../simulation.js';
import type { Work } from '../work.js';
import { completers, defaultSettings } from './complete.js';
import { missing } from './refusals.js';
import type { Instance, Inventory, Records, Seeds, Settings, Volume } from './types.js';

type Collections = { readonly [K in keyof Records]: Map<string, Records[K]> };
const kinds = Object.keys(completers) as (keyof Records)[];

/** A login by its token. Not part of the saved state. */
export interface Login {
  readonly key: string;
  readonly expiresAt: number;
}

/** The state of the simulated workspace: one live map per kind of record. Handlers change records in place. */
export class World {
  readonly collections: Collections;
  readonly tokens = new Map<string, Login>();
  readonly clock: Clock;
  readonly random: Random;
  readonly work: Work<World>;
  readonly faults: FaultRules;
  settings: Settings = defaultSettings;

  constructor(parts: WorldParts<World>) {
    ({ clock: this.clock, random: this.random, work: this.work, faults: this.faults } = parts);
    this.collections = Object.fromEntries(kinds.map((kind) => [kind, new Map()])) as unknown as Collections;
  }

  get instances() {
    return this.collections.instances;
  }
  get volumes() {
    return this.collections.volumes;
  }
  get networks() {
    return this.collections.networks;
  }
  get interfaces() {
    return this.collections.interfaces;
  }
  get images() {
    return this.collections.images;
  }
  get snapshots() {
    return this.collections.snapshots;
  }
  get vpmemVolumes() {
    return this.collections.vpmemVolumes;
  }
  get jobs() {
    return this.collections.jobs;
  }
  get placementGroups() {
    return this.collections.placementGroups;
  }

  /** Where the workspace's API begins. */
  get workspaceID(): string {
    return this.settings.crn.split(':')[7] ?? '';
  }
  get tenantID(): string {
    return (this.settings.crn.split(':')[6] ?? '').replace('a/', '');
  }

  /** IBM's locations on a customer's own premises are named `satloc_…` (power-go-client). */
  get isOnPremises(): boolean {
    return this.settings.crn.split(':')[5]?.includes('satloc') ?? false;
  }

  now(): string {
    return new Date(this.clock.now()).toISOString();
  }

  /** The record. Throws PowerVS' 404. */
  get<K extends keyof Records>(kind: K, id: string, what: string): Records[K] {
    const found = this.collections[kind].get(id);
    if (found === undefined) throw missing(what, id);
    return found;
  }

  volumesOf(instanceID: string): Volume[] {
    return [...this.volumes.values()].filter(({ attachments }) =>
      attachments.some((one) => one.pvmInstanceID === instanceID),
    );
  }
  instanceNamed(name: string): Instance | undefined {
    return [...this.instances.values()].find(({ serverName }) => serverName === name);
  }
  /**
   * Whether a snapshot holds the volume: then it can neither grow nor leave its instance (docs/reference/power.md,
   * 3.2).
   */
  inSnapshot(volumeID: string): boolean {
    return [...this.snapshots.values()].some(({ volumeSnapshots }) => volumeID in volumeSnapshots);
  }

  /** Adds a record, filling in what the seed leaves out; one with the same key is replaced. */
  add<K extends keyof Records>(kind: K, seed: Seeds[K]): Records[K] {
    const record = completers[kind].complete(structuredClone(seed), this.collections[kind].size);
    (this.collections[kind] as Map<string, Records[K]>).set(completers[kind].key(record), record);
    return record;
  }

  /** Replaces the whole state; logins end. Throws a TypeError for a value that is no inventory. */
  load(inventory: Inventory): void {
    checkInventory(inventory, kinds);
    for (const kind of kinds) this.collections[kind].clear();
    this.tokens.clear();
    this.settings = {
      ...defaultSettings,
      ...inventory.settings,
      limits: { ...defaultSettings.limits, ...inventory.settings?.limits },
    };
    for (const kind of kinds) for (const seed of inventory[kind] ?? []) this.add(kind, seed);
    restoreProgress(this, inventory);
  }

  /** The whole state as plain data, which `load` takes back. */
  save(): Inventory {
    const records = Object.fromEntries(kinds.map((kind) => [kind, [...this.collections[kind].values()]]));
    return structuredClone({ settings: this.settings, ...records, ...progressOf(this) }) as unknown as Inventory;
  }
}

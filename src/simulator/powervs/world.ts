import { State } from '../state.js';
import type { WorldParts } from '../simulation.js';
import { completers, defaultSettings } from './complete.js';
import { missing } from './refusals.js';
import type { Instance, Inventory, Records, Seeds, Settings, Volume } from './types.js';

const kinds = Object.keys(completers) as (keyof Records)[];

/** A login. */
export interface Login {
  readonly key: string;
  readonly expiresAt: number;
}

/** The state of the simulated workspace. */
export class World extends State<World, Records, Seeds, Login, Inventory> {
  settings: Settings = defaultSettings;

  constructor(parts: WorldParts<World>) {
    super(parts, kinds);
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

  /** Whether it is being cloned: its attributes can't change then (IBM's documents, "Creating a volumes-clone"). */
  isBeingCloned(volumeID: string): boolean {
    return (
      this.inConsistencyGroup(volumeID) ||
      [...this.collections.cloneTasks.values()].some(
        ({ status, clonedVolumes }) =>
          status === 'running' && clonedVolumes.some(({ sourceVolumeID }) => sourceVolumeID === volumeID),
      )
    );
  }
  /** Whether a request for clones that was started, and is not complete, holds it. */
  inConsistencyGroup(volumeID: string): boolean {
    return [...this.collections.volumesClones.values()].some(
      ({ status, sources }) =>
        ['available', 'executing', 'available-rollback'].includes(status) &&
        sources.some((one) => one.volumeID === volumeID),
    );
  }

  protected complete<K extends keyof Records>(kind: K, seed: Seeds[K]): { key: string; record: Records[K] } {
    const record = completers[kind].complete(seed, this.collections[kind].size);
    return { key: completers[kind].key(record), record };
  }

  protected configure({ settings: given }: Inventory): void {
    this.settings = { ...defaultSettings, ...given, limits: { ...defaultSettings.limits, ...given?.limits } };
  }
}

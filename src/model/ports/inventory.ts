import type {
  AffinityGroup,
  Cluster,
  Host,
  InstanceType,
  Network,
  Ref,
  StorageDomain,
  Template,
} from '../../generated/entities.js';

export interface InventoryPort {
  clusters(): Promise<Cluster[]>;
  /** May be some seconds old, unless `fresh` asks for their state now. */
  hosts(options?: { readonly fresh?: boolean }): Promise<Host[]>;
  /** Images, ISO images too; with the disks that a deployment makes where the backend tells them. */
  templates(): Promise<Template[]>;
  template(id: string): Promise<Template>;
  storageDomains(): Promise<StorageDomain[]>;
  networks(): Promise<Network[]>;
  /** Sizes that the backend has names for. */
  instanceTypes(): Promise<InstanceType[]>;
  /** What the image is called and tells. Throws `backend.forbidden` for an image of somebody else's. */
  updateTemplate(
    id: string,
    change: { readonly name?: string; readonly description?: string; readonly told?: string },
  ): Promise<void>;
  removeTemplate(id: string): Promise<void>;
  /**
   * Groups of VMs that are kept together or apart. Their cluster is not told: such a group holds wherever its VMs are.
   */
  affinityGroups(): Promise<AffinityGroup[]>;
  addAffinityGroup(spec: {
    readonly name: string;
    readonly positive: boolean;
    readonly enforcing: boolean;
  }): Promise<AffinityGroup>;
  removeAffinityGroup(id: string): Promise<void>;
  /** Takes a host out of work, its running VMs moved to other hosts, or back into it. Throws `not-found.reference`. */
  maintain(host: Ref, maintenance: boolean): Promise<void>;
  /**
   * The load average of five minutes, where the cloud tells it of this host; absent where it tells that of none. Throws
   * `not-found.reference`.
   */
  loadAverage?(host: Ref): Promise<number | undefined>;
}

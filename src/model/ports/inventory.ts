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
  /**
   * The same without reading VMs: undefined where the login may not list hosts, so that `hosts` are those of its VMs.
   * Absent where `hosts` never reads VMs.
   */
  listedHosts?(): Promise<Host[] | undefined>;
  /** Images, including ISO images; with the disks that a deployment makes, where the backend reports them. */
  templates(): Promise<Template[]>;
  template(id: string): Promise<Template>;
  storageDomains(): Promise<StorageDomain[]>;
  networks(): Promise<Network[]>;
  /** The backend's named sizes. */
  instanceTypes(): Promise<InstanceType[]>;
  /** Changes the image's name and metadata. Throws `backend.forbidden` for an image of somebody else. */
  updateTemplate(
    id: string,
    change: { readonly name?: string; readonly description?: string; readonly factsNote?: string },
  ): Promise<void>;
  removeTemplate(id: string): Promise<void>;
  /** Groups of VMs that are kept together or apart. They have no cluster: such a group holds wherever its VMs are. */
  affinityGroups(): Promise<AffinityGroup[]>;
  addAffinityGroup(spec: {
    readonly name: string;
    readonly positive: boolean;
    readonly enforcing: boolean;
    /** Without effect where the group has no place for it: then the result has none. */
    readonly description?: string;
  }): Promise<AffinityGroup>;
  removeAffinityGroup(id: string): Promise<void>;
  /**
   * Puts a host into maintenance, which moves its running VMs to other hosts, or ends that. Throws
   * `not-found.reference`.
   */
  maintain(host: Ref, maintenance: boolean): Promise<void>;
  /**
   * The load average of five minutes; undefined where the cloud does not report it for this host, absent where it does
   * for none. Throws `not-found.reference`.
   */
  loadAverage?(host: Ref): Promise<number | undefined>;
}

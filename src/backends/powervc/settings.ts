import { plainMetrics, type MetricNames } from '../openstack/metrics.js';
import type { OpenStackSettings } from '../openstack/settings.js';
import { httpDefaults } from '../http/settings.js';

/**
 * Settings of a PowerVC backend. Every default that is an assumption says so, with the mark of docs/reference/power.md:
 * [V] read in IBM's documents or clients, [D] without a source, [P] our own choice.
 */
export interface PowerVcSettings extends OpenStackSettings {
  /** Microversions that calls to compute send. IBM's clients send none [V]; all are upstream Nova's. */
  readonly microversions: {
    /** For `networks: "none"`. */
    readonly createWithoutNetworks: string;
    /** For shareable disks, that Nova attaches since 2.60. Absent: none is sent. */
    readonly attach?: string;
    /**
     * For disks that outlive their VM, which Nova supports since 2.85. Absent: Nova deletes the disks that a deployment
     * made.
     */
    readonly keepVolumes?: string;
    /**
     * For descriptions of servers, which Nova takes since 2.19. Absent: a VM that is being deployed takes no changes
     * but its name.
     */
    readonly describe?: string;
  };
  /** Keys of server actions that no document confirms [D] (power.md, 1.4 and 4.7). */
  readonly actions: {
    readonly restore: string;
    readonly restoreIdField: string;
    readonly rollback: string;
    readonly retry: string;
  };
  /** Whether Nova's suspend and resume are sent. IBM documents no suspend of a partition [D]. */
  readonly suspend: boolean;
  /**
   * What a VM without NICs gets: no network (`none`, asks for a microversion), or what PowerVC chooses (`omit`) [P].
   */
  readonly networksWhenNone: 'none' | 'omit';
  /** Whether a VM of the Blank template may be created: a server without image and volumes [D] (power.md, 4.7). */
  readonly blank: boolean;
  /** Whether Glance accepts and returns the bytes of images, and Cinder copies them to volumes and back [D]. */
  readonly imageData: boolean;
  /** How a disk moves to another storage template. IBM's client: `on-demand` [V]. */
  readonly migrationPolicy: 'never' | 'generic' | 'on-demand';
  /** Name of the storage domain that holds ISO images. */
  readonly isoDomainName: string;
  /** Scale of a server's cpu_utilization, which is undocumented [D] (power.md, 4.7). */
  readonly cpuUtilization: 'fraction' | 'percent';
  /** Size of a VM that names none: MiB and virtual processors. oVirt's Blank template has these. */
  readonly flavorDefaults: { readonly memoryMib: number; readonly processors: number; readonly memoryGrowth: number };
  /** Gnocchi's types of resources that disks and NICs have [D], and the names of their counters [V]. */
  readonly metrics: MetricNames;
}

/** The settings for a PowerVC at `authUrl`; `change` replaces whole entries. */
export function powerVcSettings(authUrl: string, change: Partial<PowerVcSettings> = {}): PowerVcSettings {
  return {
    authUrl,
    interface: 'public',
    userDomain: 'Default',
    projectsByProfile: { internal: { domain: 'Default', project: 'ibm-default' } },
    ...httpDefaults,
    renewBeforeSeconds: 3600,
    pageSize: 1000,
    microversions: { createWithoutNetworks: '2.37', attach: '2.60', keepVolumes: '2.85', describe: '2.19' },
    actions: {
      restore: 'vm-restore',
      restoreIdField: 'snapshot_id',
      rollback: 'vm-restore-rollback',
      retry: 'vm-restore-retry',
    },
    suspend: true,
    networksWhenNone: 'none',
    blank: true,
    imageData: false,
    migrationPolicy: 'on-demand',
    isoDomainName: 'ISO',
    referenceSeconds: 30,
    cpuUtilization: 'fraction',
    flavorDefaults: { memoryMib: 1024, processors: 1, memoryGrowth: 4 },
    metrics: plainMetrics,
    ...change,
  };
}

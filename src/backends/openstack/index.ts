import type { Architecture, Backend } from '../../model/index.js';
import { capabilitiesOf, words } from './capabilities.js';
import type { Connection } from './connection.js';
import { Discovery, type Cloud } from './discovery.js';
import { createDiskPort, plainVolume } from './cinder/disks.js';
import { createHeldNotes } from './notes/held-notes.js';
import { createHostLoad } from './nova/host-load.js';
import { plainMetrics } from './metrics.js';
import { reaches, versioned } from './microversions.js';
import { backingOf } from './cinder/pools.js';
import { createLogins } from './session.js';
import { processorsBy, type Model } from './nova/processors.js';
import type { OpenStackSettings } from './settings.js';
import { createSnapshotPort } from './cinder/snapshots.js';
import { createNoPmem } from './unsupported.js';
import { PlainVms } from './nova/vms.js';
import { createVolumeGroups, rememberGroupTypes, type VolumeGroups } from './cinder/volume-groups.js';
import { createMaintenance, zones } from './nova/zones.js';

export { capabilitiesOf as openStackCapabilities, words as openStackWords } from './capabilities.js';
export { ownFlavorName, sizeOf } from './nova/flavors.js';
export type { Cloud } from './discovery.js';
export { reaches } from './microversions.js';
export type { Domain, OpenStackSettings } from './settings.js';

/** What a backend on plain OpenStack is made from. */
export interface PlainSettings extends OpenStackSettings {
  /**
   * Name or id of the Cinder group type for consistent snapshots of several disks; absent: the first that promises
   * them, `""`: none.
   */
  readonly groupType?: string;
  /** The architecture of VMs, clusters and templates of which the cloud tells none. */
  readonly architecture: Architecture;
  /** The processors of clusters of which the cloud tells none. */
  readonly processors?: Model;
}

/** A backend on plain OpenStack, and what its cloud has reported about itself. */
export interface OpenStackBackend extends Backend {
  /** Undefined before the first login. */
  readonly cloud: Cloud | undefined;
}

const ISO_DOMAIN = 'ISO';

/**
 * Any OpenStack as a backend: Keystone v3, Nova 2.61 (Queens), Cinder 3.40, Neutron, Glance. What the cloud can do is
 * discovered at the first login; before that a recent one is assumed. Throws when `caFile` cannot be read.
 */
export function createOpenStackBackend(settings: PlainSettings): OpenStackBackend {
  const { pageSize } = settings;
  const discovery = new Discovery();
  const held = createHeldNotes();
  const groupTypes = rememberGroupTypes(settings.referenceSeconds);
  const processors = processorsBy(() => discovery.cloud?.processors, settings.architecture, settings.processors);
  const capabilities = () => capabilitiesOf(discovery.cloud);
  const groupsOf = (connection: Connection): VolumeGroups =>
    createVolumeGroups(connection, groupTypes, {
      groupType: settings.groupType,
      able: () => discovery.cloud?.volume === undefined || reaches(discovery.cloud.volume, '3.29'),
    });
  const logins = createLogins(settings, {
    capabilities,
    zones,
    processors,
    metrics: plainMetrics,
    capturesAreSnapshots: true,
    through: versioned,
    storage: (connection) => ({
      isoDomainName: ISO_DOMAIN,
      backing: () => backingOf(connection),
      volume: plainVolume,
    }),
    parts: {
      vms: (common) => new PlainVms(common, pageSize, held, processors),
      disks: ({ connection, storage, measurements }) =>
        createDiskPort(
          connection,
          pageSize,
          storage,
          measurements,
          groupsOf(connection),
          () => capabilities()['vm.keepDisks'],
        ),
      snapshots: ({ connection }) => createSnapshotPort(connection, pageSize, groupsOf(connection)),
      pmem: createNoPmem,
      hosts: ({ connection, inventory }) => ({
        ...createMaintenance(connection, inventory),
        ...createHostLoad(connection, inventory),
      }),
    },
    learn: (connection) => discovery.learn(connection),
  });
  return {
    name: 'openstack',
    words,
    get cloud() {
      return discovery.cloud;
    },
    get capabilities() {
      return capabilities();
    },
    ...logins,
  };
}

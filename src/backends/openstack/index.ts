import type { Backend } from '../../model/index.js';
import { capabilitiesOf, words } from './capabilities.js';
import { discover, type Cloud } from './discovery.js';
import { createDiskPort, plainVolume } from './disks.js';
import { plainMetrics } from './metrics.js';
import { versioned } from './microversions.js';
import { createLogins } from './session.js';
import type { OpenStackSettings } from './settings.js';
import { createSnapshotPort } from './snapshots.js';
import { createNoPmem } from './unsupported.js';
import { createVmPort } from './vms.js';
import { createMaintenance, zones } from './zones.js';

export { capabilitiesOf as openStackCapabilities, words as openStackWords } from './capabilities.js';
export type { Cloud } from './discovery.js';
export type { OpenStackSettings } from './settings.js';

/** A backend on plain OpenStack, and what the cloud behind it has told of itself. */
export interface OpenStackBackend extends Backend {
  /** Undefined before the first login. */
  readonly cloud: Cloud | undefined;
}

const ISO_DOMAIN = 'ISO';

/**
 * Any OpenStack as a backend: Keystone v3, Nova 2.61 (Queens), Cinder 3.40, Neutron, Glance. What the cloud can do is asked at the first login; before that a
 * recent one is assumed. Throws when `caFile` cannot be read.
 */
export function createOpenStackBackend(settings: OpenStackSettings): OpenStackBackend {
  const { pageSize } = settings;
  let cloud: Cloud | undefined;
  const capabilities = () => capabilitiesOf(cloud);
  const logins = createLogins(settings, {
    capabilities, zones, metrics: plainMetrics, through: versioned,
    storage: () => ({ isoDomainName: ISO_DOMAIN, providers: async () => [], volume: plainVolume }),
    parts: ({ connection, inventory, storage, measurements }) => ({
      vms: createVmPort(connection, settings, inventory, measurements),
      disks: createDiskPort(connection, pageSize, storage, measurements),
      snapshots: createSnapshotPort(connection, pageSize),
      pmem: createNoPmem(),
      ...createMaintenance(connection, inventory),
    }),
    async greet(connection) { cloud ??= await discover(connection); },
  });
  return { name: 'openstack', words, get cloud() { return cloud; }, get capabilities() { return capabilities(); }, ...logins };
}

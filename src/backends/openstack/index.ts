import type { Backend, BackendSession, CallOptions } from '../../model/index.js';
import { createAccess } from './access.js';
import { capabilitiesOf } from './capabilities.js';
import { connect, reconnect, type Connection } from './connection.js';
import { discover, type Cloud } from './discovery.js';
import { createDiskPort, plainVolume } from './disks.js';
import { createImages } from './images.js';
import { createInventory, novaReferences } from './inventory.js';
import { createMeasurements, plainMetrics } from './metrics.js';
import { versioned } from './microversions.js';
import { createPorts } from './ports.js';
import { createServerGroups } from './server-groups.js';
import type { OpenStackSettings } from './settings.js';
import { createSharedNotes } from './shared-notes.js';
import { instanceTypes } from './sizes.js';
import { createSnapshotPort } from './snapshots.js';
import { createStorage, rememberTypes } from './storage.js';
import { createTransport } from './transport.js';
import { createNoPmem } from './unsupported.js';
import { createVmPort } from './vms.js';
import { createMaintenance, zones } from './zones.js';

export { capabilitiesOf as openStackCapabilities } from './capabilities.js';
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
  const transport = createTransport(settings);
  let cloud: Cloud | undefined;
  const capabilities = () => capabilitiesOf(cloud);
  return {
    name: 'openstack',
    get cloud() { return cloud; },
    get capabilities() { return capabilities(); },
    async login(credentials) {
      const connection = await connect(transport, settings, credentials);
      cloud ??= await discover(connection);
      return createSession(connection, settings, capabilities);
    },
    resume: (exported, credentials) => createSession(reconnect(transport, settings, exported, credentials), settings, capabilities),
    close: () => transport.close(),
  };
}

function createSession(unversioned: Connection, settings: OpenStackSettings, capabilities: () => Backend['capabilities']): BackendSession {
  const references = novaReferences(settings.referenceSeconds);
  const types = rememberTypes(settings.referenceSeconds);

  function within(connection: Connection): BackendSession {
    const plain = createInventory(connection, references, settings.pageSize, () => zones(connection));
    const storage = createStorage(connection, types, { isoDomainName: ISO_DOMAIN, providers: async () => [], volume: plainVolume });
    const measurements = createMeasurements(connection, plainMetrics);
    return {
      get capabilities() { return capabilities(); },
      get user() { return connection.login.user; },
      get project() { return connection.login.project; },
      get expiresAt() { return connection.login.expiresAt; },
      vms: createVmPort(connection, settings, plain, measurements),
      disks: createDiskPort(connection, settings.pageSize, storage, measurements),
      nics: { ...createPorts(connection, settings.pageSize), metrics: (vmId, _, mac) => measurements.nic(vmId, mac) },
      snapshots: createSnapshotPort(connection, settings.pageSize),
      pmem: createNoPmem(),
      access: createAccess(connection),
      shared: createSharedNotes(connection),
      inventory: {
        clusters: plain.clusters, hosts: plain.hosts, templates: plain.templates, template: plain.template, networks: plain.networks, storageDomains: storage.domains,
        instanceTypes: () => instanceTypes(connection, settings.pageSize),
        ...createImages(connection), ...createServerGroups(connection), ...createMaintenance(connection, plain),
      },
      with: (options: CallOptions) => within(connection.with(options)),
      export: () => connection.export(),
      logout: () => connection.logOut(),
    };
  }

  return within(versioned(unversioned));
}

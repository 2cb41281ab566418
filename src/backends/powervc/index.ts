import type { Backend, BackendSession, CallOptions } from '../../model/index.js';
import { createAccess } from '../openstack/access.js';
import { connect, type Connection, reconnect } from '../openstack/connection.js';
import { createInventory, novaReferences } from '../openstack/inventory.js';
import { createMeasurements } from '../openstack/metrics.js';
import { createPorts } from '../openstack/ports.js';
import { createSharedNotes } from '../openstack/shared-notes.js';
import { createStorage, rememberTypes } from '../openstack/storage.js';
import { createTransport } from '../openstack/transport.js';
import { capabilitiesOf } from './capabilities.js';
import { createInventoryPort, createProviders } from './inventory.js';
import { createPmemPort } from './pmem.js';
import { createVmPort } from './servers.js';
import type { PowerVcSettings } from './settings.js';
import { createSnapshotPort } from './snapshots.js';
import { createDiskPort } from './volumes.js';

export { powerVcSettings, type PowerVcSettings } from './settings.js';
export { capabilitiesOf } from './capabilities.js';
export { isoDomainId } from '../openstack/storage.js';

/**
 * PowerVC as a backend: OpenStack's services with IBM's extensions. Nothing is sent before the first login.
 * Throws when `caFile` cannot be read.
 */
export function createPowerVcBackend(settings: PowerVcSettings): Backend {
  const transport = createTransport(settings);
  return {
    name: 'powervc',
    capabilities: capabilitiesOf(settings),
    login: async (credentials) => createSession(await connect(transport, settings, credentials), settings),
    resume: (exported, credentials) => createSession(reconnect(transport, settings, exported, credentials), settings),
    close: () => transport.close(),
  };
}

function createSession(connection: Connection, settings: PowerVcSettings): BackendSession {
  const references = novaReferences(settings.referenceSeconds);
  const types = rememberTypes(settings.referenceSeconds);

  function within(connection: Connection): BackendSession {
    const plain = createInventory(connection, references, settings.pageSize);
    const providers = createProviders(connection);
    const storage = createStorage(connection, types, { isoDomainName: settings.isoDomainName, providers: providers.ifAllowed, volume: (one) => one });
    const measurements = createMeasurements(connection, settings.metrics);
    return {
      capabilities: capabilitiesOf(settings),
      get user() { return connection.login.user; },
      get project() { return connection.login.project; },
      get expiresAt() { return connection.login.expiresAt; },
      vms: createVmPort(connection, settings, plain, measurements),
      disks: createDiskPort(connection, settings, storage, providers, measurements),
      nics: { ...createPorts(connection, settings.pageSize), metrics: (vmId, _, mac) => measurements.nic(vmId, mac) },
      snapshots: createSnapshotPort(connection, settings),
      pmem: createPmemPort(connection),
      access: createAccess(connection),
      shared: createSharedNotes(connection),
      inventory: createInventoryPort(connection, plain, storage, settings.pageSize),
      with: (options: CallOptions) => within(connection.with(options)),
      export: () => connection.export(),
      logout: () => connection.logOut(),
    };
  }

  return within(connection);
}

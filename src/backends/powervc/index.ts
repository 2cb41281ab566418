import { alwaysPower } from '../openstack/nova/processors.js';
import type { Backend, Capabilities, Credentials } from '../../model/index.js';
import { connect } from '../openstack/connection.js';
import { discover, Discovery, type Cloud } from '../openstack/discovery.js';
import { createHeldNotes } from '../openstack/notes/held-notes.js';
import { createLogins } from '../openstack/session.js';
import { byName } from '../openstack/cinder/storage.js';
import { createTransport } from '../http/transport.js';
import { capabilitiesOf, words } from './capabilities.js';
import { createMaintenance } from './maintenance.js';
import { createPmemPort } from './pmem.js';
import { createProviders } from './providers.js';
import { PowerVcServers } from './servers.js';
import type { PowerVcSettings } from './settings.js';
import { createSnapshotPort } from './snapshots.js';
import { createDiskPort } from './volumes.js';

export { powerVcSettings, type PowerVcSettings } from './settings.js';
export { capabilitiesOf, words as powerVcWords } from './capabilities.js';
export { flavorOf } from './flavor.js';
export { isoDomainId } from '../openstack/cinder/storage.js';

/**
 * What the PowerVC of these settings reports about its services, for `check --backend`: with a login of its own, which
 * it ends. Throws `auth.refused`.
 */
export async function discoverPowerVc(settings: PowerVcSettings, credentials: Credentials): Promise<Cloud> {
  const transport = createTransport(settings);
  try {
    const connection = await connect(transport, settings, credentials);
    const cloud = await discover(connection);
    await connection.logOut();
    return cloud;
  } finally {
    await transport.close();
  }
}

/**
 * PowerVC as a backend: OpenStack's services with IBM's extensions, which are all that is in this folder. Throws when
 * `caFile` cannot be read.
 */
export function createPowerVcBackend(settings: PowerVcSettings): Backend {
  // Cinder writes an image to a volume only since a microversion: the one call whose bytes have moved before it is made
  const discovery = settings.imageData ? new Discovery() : undefined;
  const capabilities = (): Capabilities => capabilitiesOf(settings, discovery?.cloud);
  const held = createHeldNotes();
  const logins = createLogins(settings, {
    capabilities,
    metrics: settings.metrics,
    processors: alwaysPower,
    storage: (connection) => ({
      isoDomainName: settings.isoDomainName,
      backing: async () => byName(await createProviders(connection).ifAllowed()),
      volume: (one) => one,
    }),
    parts: {
      vms: (common) => new PowerVcServers(common, settings, held),
      disks: ({ connection, storage, measurements }) =>
        createDiskPort(connection, settings, storage, createProviders(connection), measurements),
      snapshots: ({ connection }) => createSnapshotPort(connection, settings),
      pmem: ({ connection }) => createPmemPort(connection),
      hosts: ({ connection, inventory }) => createMaintenance(connection, inventory),
    },
    ...(discovery && { learn: (connection) => discovery.learn(connection) }),
  });
  return {
    name: 'powervc',
    words,
    get capabilities() {
      return capabilities();
    },
    ...logins,
  };
}

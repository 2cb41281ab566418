import type { Backend, BackendSession, Capabilities, InventoryPort } from '../../model/index.js';
import { createAccess } from './access.js';
import { connect, reconnect, type Connection } from './connection.js';
import { createImages } from './images.js';
import type { Aggregate } from '../../generated/openstack/nova.js';
import { createInventory, novaReferences, type PlainInventory } from './inventory.js';
import { createMeasurements, type Measurements, type MetricNames } from './metrics.js';
import { createPorts } from './ports.js';
import { createServerGroups } from './server-groups.js';
import type { OpenStackSettings } from './settings.js';
import { createSharedNotes } from './shared-notes.js';
import { instanceTypes } from './sizes.js';
import { createStorage, rememberTypes, type Storage, type StorageReading } from './storage.js';
import { createTransport } from './transport.js';

/** What clouds of OpenStack's kind do alike, for the parts that they do otherwise to build on. */
export interface Common {
  readonly connection: Connection;
  readonly inventory: PlainInventory;
  readonly storage: Storage;
  readonly measurements: Measurements;
}

/** What one kind of cloud does its own way: all the difference between PowerVC and plain OpenStack. */
export interface CloudKind {
  readonly capabilities: () => Capabilities;
  readonly metrics: MetricNames;
  /** Whether an image that is a capture stands on snapshots of the VM's volumes. */
  readonly capturesAreSnapshots?: boolean;
  /** What clusters are made of; host aggregates without. */
  readonly zones?: (connection: Connection) => Promise<Aggregate[]>;
  readonly storage: (connection: Connection) => StorageReading;
  readonly parts: (
    common: Common,
  ) => Pick<BackendSession, 'vms' | 'disks' | 'snapshots' | 'pmem'> & Pick<InventoryPort, 'maintain'>;
  /** The connection as calls of this kind go through it: with microversions. As it is without. */
  readonly through?: (connection: Connection) => Connection;
  /** Done with a new login before anything else is. */
  readonly onLogin?: (connection: Connection) => Promise<void>;
}

/** How clients get sessions. Nothing is sent before the first login. Throws when `caFile` cannot be read. */
export function createLogins(
  settings: OpenStackSettings,
  kind: CloudKind,
): Pick<Backend, 'login' | 'resume' | 'close'> {
  const transport = createTransport(settings);
  const open = (connection: Connection): BackendSession =>
    createSession(kind.through?.(connection) ?? connection, settings, kind);
  return {
    async login(credentials) {
      const connection = await connect(transport, settings, credentials);
      await kind.onLogin?.(connection);
      return open(connection);
    },
    resume: (exported, credentials) => open(reconnect(transport, settings, exported, credentials)),
    close: () => transport.close(),
  };
}

/** A login as a session of the backend. What is remembered is its own: two users may see different things. */
function createSession(
  first: Connection,
  { pageSize, referenceSeconds }: OpenStackSettings,
  kind: CloudKind,
): BackendSession {
  const references = novaReferences(referenceSeconds);
  const types = rememberTypes(referenceSeconds);

  function within(connection: Connection): BackendSession {
    const inventory = createInventory(
      connection,
      references,
      pageSize,
      kind.zones && kind.zones.bind(undefined, connection),
    );
    const storage = createStorage(connection, types, kind.storage(connection));
    const measurements = createMeasurements(connection, kind.metrics);
    const { maintain, ...ports } = kind.parts({ connection, inventory, storage, measurements });
    return {
      ...ports,
      get capabilities() {
        return kind.capabilities();
      },
      get user() {
        return connection.login.user;
      },
      get project() {
        return connection.login.project;
      },
      get expiresAt() {
        return connection.login.expiresAt;
      },
      nics: { ...createPorts(connection, pageSize), metrics: (vmId, _, mac) => measurements.nic(vmId, mac) },
      access: createAccess(connection),
      shared: createSharedNotes(connection),
      inventory: {
        clusters: inventory.clusters,
        hosts: inventory.hosts,
        templates: inventory.templates,
        template: inventory.template,
        networks: inventory.networks,
        storageDomains: storage.domains,
        instanceTypes: () => instanceTypes(connection, pageSize),
        ...createImages(connection, { snapshots: kind.capturesAreSnapshots ?? false }),
        ...createServerGroups(connection),
        maintain,
      },
      with: (options) => within(connection.with(options)),
      export: () => connection.export(),
      hold: () => connection.hold(),
      logout: () => connection.logOut(),
    };
  }

  return within(first);
}

import type { Backend, BackendSession, Capabilities, InventoryPort } from '../../model/index.js';
import { createAccess } from './access.js';
import { typesOf, usedServices } from './calls.js';
import { connect, reconnect, type Connection } from './connection.js';
import { createImageData } from './image-data.js';
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
import { probeAll, versionsAt, type Probed } from './probe.js';
import { createTransport } from './transport.js';
import type { Extent } from './volumes.js';

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
  readonly parts: {
    readonly [Port in 'vms' | 'disks' | 'snapshots' | 'pmem']: (common: Common) => BackendSession[Port];
  } & { readonly hosts: (common: Common) => Pick<InventoryPort, 'maintain' | 'loadAverage'> };
  /** The connection as calls of this kind go through it: with microversions. As it is without. */
  readonly through?: (connection: Connection) => Connection;
  /** Done with a new login before anything else is. */
  readonly onLogin?: (connection: Connection) => Promise<void>;
}

/** How clients get sessions. Nothing is sent before the first login. Throws when `caFile` cannot be read. */
export function createLogins(
  settings: OpenStackSettings,
  kind: CloudKind,
): Pick<Backend, 'login' | 'resume' | 'probe' | 'load' | 'close'> {
  const transport = createTransport(settings);
  /** As the catalog told the last who logged in. */
  let addresses: ReadonlyMap<string, URL> = new Map();
  function open(connection: Connection): BackendSession {
    ({ addresses } = connection.login);
    return createSession(kind.through?.(connection) ?? connection, settings, kind);
  }
  return {
    async login(credentials) {
      const connection = await connect(transport, settings, credentials);
      await kind.onLogin?.(connection);
      return open(connection);
    },
    resume: (exported, credentials) => open(reconnect(transport, settings, exported, credentials)),
    probe: () => probeAll(transport, [{ service: 'identity', url: new URL(settings.authUrl) }, ...probed(addresses)]),
    load: () => transport.load(),
    close: (how) => transport.close(how),
  };
}

/** The catalog's services but Keystone, under the names that calls give them. */
const probed = (addresses: ReadonlyMap<string, URL>): Probed[] =>
  usedServices.flatMap((service) => {
    const type = service === 'identity' ? undefined : typesOf(service).find((one) => addresses.has(one));
    const address = type === undefined ? undefined : addresses.get(type);
    return address ? [{ service, url: versionsAt(address) }] : [];
  });

/** A login as a session of the backend. What is remembered is its own: two users may see different things. */
function createSession(first: Connection, { pageSize, referenceSeconds }: OpenStackSettings, kind: CloudKind) {
  const references = novaReferences(referenceSeconds);
  const types = rememberTypes(referenceSeconds);
  const extent: Extent = { manyVolumes: undefined };

  /**
   * Each request has a session with its own correlation id, and uses one or two of its ports: they are made when they
   * are first asked for. To make them all took 6 % of a request for one VM.
   */
  function within(connection: Connection): BackendSession {
    const common: Common = {
      connection,
      inventory: createInventory(
        connection,
        references,
        pageSize,
        kind.zones && kind.zones.bind(undefined, connection.lasting),
      ),
      get storage() {
        return once('storage', () => createStorage(connection, types, extent, kind.storage(connection)));
      },
      get measurements() {
        return once('measurements', () => createMeasurements(connection, kind.metrics));
      },
    };
    const made: Partial<Made> = {};

    function once<Name extends keyof Made>(name: Name, make: () => Made[Name]): Made[Name] {
      return (made[name] ??= make());
    }

    return {
      get vms() {
        return once('vms', () => kind.parts.vms(common));
      },
      get disks() {
        return once('disks', () => kind.parts.disks(common));
      },
      get snapshots() {
        return once('snapshots', () => kind.parts.snapshots(common));
      },
      get pmem() {
        return once('pmem', () => kind.parts.pmem(common));
      },
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
      get images() {
        return once('images', () => createImageData(connection));
      },
      get nics() {
        return once('nics', () => ({
          ...createPorts(connection, pageSize),
          metrics: (vmId, _, mac) => common.measurements.nic(vmId, mac),
        }));
      },
      get access() {
        return once('access', () => createAccess(connection));
      },
      get shared() {
        return once('shared', () => createSharedNotes(connection));
      },
      get inventory() {
        return once('inventory', () => inventoryOf(common));
      },
      with: (options) => within(connection.with(options)),
      export: () => connection.export(),
      hold: () => connection.hold(),
      check: () => connection.check(),
      logout: () => connection.logOut(),
    };
  }

  const inventoryOf = (common: Common): InventoryPort => ({
    clusters: common.inventory.clusters,
    hosts: common.inventory.hosts,
    templates: common.inventory.templates,
    template: common.inventory.template,
    networks: common.inventory.networks,
    storageDomains: () => common.storage.domains(),
    instanceTypes: () => instanceTypes(common.connection, pageSize),
    ...createImages(common.connection, { snapshots: kind.capturesAreSnapshots ?? false }),
    ...createServerGroups(common.connection),
    ...kind.parts.hosts(common),
  });

  return within(first);
}

/** What a session makes when it is first asked for. */
type Made = Pick<Common, 'storage' | 'measurements'> &
  Pick<BackendSession, 'vms' | 'disks' | 'snapshots' | 'pmem' | 'images' | 'nics' | 'access' | 'shared' | 'inventory'>;

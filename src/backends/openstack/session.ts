import type { Backend, BackendSession, CallOptions, Capabilities, InventoryPort } from '../../model/index.js';
import { createAccess } from './keystone/access.js';
import type { Processors } from './nova/processors.js';
import { typesOf, usedServices } from './calls.js';
import { connect, reconnect, type Connection } from './connection.js';
import { createImageData } from './glance/image-data.js';
import { createImages } from './glance/images.js';
import type { Aggregate } from '../../generated/openstack/nova.js';
import { createInventory, type NovaReferences, novaReferences, type PlainInventory } from './inventory.js';
import { createMeasurements, type Measurements, type MetricNames } from './metrics.js';
import { createPorts } from './neutron/ports.js';
import { createServerGroups } from './nova/server-groups.js';
import type { OpenStackSettings } from './settings.js';
import { createSharedNotes } from './notes/shared-notes.js';
import { instanceTypes } from './nova/sizes.js';
import { createStorage, rememberTypes, type Storage, type StorageReading } from './cinder/storage.js';
import { probeAll, versionsAt, type Probed } from '../http/probe.js';
import { createTransport } from '../http/transport.js';
import type { Extent } from './cinder/volumes.js';

/** What all clouds of OpenStack's kind have in common. */
export interface Common {
  readonly connection: Connection;
  readonly inventory: PlainInventory;
  readonly storage: Storage;
  readonly measurements: Measurements;
}

/** What differs between PowerVC and plain OpenStack. */
export interface CloudKind {
  readonly capabilities: () => Capabilities;
  readonly metrics: MetricNames;
  /** Whether captures are based on snapshots of the VM's volumes. */
  readonly capturesAreSnapshots?: boolean;
  /** The source of clusters; host aggregates when absent. */
  readonly zones?: (connection: Connection) => Promise<Aggregate[]>;
  readonly processors: Processors;
  readonly storage: (connection: Connection) => StorageReading;
  readonly parts: {
    readonly [Port in 'vms' | 'disks' | 'snapshots' | 'pmem']: (common: Common) => BackendSession[Port];
  } & { readonly hosts: (common: Common) => Pick<InventoryPort, 'maintain' | 'loadAverage'> };
  /** Wraps the connection, for microversions; absent: no wrapper. */
  readonly through?: (connection: Connection) => Connection;
  /** Learns of the cloud what is still unknown: called with each login, and with each session of another process. */
  readonly learn?: (connection: Connection) => Promise<void>;
}

/** How clients get sessions. Nothing is sent before the first login. Throws when `caFile` cannot be read. */
export function createLogins(
  settings: OpenStackSettings,
  kind: CloudKind,
): Pick<Backend, 'login' | 'resume' | 'probe' | 'load' | 'renew' | 'close'> {
  const transport = createTransport(settings);
  /** The catalog's addresses of the last login. */
  let addresses: ReadonlyMap<string, URL> = new Map();
  function open(connection: Connection): BackendSession {
    ({ addresses } = connection.login);
    return createSession(kind.through?.(connection) ?? connection, settings, kind);
  }
  return {
    async login(credentials) {
      const connection = await connect(transport, settings, credentials);
      await kind.learn?.(connection);
      return open(connection);
    },
    resume: (exported, credentials) => open(reconnect(transport, settings, exported, credentials)),
    probe: () => probeAll(transport, [{ service: 'identity', url: new URL(settings.authUrl) }, ...probed(addresses)]),
    load: () => transport.load(),
    renew: (files) => transport.renew(files),
    close: (how) => transport.close(how),
  };
}

/** The catalog's services except Keystone, under their names in calls. */
const probed = (addresses: ReadonlyMap<string, URL>): Probed[] =>
  usedServices.flatMap((service) => {
    const type = service === 'identity' ? undefined : typesOf(service).find((one) => addresses.has(one));
    const address = type === undefined ? undefined : addresses.get(type);
    return address ? [{ service, url: versionsAt(address) }] : [];
  });

/** A login as a session of the backend. Caches are its own, because users may see different things. */
function createSession(
  first: Connection,
  { pageSize, referenceSeconds }: OpenStackSettings,
  kind: CloudKind,
): BackendSession {
  return new OpenStackSession(first, {
    kind,
    pageSize,
    references: novaReferences(referenceSeconds),
    types: rememberTypes(referenceSeconds),
    extent: { manyVolumes: undefined },
  });
}

/** What the requests of one login have in common. */
interface Shared {
  readonly kind: CloudKind;
  readonly pageSize: number;
  readonly references: NovaReferences;
  readonly types: ReturnType<typeof rememberTypes>;
  readonly extent: Extent;
}

/** Parts of a session that are made on first use. */
type Made = Pick<Common, 'storage' | 'measurements'> & { readonly plain: PlainInventory } & Pick<
    BackendSession,
    'vms' | 'disks' | 'snapshots' | 'pmem' | 'images' | 'nics' | 'access' | 'shared' | 'inventory'
  >;

type Changing = { -readonly [Port in keyof Made]?: Made[Port] };

/**
 * The session of one request, with its correlation id. A request uses one or two of its ports: making them on first use
 * saved 6 % of a request for one VM. A class, because an object literal with getters is slow to make: another 4 %.
 */
class OpenStackSession implements BackendSession {
  private readonly created: Changing = {};
  private readonly common: Common;

  constructor(
    private readonly connection: Connection,
    private readonly own: Shared,
  ) {
    this.common = new SessionParts(connection, own, this.created);
  }

  get vms(): BackendSession['vms'] {
    return (this.created.vms ??= this.own.kind.parts.vms(this.common));
  }
  get disks(): BackendSession['disks'] {
    return (this.created.disks ??= this.own.kind.parts.disks(this.common));
  }
  get snapshots(): BackendSession['snapshots'] {
    return (this.created.snapshots ??= this.own.kind.parts.snapshots(this.common));
  }
  get pmem(): BackendSession['pmem'] {
    return (this.created.pmem ??= this.own.kind.parts.pmem(this.common));
  }
  get images(): BackendSession['images'] {
    return (this.created.images ??= createImageData(this.connection));
  }
  get nics(): BackendSession['nics'] {
    return (this.created.nics ??= {
      ...createPorts(this.connection, this.own.pageSize),
      metrics: (vmId, _, mac) => this.common.measurements.nic(vmId, mac),
    });
  }
  get access(): BackendSession['access'] {
    return (this.created.access ??= createAccess(this.connection));
  }
  get shared(): BackendSession['shared'] {
    return (this.created.shared ??= createSharedNotes(this.connection));
  }
  get inventory(): BackendSession['inventory'] {
    return (this.created.inventory ??= inventoryOf(this.common, this.own));
  }

  get capabilities(): Capabilities {
    return this.own.kind.capabilities();
  }
  get architectures(): BackendSession['architectures'] {
    return this.own.kind.processors.architectures();
  }
  get user(): BackendSession['user'] {
    return this.connection.login.user;
  }
  get project(): BackendSession['project'] {
    return this.connection.login.project;
  }
  get expiresAt(): number {
    return this.connection.login.expiresAt;
  }

  async prepare(): Promise<void> {
    await this.own.kind.learn?.(this.connection.lasting);
  }
  with(options: CallOptions): BackendSession {
    return new OpenStackSession(this.connection.with(options), this.own);
  }
  export(): string {
    return this.connection.export();
  }
  hold(): () => void {
    return this.connection.hold();
  }
  check(): Promise<boolean> {
    return this.connection.check();
  }
  logout(): Promise<void> {
    return this.connection.logOut();
  }
}

class SessionParts implements Common {
  constructor(
    readonly connection: Connection,
    private readonly own: Shared,
    private readonly created: Changing,
  ) {}

  get inventory(): PlainInventory {
    const { kind, references, pageSize } = this.own;
    return (this.created.plain ??= createInventory(
      this.connection,
      references,
      pageSize,
      kind.processors,
      kind.zones && kind.zones.bind(undefined, this.connection.lasting),
    ));
  }
  get storage(): Storage {
    const { kind, types, extent } = this.own;
    return (this.created.storage ??= createStorage(this.connection, types, extent, kind.storage(this.connection)));
  }
  get measurements(): Measurements {
    return (this.created.measurements ??= createMeasurements(this.connection, this.own.kind.metrics));
  }
}

function inventoryOf(common: Common, { kind, pageSize }: Shared): InventoryPort {
  const { connection, inventory } = common;
  return {
    clusters: inventory.clusters,
    hosts: inventory.hosts,
    listedHosts: inventory.listedHosts,
    templates: inventory.templates,
    template: inventory.template,
    networks: inventory.networks,
    storageDomains: () => common.storage.domains(),
    instanceTypes: () => instanceTypes(connection, pageSize),
    ...createImages(connection, { snapshots: kind.capturesAreSnapshots ?? false }),
    ...createServerGroups(connection),
    ...kind.parts.hosts(common),
  };
}

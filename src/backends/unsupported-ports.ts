import {
  Fault,
  type AccessPort,
  type BackendSession,
  type DiskPort,
  type ImagePort,
  type InventoryPort,
  type NicPort,
  type PmemPort,
  type SharedNotes,
  type SnapshotPort,
  type VmPort,
  type Words,
} from '../model/index.js';
import { GIB } from '../units.js';

/** The methods that a port must have; `pages`: those that return pages. */
type Methods<P> = {
  readonly [K in keyof P as undefined extends P[K] ? never : P[K] extends (...args: never[]) => unknown ? K : never]:
    'call' | 'pages';
};

/** Every method of every port, by the port's name in a session. */
const PORTS = {
  vms: {
    list: 'pages',
    get: 'call',
    create: 'call',
    rename: 'call',
    resize: 'call',
    remove: 'call',
    start: 'call',
    stop: 'call',
    shutdown: 'call',
    reboot: 'call',
    reset: 'call',
    suspend: 'call',
    resume: 'call',
    migrate: 'call',
    cancelMigration: 'call',
    capture: 'call',
    clone: 'call',
    console: 'call',
    note: 'call',
    metrics: 'call',
    actions: 'call',
  } satisfies Methods<VmPort>,
  disks: {
    list: 'pages',
    get: 'call',
    create: 'call',
    update: 'call',
    extend: 'call',
    move: 'call',
    remove: 'call',
    attach: 'call',
    keep: 'call',
    detach: 'call',
    note: 'call',
    unmanagedLuns: 'call',
    manage: 'call',
    metrics: 'call',
  } satisfies Methods<DiskPort>,
  images: {
    create: 'call',
    write: 'call',
    read: 'call',
    look: 'call',
    named: 'call',
    ofDisk: 'call',
    intoDisk: 'call',
    remove: 'call',
  } satisfies Methods<ImagePort>,
  nics: {
    list: 'call',
    get: 'call',
    noted: 'call',
    create: 'call',
    update: 'call',
    remove: 'call',
    plug: 'call',
    unplug: 'call',
    metrics: 'call',
  } satisfies Methods<NicPort>,
  snapshots: {
    list: 'call',
    get: 'call',
    create: 'call',
    note: 'call',
    restore: 'call',
    rollback: 'call',
    remove: 'call',
  } satisfies Methods<SnapshotPort>,
  pmem: { list: 'call', add: 'call', remove: 'call', rename: 'call' } satisfies Methods<PmemPort>,
  inventory: {
    clusters: 'call',
    hosts: 'call',
    templates: 'call',
    template: 'call',
    storageDomains: 'call',
    networks: 'call',
    instanceTypes: 'call',
    updateTemplate: 'call',
    removeTemplate: 'call',
    affinityGroups: 'call',
    addAffinityGroup: 'call',
    removeAffinityGroup: 'call',
    maintain: 'call',
  } satisfies Methods<InventoryPort>,
  access: { permissions: 'call', keys: 'call', addKey: 'call', removeKey: 'call' } satisfies Methods<AccessPort>,
  shared: { read: 'call', note: 'call' } satisfies Methods<SharedNotes>,
} as const;

type Ports = Pick<BackendSession, keyof typeof PORTS>;

/**
 * Ports whose every method throws `unsupported`: what a new backend starts with, and replaces method by method. `why`
 * is a sentence for the fault. A disk grows by whole GiB unless the backend says otherwise.
 */
export function unsupportedPorts({ cloud }: Words, why: string): Ports {
  const ports = Object.entries(PORTS).map(([port, methods]) => {
    const refusals = Object.entries(methods).map(([method, form]) => {
      const fault = (): Fault =>
        new Fault('unsupported', { operation: 'ask the cloud', subject: `${port}.${method}`, backend: cloud, why });
      return [method, form === 'pages' ? refusePages(fault) : refuse(fault)];
    });
    return [port, Object.fromEntries(refusals) as object];
  });
  const unsupported = Object.fromEntries(ports) as Ports;
  return { ...unsupported, disks: { ...unsupported.disks, grainBytes: GIB } };
}

const refuse = (fault: () => Fault) => async (): Promise<never> => {
  throw fault();
};

const refusePages = (fault: () => Fault) =>
  async function* pages(): AsyncGenerator<never> {
    yield await refuse(fault)();
  };

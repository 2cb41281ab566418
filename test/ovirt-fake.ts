import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import {
  Fault,
  type Backend,
  type BackendSession,
  type Credentials,
  type Disk,
  type Nic,
  type Vm,
} from '../src/model/index.js';
import {
  createServer,
  defaultProtocolSettings,
  type ProtocolDeps,
  type ProtocolSettings,
  type RequestRecord,
} from '../src/ovirt/index.js';
import { Work } from '../src/services/work/work.js';
import { GIB } from './support/units.js';

/**
 * A backend in memory, whose entities are as whole as a real backend's, for the protocol's own tests: what a test does
 * not give is not there, and calling it is a bug that shows.
 */
export const VM_ID = '082c794b-771f-452f-83c9-b2b5a19c0399';
export const DISK_ID = 'ed7feafe-9aaf-458c-809a-ed789cdbd5b4';
export const NEW_DISK_ID = '4825ffda-a997-4e96-ae27-5503f1851d1b';
export const DOMAIN_ID = 'fabe0451-701f-4235-8f7e-e20e458819ed';
export const AUTHORIZATION = `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`;

export const aVm: Vm = {
  id: VM_ID,
  name: 'vm1',
  status: 'down',
  powerState: 'shutdown',
  memoryBytes: 2 ** 30,
  sockets: 1,
  cores: 1,
  threads: 1,
  architecture: 'ppc64',
  osType: 'other_ppc64',
  displayType: 'vnc',
  cluster: { id: '99408929-82cf-4dc7-a532-9d998063fa95' },
};
export const aDisk: Disk = {
  id: DISK_ID,
  alias: 'disk1',
  sizeBytes: 2 ** 30,
  status: 'ok',
  bootable: false,
  shareable: false,
  readOnly: false,
  storageDomain: { id: '0f3d3b3a-0d2a-4b5c-9a53-2f5f5f2f6f70' },
  vmIds: [VM_ID],
};

export interface World {
  vms: Vm[];
  disks: Disk[];
  nics: Nic[];
  pageSize: number;
  readonly calls: string[];
  /** Replaces a port's method: `vms.get`. */
  readonly override: Map<string, (...args: never[]) => unknown>;
  logins: Credentials[];
  logouts: number;
  correlationIds: (string | undefined)[];
  /** What was noted with VMs. */
  notes: object[];
  capabilities: Partial<Backend['capabilities']>;
}

const pages = async function* <T>(all: readonly T[], size: number): AsyncGenerator<T[]> {
  for (let at = 0; at === 0 || at < all.length; at += size) yield all.slice(at, at + size);
};

const pick = <T extends { id?: string }>(what: string, all: readonly T[], id: string): T => {
  const found = all.find((one) => one.id === id);
  if (!found) throw new Fault('not-found', { what, id });
  return found;
};

export function createWorld(): World {
  return {
    vms: [aVm],
    disks: [aDisk],
    nics: [],
    pageSize: 1000,
    calls: [],
    override: new Map(),
    logins: [],
    logouts: 0,
    correlationIds: [],
    notes: [],
    capabilities: {},
  };
}

export function fakeBackend(world: World): Backend {
  const change = (id: string, how: (disk: Disk) => Partial<Disk>): void => {
    world.disks = world.disks.map((disk) => (disk.id === id ? { ...disk, ...how(disk) } : disk));
  };
  const given: Record<string, Record<string, (...args: never[]) => unknown>> = {
    vms: {
      list: (query: { name?: string; hasPmem?: boolean } = {}) =>
        pages(
          world.vms.filter(
            ({ name, pmemVolumes }) =>
              (query.name === undefined || name === query.name) &&
              (query.hasPmem === undefined || query.hasPmem === Boolean(pmemVolumes?.length)),
          ),
          world.pageSize,
        ),
      get: async (id: string) => pick('VM', world.vms, id),
      note: async (_id: string, patch: object) => {
        world.notes.push(patch);
      },
      start: async (id: string) => {
        world.vms = world.vms.map((vm) =>
          vm.id === id ? { ...vm, status: 'up' as const, powerState: 'running' as const } : vm,
        );
      },
      stop: async () => undefined,
      rename: async (id: string, name: string) => {
        world.vms = world.vms.map((vm) => (vm.id === id ? { ...vm, name } : vm));
      },
      suspend: async () => undefined,
    },
    disks: {
      list: () => pages(world.disks, world.pageSize),
      get: async (id: string) => pick('Disk', world.disks, id),
      create: async ({
        name,
        sizeBytes,
        notes,
      }: {
        name: string;
        sizeBytes: number;
        notes: Record<string, string>;
      }) => {
        const created: Disk = {
          id: NEW_DISK_ID,
          alias: name,
          sizeBytes: Math.ceil(sizeBytes / GIB) * GIB,
          status: 'ok',
          vmIds: [],
          notes,
        };
        world.disks = [...world.disks, created];
        return { ...created, status: 'locked' };
      },
      note: async (id: string, patch: Record<string, string | null>) =>
        change(id, ({ notes }) => ({
          notes: Object.fromEntries(
            Object.entries({ ...notes, ...patch }).filter((entry): entry is [string, string] => entry[1] !== null),
          ),
        })),
      update: async (id: string, { name, description }: { name?: string; description?: string }) =>
        change(id, () => ({
          ...(name !== undefined && { alias: name }),
          ...(description !== undefined && { description }),
        })),
      attach: async (vmId: string, id: string) => change(id, () => ({ vmIds: [vmId] })),
      detach: async (_vmId: string, id: string) => change(id, () => ({ vmIds: [] })),
      move: async (id: string, storageDomainId: string) =>
        change(id, () => ({ storageDomain: { id: storageDomainId } })),
      remove: async (id: string) => {
        world.disks = world.disks.filter((disk) => disk.id !== id);
      },
    },
    nics: { list: async () => world.nics, noted: async () => [] },
    snapshots: { list: async () => [] },
    pmem: { list: async () => [] },
    inventory: {
      clusters: async () => [{ id: '99408929-82cf-4dc7-a532-9d998063fa95', name: 'Default' }],
      hosts: async () => [],
      listedHosts: async () => [],
      templates: async () => [],
      storageDomains: async () => [{ id: DOMAIN_ID, name: 'gold', type: 'data' as const, status: 'active' as const }],
      networks: async () => [],
    },
  };
  const port = (name: string): unknown =>
    new Proxy(
      {},
      {
        get: (_, method: string) => {
          const key = `${name}.${method}`;
          return (...args: never[]) => {
            world.calls.push(key);
            const act = world.override.get(key) ?? given[name]?.[method];
            if (!act) throw new TypeError(`the fake backend has no ${key}`);
            return act(...args);
          };
        },
      },
    );
  const capabilities = new Proxy(world.capabilities as Backend['capabilities'], {
    get: (target, key: keyof Backend['capabilities']) => target[key] ?? true,
  });
  const session = {
    capabilities,
    user: { id: 'u', name: 'admin' },
    project: { id: 'p', name: 'project' },
    expiresAt: Date.now() + 3_600_000,
    ...Object.fromEntries(
      ['vms', 'disks', 'nics', 'snapshots', 'pmem', 'inventory', 'access', 'shared'].map((name) => [name, port(name)]),
    ),
    with: ({ correlationId }: { correlationId?: string }) => {
      world.correlationIds.push(correlationId);
      return session;
    },
    export: () => JSON.stringify({ session: world.logins.length }),
    hold: () => () => undefined,
    check: async () => true,
    logout: async () => {
      world.logouts += 1;
    },
  } as unknown as BackendSession;
  return {
    name: 'fake',
    words: { cloud: 'PowerVC', hypervisor: 'PowerVM', group: 'host group', storage: 'storage template' },
    capabilities,
    async login(credentials) {
      world.logins.push(credentials);
      if (credentials.password !== 'powervc') throw new Fault('auth.refused');
      return session;
    },
    resume: () => session,
    probe: async () => [],
    load: () => [],
    renew: () => undefined,
    close: async () => undefined,
  };
}

export interface Gateway {
  readonly url: string;
  readonly port: number;
  readonly world: World;
  readonly server: Server;
  readonly records: RequestRecord[];
  readonly logged: { readonly level: string; readonly message: string; readonly fields: Record<string, unknown> }[];
  /** A request as the user that the fake knows. */
  send(
    method: string,
    path: string,
    body?: string,
    headers?: Record<string, string>,
  ): Promise<{ status: number; headers: Headers; text: string }>;
  /** Bytes as they are, and what came back until the connection ended. */
  raw(text: string, endAfterMs?: number): Promise<string>;
  close(): Promise<void>;
}

export async function startFake(
  settings: Partial<ProtocolSettings> = {},
  world = createWorld(),
  versions?: ProtocolDeps['versions'],
  backend = fakeBackend(world),
): Promise<Gateway> {
  const records: RequestRecord[] = [];
  const logged: { level: string; message: string; fields: Record<string, unknown> }[] = [];
  const logAt =
    (level: string) =>
    (message: string, fields: Record<string, unknown> = {}) => {
      logged.push({ level, message, fields });
    };
  const log = { info: logAt('info'), warn: logAt('warn'), error: logAt('error') };
  const deps: ProtocolDeps = {
    backend,
    settings: { ...defaultProtocolSettings, ...settings },
    log,
    work: new Work(log),
    services: { pollMs: 1, pollMaxMs: 5, timeoutMs: 1000, leaseMs: 1000, afterCreate: 'stop', readerRoles: [] },
    hooks: { onRequest: (record) => records.push(record) },
    ...(versions && { versions }),
  };
  const server = createServer(deps);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    world,
    server,
    records,
    logged,
    async send(method, path, body, headers = {}) {
      const response = await fetch(url + path, {
        method,
        redirect: 'manual',
        headers: {
          authorization: AUTHORIZATION,
          ...(body !== undefined && { 'content-type': 'application/xml' }),
          ...headers,
        },
        ...(body !== undefined && { body }),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
    raw: (text, endAfterMs = 2000) =>
      new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(text));
        let answer = '';
        const timer = setTimeout(() => socket.destroy(), endAfterMs);
        socket.on('data', (chunk) => {
          answer += chunk.toString('latin1');
        });
        socket.on('error', reject);
        socket.on('close', () => {
          clearTimeout(timer);
          resolve(answer);
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

import { startGateway, type Gateway } from '../../src/gateway.js';
import { loadSettings } from '../../src/settings/index.js';
import { plainInventory, startSimulator, type Inventory, type Simulator } from '../../src/simulator/index.js';

/** A gateway in front of a simulated OpenStack, and a client of version 4 that speaks JSON. */

const PREFIX = '/ovirt-engine/api';
export const credentials = {
  authorization: `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`,
  accept: 'application/json',
  'content-type': 'application/json',
};

export type Document = Readonly<Record<string, unknown>>;
type Flags = Readonly<Record<string, string | boolean>>;

export interface PlainGateway {
  readonly simulator: Simulator;
  readonly gateway: Gateway;
  api(
    method: string,
    path: string,
    body?: object,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: Document; headers: Headers }>;
  /** Ends the gateway, not the cloud, and starts another. */
  restart(): Promise<void>;
  /** Another gateway in front of the same cloud. */
  another(flags: Flags): Promise<Gateway>;
  close(): Promise<void>;
}

export async function startPlain(flags: Flags = {}, inventory: Inventory = plainInventory): Promise<PlainGateway> {
  const simulator = await startSimulator({ inventory, timeScale: 0 });
  const start = (more: Flags): Promise<Gateway> =>
    startGateway(
      loadSettings({
        environment: {},
        flags: {
          'backend.kind': 'openstack',
          'openstack.authUrl': simulator.url,
          'openstack.project': 'ibm-default',
          'server.port': '0',
          'log.level': 'silent',
          'operations.pollMs': '1',
          'operations.pollMaxMs': '5',
          ...flags,
          ...more,
        },
      }).settings,
    );
  let gateway = await start({});
  return {
    simulator,
    get gateway() {
      return gateway;
    },
    async api(method, path, body, headers = {}) {
      const answer = await fetch(gateway.url + PREFIX + path, {
        method,
        headers: { ...credentials, ...headers },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return {
        status: answer.status,
        body: (text === '' ? {} : JSON.parse(text)) as Document,
        headers: answer.headers,
      };
    },
    async restart() {
      await gateway.close();
      gateway = await start({});
    },
    another: start,
    async close() {
      await gateway.close();
      await simulator.close();
    },
  };
}

/** Looks until it is so. */
export async function until<T>(look: () => Promise<T>, done: (seen: T) => boolean): Promise<T> {
  let left = 20_000;
  for (;;) {
    const seen = await look();
    if (done(seen)) return seen;
    if ((left -= 1) === 0) throw new Error(JSON.stringify(seen).slice(0, 3000));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

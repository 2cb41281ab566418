import { createServer, type AddressInfo } from 'node:net';
import { packageRoot } from '../../src/settings/index.js';
import { startProcess, type Running } from '../bench/processes.js';

const main = `${packageRoot}dist/cli/main.js`;

/** A port of the loopback that nobody listens on. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** PowerVC, simulated, in a process of its own. What it does takes no time. */
export const startCloud = async (): Promise<Running> =>
  startProcess([main, 'simulate', '--port', String(await freePort()), '--time-scale', '0', '--log-level', 'silent']);

/** A gateway in front of it, in a process of its own. `options`: those of Node.js. */
export const startReplica = (
  cloud: Running,
  port: number,
  sets: readonly string[] = [],
  options: readonly string[] = [],
): Promise<Running> =>
  startProcess([
    ...options,
    main,
    'serve',
    '--port',
    String(port),
    '--log-level',
    'silent',
    '--powervc',
    `${cloud.url}/powervc/openstack/identity/v3`,
    ...sets.flatMap((set) => ['--set', set]),
  ]);

import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { startGateway } from '../../src/gateway.js';
import { loadSettings } from '../../src/settings/index.js';
import type { GatewayProcess } from './gateway-process.js';
import { quick, silent } from './testbed.js';
import { settingsAt, type SimulatedKind } from './simulated-clouds.js';

/** Bytes are passed on both ways until it is cut: then every connection ends, and no further one is taken. */
async function relayTo(port: number): Promise<{ readonly port: number; cut(): void }> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket, other: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
  };
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    keep(near, far);
    keep(far, near);
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/**
 * A gateway in this process, as good as killed once it is severed: no call of its reaches the cloud any more and no
 * answer reaches it. A start costs a tenth of a process of its own (`startProcess`), which only the exhaustive walk
 * takes.
 */
export async function startSevered(kind: SimulatedKind, url: string, ...sets: string[]): Promise<GatewayProcess> {
  const cloud = new URL(url);
  const relay = await relayTo(Number(cloud.port));
  cloud.port = String(relay.port);
  const { settings } = loadSettings({
    sets: [
      ...quick,
      'operations.timeoutMs=1000',
      'server.shutdownMs=0',
      ...settingsAt[kind](cloud.href.replace(/\/$/, '')),
      ...sets,
    ],
  });
  const gateway = await startGateway(settings, { log: silent(settings.log) });
  let closing: Promise<void> | undefined;
  return {
    url: gateway.url,
    settled: () => gateway.settled(),
    async kill() {
      relay.cut();
      closing ??= gateway.close();
    },
  };
}

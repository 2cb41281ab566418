import { clients } from './clients.js';
import { numberOf, print, sleep, type Command } from './command.js';
import { haproxyVersion, startHaproxy, type Haproxy } from './haproxy.js';
import { idsFrom, readsAndChanges } from './mixed.js';
import { freePort, startCloud, startReplica } from './programs.js';
import { newTally, endsText, Traffic } from './traffic.js';

const CLIENTS = 16;
/** How long to wait for a state of HAProxy, milliseconds. */
const PATIENCE_MS = 60_000;

/**
 * Two replicas behind HAProxy are ended by SIGTERM and started again, one after the other, as an update does it, while
 * clients send at least `--requests` (10,000). No request may fail.
 */
export const run: Command = async (args) => {
  const version = haproxyVersion();
  if (version === undefined) {
    print('skipped: haproxy is not installed (Debian: apt-get install haproxy)');
    return true;
  }
  const requests = numberOf(args, 'requests', 10_000);
  const cloud = await startCloud();
  const ports = [await freePort(), await freePort()];
  const replicas = await Promise.all(ports.map((port) => startReplica(cloud, port)));
  const haproxy = await startHaproxy(ports);
  const tally = newTally();
  const traffic = new Traffic(haproxy.url, CLIENTS, tally);
  try {
    for (let at = 0; at < ports.length; at += 1) await untilIs(haproxy, at, /^UP$/);
    const steps = readsAndChanges(await idsFrom(traffic));
    let restarted = 0;
    const began = performance.now();
    const load = clients(CLIENTS, traffic, steps, () => restarted === ports.length && tally.sent >= requests, 25);
    for (const [at, port] of ports.entries()) {
      const from = performance.now();
      await replicas[at]?.stop();
      const stopped = performance.now();
      // like a slow update
      await sleep(1000);
      replicas[at] = await startReplica(cloud, port);
      await untilIs(haproxy, at, /^UP$/);
      const again = performance.now();
      print(`replica ${at + 1}: ended after ${seconds(stopped - from)}, serves again after ${seconds(again - from)}`);
      restarted += 1;
    }
    await load;
    print(`${version}, ${CLIENTS} clients, ${seconds(performance.now() - began)}`);
    print(`${tally.sent} requests, ${tally.failed} failed (${endsText(tally)})`);
    for (const failure of tally.failures) print(`  ${failure}`);
    return tally.failed === 0;
  } finally {
    await traffic.close();
    await haproxy.stop();
    await Promise.all(replicas.map((replica) => replica.stop()));
    await cloud.stop();
  }
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

async function untilIs(haproxy: Haproxy, at: number, requested: RegExp): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (!requested.test((await haproxy.states()).get(`replica${at + 1}`) ?? '')) {
    if (performance.now() > until) throw new Error(`HAProxy does not take replica ${at + 1} for ${requested.source}`);
    await sleep(100);
  }
}

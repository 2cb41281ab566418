import cluster, { type Worker } from 'node:cluster';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AggregatorRegistry } from 'prom-client';
import { watched } from '../../services/work/wait.js';
import type { Settings } from '../../settings/index.js';
import { createLog, type Log } from '../../telemetry/index.js';
import { announce, EXIT, type Io } from '../io.js';
import { isOurs, type FromWorker, type ToWorker } from './messages.js';
import { NUMBER } from './worker.js';

/** The pause before a worker is restarted: one that always fails must not keep a core busy. */
const RESTART_MS = 1000;

/**
 * Runs `count` processes that serve one address, restarts those that exit unexpectedly, and ends them all when it is
 * told to stop. This process serves nothing: it distributes connections. Returns the exit code.
 */
export async function supervise(settings: Settings, count: number, io: Io): Promise<number> {
  const log = createLog(settings.log, io.stdout);
  const stopped = watched(io.untilStopped());
  const metrics = new AggregatorRegistry();
  const running = new Map<number, Worker>();
  const environment = sharedSecret(settings, log);
  let serving = false;
  let ending = false;
  let told = false;
  let failed = false;

  cluster.setupPrimary({ args: process.argv.slice(2) });

  /** Resolves with the worker's message once it listens; undefined if it ended before that. */
  function start(number: number): Promise<string | undefined> {
    const worker = cluster.fork({ ...environment, [NUMBER]: String(number) });
    running.set(number, worker);
    return new Promise((resolve) => {
      worker.on('message', (message: unknown) => {
        if (!isOurs(message)) return;
        const news = message as FromWorker;
        if (news.gateway === 'ready') resolve(news.notice);
        else if (news.gateway === 'failed') told = true;
        else if (news.gateway === 'job') others(number).forEach((other) => send(other, news));
        else
          tellMetrics(worker, news.request).catch((error: unknown) =>
            log.warn('metrics of the workers could not be delivered', { error }),
          );
      });
      worker.on('exit', (code) => {
        running.delete(number);
        resolve(undefined);
        if (ending && code !== 0) failed = true;
        if (serving && !ending) replace(number, code);
      });
    });
  }

  function replace(number: number, code: number | null): void {
    log.warn('a worker exited and is restarted', { worker: number, exitCode: code });
    pause(RESTART_MS)
      .then(() => (ending ? undefined : start(number)))
      .catch((error: unknown) => log.error('a worker could not be restarted', { worker: number, error }));
  }

  const others = (number: number): Worker[] => [...running].filter(([one]) => one !== number).map(([, one]) => one);

  async function tellMetrics(worker: Worker, request: number): Promise<void> {
    const text = await metrics.clusterMetrics().catch((error: unknown) => {
      log.warn('a worker did not deliver its metrics', { error });
      return undefined;
    });
    send(worker, { gateway: 'metrics', request, text });
  }

  async function end(reason: string): Promise<void> {
    ending = true;
    const ended = [...running.values()].map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
    for (const worker of running.values()) send(worker, { gateway: 'stop', reason });
    await Promise.all(ended);
  }

  io.onHangUp(async () => [...running.values()].forEach((worker) => send(worker, { gateway: 'reload' })));
  // the first one shows whether they can start at all, so that a failure is reported once
  const first = await start(1);
  if (first === undefined) {
    await log.close();
    if (!told) io.stderr.write('ovirt-powervc-gateway: a worker ended before it listened\n');
    return EXIT.failed;
  }
  serving = true;
  await Promise.all(Array.from({ length: count - 1 }, (_, n) => start(n + 2)));
  announce(io, `${first}${count} processes serve it.\n\n`);
  await end(await stopped);
  await log.close();
  return failed ? EXIT.failed : EXIT.ok;
}

function send(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message);
}

/** Sessions of one process must be valid in the others. */
function sharedSecret({ sessions }: Settings, log: Log): Record<string, string> {
  if (sessions.secret !== undefined) return {};
  log.info('no sessions.secret is set: sessions end with these processes, and no other replica can read them');
  return { OVIRT_GATEWAY_SESSIONS_SECRET: randomBytes(32).toString('hex') };
}

import cluster from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';
import type { Siblings } from '../../gateway.js';
import type { JobNews } from '../../services/work/journal.js';
import type { Io } from '../io.js';
import { isOurs, type FromWorker, type ToWorker } from './messages.js';

/** The variable that tells a worker which of them it is, from 1 on. */
export const NUMBER = 'GATEWAY_WORKER';

/** How long to wait for the metrics of the other workers, milliseconds. */
const PATIENCE_MS = 6000;

/** One of several processes that serve the same address: what it has in common with the others. */
export interface Worker {
  /** Ends when the first process says so, which receives the signals. */
  readonly io: Io;
  readonly siblings: Siblings;
  /** The console shows only one process: the first worker has it. */
  readonly hasConsole: boolean;
  ready(notice: string): void;
  failed(): void;
  /** Disconnects from the others, so that the process can end. */
  leave(): void;
}

/** This process as one of several workers; undefined if it serves alone. */
export function asWorker(io: Io): Worker | undefined {
  if (!cluster.isWorker) return undefined;
  const waiting = new Map<number, (text: string | undefined) => void>();
  let requests = 0;
  let onJob: (news: JobNews) => void = () => undefined;
  let reload: () => unknown = () => undefined;
  let stop: (reason: string) => void = () => undefined;
  const stopped = new Promise<string>((resolve) => {
    stop = resolve;
  });
  // a terminal and systemd signal every process; the first process decides when to end
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.on('message', (message: unknown) => {
    if (isOurs(message)) take(message as ToWorker);
  });

  function take(message: ToWorker): void {
    if (message.gateway === 'stop') stop(message.reason);
    else if (message.gateway === 'reload') reload();
    else if (message.gateway === 'job') onJob(message.news);
    else waiting.get(message.request)?.(message.text);
  }

  function tell(message: FromWorker): void {
    // the first process may have ended: then this one is about to
    if (process.connected) process.send?.(message);
  }

  function counted(registry: Registry): () => Promise<string> {
    // answers the first process's request for metrics
    new AggregatorRegistry();
    AggregatorRegistry.setRegistries([registry]);
    return async function ofAll() {
      const request = (requests += 1);
      const text = await new Promise<string | undefined>((resolve) => {
        const late = setTimeout(() => resolve(undefined), PATIENCE_MS);
        waiting.set(request, (answer) => {
          clearTimeout(late);
          resolve(answer);
        });
        tell({ gateway: 'metrics', request });
      });
      waiting.delete(request);
      if (text === undefined) throw new Error('the other workers did not deliver their metrics');
      return text;
    };
  }

  return {
    io: {
      ...io,
      untilStopped: () => stopped,
      stop: (reason) => stop(reason),
      onHangUp(act) {
        reload = () => act().catch((error: unknown) => io.stderr.write(`SIGHUP: ${String(error)}\n`));
      },
    },
    siblings: {
      counted,
      tellJob: (news) => tell({ gateway: 'job', news }),
      onJob(listener) {
        onJob = listener;
      },
    },
    hasConsole: io.environment[NUMBER] === '1',
    ready: (notice) => tell({ gateway: 'ready', notice }),
    failed: () => tell({ gateway: 'failed' }),
    leave: () => cluster.worker?.disconnect(),
  };
}

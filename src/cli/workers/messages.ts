import type { JobNews } from '../../services/work/journal.js';

/** Messages of a worker to the process that started it. */
export type FromWorker =
  | { readonly gateway: 'ready'; readonly notice: string }
  /** It cannot start, and says why on the standard error that it has in common with the first process. */
  | { readonly gateway: 'failed' }
  /** Asks for the metrics of all workers. */
  | { readonly gateway: 'metrics'; readonly request: number }
  | { readonly gateway: 'job'; readonly news: JobNews };

/** Messages to a worker. */
export type ToWorker =
  | { readonly gateway: 'stop'; readonly reason: string }
  /** A SIGHUP has come. */
  | { readonly gateway: 'reload' }
  /** In Prometheus' text format; undefined if they are not available. */
  | { readonly gateway: 'metrics'; readonly request: number; readonly text: string | undefined }
  /** A job that another worker has begun or ended. */
  | { readonly gateway: 'job'; readonly news: JobNews };

/** Other messages are the metrics library's. */
export const isOurs = (message: unknown): message is { readonly gateway: string } =>
  typeof message === 'object' && message !== null && 'gateway' in message;

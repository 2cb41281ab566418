import type { JobNews } from '../../services/journal.js';

/** What a worker tells the process that started it. */
export type FromWorker =
  | { readonly gateway: 'ready'; readonly notice: string }
  /** It cannot start, and none of its kind could. */
  | { readonly gateway: 'failed'; readonly text: string }
  /** Asks what all workers have counted. */
  | { readonly gateway: 'metrics'; readonly request: number }
  | { readonly gateway: 'job'; readonly news: JobNews };

/** What it is told. */
export type ToWorker =
  | { readonly gateway: 'stop'; readonly reason: string }
  /** A SIGHUP has come. */
  | { readonly gateway: 'reload' }
  /** In Prometheus' text format; undefined: they could not be had. */
  | { readonly gateway: 'metrics'; readonly request: number; readonly text: string | undefined }
  /** What another worker has begun or ended. */
  | { readonly gateway: 'job'; readonly news: JobNews };

/** Other messages are the metrics library's. */
export const isOurs = (message: unknown): message is { readonly gateway: string } =>
  typeof message === 'object' && message !== null && 'gateway' in message;

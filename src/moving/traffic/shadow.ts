import type { Exchange } from '../../exchanges/index.js';
import type { Heard } from './proxy.js';
import type { Replayed } from './replay.js';

export interface Shadow {
  /** Queues an exchange for comparison in the background; never waits. */
  add(heard: Heard): void;
  /** How many reads were not compared, because too many were waiting or they were too long. */
  readonly passedOver: number;
  /** Resolves when what is waiting has been compared. What comes later is not compared. */
  end(): Promise<void>;
}

export interface ShadowLimits {
  /** Maximum number of comparisons at a time. */
  readonly atOnce: number;
  /** Maximum number of answers that may wait. */
  readonly queue: number;
  /** Maximum total length of the waiting answers, characters. */
  readonly size: number;
}

/**
 * Compares reads in the background. What exceeds the limits is not compared, so that neither memory nor the load on the
 * new side grows with the clients' load.
 */
export function createShadow(
  replay: (exchange: Exchange) => Promise<Replayed>,
  { atOnce, queue: most, size }: ShadowLimits,
  onResult: (result: Replayed) => void,
  onError: (error: unknown) => void,
): Shadow {
  const queue: Exchange[] = [];
  let [running, waiting, passedOver, ended] = [0, 0, 0, false];
  let idle: () => void = () => undefined;

  function next(): void {
    while (running < atOnce) {
      const exchange = queue.shift();
      if (!exchange) break;
      running += 1;
      waiting -= sizeOf(exchange);
      replay(exchange)
        .then(onResult, onError)
        .finally(() => {
          running -= 1;
          next();
        })
        .catch(onError);
    }
    if (running === 0) idle();
  }

  return {
    get passedOver() {
      return passedOver;
    },
    add({ notes, request, answer }) {
      if (request.method !== 'GET' || answer.status === 401) return;
      const { body } = answer;
      if (ended || body === undefined || queue.length >= most || waiting + body.length > size) {
        passedOver += 1;
        return;
      }
      const exchange = { notes, request: { ...request, body: '' }, answer: { ...answer, body } };
      queue.push(exchange);
      waiting += sizeOf(exchange);
      next();
    },
    end: () =>
      new Promise((resolve) => {
        ended = true;
        idle = resolve;
        next();
      }),
  };
}

const sizeOf = ({ answer }: Exchange): number => answer?.body.length ?? 0;

import type { Exchange } from '../../exchanges/index.js';
import type { Heard } from './proxy.js';
import type { Replayed } from './replay.js';

export interface Shadow {
  /** Takes an exchange for comparison in the background; never waits. */
  add(heard: Heard): void;
  /** How many reads were not compared: because too many waited, or were too long. */
  readonly passedOver: number;
  /** Resolves when what waits has been compared. What comes later is passed over. */
  end(): Promise<void>;
}

export interface ShadowLimits {
  /** Comparisons at a time. */
  readonly atOnce: number;
  /** Answers that may wait. */
  readonly queue: number;
  /** Characters that the answers that wait may have together. */
  readonly size: number;
}

/**
 * Compares reads in the background. What comes beyond the limits is passed over, so that neither memory nor the load on
 * the other side grows with the clients'.
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

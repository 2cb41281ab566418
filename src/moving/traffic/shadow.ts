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

/**
 * Compares reads in the background, `atOnce` at a time. At most `queue` wait; what comes beyond that is passed over, so that
 * neither memory nor the load on the other side grows with the clients'.
 */
export function createShadow(
  replay: (exchange: Exchange) => Promise<Replayed>,
  { atOnce, queue: most }: { readonly atOnce: number; readonly queue: number },
  onResult: (result: Replayed) => void,
  onError: (error: unknown) => void,
): Shadow {
  const queue: Exchange[] = [];
  let [running, passedOver, ended] = [0, 0, false];
  let idle: () => void = () => undefined;

  function next(): void {
    while (running < atOnce) {
      const exchange = queue.shift();
      if (!exchange) break;
      running += 1;
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
      if (ended || body === undefined || queue.length >= most) {
        passedOver += 1;
        return;
      }
      queue.push({ notes, request: { ...request, body: '' }, answer: { ...answer, body } });
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

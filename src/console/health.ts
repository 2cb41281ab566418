import type { BackendCall } from '../model/index.js';
import type { ServiceHealth } from './observed.js';

/**
 * How each service of the cloud answers, from the calls that the gateway makes. A refusal (4xx) is an answer: the service
 * lives. A service is down while its last call had no answer or a 5xx.
 */
export class ServiceLights {
  readonly #services = new Map<string, ServiceHealth>();

  saw({ service, status }: Pick<BackendCall, 'service' | 'status'>, at: number): void {
    const before = this.#services.get(service) ?? { name: service, state: 'unknown' as const };
    const good = status > 0 && status < 500;
    this.#services.set(
      service,
      good
        ? { ...before, state: 'up', lastGoodAt: at }
        : { ...before, state: 'down', lastFailureAt: at, lastFailureStatus: status },
    );
  }

  list(): ServiceHealth[] {
    return [...this.#services.values()].sort((a, b) => a.name.localeCompare(b.name));
  }
}

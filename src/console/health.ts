import type { BackendCall, ServiceAnswer } from '../model/index.js';
import type { ServiceHealth } from './observed.js';

/**
 * How each service of the cloud answers, from the calls that the gateway makes. A refusal (4xx) is an answer: the
 * service lives. A service is down while its last call had no answer or a 5xx.
 */
export class ServiceLights {
  readonly #services = new Map<string, { -readonly [K in keyof ServiceHealth]: ServiceHealth[K] }>();

  saw({ service, status }: Pick<BackendCall, 'service' | 'status'>, at: number): void {
    let seen = this.#services.get(service);
    if (!seen) this.#services.set(service, (seen = { name: service, state: 'unknown' }));
    if (status > 0 && status < 500) {
      seen.state = 'up';
      seen.lastGoodAt = at;
    } else {
      seen.state = 'down';
      seen.lastFailureAt = at;
      seen.lastFailureStatus = status;
    }
  }

  /** A probe in the background. */
  probed({ service, status, version, detail }: ServiceAnswer, at: number): void {
    this.saw({ service, status }, at);
    const seen = this.#services.get(service);
    if (!seen) return;
    if (version !== undefined) seen.version = version;
    if (detail === undefined) delete seen.detail;
    else seen.detail = detail;
  }

  list(): ServiceHealth[] {
    return [...this.#services.values()].map((seen) => ({ ...seen })).sort((a, b) => a.name.localeCompare(b.name));
  }
}

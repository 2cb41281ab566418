import { ServiceLights } from '../console/health.js';
import type { ServiceHealth } from '../console/observed.js';
import type { Backend, BackendCall, ServiceAnswer } from '../model/index.js';
import type { Log } from '../telemetry/index.js';

/** The services that log somebody in: without them nothing can be served. */
const LOGIN_SERVICES: ReadonlySet<string> = new Set(['identity', 'iam']);

/**
 * The health of each service of the cloud, from the calls of requests, and from probes in the background, which need no
 * login. Logs when a service stops answering, and when it answers again.
 */
export class CloudHealth {
  readonly #lights = new ServiceLights();
  readonly #down = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #looked = false;
  #stopped = false;

  /** `probeMs`: the pause between two probes; 0 probes once. `hint`: what to check when the cloud does not answer. */
  constructor(
    private readonly backend: Pick<Backend, 'probe'>,
    private readonly log: Log,
    private readonly probeMs: number,
    private readonly hint: string,
  ) {}

  /** A call of a request was answered. */
  saw(call: BackendCall): void {
    this.#lights.saw(call, Date.now());
  }

  list(): ServiceHealth[] {
    return this.#lights.list();
  }

  /** Whether it has probed at least once. */
  get hasLooked(): boolean {
    return this.#looked;
  }

  /** Whether logins are possible, as far as is known. */
  get canLogIn(): boolean {
    return this.list().every(({ name, state }) => !LOGIN_SERVICES.has(name) || state !== 'down');
  }

  /** Probes at once, and from then on in the background. Resolves after the first probe; never rejects. */
  async start(): Promise<void> {
    await this.look();
    this.#plan();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** One call to each known service. */
  async look(): Promise<void> {
    try {
      const answers = await this.backend.probe();
      // calls that the end of the gateway cuts off say nothing of the cloud
      if (this.#stopped) return;
      for (const answer of answers) this.#take(answer);
    } catch (error) {
      if (this.#stopped) return;
      this.log.error('the cloud could not be probed', { error });
    }
    this.#looked = true;
  }

  #take(answer: ServiceAnswer): void {
    const { service, url, status, detail } = answer;
    this.#lights.probed(answer, Date.now());
    const wasDown = this.#down.has(service);
    const isDown = status === 0 || status >= 500;
    if (isDown && !wasDown) {
      this.#down.add(service);
      const problem = detail ?? `it answers with status ${status}`;
      this.log.error('a service of the cloud does not answer', { service, url, problem, check: this.hint });
    }
    if (!isDown && wasDown) {
      this.#down.delete(service);
      this.log.info('a service of the cloud answers again', { service, url });
    }
    // 401 and 403 are answers of a service; a 404 means that another program is listening
    if (!this.#looked && LOGIN_SERVICES.has(service) && status === 404)
      this.log.error('the URL of the cloud belongs to another service', { service, url, status, check: this.hint });
  }

  #plan(): void {
    if (this.probeMs === 0 || this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.look()
        .then(() => this.#plan())
        .catch((error: unknown) => this.log.error('the cloud is no longer probed', { error }));
    }, this.probeMs).unref();
  }
}

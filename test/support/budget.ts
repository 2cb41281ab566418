import { randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { startGateway, type Gateway } from '../../src/gateway.js';
import { loadSettings } from '../../src/settings/index.js';
import { startSimulator, type Inventory, type RecordedCall, type Simulator } from '../../src/simulator/index.js';
import { createLog } from '../../src/telemetry/index.js';
import { quick } from './testbed.js';

/** What an operation cost: changes and first looks by service and method, and looks again at the same thing. */
export interface Cost {
  readonly calls: Readonly<Record<string, number>>;
  readonly polls: number;
}

export interface Measured extends Cost {
  readonly status: number;
  readonly text: string;
  /** The operation that the gateway took it for. */ readonly operation: string;
}

function costOf(calls: readonly RecordedCall[]): Cost {
  const counts: Record<string, number> = {};
  const seen = new Set<string>();
  let polls = 0;
  for (const { service, method, path } of calls) {
    if (method === 'GET' && seen.has(`${service} ${path}`)) polls += 1;
    else counts[`${service} ${method}`] = (counts[`${service} ${method}`] ?? 0) + 1;
    if (method === 'GET') seen.add(`${service} ${path}`);
  }
  return { calls: Object.fromEntries(Object.entries(counts).sort()), polls };
}

const LOGIN = { authorization: `Basic ${btoa('admin@internal:powervc')}` };

/**
 * What goes on after an answer looks every 10 ms at most (operations.pollMaxMs): this long without a call, nothing
 * does.
 */
const QUIET_MS = 20;

/** A gateway on a simulator, whose calls are counted for one request at a time. */
export class Scales {
  /** By correlation id: lines of the log come later than answers. */
  readonly #operations = new Map<string, string>();

  private constructor(
    readonly simulator: Simulator,
    private readonly gateway: Gateway,
    log: PassThrough,
  ) {
    log.on('data', (data: Buffer) => {
      for (const line of data.toString().split('\n'))
        if (line.includes('"operation"')) {
          const { operation, correlationId } = JSON.parse(line) as { operation: string; correlationId: string };
          this.#operations.set(correlationId, operation);
        }
    });
  }

  /** The login, and what is remembered of storage templates, hosts and host groups, is there already. */
  static async open(inventory: Inventory): Promise<Scales> {
    const simulator = await startSimulator({ timeScale: 0, seed: 1, inventory, keepCalls: 10_000 });
    const { settings } = loadSettings({
      sets: [
        // once a second, whatever is asked
        'sessions.checkMs=0',
        ...quick,
        `powervc.authUrl=${simulator.url}`,
        'log.level=info',
        'log.format=json',
        'operations.leaseMs=600000',
        // what was remembered stays so on a slow machine, too
        'backend.referenceSeconds=86400',
      ],
    });
    const sink = new PassThrough();
    const scales = new Scales(simulator, await startGateway(settings, { log: createLog(settings.log, sink) }), sink);
    await Promise.all(
      ['/vms', '/disks', '/hosts', '/clusters', '/storagedomains'].map((path) => scales.#ask('GET', path)),
    );
    await scales.#quiet();
    return scales;
  }

  async close(): Promise<void> {
    await this.gateway.close();
    await this.simulator.close();
  }

  /** Ends when nothing goes on after the answer. */
  async send(
    method: string,
    path: string,
    body?: string,
    correlationId?: string,
  ): Promise<{ status: number; text: string }> {
    const answer = await this.#ask(method, path, body, correlationId);
    if (method !== 'GET') await this.#quiet();
    return answer;
  }

  async #ask(
    method: string,
    path: string,
    body?: string,
    correlationId: string = randomUUID(),
  ): Promise<{ status: number; text: string }> {
    const answer = await fetch(`${this.gateway.url}/api${path}`, {
      method,
      headers: {
        ...LOGIN,
        accept: 'application/json',
        connection: 'close',
        'correlation-id': correlationId,
        ...(body === undefined ? {} : { 'content-type': 'application/xml' }),
      },
      body,
    });
    return { status: answer.status, text: await answer.text() };
  }

  async #quiet(): Promise<void> {
    await this.gateway.settled();
    for (let seen = -1; seen !== this.simulator.calls.length; await pause(QUIET_MS)) seen = this.simulator.calls.length;
  }

  async measure(method: string, path: string, body?: string): Promise<Measured> {
    this.simulator.resetCalls();
    const id = randomUUID();
    const answer = await this.send(method, path, body, id);
    const calls = [...this.simulator.calls];
    for (let wait = 0; !this.#operations.has(id) && wait < 100; wait += 1) await pause(5);
    return { ...answer, ...costOf(calls), operation: this.#operations.get(id) ?? '' };
  }
}

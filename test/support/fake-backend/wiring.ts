import type { Fault } from '../../../src/model/index.js';

type Method = (...args: never[]) => unknown;

interface Rule {
  readonly call: string;
  readonly fault: Fault;
  /** From 1; 0 for every call. */
  readonly nth: number;
  readonly after: boolean;
  seen: number;
}

const never = (): Promise<never> => new Promise(() => undefined);

/** Turns methods into calls: later than now, counted, and refused or never answered when a test says so. */
export class Wiring {
  /** Names of the calls made. */
  readonly calls: string[] = [];
  readonly #rules: Rule[] = [];
  #left = Infinity;

  get killed(): boolean {
    return this.#left === 0;
  }

  refuse(call: string, fault: Fault, { nth = 1, after = false } = {}): void {
    this.#rules.push({ call, fault, nth, after, seen: 0 });
  }

  killAfter(calls: number): void {
    this.#left = calls;
  }

  /** Every method of a port. */
  port<P extends object>(port: string, methods: P): P {
    return Object.fromEntries(
      Object.entries(methods as Record<string, unknown>).map(([name, method]) => [
        name,
        typeof method === 'function' ? this.#call(`${port}.${name}`, method as Method) : method,
      ]),
    ) as P;
  }

  /** A list, in one page. */
  async *page<T>(call: string, items: () => T[]): AsyncGenerator<T[]> {
    yield await (this.#call(call, items) as () => Promise<T[]>)();
  }

  #call(call: string, method: Method): Method {
    return async (...args: never[]) => {
      if (this.killed) await never();
      this.#left -= 1;
      this.calls.push(call);
      await Promise.resolve();
      const fired = this.#rules.find(
        (rule) => rule.call === call && (rule.seen += 1) > 0 && (rule.nth === 0 || rule.seen === rule.nth),
      );
      if (fired && !fired.after) throw fired.fault;
      const result = await method(...args);
      if (this.killed) await never();
      if (fired) throw fired.fault;
      return result;
    };
  }
}

import { expect } from 'vitest';
import { readJson, readXml, writeJson, writeXml, type Representation } from '../../src/codec/index.js';
import { Action, Fault } from '../../src/generated/ovirt/v3/representations.js';
import type * as t from '../../src/generated/ovirt/v3/types.js';
import { validateV3, xsdAvailable } from './xsd.js';

export type Format = 'xml' | 'json';

export interface Answer<T> {
  readonly status: number;
  readonly value: T;
  readonly headers: Headers;
}

/**
 * A client of the REST API in one format: it writes and reads documents as values, and checks each answer as it comes.
 */
export class Client {
  readonly #authorization: string;

  constructor(
    private readonly url: string,
    readonly format: Format,
    login = 'admin@internal:powervc',
  ) {
    this.#authorization = `Basic ${Buffer.from(login, 'utf8').toString('base64')}`;
  }

  async send<B, T>(
    method: string,
    path: string,
    reads: Representation<T>,
    body?: { readonly type: Representation<B>; readonly value: B },
  ): Promise<Answer<T | t.Fault>> {
    const answer = await fetch(`${this.url}/api${path}`, {
      method,
      headers: {
        authorization: this.#authorization,
        accept: `application/${this.format}`,
        ...(body && { 'content-type': `application/${this.format}` }),
      },
      ...(body && { body: this.format === 'xml' ? writeXml(body.type, body.value) : writeJson(body.type, body.value) }),
    });
    const text = await answer.text();
    const failed = answer.status >= 400 && reads.name !== Action.name;
    return {
      status: answer.status,
      headers: answer.headers,
      value: text === '' ? {} : await this.#read<T | t.Fault>(failed ? Fault : reads, text),
    };
  }

  /** In XML an answer has the form of the schema; in both formats nothing that our own reader does not know. */
  async #read<T>(type: Representation<T>, text: string): Promise<T> {
    if (this.format === 'xml' && xsdAvailable) expect(await validateV3(text), text).toEqual([]);
    const { value, unknown } = this.format === 'xml' ? readXml(type, text) : readJson(type, text);
    expect(unknown).toEqual([]);
    return value;
  }

  async #good<T>(expected: readonly number[], sent: Promise<Answer<T | t.Fault>>): Promise<T> {
    const { status, value } = await sent;
    expect(expected, JSON.stringify(value)).toContain(status);
    return value as T;
  }

  get<T>(path: string, type: Representation<T>): Promise<T> {
    return this.#good([200], this.send('GET', path, type));
  }
  add<T>(path: string, type: Representation<T>, value: T): Promise<T> {
    return this.#good([200, 201, 202], this.send('POST', path, type, { type, value }));
  }
  update<T>(path: string, type: Representation<T>, value: T): Promise<T> {
    return this.#good([200], this.send('PUT', path, type, { type, value }));
  }
  act(path: string, value: t.Action = {}): Promise<t.Action> {
    return this.#good([200, 202], this.send('POST', path, Action, { type: Action, value }));
  }
  remove(path: string): Promise<t.Action> {
    return this.#good([200], this.send('DELETE', path, Action));
  }

  /** Looks until it is so; at most five seconds. */
  async until<T>(path: string, type: Representation<T>, is: (value: T) => boolean): Promise<T> {
    for (const deadline = Date.now() + 120_000; ;) {
      const value = await this.get(path, type);
      if (is(value)) return value;
      if (Date.now() > deadline) throw new Error(`GET ${path}: still ${JSON.stringify(value)}`);
      await new Promise((resolve) => {
        setTimeout(resolve, 5);
      });
    }
  }
}

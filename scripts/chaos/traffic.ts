import { Pool, type Dispatcher } from 'undici';

export const LOGIN = `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`;

/** The results of all requests. */
export interface Tally {
  sent: number;
  /** By status, or by the code of an error of the connection. */
  readonly ends: Map<string, number>;
  /** The first wrong answers: `GET /api/vms: 502`. */
  readonly failures: string[];
  failed: number;
}

export const newTally = (): Tally => ({ sent: 0, ends: new Map(), failures: [], failed: 0 });

interface Sent {
  readonly method?: Dispatcher.HttpMethod;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Statuses that are right; 200 alone when absent. */
  readonly right?: readonly number[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A client of the API that counts the results of its requests. */
export class Traffic {
  readonly #pool: Pool;

  constructor(
    url: string,
    connections: number,
    private readonly tally: Tally,
  ) {
    this.#pool = new Pool(url, { connections, pipelining: 1 });
  }

  /** Sends once, without a retry: undefined if the connection failed. */
  async send({ method = 'GET', path, headers, body, right = [200] }: Sent): Promise<Answer | undefined> {
    this.tally.sent += 1;
    try {
      const answer = await this.#pool.request({
        method,
        path,
        headers: {
          authorization: LOGIN,
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/xml' }),
          ...headers,
        },
        ...(body !== undefined && { body }),
      });
      const text = await answer.body.text();
      this.#count(method, path, String(answer.statusCode), right.includes(answer.statusCode), text);
      return { status: answer.statusCode, headers: answer.headers, text };
    } catch (error) {
      const { code = 'error', message } = error as { readonly code?: string; readonly message: string };
      this.#count(method, path, code, false, message);
      return undefined;
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  #count(method: string, path: string, end: string, isRight: boolean, text: string): void {
    const { ends, failures } = this.tally;
    ends.set(end, (ends.get(end) ?? 0) + 1);
    if (isRight) return;
    this.tally.failed += 1;
    if (failures.length < 10) failures.push(`${method} ${path}: ${end} ${text.slice(0, 200).replace(/\s+/g, ' ')}`);
  }
}

export const endsText = ({ ends }: Tally): string =>
  [...ends]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([end, count]) => `${end}: ${count}`)
    .join(', ');

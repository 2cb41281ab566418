import { request as plain, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { request as secure } from 'node:https';

/** What a fact's test looks at. Header names are lower case. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: Buffer;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
  readonly ca?: Buffer;
}

export const basic = (login: string): string => `Basic ${Buffer.from(login).toString('base64')}`;

/** The user that the simulator knows. */
export const ADMIN = basic('admin@internal:powervc');
export const LOGIN = { authorization: ADMIN } as const;

/** One request as it stands, on a connection of its own. */
export const ask = (url: string, { method = 'GET', headers = {}, body, ca }: Ask = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const send = url.startsWith('https') ? secure : plain;
    const outgoing = send(
      url,
      {
        method,
        headers: { ...headers, ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }) },
        agent: false,
        ...(ca && { ca }),
      },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () => {
          const bytes = Buffer.concat(parts);
          resolve({ status: answer.statusCode!, headers: answer.headers, text: bytes.toString('utf8'), bytes });
        });
        answer.on('error', reject);
      },
    );
    outgoing.on('error', reject).end(body);
  });

/** The session id that an answer sets, and how. */
export function cookieOf({ headers }: Answer): { readonly id: string; readonly attributes: string } {
  const [, id = '', attributes = ''] = /^JSESSIONID=([^;]*)(.*)$/.exec(headers['set-cookie']?.[0] ?? '') ?? [];
  return { id, attributes };
}

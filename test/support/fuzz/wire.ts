import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { parseXml } from '../../../src/codec/index.js';

export const LOGIN = `Basic ${btoa('admin@internal:powervc')}`;

/** Nothing takes so long: a connection that is still open then hangs. */
const HANG_MS = 20_000;
/** What is not a whole request gets its answer when the client has nothing more to send, or none. */
const MORE_MS = 40;

export interface Said {
  /** All bytes that came back, as Latin-1. */
  readonly bytes: string;
  /** `closed` by the gateway, `reset`, or `hung`. */
  readonly end: 'closed' | 'reset' | 'hung';
}

/**
 * Sends these bytes and reads until the connection ends. `half`: the client then ends its side, as one that is done.
 */
export const exchange = (url: string, bytes: Uint8Array, { half = false } = {}): Promise<Said> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), allowHalfOpen: true });
    let answer = '';
    let end: Said['end'] = 'closed';
    const timer = setTimeout(() => {
      end = 'hung';
      socket.destroy();
    }, HANG_MS);
    socket.on('connect', () => {
      socket.write(bytes);
      if (half) void pause(MORE_MS).then(() => socket.end());
    });
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    socket.on('end', () => socket.end());
    socket.on('error', () => (end = 'reset'));
    socket.on('close', () => {
      clearTimeout(timer);
      resolve({ bytes: answer, end });
    });
  });

export interface Answer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** The answers of one connection, one after the other. Throws for what is no HTTP. */
export function answersIn(bytes: string, isHead = false): Answer[] {
  const answers: Answer[] = [];
  for (let rest = bytes; rest !== '';) {
    const end = rest.indexOf('\r\n\r\n');
    const [first = '', ...lines] = (end < 0 ? rest : rest.slice(0, end)).split('\r\n');
    const status = Number(/^HTTP\/1\.1 ([1-5]\d\d) [\x20-\x7e]*$/.exec(first)?.[1]);
    if (!status || end < 0) throw new Error(`no head of an answer: ${JSON.stringify(rest.slice(0, 100))}`);
    const headers = new Map(
      lines.map((line) => [line.split(':', 1)[0]?.toLowerCase() ?? '', line.replace(/^[^:]*:\s*/, '')]),
    );
    rest = rest.slice(end + 4);
    const isEmpty = isHead || status < 200 || status === 204 || status === 304;
    const [body, after] = isEmpty ? ['', rest] : bodyOf(headers, rest);
    rest = after;
    if (status >= 200) answers.push({ status, headers, body: Buffer.from(body, 'latin1').toString('utf8') });
  }
  return answers;
}

function bodyOf(headers: Answer['headers'], rest: string): [string, string] {
  if (headers.get('transfer-encoding') === 'chunked') {
    let body = '';
    for (let at = 0; ;) {
      const line = /^([0-9a-f]+)\r\n/i.exec(rest.slice(at, at + 20));
      if (!line?.[1]) throw new Error('an answer ends within its chunks');
      const length = parseInt(line[1], 16);
      at += line[0].length;
      body += rest.slice(at, at + length);
      at += length + 2;
      if (length === 0) return [body, rest.slice(at)];
    }
  }
  const length = Number(headers.get('content-length') ?? rest.length);
  if (rest.length < length) throw new Error('an answer is shorter than it says');
  return [rest.slice(0, length), rest.slice(length)];
}

/** Of the inside: stacks, files, errors of JavaScript and of the HTTP library, the cloud's tokens, HTML. */
const INSIDE =
  /node:internal|\bat \S+ \(|\.[jt]s:\d+|undici|UND_ERR|\bE(CONN|PIPE|HOST)[A-Z]+\b|(Type|Range|Syntax|Reference)Error|Cannot read prop|\[object Object\]|gAAAAA|X-Auth-Token|<html|<!DOCTYPE/;

/** What is wrong with an answer, whatever was asked; empty if nothing is. */
export function wrongsOf({ status, headers, body }: Answer): string[] {
  const type = headers.get('content-type') ?? '';
  const readable = (): string[] => {
    try {
      if (type.startsWith('application/xml')) parseXml(body);
      if (type.startsWith('application/json')) JSON.parse(body);
      return [];
    } catch (error) {
      return [`a body that is not ${type}: ${String(error)}`];
    }
  };
  const inside = INSIDE.exec(body + [...headers.values()].join('\n'))?.[0];
  return [
    ...(type.startsWith('text/html') ? ['HTML'] : []),
    ...(inside === undefined ? [] : [`it tells of the inside: ${inside}`]),
    ...(headers.has('x-powered-by') ? ['X-Powered-By'] : []),
    ...(body === '' || headers.has('content-encoding') ? [] : readable()),
  ].map((wrong) => `${status}: ${wrong}`);
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parseXml, type XmlElement } from '../../src/codec/index.js';
import { onCloud } from './place.js';
import { available } from './tools.js';

const run = promisify(execFile);

/** One answer as curl saw it. */
export interface Answer {
  readonly status: number;
  /** By lower-case name; several of one name by lines. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export const hasCurl = available('curl', 'apt-get install curl');

/** Sends one request: curl's own arguments. */
export async function curl(...args: readonly string[]): Promise<Answer> {
  const { stdout } = await run(
    'curl',
    ['-sS', '-i', '--globoff', '--path-as-is', '--max-time', onCloud ? '120' : '20', ...args],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  // a 100 Continue comes before the answer
  const answer = stdout.replace(/^(?:HTTP\/1\.1 1\d\d[^]*?\r\n\r\n)+/, '');
  const end = answer.indexOf('\r\n\r\n');
  const head = answer.slice(0, end);
  const headers = new Map<string, string>();
  for (const line of head.split('\r\n').slice(1)) {
    const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    const key = name.toLowerCase();
    headers.set(key, headers.has(key) ? `${headers.get(key)}\n${value}` : value);
  }
  return { status: Number(head.split(' ')[1]), headers, body: answer.slice(end + 4) };
}

/** curl with arguments that come with each request of a client. */
export const client =
  (...common: readonly string[]) =>
  (...args: readonly string[]): Promise<Answer> =>
    curl(...common, ...args);

/** A header as curl takes it. */
export const header = (name: string, value: string): [string, string] => ['-H', `${name}: ${value}`];

/** A document to send. */
export const xml = (document: string): string[] => [
  ...header('Content-Type', 'application/xml'),
  '--data-binary',
  document,
];

/** All elements at a path of names, wherever it begins: XPath's `//vm/name`. */
export function all(document: string | XmlElement, path: string): XmlElement[] {
  const [first = '', ...rest] = path.split('/');
  const root = typeof document === 'string' ? parseXml(document) : document;
  const begin = (at: XmlElement): XmlElement[] => [...(at.name === first ? [at] : []), ...at.children.flatMap(begin)];
  return rest.reduce(
    (found, name) => found.flatMap((at) => at.children.filter((child) => child.name === name)),
    begin(root),
  );
}

/** The text of the first element at a path, and of none when there is none. */
export const text = (document: string | XmlElement, path: string): string | undefined => all(document, path)[0]?.text;

/** The address behind a link's or an action's rel, as clients look it up. */
export const linkTo = (document: string | XmlElement, rel: string): string => {
  const found = all(document, 'link')
    .find((link) => link.attributes.get('rel') === rel)
    ?.attributes.get('href');
  if (found === undefined) throw new Error(`there is no link ${rel}`);
  return found;
};

import type { XmlElement } from '../../codec/index.js';
import { namedIn, treeOf } from './leaves.js';

/** Elements whose names may be confidential. */
const PRIVATE = new Set([
  'vm',
  'host',
  'disk',
  'cluster',
  'network',
  'template',
  'storage_domain',
  'data_center',
  'user',
  'group',
  'tag',
  'vnic_profile',
  'vm_pool',
  'vmpool',
  'snapshot',
  'domain',
]);
/** Names that every engine has. */
const COMMON = new Set(['Blank', 'Default', 'ovirtmgmt', 'root', 'admin', 'Everyone', 'internal']);
/** A script for cloud-init may contain anything. */
const SECRET = 'password|root_password|access_token|token|client_secret|ticket_value|private_key|custom_script';
/** Elements with the name of a guest, in an initialization and where its agent reports it. */
const GUEST = new Set(['host_name', 'fqdn']);

/** Maximum number of names that are remembered. */
const MOST_NAMES = 50_000;

/** Replaces secrets and names by placeholders: equal values get the same placeholder in the whole recording. */
export class Scrubber {
  readonly #placeholders = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #names = new Map<string, string>();
  #pattern: RegExp | undefined;

  constructor(private readonly keepNames = false) {}

  /** Real names → placeholders. A replay needs them; nobody else should have them. */
  get names(): ReadonlyMap<string, string> {
    return this.#names;
  }

  secret(kind: string, value: string): string {
    return this.#placeholder(kind, value);
  }

  /** Remembers the names in a document. `root`: the name of its root element, if it is JSON. */
  learn(body: string, root: string): void {
    if (this.keepNames) return;
    const tree = treeOf(body, root);
    if (!tree) return;
    for (const { element, name } of namedIn(tree))
      if (name !== undefined && PRIVATE.has(element)) this.#learnName(element, name);
    this.#learnGuests(tree);
  }

  #learnGuests({ name, text, children }: XmlElement): void {
    if (GUEST.has(name)) this.#learnName('guest', text.trim());
    for (const child of children) this.#learnGuests(child);
  }

  #learnName(kind: string, name: string): void {
    if (name.length < 3 || COMMON.has(name) || this.#names.has(name) || this.#names.size >= MOST_NAMES) return;
    this.#names.set(name, this.#placeholder(kind, name));
    this.#pattern = undefined;
  }

  /** Scrubs the value of a header. */
  header(name: string, value: string): string {
    const lower = name.toLowerCase();
    if (lower === 'authorization') {
      const [scheme = '', rest = ''] = value.split(' ');
      return `${scheme} ${this.secret('login', rest)}`;
    }
    if (lower === 'cookie' || lower === 'set-cookie')
      return value.replace(
        /(\b[\w-]+)=([^;,\s]{8,})/g,
        (_, key: string, held: string) => `${key}=${this.secret('cookie', held)}`,
      );
    if (lower === 'jsessionid') return this.secret('cookie', value);
    return this.text(value);
  }

  /** Scrubs the target of a request, in which names in searches are percent-encoded. */
  target(target: string): string {
    const [path = '', query] = [target.split('?')[0], target.split('?').slice(1).join('?')];
    const bare = this.#withoutTickets(path);
    if (query === '' || query === undefined) return this.#named(bare);
    const secrets = query.replace(
      new RegExp(`\\b(${SECRET})=([^&]+)`, 'g'),
      (_, key: string, held: string) => `${key}=${encodeURIComponent(this.secret('secret', held))}`,
    );
    return `${this.#named(bare)}?${this.#named(secrets, encodeURIComponent)}`;
  }

  /** Scrubs a body. */
  text(text: string): string {
    const bare = text
      .replace(
        new RegExp(`<(${SECRET})>([^<]+)</`, 'g'),
        (_, tag: string, held: string) => `<${tag}>${this.secret('secret', held)}</`,
      )
      .replace(
        new RegExp(`"(${SECRET})"(\\s*:\\s*)"((?:[^"\\\\]|\\\\.)+)"`, 'g'),
        (_, key: string, gap: string, held: string) => `"${key}"${gap}"${this.secret('secret', held)}"`,
      )
      .replace(
        /(<ticket>[\s\S]*?<value>|"ticket"\s*:\s*\{[^{}]*?"value"\s*:\s*")([^<"]+)/g,
        (_, before: string, held: string) => before + this.secret('secret', held),
      )
      .replace(
        new RegExp(`(^|&)(${SECRET})=([^&\\s]+)`, 'gm'),
        (_, before: string, key: string, held: string) =>
          `${before}${key}=${encodeURIComponent(this.secret('secret', held))}`,
      );
    return this.#named(this.#withoutTickets(bare));
  }

  /** The ticket of an image transfer opens its data to anybody. */
  #withoutTickets(text: string): string {
    return text.replace(
      /(^|https?:\/\/[^/\s"'<>]+)(\/images\/)([\w-]{16,})/g,
      (_, before: string, path: string, held: string) => before + path + this.secret('ticket', held),
    );
  }

  #named(text: string, encode: (name: string) => string = (name) => name): string {
    if (this.#names.size === 0) return text;
    this.#pattern ??= new RegExp(
      `(?:(?<=%[0-9A-Fa-f]{2})|(?<![\\w.-]))(?:${[...this.#names.keys()]
        .sort((a, b) => b.length - a.length)
        .flatMap((name) => [...new Set([name, encodeURIComponent(name)])])
        .map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
        .join('|')})(?![\\w-])`,
      'g',
    );
    return text.replace(this.#pattern, (found) =>
      encode(this.#names.get(found) ?? this.#names.get(decodeURIComponent(found)) ?? found),
    );
  }

  #placeholder(kind: string, value: string): string {
    const key = `${kind} ${value}`;
    const known = this.#placeholders.get(key);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    this.#placeholders.set(key, `${kind}-${count}`);
    return `${kind}-${count}`;
  }
}

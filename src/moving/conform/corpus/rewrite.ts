import { randomUUID } from 'node:crypto';
import type { XmlElement } from '../../../codec/index.js';
import { headerOf, type ExchangeRequest } from '../../../exchanges/index.js';
import type { Bench } from '../bench.js';
import { referred, type Cast } from './cast.js';

/** What is in a collection, as the cast calls it. */
const ROLES: Readonly<Record<string, string>> = {
  vms: 'vm',
  disks: 'disk',
  diskattachments: 'disk',
  nics: 'nic',
  numanodes: 'node',
  snapshots: 'snapshot',
  tags: 'tag',
  hosts: 'host',
};

/** Elements that refer to an object, with its kind. */
const REFERENCES =
  'cluster|template|storage_domain|network|vnic_profile|disk_profile|host|disk|image|snapshot|tag|vm|file';
/** Those that may be named instead: a VM inside of an action is another one to be made. */
const NAMED = REFERENCES.replace('|vm|', '|');
const roleOf = (element: string): string => (element === 'image' ? 'disk' : element);

/** Names in the corpus of what must not be there. */
const NOBODY = /^(?:nowhere|nothing|nothing\.iso)$/i;
/** Names of the corpus for what the cast has. */
const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/^(?:classic|vm1)$/i, 'vm'],
  [/^(?:prod|web)$/, 'tag'],
];
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** An id that a client chose, or of something that the corpus had: another one at each run. */
const CHOSEN = /11111111-2222-4333-8444-[0-9a-f]{12}/g;

/** A name that `body` writes: a host name, `initialization/host_name`, stays as it is. */
const isName = (path: string): boolean => /(?:^|\/)(?:name|alias)$/.test(path);

const ENTRY = /^\/(?:ovirt-engine\/)?api(?:\/v\d)?(?=[/;?]|$)/;

/** Headers that are of a connection, or that the endpoint's own login takes the place of. */
const NOT_SENT = new Set(['host', 'content-length', 'connection', 'cookie', 'accept-encoding']);

export interface Rewritten {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The exchange brings a login of its own. */
  readonly anonymous: boolean;
}

/** Says requests of one exchange of the corpus as they have to be at another endpoint. */
export interface Rewriter {
  /** @throws NotRun when the request refers to what the endpoint has not */
  request(request: ExchangeRequest): Promise<Rewritten>;
  /** A value of the request as it was sent to the endpoint; `path`: of its element. Only names are replaced. */
  value(text: string, path: string): string;
  /** Takes in what placeholders of a recorded answer stand for. */
  learn(recorded: XmlElement, now: XmlElement): void;
  /** Ids of the image transfers that were begun. */
  readonly transfers: ReadonlySet<string>;
}

export function createRewriter(bench: Bench, cast: Cast, number: number): Rewriter {
  const placeholders = new Map<string, string>();
  const names = new Map<string, string>();
  const ids = new Map<string, string>();
  const transfers = new Set<string>();

  const filled = (text: string): string =>
    text.replace(/\{[a-z]+(?:-\d+)?\}/g, (found) => placeholders.get(found) ?? found);

  function ownName(name: string): string {
    const role = KNOWN.find(([pattern, of]) => pattern.test(name) && cast.has(of))?.[1];
    if (name === 'nic1' && cast.has('nic')) return name;
    const actor = role === undefined ? undefined : cast.get(role)?.name;
    const own = names.get(name) ?? actor ?? `${bench.name}-${number}-${name}`;
    names.set(name, own);
    return own;
  }

  const chosenId = (id: string): string => {
    const found = cast.get('disk')?.id ?? ids.get(id) ?? randomUUID();
    ids.set(id, found);
    return found;
  };

  async function path(target: string): Promise<string> {
    // the address of the data comes from the transfer
    if (target.startsWith('/images/')) return filled(target.replace(/^\/images\//, '{images}'));
    const [place = '', query] = filled(target.replace(ENTRY, '')).split(/(?=\?)/, 2);
    const parts = place.split('/');
    for (const [index, part] of parts.entries()) {
      const role = ROLES[parts[index - 1] ?? ''];
      const [id = '', ...parameters] = part.split(';');
      if (role === undefined || !UUID.test(id) || [...placeholders.values()].includes(id)) continue;
      const actor = role === 'host' ? await referred(bench, cast, role) : cast.get(role);
      if (actor) parts[index] = [actor.id, ...parameters].join(';');
    }
    const searched = (query ?? '').replace(
      /(name(?:%3D|=))(\w[\w.-]*)(?=[&%]|$)/gi,
      (_, before: string, name: string) =>
        before +
        encodeURIComponent(KNOWN.some(([pattern]) => pattern.test(name)) && cast.has('vm') ? ownName(name) : name),
    );
    const stored = /FS9200(?:\+|%20)base(?:\+|%20)template/;
    if (!stored.test(searched)) return parts.join('/') + searched;
    const domain = await referred(bench, cast, 'storage_domain');
    return parts.join('/') + searched.replace(stored, encodeURIComponent(domain?.name ?? ''));
  }

  async function body(text: string): Promise<string> {
    if (!text.includes('<') || text.startsWith('{')) return text;
    const whole = filled(text);
    const [first] = /<\w+/.exec(whole) ?? [''];
    // what the document itself is called: no name inside of a reference
    const bare = whole.replace(
      new RegExp(`<(${NAMED})(\\s[^>]*)?>\\s*<name>[^<]*</name>`, 'g'),
      (found, element: string) => (first === `<${element}` ? found : ''),
    );
    const titles = [...bare.matchAll(/<(?:name|alias)>([^<]+)<\//g)].map(([, name = '']) => name);
    let said = whole.replace(/<(name|alias)>([^<]+)<\//g, (found, element: string, name: string) =>
      titles.includes(name) ? `<${element}>${ownName(name)}</` : found,
    );
    // the OVF's name is that of the VM
    said = said.replace(/(&lt;Name&gt;)(\w+)/, (_, before: string, name: string) => before + ownName(name));
    for (const [found, element = '', attributes = '', id = ''] of said.matchAll(
      new RegExp(`<(${REFERENCES})(\\s[^>]*?)?\\bid="([^"]*)"`, 'g'),
    )) {
      const isRoot = first === `<${element}` && said.startsWith(found);
      if (id === '' || /^9{8}-/.test(id) || NOBODY.test(id) || (isRoot && element === 'vm')) continue;
      if ([...placeholders.values()].includes(id)) continue;
      const actor = cast.get(roleOf(element)) ?? (await referred(bench, cast, element));
      if (actor) said = said.replace(found, `<${element}${attributes}id="${actor.id}"`);
    }
    for (const [found, element = '', between = '', name = ''] of said.matchAll(
      new RegExp(`<(${NAMED})(?:\\s[^>]*)?>(\\s*)<name>([^<]*)</name>`, 'g'),
    )) {
      if (said.startsWith(found) || NOBODY.test(name) || [...names.values()].includes(name)) continue;
      const actor = cast.get(roleOf(element)) ?? (await referred(bench, cast, element));
      if (actor) said = said.replace(found, `<${element}>${between}<name>${actor.name}</name>`);
    }
    return said;
  }

  const withOwnIds = (text: string): string => text.replace(CHOSEN, chosenId);

  function learnText(recorded: string, now: string): void {
    if (!recorded.includes('{')) return;
    const keys: string[] = [];
    const pattern = recorded.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[a-z]+(?:-\d+)?\}/g, (key) => {
      keys.push(key);
      return '([^/]+)';
    });
    // the endpoint may be served over TLS, although the corpus was recorded without
    const found = new RegExp(`^${pattern.replace(/^http:/, 'https?:')}$`).exec(now);
    keys.forEach((key, index) => {
      const value = found?.[index + 1];
      if (value !== undefined && !placeholders.has(key)) placeholders.set(key, value);
    });
  }

  return {
    async request({ method, target, headers, body: text }) {
      const anonymous = headerOf(headers, 'authorization') !== undefined;
      const kept = headers.filter(([name]) => !NOT_SENT.has(name.toLowerCase()));
      const said = withOwnIds(await body(text));
      const at = withOwnIds(await path(target));
      return {
        path: at,
        headers: Object.fromEntries(kept.map(([name, value]) => [name.toLowerCase(), value])),
        body: method === 'GET' ? '' : said,
        anonymous: anonymous || target.startsWith('/images/'),
      };
    },
    value: (text, path) => (isName(path) ? names.get(text) : undefined) ?? withOwnIds(filled(text)),
    transfers,
    learn(recorded, now) {
      if (now.name === 'image_transfer') transfers.add(now.attributes.get('id') ?? '');
      for (const [name, value] of recorded.attributes) learnText(value, now.attributes.get(name) ?? '');
      const address = recorded.children.find(({ name }) => name === 'transfer_url')?.text ?? '';
      const [, images] =
        /^(.*\/images\/)/.exec(now.children.find(({ name }) => name === 'transfer_url')?.text.trim() ?? '') ?? [];
      if (address !== '' && images !== undefined) placeholders.set('{images}', images);
      learnText(recorded.text.trim(), now.text.trim());
      for (const child of recorded.children) {
        const same = now.children.find(({ name }) => name === child.name);
        if (same) this.learn(child, same);
      }
    },
  };
}

import { itemsOf } from '../../codec/index.js';
import { Fault, isFault } from '../../model/index.js';
import { asId } from './ids.js';
import type { Call, Operation, ServedVersion } from './operation.js';
import { Parameters } from '../http/parameters.js';
import { remembering } from './remembering.js';
import type { Document } from '../version/document.js';

/** What to put into a document, by the names of its members, to any depth: `nics,disk_attachments.disk`. */
export type FollowTree = ReadonlyMap<string, FollowTree>;
type Growing = Map<string, Growing>;

/** How many names one request may follow, on all levels: each may cost calls per item. */
const MOST_NAMES = 100;
const AT_ONCE = 8;
const NO_PARAMETERS = new Parameters(new Map(), new Map());

/** Parses `follow`: dotted paths, separated by commas. Empty for an empty text. */
export function followTree(text: string | undefined): FollowTree {
  const tree: Growing = new Map();
  let names = 0;
  for (const path of (text ?? '').split(',')) {
    let at = tree;
    for (const name of path.trim().split('.')) {
      if (name === '') continue;
      if ((names += 1) > MOST_NAMES)
        throw new Fault('request.value', { text: `follow contains more than ${MOST_NAMES} links` });
      const next: Growing = at.get(name) ?? new Map<string, Growing>();
      at.set(name, next);
      at = next;
    }
  }
  return tree;
}

/** Clients write a link's name with underscores or without: `reported_devices`, `reporteddevices`. */
const bare = (name: string): string => name.toLowerCase().replaceAll('_', '');

/** The call of a GET, which reads nothing twice when its documents embed others. */
export const remembered = <I>(call: Call<I>): Call<I> =>
  holdsOthers(call) ? { ...call, ...remembering(call.scope, call.exchange.client) } : call;

const holdsOthers = ({ version, parameters, details, allContent }: Call<unknown>): boolean =>
  allContent || details.size > 0 || (version.protocol.inline === 'follow' && (parameters.text('follow') ?? '') !== '');

/**
 * What `detail` still puts into items at these addresses (docs/reference/v4-wire.md, section 5): moVirt asks for
 * statistics, the VM portal for consoles.
 */
const DETAILS: ReadonlyMap<string, { readonly follow: string; readonly at: readonly string[] }> = new Map([
  ['statistics', { follow: 'statistics', at: ['/vms/{}', '/vms/{}/disks/{}', '/hosts/{}/nics/{}'] }],
  ['current_graphics_consoles', { follow: 'graphics_consoles', at: ['/vms/{}'] }],
]);

/** What `follow` names, and what is left of version 3's `detail`. */
function followed({ parameters, details }: Call, item: string): FollowTree {
  const tree = followTree(parameters.text('follow'));
  const held = [...details].flatMap((name) => {
    const detail = DETAILS.get(name);
    return detail?.at.includes(shapeOf(item)) ? [[detail.follow, new Map<string, FollowTree>()] as const] : [];
  });
  return held.length === 0 ? tree : new Map([...held, ...tree]);
}

/**
 * Makes the function that puts what `follow` names into a document: a collection by its link, a single one by its
 * reference (docs/reference/v4-wire.md, section 6). Links stay. A name that is neither in documents of this type, on
 * whichever level, is reported; engines answer such a request with a 500. What is absent at the moment (the host of a VM
 * that is down) is left out. What several documents refer to is read once per request.
 */
export function follower(call: Call, item: string): ((document: Document) => Promise<void>) | undefined {
  const tree = followed(call, item);
  if (tree.size === 0) return undefined;
  const { scope } = call;
  const single = new Map<string, Promise<Document | undefined>>();
  reportUnknown(call, item, tree);
  return (document) => fill(document, tree);

  async function fill(document: Document, names: FollowTree): Promise<void> {
    await Promise.all([...names].map(([name, deeper]) => put(document, name, deeper)));
  }

  async function put(document: Document, name: string, deeper: FollowTree): Promise<void> {
    const link = itemsOf(document.link ?? []).find(({ rel = '' }) => bare(rel) === bare(name));
    const property = Object.keys(document).find((key) => bare(key) === bare(name));
    if (link?.href !== undefined) {
      const [operation, found] = await collectionAt(link.href);
      if (!operation || !found) return;
      const held = propertyOf(call.version, operation, name);
      Object.assign(document, { [held]: found });
      await all(itemsIn(found), deeper);
      return;
    }
    const value = property === undefined ? undefined : document[property];
    if (property === undefined || typeof value !== 'object' || value === null) return;
    if (isReference(value)) {
      const found = await documentAt(value.href);
      if (!found) return;
      const copy = { ...found };
      document[property] = copy;
      await fill(copy, deeper);
      return;
    }
    await Promise.all(
      Object.values(value).flatMap((list: unknown) =>
        Array.isArray(list)
          ? list.map(async (one: unknown, at) => {
              const found = isReference(one) ? await documentAt(one.href) : undefined;
              if (!found) return;
              list[at] = { ...found };
              await fill(list[at] as Document, deeper);
            })
          : [],
      ),
    );
  }

  async function all(items: readonly Document[], names: FollowTree): Promise<void> {
    if (names.size === 0) return;
    for (let at = 0; at < items.length; at += AT_ONCE)
      await Promise.all(items.slice(at, at + AT_ONCE).map((one) => fill(one, names)));
  }

  async function collectionAt(href: string): Promise<[Operation | undefined, object | undefined]> {
    const [operation, sub] = calledAt(href, 'list');
    if (!operation || !sub) return [undefined, undefined];
    return [operation, await unlessMissing(async () => operation.collected?.(sub as Call<never>))];
  }

  function documentAt(href: string): Promise<Document | undefined> {
    const known = single.get(href);
    if (known) return known;
    const [operation, sub] = calledAt(href, 'get');
    const looking = unlessMissing(async () => operation?.found?.(sub as Call<never>));
    single.set(href, looking);
    return looking;
  }

  function calledAt(href: string, kind: 'list' | 'get'): [Operation | undefined, Call | undefined] {
    const path = href.slice(call.base.length);
    const found = operationAt(call.version, kind, path);
    if (!found) return [undefined, undefined];
    const [operation, ids] = found;
    for (const capability of operation.needs) if (!call.able(capability)) return [undefined, undefined];
    return [operation, { ...call, scope, operation, parameters: NO_PARAMETERS, path, ids }];
  }
}

const isReference = (value: unknown): value is { readonly href: string } =>
  typeof (value as { href?: unknown } | null)?.href === 'string';

const itemsIn = (collection: object): Document[] =>
  Object.values(collection).flatMap((list: unknown) => (Array.isArray(list) ? (list as Document[]) : []));

/** One that is gone by now, or that the backend does not support, is left out. */
async function unlessMissing<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isFault(error, 'not-found') || isFault(error, 'unsupported')) return undefined;
    throw error;
  }
}

const properties = new WeakMap<ServedVersion, Map<string, string>>();

/**
 * The member that holds a collection has the name of its element, unless several are of one type. It is remembered:
 * lists ask for each of their items.
 */
function propertyOf(version: ServedVersion, { answers, path }: Operation, name: string): string {
  const known = properties.get(version) ?? new Map<string, string>();
  properties.set(version, known);
  const key = `${path} ${name}`;
  const property =
    known.get(key) ??
    version.members(elementAbove(version, path)).find((member) => bare(member) === bare(name)) ??
    answers;
  known.set(key, property);
  return property;
}

/** Element of the document whose sub-collection is at a path. */
function elementAbove(version: ServedVersion, path: string): string {
  const parent = path.slice(0, path.lastIndexOf('/'));
  return version.operations.find((one) => one.kind === 'get' && shapeOf(one.path) === shapeOf(parent))?.answers ?? '';
}

/**
 * Reports what `follow` names of the items of a collection that has none here. In versions without it, the parameter is
 * reported as any other.
 */
export function reportUnfollowed(call: Call, item: string): void {
  if (call.version.protocol.inline === 'follow') reportUnknown(call, item, followTree(call.parameters.text('follow')));
}

/** Reports all that `follow` names: the document at this address embeds nothing. */
export function reportFollow(call: Call): void {
  if (call.version.protocol.inline !== 'follow') return;
  const names = [...followTree(call.parameters.text('follow')).keys()];
  call.ignore(names.map((name) => ({ path: `?follow=${name.slice(0, 100)}`, why: 'this document embeds nothing' })));
}

function reportUnknown(call: Call, item: string, tree: FollowTree): void {
  const why = 'these documents have no such link';
  call.ignore(unknownIn(call.version, item, tree).map((name) => ({ path: `?follow=${name.slice(0, 100)}`, why })));
}

/** The names that documents at this path have no link, and no reference of: `nonsense`, `nics.nonsense`. */
function unknownIn(version: ServedVersion, item: string, tree: FollowTree): string[] {
  const element = elementAbove(version, `${item}/x`);
  const members = version.members(element);
  const { lists } = version.relations(item);
  return [...tree].flatMap(([name, deeper]) => {
    const is = (other: string): boolean => bare(other) === bare(name);
    const [, list] = [...lists].find(([rel]) => is(rel)) ?? [];
    const isHeld = list !== undefined && members.some((member) => is(member) || member === list.answers);
    if (list && !isHeld) return [name];
    const [, referred] = [...version.references(element)].find(([member]) => is(member)) ?? [];
    const next = list ? getBelow(version, list.path) : getOf(version, referred);
    // some items of collections have no address of their own: they are not looked into
    if (!list && !next) return [name];
    return next ? unknownIn(version, next.path, deeper).map((below) => `${name}.${below}`) : [];
  });
}

/** The GET of an item of a collection. */
const getBelow = (version: ServedVersion, collection: string): Operation | undefined =>
  version.operations.find((one) => one.kind === 'get' && shapeOf(one.path) === `${shapeOf(collection)}/{}`);

/** The GET that answers with such documents; of several, that with the shortest path. */
const getOf = (version: ServedVersion, element: string | undefined): Operation | undefined =>
  version.operations
    .filter(({ kind, answers }) => kind === 'get' && element !== undefined && bare(answers) === bare(element))
    .sort((one, other) => one.path.length - other.path.length)[0];

const shapeOf = (path: string): string => path.replace(/\{[^}]*\}/g, '{}');

interface Pattern {
  readonly operation: Operation;
  readonly expression: RegExp;
  readonly names: readonly (readonly [name: string, kind: string])[];
}

const patterns = new WeakMap<ServedVersion, Readonly<Record<'list' | 'get', readonly Pattern[]>>>();

function patternsOf(version: ServedVersion): Readonly<Record<'list' | 'get', readonly Pattern[]>> {
  const known = patterns.get(version);
  if (known) return known;
  const of = (kind: 'list' | 'get'): Pattern[] =>
    version.operations
      .filter((operation) => operation.kind === kind)
      .map((operation) => ({
        operation,
        expression: new RegExp(`^${operation.path.replace(/\{\w+:\w+\}/g, '([^/]+)')}$`),
        names: [...operation.path.matchAll(/\{(\w+):(\w+)\}/g)].map(([, name = '', id = '']) => [name, id] as const),
      }));
  const resolved = { list: of('list'), get: of('get') };
  patterns.set(version, resolved);
  return resolved;
}

/** The operation that a path leads to, and the ids in it. */
function operationAt(
  version: ServedVersion,
  kind: 'list' | 'get',
  path: string,
): readonly [Operation, Readonly<Record<string, string>>] | undefined {
  for (const { operation, expression, names } of patternsOf(version)[kind]) {
    const found = expression.exec(path);
    if (!found) continue;
    const ids = names.map(([name, id], i) => {
      const text = decodeURIComponent(found[i + 1] ?? '');
      return [name, id === 'id' ? asId(name, text) : text] as const;
    });
    return [operation, Object.fromEntries(ids)];
  }
  return undefined;
}

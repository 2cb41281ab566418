import { CodecError, parseXml, type XmlElement } from '../../codec/index.js';

/**
 * The values of a document by path: `vm/name`, `vm/link@rel`. The values of a list share a path; order does not count.
 */
export type Leaves = ReadonlyMap<string, readonly string[]>;

/** An item in a document: its element, its id and its name. */
export interface Named {
  readonly element: string;
  readonly id: string;
  readonly name?: string;
}

const LIMITS = { maxLength: 64 * 1024 * 1024, maxDepth: 64 };

/** An XML or JSON document as a tree; undefined if it is neither. */
export function treeOf(body: string, root: string): XmlElement | undefined {
  const text = body.trimStart();
  try {
    if (text.startsWith('<')) return parseXml(body, LIMITS);
    if (text.startsWith('{')) return fromJson(root, JSON.parse(body));
  } catch (error) {
    if (error instanceof CodecError || error instanceof SyntaxError) return undefined;
    throw error;
  }
  return undefined;
}

/** JSON as the XML it most likely corresponds to: ids and hrefs become attributes. */
function fromJson(name: string, value: unknown): XmlElement {
  const attributes = new Map<string, string>();
  const children: XmlElement[] = [];
  if (typeof value !== 'object' || value === null)
    return { name, attributes, children, text: typeof value === 'string' ? value : JSON.stringify(value) };
  for (const [key, held] of Object.entries(value)) {
    if (['id', 'href', 'rel'].includes(key) && typeof held === 'string') attributes.set(key, held);
    else if (Array.isArray(held)) children.push(...held.map((one: unknown) => fromJson(key, one)));
    else children.push(fromJson(key, held));
  }
  return { name, attributes, children, text: '' };
}

/** Every item in a document that has an id. */
export function namedIn(root: XmlElement): Named[] {
  const found: Named[] = [];
  function visit(element: XmlElement): void {
    const id = element.attributes.get('id');
    const text = (name: string): string | undefined =>
      element.children.find((child) => child.name === name)?.text.trim() || undefined;
    const name = text('name') ?? text('alias') ?? text('user_name');
    if (id !== undefined) found.push({ element: element.name, id, ...(name !== undefined && { name }) });
    element.children.forEach(visit);
  }
  visit(root);
  return found;
}

/** Values that differ between engines: only whether they are there is compared. */
const OTHER_ELSEWHERE =
  /(^|\/)(\w*_time|time|date|instance_id|full_version|version|etag|correlation_id|transfer_url|proxy_url)(\/|@|$)|(^|\/)(host|job|address)(\/|@|$)/;
const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/** Values by path, without what differs between engines: ids, times, hosts. */
function leavesOf(root: XmlElement): Leaves {
  const leaves = new Map<string, string[]>();
  const put = (path: string, value: string): void => {
    const known = OTHER_ELSEWHERE.test(path) ? '*' : value.replace(ID, '*');
    leaves.set(path, [...(leaves.get(path) ?? []), known]);
  };
  function visit(element: XmlElement, above: string): void {
    const path = above === '' ? element.name : `${above}/${element.name}`;
    for (const [name, value] of element.attributes)
      put(`${path}@${name}`, name === 'id' || name === 'href' ? '*' : value);
    if (element.children.length === 0) put(path, element.text.trim());
    for (const child of element.children) visit(child, path);
  }
  visit(root, '');
  for (const values of leaves.values()) values.sort();
  return leaves;
}

const MOST = 20;
const cut = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 200);

/** How often each value occurs more than on the other side. */
function surplusOf(values: readonly string[], others: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const value of others) counts.set(value, (counts.get(value) ?? 0) - 1);
  const more = [...counts].filter(([, count]) => count > 0);
  return cut(more.map(([value, count]) => `${count} x ${value === '' ? 'empty' : value}`).join(', ')) || 'nothing';
}

/** Both values of a path; of a list, only what one side has more often. */
function shown(before: readonly string[], after: readonly string[]): string {
  if (before.length > 1 || after.length > 1) return `${surplusOf(before, after)} -> ${surplusOf(after, before)}`;
  return `${cut(before[0] ?? 'nothing')} -> ${cut(after[0] ?? 'nothing')}`;
}

/** What an item of a list is found again by on the other side: its element and its name. */
const keyOf = (item: XmlElement): string | undefined => {
  const name = item.children.find((child) => child.name === 'name')?.text.trim();
  return item.attributes.has('id') && name !== undefined && name !== '' ? `${item.name}\n${name}` : undefined;
};

/** The document without the items that only it has, and their names by element. */
function withoutUnpaired(root: XmlElement, other: XmlElement): { kept: XmlElement; only: Map<string, string[]> } {
  const there = new Set(other.children.map(keyOf));
  const only = new Map<string, string[]>();
  const children = root.children.filter((item) => {
    const key = keyOf(item);
    if (key === undefined || there.has(key)) return true;
    const [element = '', name = ''] = key.split('\n');
    only.set(element, [...(only.get(element) ?? []), name]);
    return false;
  });
  return { kept: { ...root, children }, only };
}

/**
 * How one document differs from another. Links that only one side has are not differences. Of an item of a list that
 * only one side has, its name is the only one.
 */
export function differencesOf(a: XmlElement, b: XmlElement): string[] {
  const [old, other] = [withoutUnpaired(a, b), withoutUnpaired(b, a)];
  const named = [...new Set([...old.only.keys(), ...other.only.keys()])].map((element) => {
    const [gone, added] = [old, other].map(({ only }) => (only.get(element) ?? []).join(', ') || 'nothing');
    return `${a.name}/${element}: ${cut(gone ?? '')} -> ${cut(added ?? '')}`;
  });
  const [before, after] = [leavesOf(old.kept), leavesOf(other.kept)];
  const paths = [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => !/(^|\/)(link|actions)(\/|@|$)|@href$/.test(path),
  );
  const differ = paths
    .filter((path) => before.get(path)?.join('\0') !== after.get(path)?.join('\0'))
    .map((path) => `${path}: ${shown(before.get(path) ?? [], after.get(path) ?? [])}`);
  return [...named, ...differ].slice(0, MOST);
}

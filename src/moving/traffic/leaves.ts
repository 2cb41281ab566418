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
  /(^|\/)(\w*_time|time|date|instance_id|full_version|version|etag|correlation_id)(\/|@|$)|(^|\/)(host|job|address)(\/|@|$)/;
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
const shown = (values: readonly string[] | undefined): string =>
  (values?.join(', ') ?? 'nothing').replace(/\s+/g, ' ').slice(0, 200);

/** How one document differs from another. Links that only one side has are not differences. */
export function differencesOf(a: XmlElement, b: XmlElement): string[] {
  const [before, after] = [leavesOf(a), leavesOf(b)];
  const paths = [...new Set([...before.keys(), ...after.keys()])].filter(
    // for an item that only one side has, its id is the only difference reported
    (path) => !/(^|\/)(link|actions)(\/|@|$)|@href$/.test(path),
  );
  return paths
    .filter((path) => before.get(path)?.join('\0') !== after.get(path)?.join('\0'))
    .map((path) => `${path}: ${shown(before.get(path))} -> ${shown(after.get(path))}`)
    .slice(0, MOST);
}

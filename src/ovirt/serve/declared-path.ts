import { asId } from '../declare/ids.js';
import type { Operation } from '../declare/operation.js';

/** A parsed declared path. */
interface Shape {
  readonly ids: readonly { readonly name: string; readonly kind: string }[];
  /** The texts between the ids. */
  readonly texts: readonly string[];
}

const PARAMETER = /\{(\w+):(\w+)\}/g;
const shapes = new Map<string, Shape>();

function shapeOf(path: string): Shape {
  const known = shapes.get(path);
  if (known) return known;
  const ids = [...path.matchAll(PARAMETER)].map(([, name = '', kind = '']) => ({ name, kind }));
  const shape = { ids, texts: path.split(/\{\w+:\w+\}/) };
  shapes.set(path, shape);
  return shape;
}

/** The ids of the path, checked. Throws `not-found` for one that cannot be. */
export function idsOf(operation: Operation, params: Readonly<Record<string, string>>): Record<string, string> {
  const ids: Record<string, string> = {};
  for (const { name, kind } of shapeOf(operation.path).ids) {
    const text = params[name] ?? '';
    ids[name] = kind === 'id' ? asId(name, text) : text;
  }
  return ids;
}

/** The path as hrefs have it: declared segments, checked ids, no trailing slash. */
export function pathOf(path: string, ids: Readonly<Record<string, string>>): string {
  if (path === '/') return '';
  const { ids: names, texts } = shapeOf(path);
  let written = texts[0] ?? '';
  names.forEach(({ name }, i) => (written += encodeURIComponent(ids[name] ?? '') + (texts[i + 1] ?? '')));
  return written;
}

import { Pattern } from '../../codec/index.js';
import type { Declaration } from './declaration.js';

/**
 * The links of a resource: its sub-collections and its actions, by their last path segment. In order of declaration.
 */
export interface Relations<O extends Declaration = Declaration> {
  readonly links: readonly string[];
  readonly actions: readonly string[];
  /** The same as elements, for the resource at an address; absent when there are none. */
  readonly linksTo?: Pattern<RelatedLink>;
  readonly actionsAt?: Pattern<RelatedLink>;
  /** The operations behind the links. */
  readonly lists: ReadonlyMap<string, O>;
}

export interface RelatedLink {
  readonly href: string;
  readonly rel: string;
}

const patternOf = (rels: readonly string[]): Pattern<RelatedLink> =>
  new Pattern((href) => rels.map((rel) => ({ href: `${href}/${rel}`, rel })));

/** A path without the names of its ids: `/vms/{}/disks/{}`. */
export const shape = (path: string): string => path.replace(/\{[^}]*\}/g, '{}');

/**
 * Derives the links and actions of every resource from the declared operations: a list below a resource is a link, an
 * action that is not refused is an action.
 */
export function relationsOf<O extends Declaration>(operations: readonly O[]): (path: string) => Relations<O> {
  const byShape = new Map<string, { links: string[]; actions: string[]; lists: Map<string, O> }>();
  for (const operation of operations) {
    const { kind, path, support } = operation;
    if (kind !== 'list' && (kind !== 'action' || support === 'refused')) continue;
    const cut = path.lastIndexOf('/');
    const parent = shape(path.slice(0, cut));
    const relations = byShape.get(parent) ?? { links: [], actions: [], lists: new Map<string, O>() };
    byShape.set(parent, relations);
    const name = path.slice(cut + 1);
    relations[kind === 'list' ? 'links' : 'actions'].push(name);
    if (kind === 'list') relations.lists.set(name, operation);
  }
  // called for every document of a list, with a declared path each time
  const byPath = new Map<string, Relations<O>>();
  return function relationsAt(path) {
    const known = byPath.get(path);
    if (known) return known;
    const found = byShape.get(shape(path)) ?? { links: [], actions: [], lists: new Map<string, O>() };
    const { links, actions } = found;
    const relations = {
      ...found,
      ...(links.length > 0 && { linksTo: patternOf(links) }),
      ...(actions.length > 0 && { actionsAt: patternOf(actions) }),
    };
    byPath.set(path, relations);
    return relations;
  };
}

import type { Declaration } from './declaration.js';
import type { Link } from './document.js';

/** Collections with another template than that of a search: the path after their own. */
const TEMPLATES: Readonly<Record<string, string>> = { events: ';from={event_id}?search={query}' };

/** The collections at the root, in the order of the version; extensions come last, as declared. */
export function rootCollections(operations: readonly Declaration[], order: readonly string[]): readonly Declaration[] {
  const rankOf = ({ path }: Declaration): number => {
    const at = order.indexOf(path.slice(1));
    return at < 0 ? order.length : at;
  };
  return operations
    .filter(({ kind, path }) => kind === 'list' && /^\/[a-z]+$/.test(path))
    .sort((a, b) => rankOf(a) - rankOf(b));
}

/**
 * A collection that can be searched has a second link, a template. libgovirt looks it up by its rel and fills in
 * `{query}`.
 */
export function linksOf(base: string, { path, searchable }: Declaration): Link[] {
  const [href, rel] = [`${base}${path}`, path.slice(1)];
  return searchable
    ? [
        { href, rel },
        { href: `${href}${TEMPLATES[rel] ?? '?search={query}'}`, rel: `${rel}/search` },
      ]
    : [{ href, rel }];
}

import type { Operation } from '../operation.js';
import type { Link } from '../resource.js';

/**
 * The order in which engines link to their collections (docs/reference/ovirt.md, section 2). Ours of our own come last,
 * as declared.
 */
const ORDER: readonly string[] = [
  'capabilities',
  'clusters',
  'datacenters',
  'events',
  'hosts',
  'networks',
  'roles',
  'storagedomains',
  'tags',
  'bookmarks',
  'icons',
  'templates',
  'instancetypes',
  'users',
  'groups',
  'domains',
  'vmpools',
  'vms',
  'disks',
  'jobs',
  'storageconnections',
  'vnicprofiles',
  'diskprofiles',
  'cpuprofiles',
  'schedulingpolicyunits',
  'schedulingpolicies',
  'permissions',
  'macpools',
  'operatingsystems',
  'externalhostproviders',
  'openstackimageproviders',
  'openstackvolumeproviders',
  'openstacknetworkproviders',
  'katelloerrata',
];

/** Collections whose second link leads to more than a search: the path after their own. */
const TEMPLATES: Readonly<Record<string, string>> = { events: ';from={event_id}?search={query}' };

const rankOf = ({ path }: Operation): number => {
  const at = ORDER.indexOf(path.slice(1));
  return at < 0 ? ORDER.length : at;
};

/** The collections at the root, in the engine's order. */
export const rootCollections = (operations: readonly Operation[]): readonly Operation[] =>
  operations
    .filter(({ kind, path }) => kind === 'list' && /^\/[a-z]+$/.test(path))
    .sort((a, b) => rankOf(a) - rankOf(b));

/**
 * A collection that can be searched has a second link, a template. libgovirt looks it up by its rel and fills in
 * `{query}`.
 */
export function linksOf(base: string, { path, searchable }: Operation): Link[] {
  const [href, rel] = [`${base}${path}`, path.slice(1)];
  return searchable
    ? [
        { href, rel },
        { href: `${href}${TEMPLATES[rel] ?? '?search={query}'}`, rel: `${rel}/search` },
      ]
    : [{ href, rel }];
}

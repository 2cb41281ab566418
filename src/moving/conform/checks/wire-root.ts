import { textOf } from '../bench.js';
import type { Check } from '../check.js';
import { expectThat } from '../outcomes.js';
import { linkOf } from './tables.js';
import { json } from './wire-steps.js';

/** The root document, and the form of paths. */
export const rootChecks: readonly Omit<Check, 'profile'>[] = [
  {
    name: 'root.xml',
    title: 'the root document links to the collections and names the product',
    source: 'engine: BackendApiResource; every SDK reads it first',
    async run(bench) {
      const root = (await bench.good([200], 'GET', '')).xml();
      expectThat(root.name === 'api', '<api>', `<${root.name}>`);
      for (const rel of ['vms', 'clusters', 'hosts', 'networks', 'storagedomains', 'templates', 'disks'])
        expectThat((linkOf(root, rel) ?? '').endsWith(`/${rel}`), `a link to ${rel}`, linkOf(root, rel) ?? 'none');
      expectThat(textOf(root, 'product_info/name') !== undefined, 'product_info/name', 'none');
    },
  },
  {
    name: 'root.search-links',
    title: 'the root document has search templates',
    source: 'engine: LinkHelper; libgovirt looks up vms/search and fills in {query}',
    async run(bench) {
      const href = linkOf((await bench.good([200], 'GET', '')).xml(), 'vms/search') ?? 'none';
      expectThat(href.endsWith('/vms?search={query}'), '…/vms?search={query}', href);
    },
  },
  {
    name: 'root.json',
    title: 'the root document in JSON has no wrapper',
    source: 'engine: Jackson; forklift reads product_info.version',
    async run(bench) {
      const document = (await bench.good([200], 'GET', '', { headers: json })).json() as Record<string, unknown>;
      expectThat(
        'product_info' in document && Array.isArray(document['link']),
        'product_info and link',
        Object.keys(document).join(),
      );
    },
  },
  {
    name: 'root.head',
    title: 'HEAD of the root document has a Link header and no body',
    source: 'engine: BackendApiResource.head; SDK 3 and RHEV-M guide, "HTTP header Link"',
    async run(bench) {
      const answer = await bench.good([200], 'HEAD', '');
      expectThat(
        /<[^>]+\/vms>;\s*rel=/.test(answer.header('link') ?? ''),
        'Link: <…/vms>; rel=…',
        answer.header('link') ?? 'none',
      );
      expectThat(answer.body === '', 'no body', answer.body);
    },
  },
  {
    name: 'path.trailing-slash',
    title: 'a trailing slash in a path makes no difference',
    source: 'rbovirt asks for /api/clusters/, fence_rhevm for /vms/?search=',
    async run(bench) {
      await bench.good([200], 'GET', '/clusters/');
      await bench.good([200], 'GET', '/vms/?search=');
    },
  },
];

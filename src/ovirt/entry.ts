import { API } from '../generated/ovirt/v3/representations.js';
import { ZERO_ID } from '../model/index.js';
import * as inventory from '../services/inventory.js';
import * as vms from '../services/vms.js';
import { declare } from './declare.js';
import type { Call, Operation } from './operation.js';
import { documentReply } from './reply.js';
import type { Link } from './resource.js';

/** Special resources by the collection that they are in (shared/facts/ovirt.md, section 2). */
const special: Readonly<Record<string, string>> = { templates: 'templates/blank', tags: 'tags/root' };

/** The root document: the collections that are declared, what the product calls itself, and a count of what is there. */
export function entryOperation(operations: readonly Operation[]): Operation {
  const collections = operations.filter(({ kind, path }) => kind === 'list' && /^\/[a-z]+$/.test(path));
  return declare({
    summary: 'The root document', how: 'Links to what is declared; the counts are PowerVC\'s.', kind: 'entry', method: 'GET', path: '/', rel: 'get', title: 'get the root document', answers: 'api',
    async run(call) {
      const links = collections.flatMap((collection) => linksOf(call.base, collection));
      const document = {
        link: links,
        special_objects: { link: collections.flatMap(({ path }) => {
          const rel = special[path.slice(1)];
          return rel === undefined ? [] : [{ href: `${call.base}${path}/${ZERO_ID}`, rel }];
        }) },
        product_info: call.product,
        ...(!call.filtered && call.exchange.method !== 'HEAD' && { summary: await summaryOf(call) }),
        time: new Date().toISOString(),
      };
      return documentReply(200, API, document, { Link: links.map(({ href, rel }) => `<${call.origin}${href}>; rel=${rel}`).join(',') });
    },
  });
}

/** A collection that can be searched has a second link, a template. libgovirt looks it up by its rel and fills in `{query}`. */
function linksOf(base: string, { path, searchable }: Operation): Link[] {
  const [href, rel] = [`${base}${path}`, path.slice(1)];
  return searchable ? [{ href, rel }, { href: `${href}?search={query}`, rel: `${rel}/search` }] : [{ href, rel }];
}

interface Count { total: number; active: number }

/** The one user that the gateway knows of is the one that asks. One backend call a page of VMs, and those of hosts and storage domains. */
async function summaryOf({ scope }: Call): Promise<{ vms: Count; hosts: Count; users: Count; storage_domains: Count }> {
  const [machines, hosts, domains] = await Promise.all([countVms(scope), inventory.hosts(scope), inventory.storageDomains(scope)]);
  return {
    vms: machines,
    hosts: { total: hosts.length, active: hosts.filter(({ status }) => status === 'up').length },
    users: { total: 1, active: 1 },
    storage_domains: { total: domains.length, active: domains.filter(({ status }) => status === 'active').length },
  };
}

async function countVms(scope: Call['scope']): Promise<Count> {
  const count = { total: 0, active: 0 };
  for await (const page of vms.list(scope)) {
    count.total += page.length;
    count.active += page.filter(({ status }) => status === 'up').length;
  }
  return count;
}

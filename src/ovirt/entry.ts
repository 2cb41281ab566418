import { API, RSDL } from '../generated/ovirt/v3/representations.js';
import { table } from '../generated/ovirt/v3/table.js';
import { xsdOf } from '../codec/xsd.js';
import { ZERO_ID } from '../model/index.js';
import * as inventory from '../services/inventory.js';
import * as vms from '../services/vms.js';
import { declare } from './declare.js';
import { linksOf, rootCollections } from './entry/links.js';
import { rsdlOf, SCHEMA_FILE } from './entry/rsdl.js';
import type { Call, Operation } from './operation.js';
import { documentReply, type Reply } from './reply.js';

/** Special resources and the collection that each is in, in the engine's order (docs/reference/ovirt.md, section 2). */
const special = [
  { path: '/templates', rel: 'templates/blank' },
  { path: '/tags', rel: 'tags/root' },
] as const;

/**
 * The root document: the collections that are declared, what the product calls itself, and a count of what is there.
 */
export function entryOperation(operations: readonly Operation[]): Operation {
  const collections = rootCollections(operations);
  const declared = new Set(collections.map(({ path }) => path));
  return declare({
    summary: 'The root document',
    how: "Links to what is declared; the counts are {cloud}'s.",
    kind: 'entry',
    method: 'GET',
    path: '/',
    rel: 'get',
    title: 'get the root document',
    answers: 'api',
    parameters: ['rsdl', 'schema'],
    async run(call) {
      // the names alone ask for them, whatever their value
      if (call.parameters.text('rsdl') !== undefined) return documentReply(200, RSDL, rsdlOf(operations, call.product));
      if (call.parameters.text('schema') !== undefined) return schemaReply;
      const links = collections.flatMap((collection) => linksOf(call.base, collection));
      const document = {
        link: links,
        special_objects: {
          link: special
            .filter(({ path }) => declared.has(path))
            .map(({ path, rel }) => ({ href: `${call.base}${path}/${ZERO_ID}`, rel })),
        },
        product_info: call.product,
        ...(!call.filtered && call.exchange.method !== 'HEAD' && { summary: await summaryOf(call) }),
        time: new Date().toISOString(),
      };
      return documentReply(200, API, document, {
        Link: links.map(({ href, rel }) => `<${call.origin}${href}>; rel=${rel}`).join(','),
      });
    },
  });
}

let schema: string | undefined;

/** Raw, with the headers of engines: the spaces are theirs (docs/reference/ovirt.md, section 2). */
const schemaReply: Reply = {
  status: 200,
  document: () => (schema ??= xsdOf(table)),
  headers: {
    'Content-Type': 'application/octet-stream',
    'content-disposition': `attachment; filename = ${SCHEMA_FILE}`,
  },
};

interface Count {
  total: number;
  active: number;
}

/**
 * The one user that the gateway knows of is the one that asks. One backend call a page of VMs, and those of hosts and
 * storage domains.
 */
async function summaryOf({ scope }: Call): Promise<{ vms: Count; hosts: Count; users: Count; storage_domains: Count }> {
  const [machines, hosts, domains] = await Promise.all([
    countVms(scope),
    inventory.hosts(scope),
    inventory.storageDomains(scope),
  ]);
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

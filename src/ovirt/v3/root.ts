import { ZERO_ID } from '../../model/index.js';
import { linksOf } from '../version/links.js';
import { summaryOf } from '../entry/summary.js';
import type { Call } from '../declare/operation.js';
import { documentReply, type Reply } from '../http/reply.js';

/** Special resources and the collection that each is in, in the engine's order (docs/reference/ovirt.md, section 2). */
const special = [
  { path: '/templates', rel: 'templates/blank' },
  { path: '/tags', rel: 'tags/root' },
] as const;

/**
 * The root document: the declared collections, the product, and counts. In version 3 special objects are links, and the
 * numbers of the product's version are attributes.
 */
export async function root(call: Call): Promise<Reply> {
  const { version, base, product } = call;
  const collections = version.rootCollections;
  const declared = new Set(collections.map(({ path }) => path));
  const links = collections.flatMap((collection) => linksOf(base, collection));
  const document = {
    link: links,
    special_objects: {
      link: special
        .filter(({ path }) => declared.has(path))
        .map(({ path, rel }) => ({ href: `${base}${path}/${ZERO_ID}`, rel })),
    },
    product_info: {
      name: product.name,
      vendor: product.vendor,
      version: product.version,
      full_version: product.full_version,
    },
    ...(!call.filtered && call.exchange.method !== 'HEAD' && { summary: await summaryOf(call) }),
    time: new Date().toISOString(),
  };
  return documentReply(200, version.document('api'), document, {
    Link: links.map(({ href, rel }) => `<${call.exchange.origin}${href}>; rel=${rel}`).join(','),
  });
}

import { uuidOf, ZERO_ID } from '../../model/index.js';
import { linksOf } from '../version/links.js';
import { summaryOf } from '../entry/summary.js';
import type { Call } from '../declare/operation.js';
import { documentReply, type Reply } from '../http/reply.js';

/**
 * The root document (docs/reference/v4-wire.md, section 3). In version 4 special objects are references, the version's
 * numbers are elements, with `full_version`, and the user is included.
 */
export async function root(call: Call): Promise<Reply> {
  const { version, base, product, scope } = call;
  const { origin } = call.exchange;
  const links = version.rootCollections.flatMap((collection) => linksOf(base, collection));
  const userId = uuidOf('user', scope.session.user.id);
  const user = { href: `${base}/users/${userId}`, id: userId };
  const document = {
    link: links,
    product_info: {
      name: product.name,
      vendor: product.vendor,
      instance_id: uuidOf('engine', scope.session.project.id),
      version: product.version4,
    },
    special_objects: {
      blank_template: { href: `${base}/templates/${ZERO_ID}`, id: ZERO_ID },
      root_tag: { href: `${base}/tags/${ZERO_ID}`, id: ZERO_ID },
    },
    // as of an engine that was never backed up
    ...(!call.filtered && { engine_backup: {} }),
    ...(!call.filtered && call.exchange.method !== 'HEAD' && { summary: await summaryOf(call) }),
    time: new Date().toISOString(),
    authenticated_user: user,
    effective_user: user,
  };
  const sorted = [...links].sort((a, b) => ((a.rel ?? '') < (b.rel ?? '') ? -1 : 1));
  return documentReply(200, version.document('api'), document, {
    Link: sorted.map(({ href, rel }) => `<${origin}${href}>; rel=${rel}`).join(','),
  });
}

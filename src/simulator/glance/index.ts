import { ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import { download, upload } from './data.js';
import { activation, images } from './images.js';
import { members } from './members.js';
import { metadefRoutes } from './metadefs.js';
import { metadefSchema, schema } from './schemas.js';
import { tags } from './tags.js';

function versions(call: SimulatedCall): Answer {
  const links = [{ rel: 'self', href: `${call.base}/image/v2/` }];
  return {
    status: 300,
    body: {
      versions: Array.from({ length: 10 }, (_, back) => ({
        id: `v2.${9 - back}`,
        status: back === 0 ? 'CURRENT' : 'SUPPORTED',
        links,
      })),
    },
  };
}

/** Recorded: 061. Images arrive by upload alone. */
const importMethods = (): Answer =>
  ok({ 'import-methods': { description: 'Import methods available.', type: 'array', value: [] } });

/** Glance v2: paths below `/image`, with the version. */
export const glanceRoutes: readonly Route[] = [
  route('GET', '/', 'versions', versions, 'anyone'),
  route('GET', '/v2/info/import', 'get_images', importMethods),
  route('GET', '/v2/schemas/{schema}', 'get_schema', schema),
  route('GET', '/v2/schemas/metadefs/{schema}', 'get_schema', metadefSchema),
  ...metadefRoutes,
  route('GET', '/v2/images', 'get_images', images.list),
  route('POST', '/v2/images', 'add_image', images.create),
  route('GET', '/v2/images/{image}', 'get_image', images.get),
  route('PATCH', '/v2/images/{image}', 'modify_image', images.update),
  route('DELETE', '/v2/images/{image}', 'delete_image', images.remove),
  route('PUT', '/v2/images/{image}/file', 'upload_image', upload),
  route('GET', '/v2/images/{image}/file', 'download_image', download),
  route('PUT', '/v2/images/{image}/tags/{tag}', 'modify_image', tags.add),
  route('DELETE', '/v2/images/{image}/tags/{tag}', 'modify_image', tags.remove),
  route('GET', '/v2/images/{image}/members', 'get_members', members.list),
  route('POST', '/v2/images/{image}/members', 'add_member', members.add),
  route('GET', '/v2/images/{image}/members/{member}', 'get_member', members.get),
  route('PUT', '/v2/images/{image}/members/{member}', 'modify_member', members.update),
  route('DELETE', '/v2/images/{image}/members/{member}', 'delete_member', members.remove),
  route('POST', '/v2/images/{image}/actions/deactivate', 'deactivate', activation('deactivated')),
  route('POST', '/v2/images/{image}/actions/reactivate', 'reactivate', activation('active')),
];

import { ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import type { World } from '../world/world.js';

const version = (call: SimulatedCall, { settings: { newest } }: World) => ({
  id: 'v2.1',
  status: 'CURRENT',
  version: newest.compute,
  min_version: '2.1',
  updated: '2013-07-23T11:33:21Z',
  links: [{ rel: 'self', href: `${call.base}/compute/v2.1/` }],
});

/** The version documents: outside of version and project. */
export const novaVersions: readonly Route[] = [
  route(
    'GET',
    '/',
    'versions',
    (call, world): Answer =>
      ok({
        versions: [
          { ...version(call, world), id: 'v2.0', status: 'SUPPORTED', version: '', min_version: '' },
          version(call, world),
        ],
      }),
    'anyone',
  ),
  route(
    'GET',
    '/v2.1',
    'version',
    (call, world): Answer =>
      ok({
        version: {
          ...version(call, world),
          'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.compute+json;version=2.1' }],
        },
      }),
    'anyone',
  ),
];

import { ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';

const version = (call: SimulatedCall) => ({
  id: 'v2.1',
  status: 'CURRENT',
  version: '2.93',
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
    (call): Answer =>
      ok({
        versions: [{ ...version(call), id: 'v2.0', status: 'SUPPORTED', version: '', min_version: '' }, version(call)],
      }),
    'anyone',
  ),
  route(
    'GET',
    '/v2.1',
    'version',
    (call): Answer =>
      ok({
        version: {
          ...version(call),
          'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.compute+json;version=2.1' }],
        },
      }),
    'anyone',
  ),
];

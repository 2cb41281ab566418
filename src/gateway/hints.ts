import type { Settings } from '../settings/index.js';
import { kindOf } from './back.js';

/** The settings for a cloud's address and certificate, by the kind of backend. */
const SETTINGS = {
  powervc:
    'powervc.authUrl, powervc.interface, powervc.caFile, powervc.certFile (where a client certificate is required)',
  openstack:
    'openstack.authUrl (OS_AUTH_URL), openstack.region (OS_REGION_NAME), openstack.interface (OS_INTERFACE), openstack.caFile and openstack.certFile (where a client certificate is required), or the same in clouds.yaml',
  powervs: 'powervs.iamUrl, powervs.region, powervs.url, powervs.caFile',
  simulator: 'simulator.inventory',
} as const;

/** The settings to check if the cloud does not answer. */
export const hintFor = (settings: Settings): string =>
  `${SETTINGS[kindOf(settings)]}, the name server, and ${proxiesOf(settings)}`;

/** With their addresses, without a user name or password. */
function proxiesOf({ proxy: { https, http } }: Settings): string {
  const given = [
    ...(https === undefined ? [] : [`proxy.https (HTTPS_PROXY) ${new URL(https).origin}`]),
    ...(http === undefined ? [] : [`proxy.http (HTTP_PROXY) ${new URL(http).origin}`]),
  ];
  return given.join(' and ') || 'proxy.https (HTTPS_PROXY)';
}

import type { Settings } from '../settings/index.js';
import { kindOf } from './back.js';

/** The settings by which a cloud is found and believed, by the kind of backend. */
const SETTINGS = {
  powervc: 'powervc.authUrl, powervc.caFile',
  openstack: 'openstack.authUrl (OS_AUTH_URL, clouds.yaml), openstack.caFile',
  powervs: 'powervs.iamUrl, powervs.region, powervs.url, powervs.caFile',
  simulator: 'simulator.inventory',
} as const;

/** What to look at when the cloud does not answer. */
export const hintFor = (settings: Settings): string =>
  `${SETTINGS[kindOf(settings)]}, the name server, and proxy.https (HTTPS_PROXY)`;

import { cinderRoutes, cinderVersions, cinderWork } from './cinder/index.js';
import { glanceRoutes } from './glance/index.js';
import { keystoneRoutes } from './keystone/index.js';
import { metricRoutes } from './metrics.js';
import { neutronRoutes } from './neutron/index.js';
import { novaRoutes, novaWork } from './nova/index.js';
import { novaVersions } from './nova/versions.js';
import type { Route, ServiceName } from './router.js';
import type { WorkKind } from './work.js';
import type { World } from './world/world.js';
import { MIB } from '../units.js';

/** Where PowerVC's HTTPD has its services (docs/reference/power.md, 1.1). */
export const PREFIX = '/powervc/openstack';

export interface Service {
  readonly name: ServiceName;
  readonly routes: readonly Route[];
  /** Routes without version and project, for services whose other paths have both. */
  readonly versions?: readonly Route[];
  /** The version in front of the project. */
  readonly version?: string;
  /** Microversions: header's name for the service, and the least of them; the settings have the newest. */
  readonly micro?: { readonly name: 'compute' | 'volume'; readonly major: number; readonly least: number };
  /** Bytes that a request body may have. */
  readonly limit: number;
  readonly requestIdHeaders: readonly string[];
}

export const services: Readonly<Record<string, Service>> = {
  identity: { name: 'identity', routes: keystoneRoutes, limit: 114_688, requestIdHeaders: ['x-openstack-request-id'] },
  // 114688: oslo.middleware's max_request_body_size (recorded: 183).
  compute: {
    name: 'compute',
    routes: novaRoutes,
    versions: novaVersions,
    version: 'v2.1',
    micro: { name: 'compute', major: 2, least: 1 },
    limit: 114_688,
    requestIdHeaders: ['X-Openstack-Request-Id', 'X-Compute-Request-Id'],
  },
  volume: {
    name: 'volume',
    routes: cinderRoutes,
    versions: cinderVersions,
    version: 'v3',
    micro: { name: 'volume', major: 3, least: 0 },
    limit: 114_688,
    requestIdHeaders: ['X-Openstack-Request-Id', 'X-Compute-Request-Id'],
  },
  network: { name: 'network', routes: neutronRoutes, limit: 114_688, requestIdHeaders: ['X-Openstack-Request-Id'] },
  // Images of tests: a real Glance has no limit.
  image: { name: 'image', routes: glanceRoutes, limit: 256 * MIB, requestIdHeaders: ['X-Openstack-Request-Id'] },
  metric: { name: 'metric', routes: metricRoutes, limit: MIB, requestIdHeaders: ['X-Openstack-Request-Id'] },
};

/** All kinds of work that takes time. */
export const workKinds: Readonly<Record<string, WorkKind<World>>> = { ...novaWork, ...cinderWork };

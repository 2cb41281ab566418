import type { Route } from '../router.js';
import { applicationCredentialRoutes } from './application-credentials.js';
import { catalogueRoutes } from './catalogue.js';
import { credentialRoutes } from './credentials.js';
import { domainRoutes } from './domains.js';
import { endpointGroupRoutes } from './endpoint-groups.js';
import { grantRoutes } from './grants.js';
import { groupRoutes } from './groups.js';
import { projectRoutes } from './projects.js';
import { roleRoutes } from './roles.js';
import { tokenRoutes } from './tokens.js';
import { trustRoutes } from './trusts.js';
import { userRoutes } from './users.js';

export { unauthenticated } from './tokens.js';

/** Keystone ignores a slash at the end of a path. */
const slashed = (one: Route): Route => ({ ...one, pattern: new RegExp(one.pattern.source.replace(/\$$/, '/?$')) });

/** Keystone v3: paths below `/identity`, with the version. */
export const keystoneRoutes: readonly Route[] = [
  ...tokenRoutes,
  ...domainRoutes,
  ...catalogueRoutes,
  ...endpointGroupRoutes,
  ...projectRoutes,
  ...userRoutes,
  ...groupRoutes,
  ...roleRoutes,
  ...grantRoutes,
  ...applicationCredentialRoutes,
  ...credentialRoutes,
  ...trustRoutes,
].map(slashed);

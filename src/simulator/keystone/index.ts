import type { Route } from '../router.js';
import { catalogueRoutes } from './catalogue.js';
import { projectRoutes } from './projects.js';
import { tokenRoutes } from './tokens.js';
import { userRoutes } from './users.js';

export { unauthenticated } from './tokens.js';

/** Keystone v3: paths below `/identity`, with the version. */
export const keystoneRoutes: readonly Route[] = [...tokenRoutes, ...catalogueRoutes, ...projectRoutes, ...userRoutes];

import { Refusal } from '../refusal.js';
import { route, type Route } from './routes.js';

/**
 * Operations of the API (docs/reference/powervs-operations.txt) that are not simulated: each answers 501 with its name.
 */
const absent: readonly (readonly [method: string, path: string, name: string])[] = [
  ['PUT', '1:', 'change a workspace'],
  ['DELETE', '1:', 'delete a workspace'],
  ['PUT', '1:/shared-images', 'share images'],
  ['GET', '1:/volumes/{volume}/remote-copy', 'remote copy of a volume'],
  ['POST', '1:/volumes/clone', 'clone volumes by version 1'],
  ['POST', '1:/sap', 'deploy an SAP instance'],
  ['GET', '/pcloud/v1/tasks/{task}', 'tasks'],
  ['DELETE', '/pcloud/v1/tasks/{task}', 'tasks'],
  ['GET', '2:/volumes-clone', 'clones in phases'],
  ['POST', '2:/volumes-clone', 'clones in phases'],
  ['GET', '2:/volumes-clone/{clone}', 'clones in phases'],
  ['DELETE', '2:/volumes-clone/{clone}', 'clones in phases'],
  ['POST', '2:/volumes-clone/{clone}/start', 'clones in phases'],
  ['POST', '2:/volumes-clone/{clone}/execute', 'clones in phases'],
  ['POST', '2:/volumes-clone/{clone}/cancel', 'clones in phases'],
];

export const absentRoutes: readonly Route[] = absent.map(([method, path, name]) =>
  route(method, path, (call) => {
    throw new Refusal(501, `${call.method} ${call.path}: the simulator has not this operation (${name})`);
  }),
);

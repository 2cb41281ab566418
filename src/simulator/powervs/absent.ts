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
  ['POST', '1:/sap', 'deploy an SAP instance'],
  ['GET', '/pcloud/v1/tenants/{tenant}', 'tenants'],
  ['PUT', '/pcloud/v1/tenants/{tenant}', 'tenants'],
  ['GET', '/pcloud/v1/tasks/{task}', 'tasks'],
  ['DELETE', '/pcloud/v1/tasks/{task}', 'tasks'],
];

/**
 * What IBM's client (power-go-client 1.16) has besides: lists, and what is below them. The simulated workspace has none.
 */
const others: readonly (readonly [path: string, name: string])[] = [
  ['/pcloud/v1/locations', 'disaster recovery'],
  ['1:/cloud-connections', 'cloud connections'],
  ['1:/cloud-connections-virtual-private-clouds', 'cloud connections'],
  ['1:/locations', 'disaster recovery'],
  ['1:/services', 'DHCP servers'],
  ['1:/shared-processor-pools', 'shared processor pools'],
  ['1:/spp-placement-groups', 'placement groups of shared processor pools'],
  ['1:/volume-groups', 'volume groups'],
  ['1:/volumes/onboarding', 'onboarding of volumes'],
  ['1:/vpn', 'VPN'],
  ['/v1/available-hosts', 'dedicated hosts'],
  ['/v1/host-groups', 'dedicated hosts'],
  ['/v1/hosts', 'dedicated hosts'],
  ['/v1/network-address-groups', 'network security groups'],
  ['/v1/network-peers', 'network peers'],
  ['/v1/network-security-groups', 'network security groups'],
  ['/v1/routes', 'routes'],
  ['/v1/snapshots', 'snapshots of volumes'],
  ['/v1/software-tiers', 'virtual serial numbers'],
  ['/v1/virtual-serial-number', 'virtual serial numbers'],
  ['/v1/volume-snapshots', 'snapshots of volumes'],
];

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;

function refusing(method: string, path: string, name: string): Route {
  return route(method, path, (call) => {
    throw new Refusal(501, `${call.method} ${call.path}: the simulator has not this operation (${name})`);
  });
}

export const absentRoutes: readonly Route[] = [
  ...absent.map(([method, path, name]) => refusing(method, path, name)),
  ...others.flatMap(([path, name]) => METHODS.map((method) => below(refusing(method, path, name)))),
];

/** The route, and all that is below it. */
function below({ pattern, ...rest }: Route): Route {
  return { ...rest, pattern: new RegExp(pattern.source.replace(/\$$/, '(?:/.*)?$')) };
}

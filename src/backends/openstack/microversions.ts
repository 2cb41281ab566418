import type { Connection } from './connection.js';
import type { CallId } from './wire.js';

/**
 * The lowest microversion that a call needs on plain OpenStack; a call that is not here needs none (Nova 2.1, Cinder
 * 3.0). Sources: Nova's and Cinder's
 * "REST API Version History"; each boundary was seen on Zed. PowerVC's clients send none, so that this is not its
 * table.
 */
const lowest: Readonly<Partial<Record<CallId, string>>> = {
  'nova.servers.list': 'compute 2.47', // the flavor's size in the server
  'nova.servers.get': 'compute 2.47',
  'nova.servers.create': 'compute 2.37', // networks: "none"
  'nova.servers.tags.add': 'compute 2.26',
  'nova.servers.tags.remove': 'compute 2.26',
  'nova.servers.diagnostics': 'compute 2.48', // one form for every hypervisor
  'nova.flavors.list': 'compute 2.61', // with extra specs
  'nova.hypervisors.list': 'compute 2.53', // the service's UUID; from 2.88 on there are no processors and memory in it
  'nova.hypervisors.uptime': 'compute 2.53', // the id is that of the list
  'nova.services.update': 'compute 2.53',
  'nova.volumes.attach': 'compute 2.60', // multiattach
  'nova.volumes.keep': 'compute 2.85', // delete_on_termination of an attached volume
  'cinder.snapshots.list': 'volume 3.22', // filter by metadata
  'cinder.group-types.list': 'volume 3.11',
  'cinder.groups.list': 'volume 3.13',
  'cinder.groups.get': 'volume 3.13',
  'cinder.groups.create': 'volume 3.13',
  'cinder.groups.update': 'volume 3.13',
  'cinder.groups.action.delete': 'volume 3.13',
  'cinder.group-snapshots.list': 'volume 3.14',
  'cinder.group-snapshots.create': 'volume 3.14',
  'cinder.group-snapshots.delete': 'volume 3.14',
  'cinder.volumes.action.revert': 'volume 3.40',
  'cinder.volumes.action.os-extend': 'volume 3.42', // of an attached volume
};

/** The same connection, whose calls bear the microversion that they need; one that a call names itself goes before. */
export function versioned(connection: Connection): Connection {
  const headersOf = (id: CallId): Record<string, string> =>
    lowest[id] === undefined ? {} : { 'openstack-api-version': lowest[id] };
  return {
    get login() {
      return connection.login;
    },
    call: (id, args) => connection.call(id, { ...args, headers: { ...headersOf(id), ...args.headers } }),
    answer: (id, args) => connection.answer(id, { ...args, headers: { ...headersOf(id), ...args.headers } }),
    send: (id, args, bytes) => connection.send(id, args, bytes),
    bytes: (id, args) => connection.bytes(id, args),
    using: (table) => connection.using(table),
    has: (service) => connection.has(service),
    with: (options) => versioned(connection.with(options)),
    get lasting() {
      return versioned(connection.lasting);
    },
    export: () => connection.export(),
    hold: () => connection.hold(),
    check: () => connection.check(),
    logOut: () => connection.logOut(),
  };
}

/** Whether `has` is at least `wanted`: `2.9` is before `2.53`. */
export function reaches(has: string, wanted: string): boolean {
  const [a = 0, b = 0] = has.split('.').map(Number);
  const [c = 0, d = 0] = wanted.split('.').map(Number);
  return a > c || (a === c && b >= d);
}

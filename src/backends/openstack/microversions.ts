import type { ByteSource, CallOptions } from '../../model/index.js';
import type { CallArguments } from './calls.js';
import type { Connection, Slices } from './connection.js';
import type { BytesToSend, RawAnswer } from '../http/messages.js';
import type { AnswerOf, ListOf, Table } from '../http/wire.js';
import type { CallId, OpenStackTable } from './wire.js';

/**
 * The lowest microversion that a call needs on plain OpenStack; a call that is not here needs none (Nova 2.1, Cinder
 * 3.0). Sources: Nova's and Cinder's "REST API Version History"; each boundary was seen on Zed. PowerVC's clients send
 * none, so it does not use this table.
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

/** The same connection, whose calls send the microversion that they need, unless a call names one itself. */
export const versioned = (connection: Connection): Connection => new Versioned(connection);

/** A class, because each request has its own: see `LoginConnection`. */
class Versioned implements Connection {
  constructor(private readonly plain: Connection) {}

  get login(): Connection['login'] {
    return this.plain.login;
  }
  get lasting(): Connection {
    return new Versioned(this.plain.lasting);
  }
  with(options: CallOptions): Connection {
    return new Versioned(this.plain.with(options));
  }
  using<Other extends Table>(table: Other): Connection<Other> {
    return this.plain.using(table);
  }
  call<Id extends CallId>(id: Id, args: CallArguments<Id>): Promise<AnswerOf<OpenStackTable, Id>> {
    return this.plain.call(id, withVersion(id, args));
  }
  polled<Id extends CallId>(
    id: Id,
    item: keyof AnswerOf<OpenStackTable, Id> & string,
    args: CallArguments<Id>,
  ): Promise<AnswerOf<OpenStackTable, Id>> {
    return this.plain.polled(id, item, withVersion(id, args));
  }
  answer<Id extends CallId>(
    id: Id,
    args: CallArguments<Id>,
  ): Promise<{ readonly body: AnswerOf<OpenStackTable, Id>; readonly headers: RawAnswer['headers'] }> {
    return this.plain.answer(id, withVersion(id, args));
  }
  sliced<Id extends CallId, List extends ListOf<OpenStackTable, Id>>(
    id: Id,
    list: List,
    args: CallArguments<Id>,
  ): Promise<Slices<AnswerOf<OpenStackTable, Id>, List>> {
    return this.plain.sliced(id, list, withVersion(id, args));
  }
  counted<Id extends CallId, List extends ListOf<OpenStackTable, Id>>(
    id: Id,
    list: List,
    args: CallArguments<Id>,
  ): Promise<{ readonly count: number; readonly body: AnswerOf<OpenStackTable, Id> }> {
    return this.plain.counted(id, list, withVersion(id, args));
  }
  send<Id extends CallId>(id: Id, args: CallArguments<Id>, bytes: BytesToSend): Promise<void> {
    return this.plain.send(id, args, bytes);
  }
  bytes<Id extends CallId>(id: Id, args: CallArguments<Id>): Promise<ByteSource> {
    return this.plain.bytes(id, args);
  }
  has(service: string): boolean {
    return this.plain.has(service);
  }
  export(): string {
    return this.plain.export();
  }
  hold(): () => void {
    return this.plain.hold();
  }
  check(): Promise<boolean> {
    return this.plain.check();
  }
  logOut(): Promise<void> {
    return this.plain.logOut();
  }
}

function withVersion<Id extends CallId>(id: Id, args: CallArguments<Id>): CallArguments<Id> {
  const version = lowest[id];
  return version === undefined ? args : { ...args, headers: { 'openstack-api-version': version, ...args.headers } };
}

/** Whether `has` is at least `wanted`: `2.9` is before `2.53`. */
export function reaches(has: string, requested: string): boolean {
  const [a = 0, b = 0] = has.split('.').map(Number);
  const [c = 0, d = 0] = requested.split('.').map(Number);
  return a > c || (a === c && b >= d);
}

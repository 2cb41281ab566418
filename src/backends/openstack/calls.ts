import type { CallOptions } from '../../model/index.js';
import * as http from '../http/calls.js';
import type { Outgoing, RawAnswer, Stream, Transport, WholeAnswer } from '../http/messages.js';
import { createRedactor, hideAll } from '../http/redact.js';
import type { Target } from '../http/refusal.js';
import { declarationOf, type AnswerOf, type IdOf, type Table } from '../http/wire.js';
import { refusal } from './errors.js';
import { openStack, type OpenStackTable } from './wire.js';

/** What fills a declared call. */
export type CallArguments<Id extends IdOf<T>, T extends Table = OpenStackTable> = http.CallArguments<T, Id>;

/** The name of a service in faults. */
const names: Readonly<Record<string, string>> = {
  identity: 'Keystone',
  compute: 'Nova',
  volume: 'Cinder',
  network: 'Neutron',
  image: 'Glance',
  metric: 'Gnocchi',
};
export const nameOf = (service: string): string => names[service] ?? service;

/**
 * The catalog's types of a service, best first. IBM's own clients use `volume` (docs/reference/power.md, 1.1), newer
 * OpenStack others.
 */
const types: Readonly<Record<string, readonly string[]>> = { volume: ['volumev3', 'block-storage', 'volume'] };
export const typesOf = (service: string): readonly string[] => types[service] ?? [service];

/** The services that any declared call asks for. */
export const usedServices: readonly string[] = [
  ...new Set(Object.values(openStack.calls).map(({ service }) => service)),
];

/** The catalog's types that any declared call asks for. */
export const usedTypes: ReadonlySet<string> = new Set(
  Object.values(openStack.calls).flatMap(({ service }) => typesOf(service)),
);

const conventions: http.Conventions = {
  nameOf,
  // OpenStack adopts a caller's id of this form, and every service logs it
  requestId: { header: 'x-openstack-request-id', of: (uuid) => `req-${uuid}` },
  redactor: createRedactor({ password: hideAll, adminPass: hideAll }),
  refusal,
};

/** Sends a call to the service at `address`, and reports it to `onCall`. Throws what the transport throws. */
export const send = <T extends Table, Id extends IdOf<T>>(
  transport: Transport,
  address: URL,
  table: T,
  id: Id,
  args: CallArguments<Id, T>,
  options: CallOptions,
): Promise<RawAnswer> => sendBy((request) => transport.send(request), address, table, id, args, options);

/** The same by `act`, another way to send. Throws what `act` throws. */
export function sendBy<T extends Table, Id extends IdOf<T>, R extends WholeAnswer | Stream>(
  act: (request: Outgoing) => Promise<R>,
  address: URL,
  table: T,
  id: Id,
  args: CallArguments<Id, T>,
  options: CallOptions,
  reading: http.Reading = {},
): Promise<R> {
  const declaration = declarationOf(table, id);
  const { params, query, body } = args as http.LooseArguments;
  const { origin } = partsOf(address);
  const path = pathAt(address, declaration.path, params) + http.queryText(query);
  return http.sendBy(act, conventions, declaration, { origin, path, headers: args.headers, body, ...reading }, options);
}

/** The declared body of an answer. Throws as `accept` of `http/calls.ts` does. */
export const accept = <T extends Table, Id extends IdOf<T>>(
  table: T,
  id: Id,
  incoming: RawAnswer,
  about: readonly Target[] = [],
): AnswerOf<T, Id> => http.accept(conventions, table, id, incoming, about);

/** An address of the catalog, parsed once: a `URL` is slow to read and slower to change. */
interface AddressParts {
  readonly origin: string;
  /** The path, without a trailing slash. */
  readonly base: string;
  /** The same up to its version: the project follows it in Cinder's address. */
  readonly root: string;
}

const parts = new WeakMap<URL, AddressParts>();

function partsOf(address: URL): AddressParts {
  const known = parts.get(address);
  if (known) return known;
  const base = address.pathname.replace(/\/+$/, '');
  const root = address.pathname.replace(/(\/v\d[\d.]*)\/.*$/, '$1').replace(/\/+$/, '');
  const addressParts = { origin: address.origin, base, root };
  parts.set(address, addressParts);
  return addressParts;
}

/** The catalog's path and the call's. A version that both contain appears once. */
function pathAt(address: URL, path: string, params: Readonly<Record<string, string>> | undefined): string {
  const { base, root } = partsOf(address);
  // `/` is what the version itself answers
  if (path === '/') return `${root}/`;
  const own = http.filled(path, params);
  const version = /^\/v[\d.]+(?=\/)/.exec(own)?.[0];
  return base + (version !== undefined && base.endsWith(version) ? own.slice(version.length) : own);
}

import { Fault } from '../../model/index.js';
import * as datacenters from '../../services/inventory/datacenters.js';
import type { Call, Operation } from '../declare/operation.js';

/**
 * An id of the path, by its name; several paths lead to most of these resources, and some have more ids than others.
 */
export const idIn = (call: Call, name: string): string => (call.ids as Readonly<Record<string, string>>)[name] ?? '';

/** Checks that the data center in the path is the login's own. No call. Throws `not-found`. */
export async function inOwnDataCenter(call: Call): Promise<void> {
  const id = idIn(call, 'datacenter');
  if (id !== '') await datacenters.get(call.scope, id);
}

/** Finds the owner of a collection that is always empty; nothing is found in it. Throws `not-found`. */
export const noneOf = (what: string, key: string, look: (call: Call) => Promise<unknown>) => async (call: Call) => {
  await look(call);
  throw new Fault('not-found', { what, id: idIn(call, key) });
};

/** Marks operations of version 3 alone: version 4 has more at their path. */
export const untilVersion3 = (operations: readonly Operation[]): Operation[] =>
  operations.map((operation) => ({ ...operation, until: '3.6' }));

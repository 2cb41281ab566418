import type { Started } from '../../../services/context.js';
import type { Document } from '../../version/document.js';
import type { Call } from '../operation.js';
import { addLinks, parentOf, type Resource } from '../resource.js';

/** Where a collection is, and what it holds. */
export interface CollectionPlace<P extends string, Item extends string, N extends object> {
  /** `/vms`. */
  readonly path: P;
  /** `/vms/{vm:id}`. */
  readonly item: Item;
  readonly resource: Resource<N>;
}

/** The document of one item, with its links. */
export const itemDocument = <N extends object>(
  { item, resource }: CollectionPlace<string, string, N>,
  call: Call,
  value: N,
): Document => addLinks(resource, value, call, parentOf(call.path), item);

/** Whether work continues after the answer. */
export const isStarted = <T>(result: T | Started<T> | void): result is Started<T> =>
  typeof result === 'object' && result !== null && 'finished' in result;

import { Fault, isUuid } from '../../model/index.js';

/**
 * An id from a path. Throws `not-found` when it cannot be one: a malformed id in a path is a resource that isn't there,
 * and engines answer both with an empty 404 (docs/reference/ovirt.md, section 9). Lower case, as PowerVC prints ids.
 */
export function asId(what: string, text: string): string {
  if (!isUuid(text)) throw new Fault('not-found', { what, id: text.slice(0, 100) });
  return text.toLowerCase();
}

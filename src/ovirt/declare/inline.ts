import { isFault } from '../../model/index.js';
import { follower } from './follow.js';
import type { Call, Operation } from './operation.js';
import { Parameters } from '../http/parameters.js';
import type { Document } from '../version/document.js';

const NO_PARAMETERS = new Parameters(new Map(), new Map());
const NO_DETAILS: ReadonlySet<string> = new Set();

/**
 * Clients ask for sub-collections with `Accept: application/xml; detail=disks; detail=nics` or `;detail=disks+nics`
 * (docs/reference/ovirt.md, section 4); what a document can hold is in the version's protocol table.
 *
 * Makes the function that fills a document with the sub-collections that were asked for; undefined when none was that
 * it can hold. Details of other types are ignored: clients send everything that they ever want with each request.
 * `item` is the declared path of the document. The call must be one that caches lists (`remembered`).
 */
export function inliner(
  call: Call,
  element: string,
  item: string,
): ((document: Document) => Promise<void>) | undefined {
  const { version } = call;
  if (version.protocol.inline === 'follow') return follower(call, item);
  const { lists } = version.relations(item);
  const requested = [...call.details]
    .filter((name) => version.protocol.holds[element]?.includes(name))
    .flatMap((name) => lists.get(name) ?? []);
  if (requested.length === 0) return undefined;
  const idName = /\{(\w+):\w+\}$/.exec(item)?.[1] ?? '';

  return async function fill(document) {
    await Promise.all(
      requested.map(async (operation) => {
        const items = await documentsOf(operation, document);
        // the element of a collection is the property that holds it
        if (items) Object.assign(document, { [operation.answers]: items });
      }),
    );
  };

  /** One that is gone by now, or that the backend does not support, is left out. */
  async function documentsOf(operation: Operation, document: Document): Promise<object | undefined> {
    const href = `${document.href}${operation.path.slice(operation.path.lastIndexOf('/'))}`;
    const sub: Call<Readonly<Record<string, string>>> = {
      ...call,
      operation,
      parameters: NO_PARAMETERS,
      details: NO_DETAILS,
      path: href.slice(call.base.length),
      ids: { ...(call.ids as object), [idName]: document.id ?? '' },
    };
    try {
      for (const capability of operation.needs) call.require(capability, operation.title);
      return await operation.collected?.(sub as Call<never>);
    } catch (error) {
      if (isFault(error, 'not-found') || isFault(error, 'unsupported')) return undefined;
      throw error;
    }
  }
}

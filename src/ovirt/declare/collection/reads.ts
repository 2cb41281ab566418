import { Fault, isFault } from '../../../model/index.js';
import { declare } from '../declare.js';
import { remembered } from '../follow.js';
import { inliner } from '../inline.js';
import { collectedList, listReply } from '../list.js';
import type { Call, Ids, Operation } from '../operation.js';
import { documentReply } from '../../http/reply.js';
import { addLinks } from '../resource.js';
import type { GetFacts, ListFacts } from './facts.js';
import { itemDocument, type CollectionPlace } from './place.js';
import { emptyWhenUnable } from '../unable.js';

/** The list of a collection. */
export function listOperation<P extends string, Item extends string, N extends object>(
  { path, item, resource }: CollectionPlace<P, Item, N>,
  { verb, ...facts }: ListFacts<Ids<P>, N>,
): Operation {
  const { entity, element } = resource;
  return declare<Ids<P>>({
    ...facts,
    kind: 'list',
    method: 'GET',
    path,
    rel: 'get',
    title: `list ${entity}s`,
    answers: resource.list,
    ...(resource.search && { search: resource.search }),
    run: async (requested, call = remembered(requested)) =>
      listReply(
        resource,
        call,
        (value) => addLinks(resource, value, call, call.path, item),
        (search) => verb(call, search),
        inliner(call, element, item),
      ),
    collected: async (call) =>
      collectedList(
        resource,
        call,
        (value) => addLinks(resource, value, call, call.path, item),
        (search) => verb(call, search),
      ),
  });
}

/** One item of a collection. */
export function getOperation<P extends string, Item extends string, N extends object>(
  place: CollectionPlace<P, Item, N>,
  { verb, ...facts }: GetFacts<Ids<Item>, N>,
): Operation {
  const { item, resource } = place;
  const { entity, element } = resource;
  return declare<Ids<Item>>({
    ...facts,
    kind: 'get',
    method: 'GET',
    path: item,
    rel: 'get',
    title: `get ${entity}`,
    answers: element,
    found: async (call) => itemDocument(place, call, await verb(call)),
    async run(requested, call = remembered(requested)) {
      const document = itemDocument(place, call, await unlessUnable(call, () => verb(call)));
      await inliner(call, element, item)?.(document);
      return documentReply(200, call.version.binding(resource.table).representation, document);
    },
  });
}

/**
 * What the cloud does not support is not found where the collection of it is empty; otherwise it is refused by name.
 */
async function unlessUnable<T>({ version, operation, ids }: Call<unknown>, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (!emptyWhenUnable(version, operation) || !isFault(error, 'unsupported')) throw error;
    const id = Object.values(ids as Readonly<Record<string, string>>).at(-1) ?? '';
    throw new Fault('not-found', { what: operation.answers, id }, { cause: error });
  }
}

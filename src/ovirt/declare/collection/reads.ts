import type { Representation } from '../../../codec/index.js';
import { Derived, Fault, isFault, isLasting } from '../../../model/index.js';
import { declare } from '../declare.js';
import { remembered } from '../follow.js';
import { inliner } from '../inline.js';
import { collectedList, listReply } from '../list.js';
import type { Call, Ids, Operation } from '../operation.js';
import { documentReply, type Reply, write } from '../../http/reply.js';
import type { Document } from '../../version/document.js';
import { addLinks, stampOf } from '../resource.js';
import type { GetFacts, ListFacts } from './facts.js';
import { itemDocument, type CollectionPlace } from './place.js';

/** The list of a collection. */
export function listOperation<P extends string, Item extends string, N extends object>(
  { path, item, resource }: CollectionPlace<P, Item, N>,
  { verb, content, ...facts }: ListFacts<Ids<P>, N>,
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
        together(inliner(call, element, item), call.allContent && content ? (one) => content(call, one) : undefined),
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

type Fill = (document: Document) => Promise<void>;

/** Both at once; undefined when there is nothing to fill in. */
const together = (one: Fill | undefined, other: Fill | undefined): Fill | undefined =>
  one && other
    ? async (document) => {
        await Promise.all([one(document), other(document)]);
      }
    : (one ?? other);

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
      const entity = await unlessUnable(call, () => verb(call));
      const { representation } = call.version.binding(resource.table);
      const fill = inliner(call, element, item);
      if (!fill && resource.variant && isLasting(entity)) return keptReply(place, call, entity, representation);
      const document = itemDocument(place, call, entity);
      await fill?.(document);
      return documentReply(200, representation, document);
    },
  });
}

const texts = new Derived<string>();

/** The text of an entity that lasts is kept with it. */
const keptReply = <N extends object>(
  place: CollectionPlace<string, string, N>,
  call: Call,
  entity: N,
  representation: Representation<Document>,
): Reply => ({
  status: 200,
  document: (format) =>
    texts.of(entity, stampOf(place.resource, call, format) ?? '', (lasting) =>
      write(representation, itemDocument(place, call, lasting), format),
    ),
});

/** The collection of what the cloud does not support is empty, so an item of it is not found. */
async function unlessUnable<T>({ operation, ids }: Call<unknown>, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (!isFault(error, 'unsupported')) throw error;
    const id = Object.values(ids as Readonly<Record<string, string>>).at(-1) ?? '';
    throw new Fault('not-found', { what: operation.answers, id }, { cause: error });
  }
}

import { Fault } from '../../../model/index.js';
import { documentReply, type Reply } from '../../http/reply.js';
import type { Document } from '../../version/document.js';
import { assertComplete, type Required } from '../../version/required.js';
import { actionFlags, actionReply } from '../action.js';
import { declare } from '../declare.js';
import { follower, remembered } from '../follow.js';
import { awaited, concerns, followed, jobOf } from '../journaling.js';
import type { Call, Ids, Operation } from '../operation.js';
import { addLinks, pending, takeIn, type Resource } from '../resource.js';
import type { AddFacts, PostFacts, RemoveFacts, UpdateFacts } from './facts.js';
import { isStarted, itemDocument, type CollectionPlace } from './place.js';

/** What a client's document asks for. Throws `request.incomplete` where something required is missing. */
function read<N extends object>(
  resource: Resource<N>,
  call: Call,
  required: readonly Required[],
  verb: string,
): { readonly document: Document; readonly input: Partial<N> } {
  const { representation } = call.version.binding(resource.table);
  const { value: document, unknown } = call.incoming.read(representation);
  assertComplete(document, representation.name, verb, required);
  const input = takeIn(resource, document, call, unknown);
  return { document, input };
}

/** The answer to an addition; the client is told where the item is. */
function created<N extends object>(
  { item, resource }: CollectionPlace<string, string, N>,
  call: Call,
  value: N,
  status: number,
): Reply {
  const { representation } = call.version.binding(resource.table);
  const document = addLinks(resource, value, call, call.path, item);
  call.exchange.created = document.href;
  if (status === 200) return documentReply(200, representation, document);
  return documentReply(status, representation, status === 202 ? pending(document, call) : document, {
    Location: document.href ?? '',
  });
}

/** An addition to a collection. */
export function addOperation<P extends string, Item extends string, N extends object>(
  place: CollectionPlace<P, Item, N>,
  { verb, attaches, attached: status = 200, required = [], needsFor = [], ...facts }: AddFacts<Ids<P>, N>,
): Operation {
  const { path, resource } = place;
  const { entity, element } = resource;
  return declare<Ids<P>>({
    ...facts,
    required,
    kind: 'add',
    method: 'POST',
    path,
    rel: 'add',
    title: `add ${entity}`,
    reads: [element],
    answers: element,
    status: 201,
    async: resource.progress !== undefined,
    async run(call) {
      const { input } = read(resource, call, required, 'add');
      for (const { capability, subject, when } of needsFor) if (when(input)) call.require(capability, subject);
      const result = await verb(call, input);
      concerns(call, entity, isStarted(result) ? result.value : result);
      const attached = attaches?.(input) === true;
      const done = attached ? status : 201;
      if (!isStarted(result)) return created(place, call, result, done);
      followed(call, result.finished);
      if (attached || call.wait) return created(place, call, await awaited(call, result.finished), done);
      return created(place, call, result.value, result.isThere ? done : 202);
    },
  });
}

/** A change of an item. */
export function updateOperation<P extends string, Item extends string, N extends object>(
  place: CollectionPlace<P, Item, N>,
  { verb, required = [], follows = false, ...facts }: UpdateFacts<Ids<Item>, N>,
): Operation {
  const { item, resource } = place;
  const { entity, element } = resource;
  return declare<Ids<Item>>({
    ...facts,
    required,
    kind: 'update',
    method: 'PUT',
    path: item,
    rel: 'update',
    title: `update ${entity}`,
    reads: [element],
    answers: element,
    async run(call) {
      const { document, input } = read(resource, call, required, 'update');
      assertSameId([document.id, resource.otherId?.(document)], call.path);
      const value = await verb(call, input);
      // a VM is told by its own id and name
      if (entity !== 'VM') concerns(call, entity, value);
      if (answersNothing(call)) return { status: 202 };
      const changed = itemDocument(place, call, value);
      if (follows && call.version.protocol.inline === 'follow') await follower(remembered(call), item)?.(changed);
      return documentReply(call.background ? 202 : 200, call.version.binding(resource.table).representation, changed);
    },
  });
}

/** Whether a change that the client does not wait for is answered without a document, as engines do from 4.0 on. */
const answersNothing = ({ background, version }: Call): boolean =>
  background && version.protocol.asyncChange === 'empty';

/** A representation that is posted to an item. `rel` is its name here; no link leads to it. */
export function postOperation<P extends string, Item extends string, N extends object>(
  place: CollectionPlace<P, Item, N>,
  rel: string,
  { verb, ...facts }: PostFacts<Ids<Item>, N>,
): Operation {
  const { item, resource } = place;
  const { entity, element } = resource;
  return declare<Ids<Item>>({
    ...facts,
    kind: 'update',
    method: 'POST',
    path: item,
    rel,
    title: `${rel} ${entity}`,
    reads: [element],
    answers: element,
    async run(call) {
      const { document, input } = read(resource, call, [], 'update');
      assertSameId([document.id, resource.otherId?.(document)], call.path);
      const result = await verb(call, input);
      if (isStarted(result)) followed(call, result.finished);
      return documentReply(
        202,
        call.version.binding(resource.table).representation,
        itemDocument(place, call, isStarted(result) ? result.value : result),
      );
    },
  });
}

/** The removal of an item. */
export function removeOperation<P extends string, Item extends string, N extends object>(
  { item, resource: { entity } }: CollectionPlace<P, Item, N>,
  { verb, flags = [], ...facts }: RemoveFacts<Ids<Item>>,
): Operation {
  return declare<Ids<Item>>({
    ...facts,
    parameters: [...(facts.parameters ?? []), ...flags],
    kind: 'remove',
    method: 'DELETE',
    path: item,
    rel: 'delete',
    title: `remove ${entity}`,
    reads: ['action'],
    answers: 'action',
    async run(call) {
      const result = await verb(call, actionFlags(call, flags));
      if (isStarted(result)) followed(call, result.finished);
      if (isStarted(result) && !call.background) await awaited(call, result.finished);
      if (answersNothing(call)) return { status: 202 };
      if (!call.background && call.emptyDelete) return { status: 204 };
      return actionReply(call, call.background ? 202 : 200, jobOf(call), call.background ? 'pending' : 'complete');
    },
  });
}

/** A changed id is refused (docs/reference/ovirt.md, section 9). */
function assertSameId(sent: readonly (string | undefined)[], path: string): void {
  const id = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1)).toLowerCase();
  const [own] = sent;
  if (own !== undefined && !sent.some((one) => one?.toLowerCase() === id))
    throw new Fault('request.immutable', { field: 'id' });
}

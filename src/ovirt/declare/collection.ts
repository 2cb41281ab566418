import { actionOperations, type ActionFacts } from './action-operations.js';
import { addOperation, postOperation, removeOperation, updateOperation } from './collection/changes.js';
import type { AddFacts, GetFacts, ListFacts, PostFacts, RemoveFacts, UpdateFacts, Verb } from './collection/facts.js';
import type { CollectionPlace } from './collection/place.js';
import { creationOperation } from './collection/progress.js';
import { getOperation, listOperation } from './collection/reads.js';
import type { Ids, Operation } from './operation.js';
import { refusedOperation, type Refusal } from './refusals.js';
import type { Resource } from './resource.js';

export type { Need } from './collection/facts.js';

/** The operations of one collection, at the collection's path and the item's below it. */
export function collection<P extends string, K extends string, N extends object>(
  path: P,
  key: K,
  resource: Resource<N>,
) {
  type Item = `${P}/${K}`;
  const item: Item = `${path}/${key}`;
  const place: CollectionPlace<P, Item, N> = { path, item, resource };
  const { entity, element } = resource;

  return {
    list: (facts: ListFacts<Ids<P>, N>): Operation => listOperation(place, facts),
    get: (facts: GetFacts<Ids<Item>, N>): Operation => getOperation(place, facts),
    add: (facts: AddFacts<Ids<P>, N>): Operation => addOperation(place, facts),
    update: (facts: UpdateFacts<Ids<Item>, N>): Operation => updateOperation(place, facts),
    /** A representation that is posted to an item. `rel` is its name here; no link leads to it. */
    post: (rel: string, facts: PostFacts<Ids<Item>, N>): Operation => postOperation(place, rel, facts),
    remove: (facts: RemoveFacts<Ids<Item>>): Operation => removeOperation(place, facts),

    /** An action and the address that shows its progress, by looking at the resource with `look`. */
    action: (rel: string, look: Verb<Ids<Item>, [], N>, facts: ActionFacts<Ids<Item>>): Operation[] =>
      actionOperations<Ids<Item>>(
        rel,
        { item, entity, progress: async (call) => resource.progress?.(await look(call)) ?? 'complete' },
        facts,
      ),

    /** The address that shows the progress of a creation, by looking at the resource with `look`. */
    creation: (look: Verb<Ids<Item>, [], N>): Operation => creationOperation(place, look),

    /** An action that the backend does not support: it exists, and its refusal says why. */
    refused: (rel: string, why: string): Operation =>
      refusedOperation({
        kind: 'action',
        path: `${item}/${rel}`,
        entity,
        subject: `The action ${rel}`,
        why,
        answers: 'action',
      }),

    /** A change that the backend does not support. */
    refuse: (
      kind: 'add' | 'update' | 'remove',
      subject: string,
      why: string,
      more: Pick<Refusal, 'before' | 'required'> = {},
    ): Operation =>
      refusedOperation({
        kind,
        path: kind === 'add' ? path : item,
        entity,
        subject,
        why,
        answers: kind === 'remove' ? 'action' : element,
        ...more,
      }),
  };
}

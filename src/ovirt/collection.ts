import type { Started } from '../services/context.js';
import { type Capability, Fault, isFault, type Property } from '../model/index.js';
import { type ActionFacts, actionOperations } from './action-operations.js';
import { actionFlags, actionReply, type Flag, type Flags } from './action.js';
import { declare } from './declare.js';
import { awaited, concerns, followed, jobOf } from './journaling.js';
import { remembered } from './follow.js';
import { inliner } from './inline.js';
import { collectedList, listReply } from './list.js';
import type { Call, Ids, Operation } from './operation.js';
import type { Facts } from './declaration.js';
import { type Refusal, refusedOperation } from './refusals.js';
import { documentReply, type Reply } from './reply.js';
import { assertComplete, type Required } from './required.js';
import { creationId, addLinks, parentOf, pending, type Progress, type Resource, takeIn } from './resource.js';
import type { Document } from './document.js';
import { failureOf } from './progress.js';
import type { Pages, Search } from './search/index.js';

type Verb<I, A extends unknown[], R> = (call: Call<I>, ...rest: A) => Promise<R>;

/** A capability that only some requests need. */
export interface Need<N> {
  readonly capability: Capability;
  /** What the refusal names. */
  readonly subject: Property | string;
  readonly when: (input: Partial<N>) => boolean;
}

interface Common extends Facts {
  readonly since?: Operation['since'];
}

export interface ListFacts<I, N> extends Common {
  /** Whether the root document links to its search; what it can be searched by is the resource's. */
  readonly searchable?: boolean;
  /** May leave out what the search's hints exclude, and may give more: what it gives is compared. */
  readonly verb: (call: Call<I>, search: Search) => Pages<N>;
}
export interface GetFacts<I, N> extends Common {
  readonly verb: Verb<I, [], N>;
}
export interface AddFacts<I, N> extends Common {
  readonly required?: readonly Required[];
  /** Capabilities that only some requests need: which content asks for which. */
  readonly needsFor?: readonly Need<N>[];
  /**
   * Whether what is added exists already: then it is only put here, and the answer is 200 (a floating disk,
   * docs/reference/ovirt.md, section 11).
   */
  readonly attaches?: (input: Partial<N>) => boolean;
  /** The status of that answer: 200, as version 3 has it, or version 4's 201. */
  readonly attached?: 200 | 201;
  readonly verb: Verb<I, [Partial<N>], N | Started<N>>;
}
export interface PostFacts<I, N> extends Common {
  readonly until?: Operation['until'];
  readonly verb: Verb<I, [Partial<N>], N | Started<N>>;
}
export interface UpdateFacts<I, N> extends Common {
  readonly required?: readonly Required[];
  readonly verb: Verb<I, [Partial<N>], N>;
}
export interface RemoveFacts<I> extends Common {
  /** What the client may ask for, in the action document or as a parameter. */
  readonly flags?: readonly Flag[];
  readonly verb: Verb<I, [Flags], void | Started<unknown>>;
}
/** The operations of one collection, at the collection's path and the item's below it. */
export function collection<P extends string, K extends string, N extends object>(
  path: P,
  key: K,
  resource: Resource<N>,
) {
  type Item = `${P}/${K}`;
  const item: Item = `${path}/${key}`;
  const { entity, element } = resource;
  const itemDocument = (call: Call, value: N): Document => addLinks(resource, value, call, parentOf(call.path), item);

  function read(
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

  function created(call: Call, value: N, status: number): Reply {
    const { representation } = call.version.binding(resource.table);
    const document = addLinks(resource, value, call, call.path, item);
    call.exchange.made = document.href;
    if (status === 200) return documentReply(200, representation, document);
    return documentReply(status, representation, status === 202 ? pending(document, call) : document, {
      Location: document.href ?? '',
    });
  }

  return {
    list: ({ verb, ...facts }: ListFacts<Ids<P>, N>): Operation =>
      declare<Ids<P>>({
        ...facts,
        kind: 'list',
        method: 'GET',
        path,
        rel: 'get',
        title: `list ${entity}s`,
        answers: resource.list,
        ...(resource.search && { search: resource.search }),
        run: async (asked, call = remembered(asked)) =>
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
      }),

    get: ({ verb, ...facts }: GetFacts<Ids<Item>, N>): Operation =>
      declare<Ids<Item>>({
        ...facts,
        kind: 'get',
        method: 'GET',
        path: item,
        rel: 'get',
        title: `get ${entity}`,
        answers: element,
        found: async (call) => itemDocument(call, await verb(call)),
        async run(asked, call = remembered(asked)) {
          const document = itemDocument(call, await unlessUnable(call, () => verb(call)));
          await inliner(call, element, item)?.(document);
          return documentReply(200, call.version.binding(resource.table).representation, document);
        },
      }),

    add: ({
      verb,
      attaches,
      attached: status = 200,
      required = [],
      needsFor = [],
      ...facts
    }: AddFacts<Ids<P>, N>): Operation =>
      declare<Ids<P>>({
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
          const { input } = read(call, required, 'add');
          for (const { capability, subject, when } of needsFor) if (when(input)) call.require(capability, subject);
          const result = await verb(call, input);
          concerns(call, entity, isStarted(result) ? result.value : result);
          const attached = attaches?.(input) === true;
          const done = attached ? status : 201;
          if (!isStarted(result)) return created(call, result, done);
          followed(call, result.finished);
          if (attached || call.wait) return created(call, await awaited(call, result.finished), done);
          return created(call, result.value, result.isThere ? done : 202);
        },
      }),

    update: ({ verb, required = [], ...facts }: UpdateFacts<Ids<Item>, N>): Operation =>
      declare<Ids<Item>>({
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
          const { document, input } = read(call, required, 'update');
          assertSameId([document.id, resource.otherId?.(document)], call.path);
          return documentReply(
            call.background ? 202 : 200,
            call.version.binding(resource.table).representation,
            itemDocument(call, await verb(call, input)),
          );
        },
      }),

    /** A representation that is posted to an item. `rel` is its name here; no link leads to it. */
    post: (rel: string, { verb, ...facts }: PostFacts<Ids<Item>, N>): Operation =>
      declare<Ids<Item>>({
        ...facts,
        kind: 'update',
        method: 'POST',
        path: item,
        rel,
        title: `${rel} ${entity}`,
        reads: [element],
        answers: element,
        async run(call) {
          const { document, input } = read(call, [], 'update');
          assertSameId([document.id, resource.otherId?.(document)], call.path);
          const result = await verb(call, input);
          if (isStarted(result)) followed(call, result.finished);
          return documentReply(
            202,
            call.version.binding(resource.table).representation,
            itemDocument(call, isStarted(result) ? result.value : result),
          );
        },
      }),

    remove: ({ verb, flags = [], ...facts }: RemoveFacts<Ids<Item>>): Operation =>
      declare<Ids<Item>>({
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
          if (!call.background && call.emptyDelete) return { status: 204 };
          return actionReply(call, call.background ? 202 : 200, jobOf(call), call.background ? 'pending' : 'complete');
        },
      }),

    /** An action and the address where its progress is told, by looking at the resource with `look`. */
    action: (rel: string, look: Verb<Ids<Item>, [], N>, facts: ActionFacts<Ids<Item>>): Operation[] =>
      actionOperations<Ids<Item>>(
        rel,
        { item, entity, progress: async (call) => resource.progress?.(await look(call)) ?? 'complete' },
        facts,
      ),

    /** The address where the progress of a creation is told, by looking at the resource with `look`. */
    creation: (look: Verb<Ids<Item>, [], N>): Operation =>
      progress(
        `${item}/creation_status/{creation:id}`,
        'progress of its creation',
        look,
        (call, value) => creationId(call.version.binding(resource.table).out(value, { base: '' }).id ?? ''),
        ({ version }, address, state, why) =>
          documentReply(200, version.document('creation'), {
            ...address,
            status: version.state(state),
            ...(state === 'failed' && { fault: { reason: 'Operation Failed', detail: `[${why ?? 'It failed.'}]` } }),
          }),
      ),

    /** An action that a backend has no means for: it exists, and says why not. */
    refused: (rel: string, why: string): Operation =>
      refusedOperation({
        kind: 'action',
        path: `${item}/${rel}`,
        entity,
        subject: `The action ${rel}`,
        why,
        answers: 'action',
      }),

    /** A change that a backend has no means for. */
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

  /** `idOf` is the id that was given out: another one was never. */
  function progress(
    at: string,
    summary: string,
    look: Verb<Ids<Item>, [], N>,
    idOf: (call: Call, value: N) => string,
    reply: (call: Call, address: { href: string; id: string }, state: Progress, why: string | undefined) => Reply,
  ): Operation {
    return declare<Ids<Item>>({
      summary,
      how: 'The status is that of the resource itself.',
      kind: 'progress',
      method: 'GET',
      path: at,
      rel: 'get',
      title: `look at ${entity}`,
      answers: 'status',
      async run(call) {
        const value = await look(call);
        const id = idOf(call, value);
        if (!call.path.endsWith(`/${id}`)) throw new Fault('not-found', { what: summary, id });
        return reply(
          call,
          { href: `${call.base}${call.path}`, id },
          resource.progress?.(value) ?? 'complete',
          failureOf(value),
        );
      },
    });
  }
}

const isStarted = <T>(result: T | Started<T> | void): result is Started<T> =>
  typeof result === 'object' && result !== null && 'finished' in result;

/**
 * What the cloud has no means for is not there, where the version's collections of it are empty; elsewhere it is
 * refused by name.
 */
async function unlessUnable<T>({ version, operation, ids }: Call<unknown>, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (!version.protocol.emptyWhenUnable || !isFault(error, 'unsupported')) throw error;
    const id = Object.values(ids as Readonly<Record<string, string>>).at(-1) ?? '';
    throw new Fault('not-found', { what: operation.answers, id }, { cause: error });
  }
}

/** A changed id is refused (docs/reference/ovirt.md, section 9). */
function assertSameId(sent: readonly (string | undefined)[], path: string): void {
  const id = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1)).toLowerCase();
  const [own] = sent;
  if (own !== undefined && !sent.some((one) => one?.toLowerCase() === id))
    throw new Fault('request.immutable', { field: 'id' });
}

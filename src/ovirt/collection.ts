import { Action, Creation } from '../generated/ovirt/v3/representations.js';
import type { Action as ActionValue } from '../generated/ovirt/v3/types.js';
import type { Started } from '../services/context.js';
import { type Capability, Fault, nameId } from '../model/index.js';
import { actionFlags, actionOf, type Flag, type Flags } from './action.js';
import { declare } from './declare.js';
import { listReply } from './list.js';
import type { Call, Facts, Ids, Operation } from './operation.js';
import { documentReply, type Reply } from './reply.js';
import { assertComplete, type Required } from './required.js';
import { type Addressed, creationId, dress, parentOf, pending, type Progress, type Resource, takeIn } from './resource.js';
import type { Search } from './search.js';

type Verb<I, A extends unknown[], R> = (call: Call<I>, ...rest: A) => Promise<R>;

interface Common extends Facts { readonly since?: Operation['since'] }

export interface ListFacts<I, N> extends Common {
  readonly searchable?: boolean;
  readonly verb: (call: Call<I>, search: Search) => AsyncIterable<readonly N[]> | Promise<readonly N[]>;
}
export interface GetFacts<I, N> extends Common { readonly verb: Verb<I, [], N> }
export interface AddFacts<I, N> extends Common {
  readonly required?: readonly Required[];
  /** Capabilities that only some requests need: which content asks for which. */
  readonly needsFor?: readonly { readonly capability: Capability; readonly subject: string; readonly when: (input: N) => boolean }[];
  /** Whether what is added exists already: then it is only put here, and the answer is 200 (a floating disk, shared/facts/ovirt.md, section 11). */
  readonly attaches?: (input: N) => boolean;
  readonly verb: Verb<I, [N], N | Started<N>>;
}
export interface UpdateFacts<I, N> extends Common { readonly required?: readonly Required[]; readonly verb: Verb<I, [N], N> }
export interface RemoveFacts<I> extends Common {
  /** What the client may ask for, in the action document or as a parameter. */
  readonly flags?: readonly Flag[];
  readonly verb: Verb<I, [Flags], void | Started<unknown>>;
}
export interface ActionFacts<I> extends Common {
  /** Fields of the action document that the verb reads. */
  readonly fields?: readonly (keyof ActionValue)[];
  readonly required?: readonly Required[];
  /** Engines do it in the background and answer 202 unless the client says `<async>false</async>`. */
  readonly background?: boolean;
  readonly verb: Verb<I, [ActionValue], void | Started<unknown>>;
}

/** The operations of one collection, at the collection's path and the item's below it. */
export function collection<P extends string, K extends string, N extends object, D extends Addressed, C extends object>(path: P, key: K, resource: Resource<N, D, C>) {
  type Item = `${P}/${K}`;
  const item: Item = `${path}/${key}`;
  const { representation, type, noun } = resource;
  const element = representation.element;
  const itemDocument = (call: Call, value: N): D => dress(resource, value, call, parentOf(call.path), item);

  function read(call: Call, required: readonly Required[], verb: string): { readonly document: D; readonly input: N } {
    const { value: document, unknown } = call.incoming.read(representation);
    assertComplete(document, type, verb, required);
    const input = takeIn(resource, document, call, unknown);
    return { document, input };
  }

  function created(call: Call, value: N, status: number): Reply {
    const document = dress(resource, value, call, call.path, item);
    if (status === 200) return documentReply(200, representation, document);
    return documentReply(status, representation, status === 202 ? pending(document) : document, { Location: document.href ?? '' });
  }

  return {
    list: ({ verb, ...facts }: ListFacts<Ids<P>, N>): Operation => declare<Ids<P>>({
      ...facts, kind: 'list', method: 'GET', path, rel: 'get', title: `list ${noun}s`, answers: resource.collection.element,
      run: async (call) => listReply(resource, call, (value) => dress(resource, value, call, call.path, item), (search) => verb(call, search)),
    }),

    get: ({ verb, ...facts }: GetFacts<Ids<Item>, N>): Operation => declare<Ids<Item>>({
      ...facts, kind: 'get', method: 'GET', path: item, rel: 'get', title: `get ${noun}`, answers: element,
      run: async (call) => documentReply(200, representation, itemDocument(call, await verb(call))),
    }),

    add: ({ verb, attaches, required = [], needsFor = [], ...facts }: AddFacts<Ids<P>, N>): Operation => declare<Ids<P>>({
      ...facts, required, kind: 'add', method: 'POST', path, rel: 'add', title: `add ${noun}`, reads: [element], answers: element, status: 201, async: resource.progress !== undefined,
      async run(call) {
        const { input } = read(call, required, 'add');
        for (const { capability, subject, when } of needsFor) if (when(input)) call.require(capability, subject);
        const result = await verb(call, input);
        const attached = attaches?.(input) === true;
        const done = attached ? 200 : 201;
        if (!isStarted(result)) return created(call, result, done);
        return attached || call.wait ? created(call, await result.finished, done) : created(call, result.value, 202);
      },
    }),

    update: ({ verb, required = [], ...facts }: UpdateFacts<Ids<Item>, N>): Operation => declare<Ids<Item>>({
      ...facts, required, kind: 'update', method: 'PUT', path: item, rel: 'update', title: `update ${noun}`, reads: [element], answers: element,
      async run(call) {
        const { document, input } = read(call, required, 'update');
        assertSameId([document.id, resource.otherId?.(document)], call.path);
        return documentReply(call.background ? 202 : 200, representation, itemDocument(call, await verb(call, input)));
      },
    }),

    remove: ({ verb, flags = [], ...facts }: RemoveFacts<Ids<Item>>): Operation => declare<Ids<Item>>({
      ...facts, parameters: [...(facts.parameters ?? []), ...flags], kind: 'remove', method: 'DELETE', path: item, rel: 'delete', title: `remove ${noun}`, reads: ['action'], answers: 'action',
      async run(call) {
        const result = await verb(call, actionFlags(call, flags));
        if (isStarted(result) && !call.background) await result.finished;
        if (call.background) return documentReply(202, Action, { status: { state: 'pending' } });
        return call.emptyDelete ? { status: 204 } : documentReply(200, Action, { status: { state: 'complete' } });
      },
    }),

    /** An action and the address where its progress is told, by looking at the resource with `look`. */
    action(rel: string, look: Verb<Ids<Item>, [], N>, { verb, fields = [], required = [], background = false, ...facts }: ActionFacts<Ids<Item>>): Operation[] {
      const at = `${item}/${rel}`;
      return [
        declare<Ids<Item>>({
          ...facts, required, kind: 'action', method: 'POST', path: at, rel, title: `${rel} ${noun}`, reads: ['action'], answers: 'action', async: background,
          async run(call) {
            const action = actionOf(call, fields);
            assertComplete(action, 'Action', rel, required);
            const result = await verb(call, action);
            const later = action.async ?? (call.background || background);
            if (!later && isStarted(result)) await result.finished;
            return documentReply(later ? 202 : 200, Action, later ? pendingAction(call, action) : { ...action, status: { state: 'complete' } });
          },
        }),
        progress(
          `${at}/{action:id}`, `progress of ${rel}`, look,
          (call) => actionId(parentOf(call.path)),
          (address, state) => documentReply(200, Action, { ...address, status: { state } }),
        ),
      ];
    },

    /** The address where the progress of a creation is told, by looking at the resource with `look`. */
    creation: (look: Verb<Ids<Item>, [], N>): Operation => progress(
      `${item}/creation_status/{creation:id}`, 'progress of its creation', look,
      (_call, value) => creationId(resource.out(value, { base: '' })),
      (address, state) => documentReply(200, Creation, { ...address, status: { state } }),
    ),

    /** An action that a backend has no means for: it exists, and says why not. */
    refused: (rel: string, why: string): Operation => declare<Ids<Item>>({
      summary: `${rel} a ${noun}`, how: why, support: 'refused', faults: ['unsupported'], kind: 'action', method: 'POST', path: `${item}/${rel}`, rel, title: `${rel} ${noun}`, answers: 'action',
      async run(call) {
        throw new Fault('unsupported', { operation: `${rel} ${noun}`, subject: `The action ${rel}`, backend: call.scope.backend, why });
      },
    }),
  };

  /** `idOf` is the id that was given out: another one was never. */
  function progress(
    at: string, summary: string, look: Verb<Ids<Item>, [], N>, idOf: (call: Call, value: N) => string, reply: (address: { href: string; id: string }, state: Progress) => Reply,
  ): Operation {
    return declare<Ids<Item>>({
      summary, how: 'The resource itself tells: nothing is kept about it.', kind: 'progress', method: 'GET', path: at, rel: 'get', title: `look at ${noun}`, answers: 'status',
      async run(call) {
        const value = await look(call);
        const id = idOf(call, value);
        if (!call.path.endsWith(`/${id}`)) throw new Fault('not-found', { what: summary, id });
        return reply({ href: `${call.base}${call.path}`, id }, resource.progress?.(value) ?? 'complete');
      },
    });
  }
}

const isStarted = <T>(result: T | Started<T> | void): result is Started<T> => typeof result === 'object' && result !== null && 'finished' in result;

/** A changed id is refused (shared/facts/ovirt.md, section 9). */
function assertSameId(sent: readonly (string | undefined)[], path: string): void {
  const id = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1)).toLowerCase();
  const [own] = sent;
  if (own !== undefined && !sent.some((one) => one?.toLowerCase() === id)) throw new Fault('request.immutable', { field: 'id' });
}

/** shared/facts/ovirt.md, section 9: an action in the background has an address, and links to what it belongs to. */
function pendingAction(call: Call, action: ActionValue): ActionValue {
  const id = actionId(call.path);
  const href = `${call.base}${call.path}`;
  return {
    ...action, async: true, href: `${href}/${id}`, id,
    link: [{ href: parentOf(href), rel: 'parent' }, { href, rel: 'replay' }], status: { state: 'pending' },
  };
}

/** The same action on the same resource has the same id, on every replica. */
const actionId = (path: string): string => nameId('action', path);

import { Fault } from '../../../model/index.js';
import { documentReply, type Reply } from '../../http/reply.js';
import { declare } from '../declare.js';
import type { Call, Ids, Operation } from '../operation.js';
import { failureOf } from '../progress.js';
import { creationId, type Progress } from '../resource.js';
import type { Verb } from './facts.js';
import type { CollectionPlace } from './place.js';

/** The address that shows the progress of a creation, by looking at the resource with `look`. */
export const creationOperation = <P extends string, Item extends string, N extends object>(
  place: CollectionPlace<P, Item, N>,
  look: Verb<Ids<Item>, [], N>,
): Operation =>
  progressOperation(
    place,
    `${place.item}/creation_status/{creation:id}`,
    'progress of its creation',
    look,
    (call, value) => creationId(call.version.binding(place.resource.table).out(value, { base: '' }).id ?? ''),
    ({ version }, address, state, why) =>
      documentReply(200, version.document('creation'), {
        ...address,
        status: version.state(state),
        ...(state === 'failed' && { fault: { reason: 'Operation Failed', detail: `[${why ?? 'It failed.'}]` } }),
      }),
  );

/** `idOf`: the only id that the gateway gives out for it. */
function progressOperation<P extends string, Item extends string, N extends object>(
  { resource }: CollectionPlace<P, Item, N>,
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
    title: `look at ${resource.entity}`,
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

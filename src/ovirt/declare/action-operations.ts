import { setTimeout as pause } from 'node:timers/promises';
import { Fault, nameId } from '../../model/index.js';
import type { Started } from '../../services/context.js';
import { actionTitle } from './action-words.js';
import { actionOf, actionReply, type ActionDocument } from './action.js';
import { declare } from './declare.js';
import { withoutSecrets } from '../http/echo.js';
import { awaited, followed, jobOf } from './journaling.js';
import type { Call, Operation } from './operation.js';
import type { Facts } from '../version/declaration.js';
import type { Reply } from '../http/reply.js';
import { assertComplete, type Required } from '../version/required.js';
import { parentOf, type Progress } from './resource.js';

/** What the answer of an action holds beyond what was sent. */
export interface Echo {
  readonly echo: ActionDocument;
}

export interface ActionFacts<I> extends Facts {
  readonly since?: Operation['since'];
  readonly until?: Operation['until'];
  /** Fields of the action document that the verb reads. */
  readonly fields?: readonly string[];
  readonly required?: readonly Required[];
  /** Engines do it in the background and answer 202, unless the client sends `<async>false</async>`. */
  readonly background?: boolean;
  /** Engines answer as soon as it has begun; they wait for its end only if the client sends `<async>false</async>`. */
  readonly prompt?: boolean;
  readonly verb: (call: Call<I>, action: ActionDocument) => Promise<void | Started<unknown> | Echo>;
}

/** The address of an action, and the progress of what it began. */
export interface ActionAddress<I> {
  readonly item: string;
  readonly entity: string;
  readonly progress: (call: Call<I>) => Promise<Progress>;
}

/**
 * An action, and the address of its progress (docs/reference/ovirt.md, sections 9 and 10): 200 with the client's
 * document and a status, 202 while it continues. Nothing is stored: the progress is derived from the resource itself.
 */
export function actionOperations<I>(
  rel: string,
  address: ActionAddress<I>,
  { verb, fields = [], required = [], background = false, prompt = false, ...facts }: ActionFacts<I>,
): Operation[] {
  const { item, entity, progress } = address;
  const at = `${item}/${rel}`;
  return [
    declare<I>({
      ...facts,
      required,
      fields,
      kind: 'action',
      method: 'POST',
      path: at,
      rel,
      title: actionTitle(rel, entity),
      reads: ['action'],
      answers: 'action',
      async: background,
      async run(call) {
        const action = actionOf(call, [...fields, 'grace_period']);
        assertComplete(action, 'Action', rel, required);
        await grace(call, action);
        const result: Started<unknown> | Echo | object = (await verb(call, action)) ?? {};
        const later = action.async ?? (call.background || background);
        const waits = !later && !(prompt && action.async === undefined);
        // Waiting for the end of a prompt action means polling: only if the client waits
        if ('finished' in result && (waits || !prompt)) followed(call, result.finished);
        else if ('finished' in result) call.exchange.job?.concerns({ prompt: true });
        if (waits && 'finished' in result) await awaited(call, result.finished);
        const answer = { ...withoutSecrets(action), ...('echo' in result && result.echo), ...jobOf(call) };
        return later
          ? actionReply(call, 202, pendingAction(call, answer), 'pending')
          : actionReply(call, 200, answer, 'complete');
      },
    }),
    declare<I>({
      // A version without the action has no address of its progress either
      ...(facts.since !== undefined && { since: facts.since }),
      ...(facts.until !== undefined && { until: facts.until }),
      summary: `progress of ${rel}`,
      how: 'The status is that of the resource itself; any other id redirects (301) to the resource.',
      kind: 'progress',
      method: 'GET',
      path: `${at}/{action:id}`,
      rel: 'get',
      title: `look at ${entity}`,
      answers: 'action',
      async run(call) {
        const state = await progress(call);
        const id = actionId(parentOf(call.path));
        return call.path.endsWith(`/${id}`)
          ? actionReply(call, 200, { href: `${call.base}${call.path}`, id }, state)
          : forgotten(call);
      },
    }),
  ];
}

/**
 * `<grace_period><expiry>` delays the action, and the answer with it: an answer means that PowerVC was called. Throws
 * `request.value` for a period that is longer than any work may take.
 */
async function grace(call: Call, { grace_period: period }: ActionDocument): Promise<void> {
  const ms = period?.expiry ?? 0;
  const { timeoutMs } = call.scope.settings;
  if (ms < 0 || ms > timeoutMs)
    throw new Fault('request.value', { text: `A grace period of ${ms} ms is not between 0 and ${timeoutMs}` });
  if (ms > 0) await awaited(call, pause(ms));
}

/** An id that the gateway never gave out is treated like one that an engine has forgotten. */
const forgotten = (call: Call): Reply => ({
  status: 301,
  headers: { Location: `${call.base}${parentOf(parentOf(call.path))}` },
});

function pendingAction(call: Call, action: ActionDocument): ActionDocument {
  const id = actionId(call.path);
  const href = `${call.base}${call.path}`;
  return {
    ...action,
    async: true,
    href: `${href}/${id}`,
    id,
    link: [
      { href: parentOf(href), rel: 'parent' },
      { href, rel: 'replay' },
    ],
  };
}

/** The same action on the same resource has the same id, on every replica. */
const actionId = (path: string): string => nameId('action', path);

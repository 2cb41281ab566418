import { Fault, worded } from '../../model/index.js';
import { actionTitle } from './action-words.js';
import { declare } from './declare.js';
import type { Call, Operation } from './operation.js';
import type { OperationKind } from '../version/declaration.js';
import type { Required } from '../version/required.js';

/** An operation of the protocol that no backend supports. */
export interface Refusal {
  readonly kind: Extract<OperationKind, 'add' | 'update' | 'remove' | 'action'>;
  readonly path: string;
  /** Of an action: its name. */
  readonly rel?: string;
  /** What it acts on, as faults name it: `watchdog`. */
  readonly entity: string;
  /** What is not supported: `The action logon`, `A watchdog device`. */
  readonly subject: string;
  /** A sentence for the fault and for the support matrix. */
  readonly why: string;
  readonly answers: string;
  /** Checks that come before the refusal, such as an unknown VM or a state that forbids the operation. */
  readonly before?: (call: Call<Readonly<Record<string, string>>>) => Promise<unknown>;
  readonly required?: readonly Required[];
}

const methods = { add: 'POST', update: 'PUT', remove: 'DELETE', action: 'POST' } as const;
const rels = { add: 'add', update: 'update', remove: 'delete' } as const;

/** Declares an operation that is refused by name: it answers 409 with the reason, which the support matrix shows. */
export function refusedOperation({
  kind,
  path,
  entity,
  subject,
  why,
  answers,
  before,
  required = [],
  ...rest
}: Refusal): Operation {
  const rel = kind === 'action' ? (rest.rel ?? path.slice(path.lastIndexOf('/') + 1)) : rels[kind];
  const title = kind === 'action' ? actionTitle(rel, entity) : `${kind} ${entity}`;
  return declare<Readonly<Record<string, string>>>({
    summary: `${kind === 'action' ? rel : `${kind} a`} ${entity}`,
    how: why,
    support: 'refused',
    faults: ['unsupported'],
    kind,
    method: methods[kind],
    path,
    rel,
    title,
    required,
    reads: kind === 'remove' ? [] : [kind === 'action' ? 'action' : answers],
    answers,
    async run(call) {
      await before?.(call);
      throw new Fault('unsupported', {
        operation: title,
        subject,
        backend: call.scope.backend,
        why: worded(why, call.scope.words),
      });
    },
  });
}

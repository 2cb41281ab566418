import { Action } from '../generated/ovirt/v3/representations.js';
import type { Action as ActionValue } from '../generated/ovirt/v3/types.js';
import { unknownContent } from './ignored.js';
import type { Call } from './operation.js';

/**
 * What a DELETE may ask for beyond the removal (docs/reference/ovirt.md, sections 5, 10 and 11). `aggregated_memory` is
 * ours: a parameter only.
 */
export type Flag = 'force' | 'detach' | 'detach_only' | 'aggregated_memory';
export type Flags = Readonly<Partial<Record<Flag, boolean | undefined>>>;

/** Where version 3 has a flag in the action document. Version 4 has parameters instead; both are taken. */
const inDocument: Readonly<Record<Flag, (action: ActionValue) => boolean | undefined>> = {
  force: (action) => action.force,
  detach: (action) => action.detach,
  detach_only: (action) => action.vm?.disks?.detach_only ?? action.disks?.detach_only,
  aggregated_memory: () => undefined,
};

/** Fields that the server writes, and that every action reads. */
const known: ReadonlySet<string> = new Set([
  'href',
  'id',
  'link',
  'actions',
  'status',
  'fault',
  'creation_status',
  'async',
]);

/**
 * The action document that was sent; none counts as an empty one. What the operation does not read is told to the
 * client.
 */
export function actionOf(call: Call, fields: readonly string[]): ActionValue {
  const { value, unknown } = call.incoming.empty ? { value: {}, unknown: [] } : call.incoming.read(Action);
  const unused = Object.entries(value).filter(
    ([field, held]) => held !== undefined && !known.has(field) && !fields.includes(field),
  );
  const { href: _href, id: _id, link: _link, actions: _actions, status: _status, fault: _fault, ...action } = value;
  if (call.operation.kind === 'action') call.exchange.action = action;
  call.ignore([
    ...unknownContent(unknown),
    ...unused.map(([field]) => ({ path: `action.${field}`, why: 'not read by this operation' })),
  ]);
  return action;
}

/** The flags of a DELETE, from its parameters or its document; what was not said is absent. */
export function actionFlags(call: Call, flags: readonly Flag[]): Flags {
  const fields = flags.map((flag) => (flag === 'detach_only' ? 'vm' : flag));
  const action = actionOf(call, flags.includes('detach_only') ? [...fields, 'disks'] : fields);
  return Object.fromEntries(flags.map((flag) => [flag, call.parameters.choice(flag) ?? inDocument[flag](action)]));
}

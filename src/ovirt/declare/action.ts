import { withoutSecrets } from '../http/echo.js';
import { unknownContent } from '../version/ignored.js';
import type { Call } from './operation.js';
import { documentReply, type Reply } from '../http/reply.js';

/** A reference in an action document. */
interface Named {
  readonly id?: string;
  readonly name?: string;
}

/** What operations read of an action document, under the names that every version has for it. */
export interface ActionDocument {
  readonly async?: boolean;
  readonly grace_period?: { readonly expiry?: number };
  readonly host?: Named;
  readonly cluster?: Named;
  readonly storage_domain?: Named;
  readonly template?: Named;
  readonly vm?: Named & {
    readonly cdroms?: { readonly cdrom?: readonly { readonly file?: Named }[] };
    readonly disks?: { readonly detach_only?: boolean };
    readonly [property: string]: unknown;
  };
  readonly disks?: { readonly disk?: readonly Named[]; readonly detach_only?: boolean };
  readonly exclusive?: boolean;
  readonly discard_snapshots?: boolean;
  readonly force?: boolean;
  readonly detach?: boolean;
  readonly pause?: boolean;
  readonly use_cloud_init?: boolean;
  readonly use_sysprep?: boolean;
  readonly restore_memory?: boolean;
  readonly ticket?: { readonly value?: string; readonly expiry?: number };
  readonly [property: string]: unknown;
}

/**
 * What a DELETE may ask for beyond the removal (docs/reference/ovirt.md, sections 5, 10 and 11). `aggregated_memory` is
 * ours: a parameter only.
 */
export type Flag = 'force' | 'detach' | 'detach_only' | 'aggregated_memory';
export type Flags = Readonly<Partial<Record<Flag, boolean | undefined>>>;

/** The place of a flag in version 3's action document. Version 4 has parameters instead; both are accepted. */
const inDocument: Readonly<Record<Flag, (action: ActionDocument) => boolean | undefined>> = {
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
 * The client's action document; empty where there is none. What the operation does not read is reported to the client.
 */
export function actionOf(call: Call, fields: readonly string[]): ActionDocument {
  const { value, unknown } = call.incoming.empty
    ? { value: {}, unknown: [] }
    : call.incoming.read(call.version.document<ActionDocument>('action'));
  const unused = Object.entries(value).filter(
    ([field, held]) => held !== undefined && !known.has(field) && !fields.includes(field),
  );
  const { href: _href, id: _id, link: _link, actions: _actions, status: _status, fault: _fault, ...action } = value;
  if (call.operation.kind === 'action') call.exchange.action = withoutSecrets(action);
  call.ignore([
    ...unknownContent(unknown),
    ...unused.map(([field]) => ({ path: `action.${field}`, why: 'not read by this operation' })),
  ]);
  return action;
}

/** An action document as an answer. */
export const actionReply = ({ version }: Call, status: number, document: object, state: string): Reply =>
  documentReply(status, version.document('action'), { ...document, status: version.state(state) });

/**
 * The flags of a DELETE, from its parameters and, in versions that have them there, its document; the others are
 * absent.
 */
export function actionFlags(call: Call, flags: readonly Flag[]): Flags {
  if (call.version.protocol.deleteFlags === 'parameters')
    return Object.fromEntries(flags.map((flag) => [flag, call.parameters.choice(flag)]));
  const fields = flags.map((flag) => (flag === 'detach_only' ? 'vm' : flag));
  const action = actionOf(call, flags.includes('detach_only') ? [...fields, 'disks'] : fields);
  return Object.fromEntries(flags.map((flag) => [flag, call.parameters.choice(flag) ?? inDocument[flag](action)]));
}

import { Fault, worded } from '../../model/index.js';
import { actionTitle } from './action-words.js';
import { declare } from './declare.js';
import { reportUnfollowed } from './follow.js';
import type { Call, Operation } from './operation.js';
import type { OperationKind } from '../version/declaration.js';
import { documentReply } from '../http/reply.js';
import { commonSearch, readSearch, type SearchTable } from '../search/index.js';

/** What is refused: `remove` of an item, `remove-all` of several through the collection. */
export type AbsentVerb = 'add' | 'update' | 'remove' | 'remove-all';

/** What version 3 has and PowerVC lacks, as data: empty collections, and operations that are refused by name. */
export interface Absent {
  /** The path's last segment, and the name of an item's id: `glusterhooks`, `glusterhook`. */
  readonly name: string;
  readonly key: string;
  /** The name of an item in texts. */
  readonly entity: string;
  /** Why there are none: a sentence for faults and for the support matrix. */
  readonly why: string;
  /** Element of the collection's document. A collection below an item that never exists needs none. */
  readonly document?: string;
  /** Beside list and get. */
  readonly verbs?: readonly AbsentVerb[];
  /** `name`: an item's id may be any text; otherwise it is a UUID. */
  readonly id?: 'id' | 'name';
  /** Actions on an item, and on the collection. */
  readonly actions?: readonly string[];
  readonly own?: readonly string[];
  /** Whether the root document links to its search. */
  readonly searchable?: boolean;
  /** Search fields beside the common ones. */
  readonly search?: SearchTable<object>['fields'];
  readonly below?: readonly Absent[];
}

type Look = (call: Call) => Promise<unknown>;

const methods = { add: ['POST', 'add'], update: ['PUT', 'update'], remove: ['DELETE', 'delete'] } as const;

/** Lower case unless it is an abbreviation: `host`, `VM`. */
const plural = (entity: string): string =>
  entity.endsWith('s') ? entity : entity.replace(/([^aeiou])y$/, '$1ie') + 's';

/** A refused operation. It is refused before anything is read: the answer is the same whatever the request holds. */
function refused(shape: {
  readonly kind: OperationKind;
  readonly method: Operation['method'];
  readonly path: string;
  readonly rel: string;
  readonly title: string;
  readonly why: string;
  readonly answers: string;
}): Operation {
  const { why, ...rest } = shape;
  return declare({
    ...rest,
    summary: `${shape.title.charAt(0).toUpperCase()}${shape.title.slice(1)}`,
    how: why,
    support: 'refused',
    faults: ['unsupported'],
    async run(call) {
      throw new Fault('unsupported', {
        operation: shape.title,
        subject: 'This operation',
        backend: call.scope.backend,
        why: worded(why, call.scope.words),
      });
    },
  });
}

/**
 * Refusals of one kind of resource: each a verb and a path, `update /hosts/{host:id}`. A verb other than add, update
 * and remove is an action below the path: `fence /hosts/{host:id}`.
 */
export const refusals = (entity: string, answers: string, why: string, rows: readonly string[]): Operation[] =>
  rows.map((row) => {
    const [verb = '', path = ''] = row.split(' ');
    if (Object.hasOwn(methods, verb)) {
      const [method, rel] = methods[verb as keyof typeof methods];
      return refused({
        kind: verb as keyof typeof methods,
        method,
        path,
        rel,
        title: `${verb} ${entity}`,
        why,
        answers,
      });
    }
    return refused({
      kind: 'action',
      method: 'POST',
      path: `${path}/${verb}`,
      rel: verb,
      title: actionTitle(verb, entity),
      why,
      answers: 'action',
    });
  });

/**
 * The operations of empty collections below an owner, which `look` finds: below an owner that does not exist, they are
 * not found.
 */
export const absent = (owner: string, rows: readonly Absent[], look?: Look): Operation[] =>
  rows.flatMap((row) => operationsOf(owner, row, look));

function operationsOf(owner: string, row: Absent, look: Look | undefined): Operation[] {
  const {
    name,
    key,
    entity,
    why,
    document,
    verbs = [],
    id = 'id',
    actions = [],
    own = [],
    searchable = false,
    search = {},
    below = [],
  } = row;
  const path = `${owner}/${name}`;
  const item = `${path}/{${key}:${id}}`;
  const answers = key;

  /** There are no items: none can be read, changed or acted on. */
  async function nobody(call: Call): Promise<never> {
    await look?.(call);
    const ids = call.ids as Readonly<Record<string, string>>;
    throw new Fault('not-found', { what: entity, id: ids[key] ?? '' });
  }

  const list = declare({
    kind: 'list',
    method: 'GET',
    path,
    rel: 'get',
    title: `list ${plural(entity)}`,
    answers: document ?? name,
    summary: `The ${plural(entity)}: none`,
    how: why,
    support: 'emulated',
    searchable,
    collected: async () => ({}),
    async run(call: Call) {
      // a malformed search is refused even where there is nothing to find
      const common = commonSearch(entity);
      readSearch({ ...common, fields: { ...common.fields, ...search } }, call.parameters, call.sortLimit);
      reportUnfollowed(call, item);
      await look?.(call);
      if (document === undefined) throw new Fault('not-found', { what: entity, id: '' });
      return documentReply(200, call.version.document(document), {});
    },
  });
  const missing = (
    kind: OperationKind,
    method: Operation['method'],
    at: string,
    rel: string,
    title: string,
  ): Operation =>
    declare({
      kind,
      method,
      path: at,
      rel,
      title,
      answers: kind === 'action' || kind === 'remove' ? 'action' : answers,
      summary: `${title}: there is none`,
      how: why,
      support: kind === 'get' ? 'emulated' : 'refused',
      run: nobody,
    });

  return [
    list,
    ...(verbs.includes('add') ? refusals(entity, answers, why, [`add ${path}`]) : []),
    ...(verbs.includes('remove-all')
      ? refusals(entity, 'action', why, [`remove ${path}`]).map((all) => ({ ...all, name: `${all.name}.all` }))
      : []),
    ...own.flatMap((act) => refusals(entity, 'action', why, [`${act} ${path}`])),
    missing('get', 'GET', item, 'get', `get ${entity}`),
    ...(verbs.includes('update') ? [missing('update', 'PUT', item, 'update', `update ${entity}`)] : []),
    ...(verbs.includes('remove') ? [missing('remove', 'DELETE', item, 'delete', `remove ${entity}`)] : []),
    ...actions.map((act) => missing('action', 'POST', `${item}/${act}`, act, actionTitle(act, entity))),
    ...absent(item, below, nobody),
  ];
}

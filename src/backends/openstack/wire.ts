import { required } from '../../invariant.js';
import { calls, type Bodies } from '../../generated/openstack/calls.js';
import { answerValidators, errorsOf, type Validator } from '../../generated/openstack/validators.js';

/** One declared call, as far as sending it goes. */
export interface Declaration {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  /** What is read of each success; null: nothing. */
  readonly answers: Readonly<Record<string, string | null>>;
}

/** Declared calls: OpenStack's own, or those that a cloud has beside them. `Types` are the bodies by call. */
export interface Table<
  Calls = Readonly<Record<string, Declaration>>,
  Types = Readonly<Record<string, { readonly request: unknown; readonly answer: unknown }>>,
> {
  readonly calls: Calls;
  readonly answerValidators: { readonly [Id in keyof Calls]: Readonly<Record<number, Validator<unknown>>> };
  /** Never there: it carries the types. */
  readonly types?: Types;
}

/** What schemas/openstack declares of the wire. */
export const openStack: Table<typeof calls, Bodies> = { calls, answerValidators };
export type OpenStackTable = typeof openStack;

export type IdOf<T extends Table> = keyof T['calls'] & keyof NonNullable<T['types']> & string;
export type CallId = IdOf<OpenStackTable>;
type BodiesOf<T extends Table, Id extends IdOf<T>> = NonNullable<T['types']>[Id];
export type RequestOf<T extends Table, Id extends IdOf<T>> = BodiesOf<T, Id>['request'];
export type AnswerOf<T extends Table, Id extends IdOf<T>> = BodiesOf<T, Id>['answer'];

type Names<Path> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

/** The names in a call's path: `"server"` of `/servers/{server}`. */
export type ParamsOf<T extends Table, Id extends IdOf<T>> = Names<T['calls'][Id]['path']>;

export const declarationOf = <T extends Table>(table: T, id: IdOf<T>): Declaration =>
  required(table.calls[id], `the call ${id}`);

/** Whether an answer is read at all. */
export const hasAnswer = ({ answers }: Declaration): boolean =>
  Object.values(answers).some((answer) => answer !== null);

/**
 * What is wrong with an answer; undefined: nothing. A success of another status than the declared must have the
 * declared form too (power.md, 1.8).
 */
export function wrongWith<T extends Table>(table: T, id: IdOf<T>, status: number, body: unknown): string | undefined {
  const validators: Readonly<Record<string, Readonly<Record<number, Validator<unknown>>>>> = table.answerValidators;
  const byStatus = required(validators[id], `the validators of ${id}`);
  const validator = byStatus[status] ?? Object.values(byStatus)[0];
  if (!validator || validator(body)) return undefined;
  return errorsOf(validator)
    .map(({ path, message }) => `${path} ${message}`.trim())
    .join('; ');
}

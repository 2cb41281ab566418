import { required } from '../../invariant.js';
import { errorLines, type Validator } from '../../validator.js';

/** One declared call, as far as sending it goes. */
export interface Declaration {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  /** It changes nothing, though it is no GET. */
  readonly reads?: boolean;
  /** The media type of the request's body; absent: JSON. */
  readonly media?: string;
  /** By status of success, the body that is read; null: none. */
  readonly answers: Readonly<Record<string, string | null>>;
}

/** The calls that one folder of schemas/ declares. `Types` are the bodies by call. */
export interface Table<
  Calls = Readonly<Record<string, Declaration>>,
  Types = Readonly<Record<string, { readonly request: unknown; readonly answer: unknown }>>,
> {
  readonly calls: Calls;
  readonly answerValidators: { readonly [Id in keyof Calls]: Readonly<Record<number, Validator<unknown>>> };
  /** Never set: it carries the types. */
  readonly types?: Types;
}

export type IdOf<T extends Table> = keyof T['calls'] & keyof NonNullable<T['types']> & string;
type BodiesOf<T extends Table, Id extends IdOf<T>> = NonNullable<T['types']>[Id];
export type RequestOf<T extends Table, Id extends IdOf<T>> = BodiesOf<T, Id>['request'];
export type AnswerOf<T extends Table, Id extends IdOf<T>> = BodiesOf<T, Id>['answer'];

/** The names of the lists in an answer. */
export type ListOf<T extends Table, Id extends IdOf<T>> = {
  [Name in keyof AnswerOf<T, Id>]: AnswerOf<T, Id>[Name] extends readonly unknown[] ? Name : never;
}[keyof AnswerOf<T, Id>] &
  string;

type Names<Path> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

/** The names in a call's path: `"server"` of `/servers/{server}`. */
export type ParamsOf<T extends Table, Id extends IdOf<T>> = Names<T['calls'][Id]['path']>;

/** @throws BrokenInvariant for an id that the table lacks */
export const declarationOf = <T extends Table>(table: T, id: IdOf<T>): Declaration =>
  required(table.calls[id], `the call ${id}`);

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Whether a call changes nothing. */
export const isRead = ({ method, reads = false }: Declaration): boolean => reads || READS.has(method);

/** Whether the body of an answer is read at all. */
export const hasAnswer = ({ answers }: Declaration): boolean =>
  Object.values(answers).some((answer) => answer !== null);

/**
 * What is wrong with the body of a success; undefined: nothing. A success whose status is not declared must have the
 * declared form too (docs/reference/power.md, 1.8).
 */
export function wrongWith<T extends Table>(table: T, id: IdOf<T>, status: number, body: unknown): string | undefined {
  const validators: Readonly<Record<string, Readonly<Record<number, Validator<unknown>>>>> = table.answerValidators;
  const byStatus = required(validators[id], `the validators of ${id}`);
  const validator = byStatus[status] ?? Object.values(byStatus)[0];
  return !validator || validator(body) ? undefined : errorLines(validator).join('; ');
}

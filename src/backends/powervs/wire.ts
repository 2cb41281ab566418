import { calls, type Call, type CallId } from '../../generated/powervs/calls.js';
import { answerValidators, errorsOf } from '../../generated/powervs/validators.js';

/** What schemas/powervs declares of the wire, as the calls need it. */
export type { AnswerOf, CallId, RequestOf } from '../../generated/powervs/calls.js';

type Names<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

/** The names in a call's path, but for the workspace, which is that of the settings. */
export type ParamsOf<Id extends CallId> = Exclude<Names<(typeof calls)[Id]['path']>, 'workspace'>;

export const declarationOf = (id: CallId): Call => calls[id];

/**
 * What is wrong with an answer; undefined: nothing. A success of another status than the declared must have the
 * declared form too.
 */
export function wrongWith(id: CallId, status: number, body: unknown): string | undefined {
  const byStatus = answerValidators[id];
  const validator = byStatus[status] ?? Object.values(byStatus)[0];
  if (!validator || validator(body)) return undefined;
  return errorsOf(validator)
    .map(({ path, message }) => `${path} ${message}`.trim())
    .join('; ');
}

/** Whether an answer is read at all. */
export const hasAnswer = (id: CallId): boolean => Object.keys(answerValidators[id]).length > 0;

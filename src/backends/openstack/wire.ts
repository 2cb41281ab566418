import { calls, type CallId } from '../../generated/powervc/calls.js';
import { answerValidators, errorsOf } from '../../generated/powervc/validators.js';

/** What schemas/powervc declares of the wire, as the calls need it. */
export { calls as declarations, type AnswerOf, type CallId, type RequestOf } from '../../generated/powervc/calls.js';

type Names<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

/** The names in a call's path: `"server"` of `/servers/{server}`. */
export type ParamsOf<Id extends CallId> = Names<(typeof calls)[Id]['path']>;

/** Whether an answer is read at all. */
export const hasAnswer = (id: CallId): boolean => Object.values(calls[id].answers).some((answer) => answer !== null);

/** What is wrong with an answer; undefined: nothing. A success of another status than the declared must have the declared form too (power.md, 1.8). */
export function wrongWith(id: CallId, status: number, body: unknown): string | undefined {
  const byStatus = answerValidators[id];
  const validator = byStatus[status] ?? Object.values(byStatus)[0];
  if (!validator || validator(body)) return undefined;
  return errorsOf(validator).map(({ path, message }) => `${path} ${message}`.trim()).join('; ');
}

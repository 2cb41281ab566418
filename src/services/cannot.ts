import { rules } from '../generated/rules.js';
import type { Engine, Scope } from './context.js';

/** What a client may request, by entity. */
export type Rule = keyof typeof rules.operations;

/** The beginning of a command's texts: one for all engines, or one for 3.6 and one for 4.5. */
export type Cannot = string | readonly [string, string];

const commands: Readonly<Record<Rule, { readonly cannot: Cannot }>> = rules.operations;

export const cannotIn = (text: Cannot, engine: Engine): string =>
  typeof text === 'string' ? text : text[engine === '3.6' ? 0 : 1];

/** The beginning of the command's texts: `Cannot run VM`. */
export const cannot = (scope: Scope, rule: Rule): string => cannotIn(commands[rule].cannot, scope.engine);

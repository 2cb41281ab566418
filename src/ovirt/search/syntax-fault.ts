import { Fault } from '../../model/index.js';

/** As much of the text as a fault shows before and behind the place. */
const SHOWN = 60;

/** The fault of a search that cannot be read: what is wrong, and the text with the place in it. */
export function syntaxFault(text: string, at: number, wrong: string, cause?: unknown): Fault {
  const before = at > SHOWN ? `…${text.slice(at - SHOWN, at)}` : text.slice(0, at);
  const behind = text.length > at + SHOWN ? `${text.slice(at, at + SHOWN)}…` : text.slice(at);
  return new Fault(
    'search.syntax',
    { wrong, text: `${before.trimEnd()} ^ here ${behind.trimStart()}`.trim() },
    { cause },
  );
}

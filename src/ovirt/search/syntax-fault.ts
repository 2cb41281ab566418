import { Fault } from '../../model/index.js';

/** How many characters a fault shows on either side of the place. */
const SHOWN = 60;

/** The fault of a malformed search: what is wrong, and the text around the place. */
export function syntaxFault(text: string, at: number, wrong: string, cause?: unknown): Fault {
  const before = at > SHOWN ? `…${text.slice(at - SHOWN, at)}` : text.slice(0, at);
  const behind = text.length > at + SHOWN ? `${text.slice(at, at + SHOWN)}…` : text.slice(at);
  return new Fault(
    'search.syntax',
    { wrong, text: `${before.trimEnd()} ^ here ${behind.trimStart()}`.trim() },
    { cause },
  );
}

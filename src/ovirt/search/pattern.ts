/** A text with `*` for any characters, as values of a search are. */
export interface Pattern {
  readonly text: string;
  readonly caseSensitive: boolean;
}

/** Whether a text fits. Each part between asterisks is searched for once, so no pattern is slow. */
export function matcher({ text, caseSensitive }: Pattern): (candidate: string) => boolean {
  const [first = '', ...others] = (caseSensitive ? text : text.toLowerCase()).split('*');
  const last = others.pop();
  return function fits(candidate) {
    const held = caseSensitive ? candidate : candidate.toLowerCase();
    if (last === undefined) return held === first;
    if (held.length < first.length + last.length || !held.startsWith(first) || !held.endsWith(last)) return false;
    let from = first.length;
    for (const part of others) {
      const at = held.indexOf(part, from);
      if (at < 0) return false;
      from = at + part.length;
    }
    return held.length - last.length >= from;
  };
}

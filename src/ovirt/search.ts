import { Fault } from '../model/index.js';
import type { Parameters } from './parameters.js';

/** What a search asks for: nothing, or a name. */
export interface Search {
  /** The name, when it is a plain one that a backend can look for. */
  readonly exactName?: string;
  matches(names: readonly (string | undefined)[]): boolean;
}

/**
 * Reads `?search=`: empty, or `name=<text>` with `*` as a wildcard, with or without quotes and the collection's own prefix (`vms:name=a`).
 * Names are compared without case unless `case_sensitive` is set (shared/facts/ovirt.md, sections 5 and 6).
 * Throws `request.value` for a search that cannot be read: it is never taken for "all".
 */
export function parseSearch(parameters: Parameters, fields: readonly string[]): Search {
  const text = (parameters.text('search') ?? '').trim();
  const caseSensitive = parameters.flag('case_sensitive');
  if (text === '') return { matches: () => true };
  const [, field = '', quoted, plain] = /^(?:[a-z]+\s*:\s*)?([a-z_]+)\s*=\s*(?:"([^"]*)"|([^\s"()]+))$/i.exec(text) ?? [];
  const wanted = quoted ?? plain;
  if (!fields.includes(field.toLowerCase()) || wanted === undefined) {
    throw new Fault('request.value', { text: `The search '${text.slice(0, 200)}' cannot be read; known here: ${fields.map((name) => `${name}=`).join(', ')}` });
  }
  const pattern = caseSensitive ? wanted : wanted.toLowerCase();
  return {
    ...(wanted.includes('*') ? {} : { exactName: wanted }),
    matches: (names) => names.some((name) => name !== undefined && fits(caseSensitive ? name : name.toLowerCase(), pattern)),
  };
}

/** Whether the text fits a pattern with `*` wildcards; each part is looked for once, so no pattern is slow. */
function fits(text: string, pattern: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || text.length < first.length + last.length) return false;
  let from = first.length;
  for (const part of others) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return text.endsWith(last) && text.length - last.length >= from;
}

import { Fault } from '../../model/index.js';
import { Parameters } from './parameters.js';

/** The target of a request: its path without parameters, still escaped, and the parameters. */
export interface RequestTarget {
  readonly path: string;
  readonly parameters: Parameters;
}

/** A path without parameters and escapes, as most are. */
const PLAIN = /^\/[^;?%]*$/;
const NONE: ReadonlyMap<string, string> = new Map();

/** The most parameters of a request: no known client sends more. */
const MOST_PARAMETERS = 100;

/**
 * Parses a request target in origin-form (see edge.ts for the absolute one). Matrix parameters may stand on any segment
 * (RFC 3986, 3.3; docs/reference/ovirt.md, section 5). Throws `request.syntax` for a bad %-escape anywhere.
 */
export function parseTarget(target: string): RequestTarget {
  if (PLAIN.test(target)) return { path: target, parameters: new Parameters(NONE, NONE) };
  const mark = target.indexOf('?');
  const [rawPath, rawQuery] = mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
  const matrix = new Map<string, string>();
  const path = rawPath
    .split('/')
    .map((segment) => {
      const [name = '', ...parameters] = segment.split(';');
      decode(name, false);
      for (const parameter of parameters) add(matrix, parameter, false);
      return name;
    })
    .join('/');
  const query = new Map<string, string>();
  for (const parameter of rawQuery.split('&')) add(query, parameter, true);
  return { path: path || '/', parameters: new Parameters(matrix, query) };
}

function add(into: Map<string, string>, parameter: string, plus: boolean): void {
  if (parameter === '') return;
  if (into.size >= MOST_PARAMETERS)
    throw new Fault('request.syntax', { text: `More than ${MOST_PARAMETERS} parameters.` });
  const equals = parameter.indexOf('=');
  if (equals < 0) into.set(decode(parameter, plus), '');
  else into.set(decode(parameter.slice(0, equals), plus), decode(parameter.slice(equals + 1), plus));
}

/** In a query a plus sign is a space; in a path it is itself. */
function decode(text: string, plus: boolean): string {
  try {
    return decodeURIComponent(plus ? text.replaceAll('+', ' ') : text);
  } catch (cause) {
    throw new Fault('request.syntax', { text: `Bad %-escape in '${text.slice(0, 100)}'.` }, { cause });
  }
}

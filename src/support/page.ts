import { filtered, filterOf } from './filter.js';
import { matrixHtml } from './html.js';
import type { Matrix } from './matrix.js';
import { supports } from './standing.js';
import { matrixXml } from './xml.js';

export interface SupportPage {
  readonly type: string;
  readonly body: string;
  /** 200 when absent. */
  readonly status?: number;
}

type Form = 'html' | 'json' | 'xml';
const forms: readonly (readonly [Form, RegExp])[] = [
  ['html', /\btext\/html\b|\bapplication\/xhtml\+xml\b/],
  ['json', /\bapplication\/json\b/],
  ['xml', /\b(?:application|text)\/xml\b/],
];

/** `?format=` wins; else what `Accept` names, a page for browsers first; else, as everywhere in the API, XML. */
const formOf = (parameters: URLSearchParams, accept: string): Form =>
  forms.find(([form]) => form === parameters.get('format'))?.[0] ??
  forms.find(([, type]) => type.test(accept))?.[0] ??
  'xml';

/** What is wrong with the parameters, in words; undefined when nothing is. */
function wrong(parameters: URLSearchParams): string | undefined {
  const known: Readonly<Record<string, readonly string[] | undefined>> = {
    find: undefined,
    support: ['', ...supports],
    format: forms.map(([form]) => form),
  };
  for (const [name, value] of parameters) {
    if (!Object.hasOwn(known, name))
      return `unknown parameter ${name}; the parameters are ${Object.keys(known).join(', ')}`;
    const values = known[name];
    if (values && !values.includes(value))
      return `${name} must be one of ${values.filter(Boolean).join(', ')}, not ${value}`;
  }
  return undefined;
}

/** The matrix in the requested form, filtered by `?find=` and `?support=`; 400 in plain text for bad parameters. */
export function supportPage(matrix: Matrix, parameters: URLSearchParams, accept = ''): SupportPage {
  const problem = wrong(parameters);
  if (problem !== undefined) return { status: 400, type: 'text/plain;charset=UTF-8', body: `${problem}\n` };
  const filter = filterOf(parameters);
  const requested = filtered(matrix, filter);
  const form = formOf(parameters, accept);
  if (form === 'html') return { type: 'text/html;charset=UTF-8', body: matrixHtml(requested, filter) };
  return form === 'json'
    ? { type: 'application/json', body: `${JSON.stringify(requested, null, 2)}\n` }
    : { type: 'application/xml', body: matrixXml(requested) };
}

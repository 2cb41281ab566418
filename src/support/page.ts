import { filtered, filterOf } from './filter.js';
import { matrixHtml } from './html.js';
import type { Matrix } from './matrix.js';
import { matrixXml } from './xml.js';

export interface SupportPage {
  readonly type: string;
  readonly body: string;
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

/** The matrix in the form that was asked for, filtered by `?find=` and `?support=`. */
export function supportPage(matrix: Matrix, parameters: URLSearchParams, accept = ''): SupportPage {
  const filter = filterOf(parameters);
  const asked = filtered(matrix, filter);
  const form = formOf(parameters, accept);
  if (form === 'html') return { type: 'text/html;charset=UTF-8', body: matrixHtml(asked, filter) };
  return form === 'json'
    ? { type: 'application/json', body: `${JSON.stringify(asked, null, 2)}\n` }
    : { type: 'application/xml', body: matrixXml(asked) };
}

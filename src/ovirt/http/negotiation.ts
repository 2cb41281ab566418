import { Fault } from '../../model/index.js';

/** The formats that requests and answers come in. */
export type Format = 'xml' | 'json' | 'yaml';

export const mediaType: Readonly<Record<Format, string>> = {
  xml: 'application/xml',
  json: 'application/json',
  yaml: 'application/x-yaml',
};

const names: Readonly<Record<string, Format>> = {
  'application/xml': 'xml',
  'text/xml': 'xml',
  'application/json': 'json',
  'application/x-yaml': 'yaml',
};

interface Range {
  readonly type: string;
  readonly quality: number;
  readonly position: number;
}

/**
 * The format of the answer (RFC 9110, 12.5.1): the best quality wins, then the client's order, then XML. Parameters
 * such as `detail=disks` never make a range unacceptable (docs/reference/ovirt.md, section 4). Throws
 * `request.not-acceptable`.
 */
export function negotiate(accept: string | undefined): Format {
  const format = choose(accept);
  if (!format) throw new Fault('request.not-acceptable', { type: accept?.slice(0, 200) ?? '' });
  return format;
}

/** Clients send only a few different texts: each is parsed once. */
const MOST_KNOWN = 100;
const known = new Map<string, Format | undefined>();

function choose(accept: string | undefined): Format | undefined {
  if (accept === undefined) return 'xml';
  if (known.has(accept)) return known.get(accept);
  const format = read(accept);
  if (known.size < MOST_KNOWN && accept.length < MOST_KNOWN) known.set(accept, format);
  return format;
}

function read(accept: string): Format | undefined {
  if (accept.trim() === '') return 'xml';
  const ranges = accept.split(',').map(parseRange);
  const offered = (Object.entries(OFFERS) as [Format, readonly string[]][]).flatMap(([format, types]) => {
    const range = bestOf(ranges, types);
    return range ? [{ format, ...range }] : [];
  });
  // the sort keeps the order of the offers where the client has none
  return offered.sort((a, b) => b.quality - a.quality || a.position - b.position)[0]?.format;
}

/** What is offered, best first. YAML is never taken for what a wildcard means. */
const OFFERS: Readonly<Record<Format, readonly string[]>> = {
  // a console's connection file (virt-viewer) is refused by name, which takes a document
  xml: ['application/xml', 'text/xml', 'application/x-virt-viewer'],
  json: ['application/json'],
  yaml: ['application/x-yaml'],
};

/** Like `negotiate`, but XML if nothing fits: for faults before the request is parsed. */
export function preferred(accept: string | undefined): Format {
  return choose(accept) ?? 'xml';
}

function parseRange(text: string, position: number): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  const quality = q === undefined ? 1 : Number(q);
  return { type, quality: Number.isFinite(quality) ? Math.min(Math.max(quality, 0), 1) : 0, position };
}

const NO_DETAILS: ReadonlySet<string> = new Set();

/**
 * The sub-collections that a client wants inside the documents: `detail=` parameters on any range of Accept, or the
 * parameter `detail`, several joined by `+` (docs/reference/ovirt.md, section 4).
 */
export function detailsOf(accept: string | undefined, parameter: string | undefined): ReadonlySet<string> {
  if (parameter === undefined && !accept?.includes(';')) return NO_DETAILS;
  const onAccept = [...(accept ?? '').matchAll(/;\s*detail\s*=\s*"?([^";,]*)/gi)].map(([, value = '']) => value);
  return new Set(
    [...onAccept, parameter ?? '']
      .flatMap((value) => value.toLowerCase().split(/[+\s]+/))
      .filter((name) => name !== ''),
  );
}

/** The most specific matching range decides, even with `q=0`. */
function bestOf(ranges: readonly Range[], types: readonly string[]): Range | undefined {
  const wildcards =
    types === OFFERS.yaml
      ? []
      : [['application/*', 'text/*'].filter((any) => types.some((type) => type.startsWith(any.slice(0, -1)))), ['*/*']];
  for (const accepted of [types, ...wildcards]) {
    const found = ranges.filter((range) => accepted.includes(range.type)).sort((a, b) => b.quality - a.quality)[0];
    if (found) return found.quality > 0 ? found : undefined;
  }
  return undefined;
}

/**
 * The format of a body. Throws `request.media-type` for another type, for none, and for a charset other than UTF-8.
 */
export function formatOfBody(contentType: string | undefined): Format {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  const format = Object.hasOwn(names, type) ? names[type] : undefined;
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '');
  if (!format || (charset !== undefined && !isUtf8(charset)))
    throw new Fault('request.media-type', { type: contentType?.slice(0, 200) ?? '(none)' });
  return format;
}

/** Whether text in this charset can be read as UTF-8. */
const isUtf8 = (charset: string): boolean => /^(?:utf-?8|us-ascii|ascii)$/i.test(charset);

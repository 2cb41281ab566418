import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseExchange } from '../src/exchanges/index.js';
import { exchangeFiles } from './support/exchange-files.js';

/**
 * No example of the guide and no operation of the pmem API is forgotten, and none is sent otherwise than it is shown.
 */
const seeds = fileURLToPath(new URL('../../shared/seeds/', import.meta.url));
const [guide, pmem] = [`${seeds}rhev-vm-sub-collections.txt`, `${seeds}powervc-pmem-api.txt`];
const files = exchangeFiles();

const squeezed = (text: string): string => text.replace(/\s+/g, ' ').trim();
const sections = (text: string): string[] =>
  text
    .replaceAll('\u00a0', ' ')
    .split(/^(?=Example 15\.\d+\. )/m)
    .slice(1);

/** The request that a section of the guide prints: its line, headers, and the document up to the prose. */
function printedRequest(section: string): string | undefined {
  const lines = section.split(/\r?\n/);
  const first = lines.findIndex((line) => /^(GET|POST|PUT|DELETE) \//.test(line));
  if (first < 0) return undefined;
  let end = first + (/ HTTP\/1\.1\s*$/.test(lines[first]!) ? 1 : 2);
  while (/^[\w-]+: /.test(lines[end] ?? '')) end++;
  // What a GET is followed by is the answer.
  if (!lines[first]!.startsWith('GET')) while (end < lines.length && /^(\s|<|$)/.test(lines[end]!)) end++;
  return lines.slice(first, end).join('\n');
}

describe.skipIf(!existsSync(guide))(`the guide (skipped where ${guide} is absent)`, () => {
  const examples = existsSync(guide)
    ? sections(readFileSync(guide, 'utf8')).map((section) => ({ number: /15\.\d+/.exec(section)![0], section }))
    : [];

  test('has examples 15.11 to 15.45', () => {
    expect(examples.map(({ number }) => number)).toEqual(Array.from({ length: 35 }, (_, index) => `15.${11 + index}`));
  });

  test.each(examples)('$number is in the corpus as it is printed', ({ number, section }) => {
    const heading = squeezed(section.split('\n')[0]!);
    const file = files.find(({ name, exchange }) => name.startsWith(`${number}-`) && exchange.notes[0] === heading);
    expect(file, `a file ${number}-….txt that begins with "# ${heading}"`).toBeDefined();
    const printed = printedRequest(section);
    if (printed !== undefined) {
      const asPrinted = parseExchange(printed).request;
      const { request } = file!.exchange;
      expect({ ...request, body: squeezed(request.body) }).toEqual({ ...asPrinted, body: squeezed(asPrinted.body) });
      return;
    }
    const address = /\bh?ref="([^"]+)"/.exec(section)![1]!.replace(/\s+/g, '');
    expect(file!.exchange.request.method).toBe('GET');
    expect(`${address}/`, 'a representation becomes the GET of its address').toContain(
      `${file!.exchange.request.target}/`,
    );
  });
});

/**
 * What the pmem API's page lists, and the calls that show it; `example`: where the page's sample of the body begins,
 * when it is a whole one.
 * `/servers?pmem_vol=true` gives ids alone: the gateway asks for the details.
 */
interface Operation {
  readonly operation: string;
  readonly file: string;
  readonly call: { readonly method: string; readonly path: RegExp; readonly body?: unknown };
  readonly example?: string;
}

const operations: readonly Operation[] = [
  {
    operation: 'Add persistent memory volume API',
    file: 'pmem-add',
    call: { method: 'POST', path: /\/servers\/[^/]+\/action$/ },
    example: '"add-pmem-vol"',
  },
  {
    operation: 'Add persistent memory volume with aggregated memory API',
    file: 'pmem-add-aggregated',
    call: { method: 'POST', path: /\/servers\/[^/]+\/action$/ },
    example: '"resize": {\n   "add',
  },
  {
    operation: 'Delete persistent memory volume API',
    file: 'pmem-delete-by-volume-uuid',
    call: {
      method: 'POST',
      path: /\/servers\/[^/]+\/action$/,
      body: { 'del-pmem-vol': [{ volume_uuid: '3F1CD829-17D6-4D7A-8EA9-3AF5EE1EBEFE' }] },
    },
  },
  {
    operation: 'Delete persistent memory volume API',
    file: 'pmem-delete-by-uuid',
    call: {
      method: 'POST',
      path: /\/servers\/[^/]+\/action$/,
      body: { 'del-pmem-vol': [{ uuid: '985d8e48-3ecb-4cca-b469-b52c641b2dfa' }] },
    },
  },
  {
    operation: 'Delete persistent memory volume with aggregated memory API',
    file: 'pmem-delete-aggregated',
    call: {
      method: 'POST',
      path: /\/servers\/[^/]+\/action$/,
      body: { resize: { 'del-pmem-vol': [{ uuid: '985d8e48-3ecb-4cca-b469-b52c641b2dfa' }] } },
    },
  },
  {
    operation: 'Rename persistent volume API',
    file: 'pmem-rename',
    call: {
      method: 'PUT',
      path: /\/pmem_vol\/985d8e48-3ecb-4cca-b469-b52c641b2dfa$/,
      body: { 'update-pmem-vol': { name: 'new_name' } },
    },
  },
  {
    operation: 'Gets a server call with persistent memory volumes details.',
    file: 'pmem-list-of-vm',
    call: { method: 'GET', path: /\/servers\/[0-9a-f-]+$/ },
  },
  {
    operation: 'Gets all the servers call with persistent memory volumes details.',
    file: 'pmem-vms',
    call: { method: 'GET', path: /\/servers\/detail/ },
  },
  {
    operation: 'Gets the list of servers that has persistent memory volumes with details.',
    file: 'pmem-vms-filtered',
    call: { method: 'GET', path: /\/servers\/detail\?.*pmem_vol=true/ },
  },
  {
    operation: 'This query parameter is applicable for detail call and lists additional server details.',
    file: 'pmem-vms-filtered',
    call: { method: 'GET', path: /\/servers\/detail\?.*pmem_vol=true/ },
  },
  {
    operation: 'Lists all the persistent memory volumes that are present on a workspace.',
    file: 'pmem-list',
    call: { method: 'GET', path: /\/pmem_vol$/ },
  },
  {
    operation: 'Lists all the persistent memory volumes across all the workspace.',
    file: 'pmem-list-all-tenants',
    call: { method: 'GET', path: /\/pmem_vol\?all_tenants=true$/ },
  },
  {
    operation: 'Renames the persistent memory volume.',
    file: 'pmem-rename',
    call: { method: 'PUT', path: /\/pmem_vol\// },
  },
];

/** The page's sample without its smart quotes, doubled quotes and missing braces (docs/reference/power.md, 1.8). */
function clean(sample: string): unknown {
  const text = sample.replace(/[“”]/g, '"').replaceAll('""', '"').trim();
  const open = text.startsWith('{') ? text : `{${text}`;
  return JSON.parse(open + '}'.repeat(open.split('{').length - open.split('}').length)) as unknown;
}

describe.skipIf(!existsSync(pmem))(`the pmem API (skipped where ${pmem} is absent)`, () => {
  const page = existsSync(pmem) ? readFileSync(pmem, 'utf8').replace(/\r/g, '') : '';

  test('has no operation that is not listed here', () => {
    const headings = [...page.matchAll(/^(?:Add|Delete|Rename) .*API$/gm)].map(([heading]) => heading);
    const table = page
      .slice(0, page.indexOf('\nAdd persistent memory volume API'))
      .split('\n')
      .filter((line) => /^(Gets|Lists|Renames|This query) /.test(line));
    expect([...new Set([...headings, ...table])].sort()).toEqual(
      [...new Set(operations.map(({ operation }) => operation))].sort(),
    );
  });

  test.each(operations)('$operation: $file', ({ file, call, example }) => {
    const calls = files.find(({ name }) => name === file)?.exchange.calls ?? [];
    const found = calls.filter(
      ({ method, path, service }) => service === 'compute' && method === call.method && call.path.test(path),
    );
    expect(found.length, `${call.method} ${call.path.source}`).toBeGreaterThan(0);
    if (call.body !== undefined) expect(found.map(({ body }) => body)).toContainEqual(call.body);
    if (example === undefined) return;
    const start = page.indexOf(example);
    const sample = page.slice(
      example.startsWith('"resize') ? start : page.lastIndexOf('{', start),
      page.indexOf('Response example', start),
    );
    expect(found.map(({ body }) => body)).toContainEqual(clean(sample));
  });
});

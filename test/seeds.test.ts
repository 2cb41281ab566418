import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseExchange } from '../src/exchanges/index.js';
import { exchangeFiles } from './support/exchange-files.js';

/**
 * No example of the guide and no operation of the pmem API is forgotten, and none is sent otherwise than it is shown.
 */
interface Documented {
  readonly guide: readonly {
    readonly example: string;
    readonly heading: string;
    readonly request?: string;
    readonly address?: string;
  }[];
  readonly pmem: { readonly operations: readonly string[]; readonly samples: Readonly<Record<string, unknown>> };
}
const { guide, pmem } = JSON.parse(
  readFileSync(new URL('../fixtures/exchanges/documented.json', import.meta.url), 'utf8'),
) as Documented;
const files = exchangeFiles();

const squeezed = (text: string): string => text.replace(/\s+/g, ' ').trim();

describe('the guide', () => {
  test('has examples 15.11 to 15.45', () => {
    expect(guide.map(({ example }) => example)).toEqual(Array.from({ length: 35 }, (_, index) => `15.${11 + index}`));
  });

  test.each(guide)('$example is in the corpus as it is printed', ({ example, heading, request: printed, address }) => {
    const file = files.find(({ name, exchange }) => name.startsWith(`${example}-`) && exchange.notes[0] === heading);
    expect(file, `a file ${example}-….txt that begins with "# ${heading}"`).toBeDefined();
    const { request } = file!.exchange;
    if (printed !== undefined) {
      const asPrinted = parseExchange(printed).request;
      expect({ ...request, body: squeezed(request.body) }).toEqual({ ...asPrinted, body: squeezed(asPrinted.body) });
      return;
    }
    expect(request.method).toBe('GET');
    expect(`${address}/`, 'a representation becomes the GET of its address').toContain(`${request.target}/`);
  });
});

/**
 * What the pmem API's page lists, and the calls that show it; `sample`: whether the page
 * has a whole body of it.
 * `/servers?pmem_vol=true` gives ids alone: the gateway asks for the details.
 */
interface Operation {
  readonly operation: string;
  readonly file: string;
  readonly call: { readonly method: string; readonly path: RegExp; readonly body?: unknown };
  readonly sample?: true;
}

const operations: readonly Operation[] = [
  {
    operation: 'Add persistent memory volume API',
    file: 'pmem-add',
    call: { method: 'POST', path: /\/servers\/[^/]+\/action$/ },
    sample: true,
  },
  {
    operation: 'Add persistent memory volume with aggregated memory API',
    file: 'pmem-add-aggregated',
    call: { method: 'POST', path: /\/servers\/[^/]+\/action$/ },
    sample: true,
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

describe('the pmem API', () => {
  test('has no operation that is not listed here', () => {
    expect(pmem.operations).toEqual([...new Set(operations.map(({ operation }) => operation))].sort());
  });

  test.each(operations)('$operation: $file', ({ operation, file, call, sample }) => {
    const calls = files.find(({ name }) => name === file)?.exchange.calls ?? [];
    const found = calls.filter(
      ({ method, path, service }) => service === 'compute' && method === call.method && call.path.test(path),
    );
    expect(found.length, `${call.method} ${call.path.source}`).toBeGreaterThan(0);
    if (call.body !== undefined) expect(found.map(({ body }) => body)).toContainEqual(call.body);
    if (sample) expect(found.map(({ body }) => body)).toContainEqual(pmem.samples[operation]);
  });
});

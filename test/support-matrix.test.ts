import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseXml } from '../src/codec/index.js';
import { operations, versions } from '../src/ovirt/index.js';
import { shape } from '../src/ovirt/version/relations.js';
import { loadSettings, packageRoot } from '../src/settings/index.js';
import { supportedBackends } from '../src/gateway/backends.js';
import {
  counts,
  filtered,
  filterOf,
  readMatrix,
  supports,
  type Matrix,
  type SupportedBackend,
} from '../src/support/index.js';
import { runCli } from './support/cli.js';
import { startTestbed, type Testbed } from './support/testbed.js';

const capable = new Proxy({}, { get: () => true }) as SupportedBackend['capabilities'];
const unable = new Proxy({}, { get: () => 'it has no hands' }) as SupportedBackend['capabilities'];
const words = { cloud: 'PowerVC', hypervisor: 'PowerVM', group: 'host group', storage: 'storage template' };
const matrixOf = (...backends: SupportedBackend[]): Matrix => readMatrix(`${packageRoot}schemas`, backends);
const powervc = matrixOf({ name: 'powervc', words, on: 'openstack', capabilities: capable });
const field = (type: string, name: string) =>
  powervc.types.find((one) => one.name === type)?.fields.find((one) => one.field === name);

describe('the words of each backend', () => {
  const matrix = matrixOf(...supportedBackends(loadSettings().settings));
  const texts = (backend: string): (readonly [string, string])[] => [
    ...matrix.operations.map(({ name, on }) => [name, on[backend]?.how ?? ''] as const),
    ...matrix.types.flatMap(({ name, fields }) =>
      fields.map(({ field, on }) => [`${name}.${field}`, on[backend]?.how ?? ''] as const),
    ),
  ];

  it.each(['powervc', 'openstack', 'powervs'])('are filled in: %s', (backend) => {
    expect(texts(backend).filter(([, how]) => /\{[a-z]+\}/.test(how))).toEqual([]);
  });

  it('do not mention PowerVC on other clouds', () => {
    expect(
      texts('openstack').filter(
        ([, how]) =>
          /PowerV[CM]|IBM/.test(how) &&
          !/exist on PowerVM only|an extension by IBM|On PowerVM, use the custom propert|Only IBM POWER\d/.test(how),
      ),
    ).toEqual([]);
    expect(texts('powervs').filter(([, how]) => /PowerVC/.test(how) && !how.startsWith('As with PowerVC: '))).toEqual(
      [],
    );
  });
});

/** Names of the operations that any version has. */
/** What several versions do alike is one row, what one refuses and another does is two. */
const served = [
  ...new Map(
    versions.flatMap((version) =>
      version.operations.map(({ name, support, how }) => [JSON.stringify([name, support, how]), name] as const),
    ),
  ).values(),
];

describe('the matrix', () => {
  it('has every declared operation once, with a sentence for how or why not', () => {
    expect(new Set(powervc.operations.map(({ name }) => name))).toEqual(new Set(served));
    expect(powervc.operations).toHaveLength(served.length);
    for (const { name, on } of powervc.operations) expect(on['powervc']?.how, name).toMatch(/^[^a-z].*[.!?]$/s);
  });

  it('says of each version what that does: an event is refused in version 3 and kept in version 4', () => {
    const rows = powervc.operations.filter(({ name }) => name === 'events.add');
    expect(rows.map(({ versions: numbers, on }) => [numbers, on['powervc']?.support])).toEqual([
      [['3'], 'refused'],
      [['4'], 'emulated'],
    ]);
  });

  it("refuses what a backend says it cannot, with its reason, and keeps a refusal of the protocol's own", () => {
    const { operations: rows } = matrixOf(
      { name: 'powervc', words, on: 'openstack', capabilities: capable },
      { name: 'handless', words, capabilities: unable },
    );
    const needy = rows.find(({ name }) => name === 'vms.snapshots.add')!;
    expect(needy.on).toMatchObject({
      powervc: { support: 'translated' },
      handless: { support: 'refused', how: 'It has no hands.' },
    });
    const free = rows.find(({ name }) => name === 'vms.get')!;
    expect([free.on['powervc']?.support, free.on['handless']?.support]).toEqual(['translated', 'translated']);
    const own = rows.find(({ name }) => name === 'vms.logon')!;
    expect(own.on['handless']).toEqual(own.on['powervc']);
  });

  it('says of a field what the verbs do where the backend has no means for it', () => {
    const { types } = matrixOf(
      { name: 'powervc', words, on: 'openstack', capabilities: capable },
      { name: 'handless', words, capabilities: unable },
    );
    const on = (type: string, name: string) =>
      types.find((one) => one.name === type)!.fields.find((one) => one.field === name)!.on['handless'];
    expect(on('VM', 'description')).toEqual({ support: 'left out', how: 'It has no hands.' });
    expect(on('VM', 'delete_protected')).toEqual({ support: 'refused', how: 'It has no hands.' });
    expect(on('NIC', 'mac.address')).toEqual({ support: 'refused', how: 'It has no hands.' });
    expect(on('VM', 'name')?.support).toBe('translated');
  });

  it.each([
    ['VM', 'name', 'translated', /^The backend's name\./, true],
    ['VM', 'description', 'emulated', /^Kept in server metadata\./, true],
    ['VM', 'cpu.topology.sockets', 'translated', /virtual processors/i, true],
    ['VM', 'type', 'translated', /Other values are left out: PowerVM has no desktop VMs\./, true],
    ['VM', 'os.kernel', 'refused', /not from a kernel file\.$/, false],
    ['VM', 'soundcard_enabled', 'left out', /^Always false\. VMs have no sound card\.$/, true],
    ['VM', 'status.state', 'read only', /./, true],
    ['VM', 'disks.clone', 'emulated', /server metadata/, false],
    ['DataCenter', 'status.detail', 'read only', /./, false],
    ['VM', 'placement_policy.hosts.host', 'translated', /^/, true],
    ['Disk', 'wipe_after_delete', 'emulated', /^Kept in volume metadata\./, true],
    ['Disk', 'sgio', 'left out', /does not pass SCSI commands/, false],
    ['NIC', 'port_mirroring.networks.network', 'refused', /port mirroring/, false],
    ['VirtualNumaNode', 'index', 'emulated', /^Kept in server metadata\./, true],
  ])('%s %s is %s', (type, name, support, how, answered) => {
    const found = field(type, name);
    expect(found?.on['powervc']?.support).toBe(support);
    expect(found?.on['powervc']?.how).toMatch(how);
    expect(found?.answered).toBe(answered);
  });

  it("says something of each element that the type's schema has", () => {
    for (const { name, fields } of powervc.types) {
      expect(new Set(fields.map((one) => one.field)).size, name).toBe(fields.length);
      for (const { field: one, on } of fields) expect(supports, `${name}.${one}`).toContain(on['powervc']?.support);
    }
    const vm = powervc.types.find(({ name }) => name === 'VM')!;
    expect(new Set(vm.fields.map((one) => one.field.split('.')[0]))).toEqual(new Set(propertiesOf('vm.json', 'VM')));
  });

  it('is searched by words and by support', () => {
    const found = filtered(powervc, filterOf(new URLSearchParams('find=NIC+mirroring&support=refused')));
    expect(found.types.map(({ name, fields }) => [name, fields.map((one) => one.field)])).toEqual([
      ['NIC', ['port_mirroring.networks.network']],
    ]);
    expect(found.operations).toEqual([]);
    expect(filtered(powervc, filterOf(new URLSearchParams('support=bogus')))).toEqual(powervc);
    const refused = filtered(powervc, { words: [], support: 'refused' });
    expect(refused.operations).toHaveLength(counts(powervc.operations, 'powervc').refused);
    expect(refused.operations.length).toBeGreaterThan(5);
  });
});

interface SchemaFile {
  readonly $defs: Readonly<Record<string, { readonly $ref?: string; readonly properties?: object }>>;
}
/** The elements of a type, read by other means than the matrix's. */
function propertiesOf(file: string, type: string): string[] {
  const { $ref, properties = {} } = (
    JSON.parse(readFileSync(`${packageRoot}schemas/ovirt/v3/types/${file}`, 'utf8')) as SchemaFile
  ).$defs[type]!;
  const [base = '', name = ''] = ($ref ?? '').split('#/$defs/');
  return [...($ref === undefined ? [] : propertiesOf(base || file, name)), ...Object.keys(properties)];
}

describe('served', () => {
  let testbed: Testbed;
  beforeAll(async () => {
    testbed = await startTestbed({ sets: ['powervc.suspend=false'] });
  });
  afterAll(() => testbed.close());
  const get = (path: string, accept?: string) =>
    fetch(testbed.gateways[0]!.url + path, { headers: accept === undefined ? {} : { accept } });
  const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

  it.each(['/api/gateway/support', '/ovirt-engine/api/gateway/support'])(
    '%s, without a login, as JSON',
    async (path) => {
      const answer = await get(path, 'application/json');
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
      const matrix = (await answer.json()) as Matrix;
      expect(matrix.operations).toHaveLength(served.length);
      expect(matrix.operations.find(({ name }) => name === 'vms.suspend')?.on['powervc']).toEqual({
        support: 'refused',
        how: 'PowerVC does not document suspend (setting powervc.suspend).',
      });
    },
  );

  it('as XML that can be read', async () => {
    const answer = await get('/api/gateway/support', 'application/xml');
    expect(answer.headers.get('content-type')).toBe('application/xml');
    const root = parseXml(await answer.text());
    expect(root.name).toBe('support');
    expect(root.children.map(({ name }) => name)).toEqual(['backends', 'operations', 'types']);
    expect(root.children[1]!.children).toHaveLength(served.length);
  });

  it('as a page for browsers: self-contained, without scripts, and with the search text escaped', async () => {
    const answer = await get('/api/gateway/support?find=%22%3E%3Cscript%3Edisk', BROWSER);
    expect(answer.headers.get('content-type')).toBe('text/html;charset=UTF-8');
    const page = await answer.text();
    expect(page).toContain('value="&quot;&gt;&lt;script&gt;disk"');
    expect(page).not.toMatch(/<script|<link|<img|@import|https?:\/\//);
    const all = await (await get('/api/gateway/support', BROWSER)).text();
    expect(all.match(/<tr><td>/g)).toHaveLength(
      served.length + powervc.types.reduce((sum, { fields }) => sum + fields.length, 0),
    );
    expect((await get('/api/gateway/support?format=json', BROWSER)).headers.get('content-type')).toBe(
      'application/json',
    );
  });

  it('compressed, and under a policy that allows its own style and nothing else', async () => {
    const { headers } = await get('/api/gateway/support', BROWSER);
    expect(headers.get('content-encoding')).toBe('gzip');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    const policy = headers.get('content-security-policy');
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; form-action 'self'/);
    expect(policy).not.toContain('unsafe');
  });

  it.each([
    ['support=bogus', 'support must be one of translated, emulated, left out, read only, refused, not bogus\n'],
    ['format=pdf', 'format must be one of html, json, xml, not pdf\n'],
    ['search=disk', 'unknown parameter search; the parameters are find, support, format\n'],
  ])('?%s is a 400', async (query, text) => {
    const answer = await get(`/api/gateway/support?${query}`, BROWSER);
    expect([answer.status, await answer.text()]).toEqual([400, text]);
  });
});

describe('the command', () => {
  it('prints a table, and JSON', async () => {
    const { code, stdout } = await runCli(['support', '--find', 'logon']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^POST {2,}\/vms\/\{vm\}\/logon +powervc +refused +\S/m);
    const json = await runCli(['support', '--json', '--support', 'refused']);
    expect(
      (JSON.parse(json.stdout) as Matrix).operations.every(({ on }) =>
        Object.values(on).some(({ support }) => support === 'refused'),
      ),
    ).toBe(true);
    expect((await runCli(['support', '--fields', '--find', 'soundcard'])).stdout).toMatch(
      /^ {2}soundcard_enabled +powervs +left out/m,
    );
    // as X-Ovirt-Ignored names it
    expect((await runCli(['support', '--find', 'disk.format'])).stdout).toMatch(
      /^Disk, version 3\n {2}format +powervc +left out[^]+\nDisk, version 4\n {2}format +powervc +left out/,
    );
    expect((await runCli(['support', '--find', 'disk size'])).stdout).toMatch(
      /^PUT[^]*\n\d+ fields match, too: --fields prints them\.\n$/,
    );
  });

  it('takes settings into account, and refuses an unknown kind', async () => {
    const { stdout } = await runCli(['support', '--json', '--find', 'vms.suspend', '--set', 'powervc.suspend=false']);
    expect((JSON.parse(stdout) as Matrix).operations[0]?.on['powervc']?.support).toBe('refused');
    expect((await runCli(['support', '--support', 'bogus'])).code).toBe(2);
    const nothing = await runCli(['support', '--find', 'nosuchthingatall']);
    expect([nothing.code, nothing.stdout]).toEqual([1, '']);
    expect(nothing.stderr).toContain('No operation or field matches');
    const one = await runCli(['support', '--json', '--backend', 'powervs', '--find', 'vms.suspend']);
    const { operations } = JSON.parse(one.stdout) as { operations: { on: object }[] };
    expect(new Set(operations.flatMap(({ on }) => Object.keys(on)))).toEqual(new Set(['powervs']));
  });
});

const OVIRT = new URL('../fixtures/ovirt/v3/', import.meta.url);

describe('no operation of the engine is forgotten', () => {
  const declared = new Set(operations.map(({ path, rel }) => `${shape(path)} ${rel}`));

  it('of the virtual machines of 3.6 (vm-operations.txt)', () => {
    const requested = readFileSync(new URL('vm-operations.txt', OVIRT), 'utf8')
      .trim()
      .split('\n')
      .map((line) => {
        const [, path = '', rel = ''] = /^(\S+?)\|rel=(\w+)/.exec(line) ?? [];
        return `${shape(path)} ${rel}`;
      });
    expect(requested).toHaveLength(92);
    expect(requested.filter((one) => !declared.has(one))).toEqual([]);
  });

  it('of all of version 3 as 4.2 serves it (operations.txt)', () => {
    const rows = readFileSync(new URL('operations.txt', OVIRT), 'utf8');
    const requested = [...rows.matchAll(/^[A-Z-]+ (\/\S*) (\S+)$/gm)].map(
      ([, path = '', rel = '']) => `${shape(path)} ${rel}`,
    );
    expect(requested.length).toBeGreaterThan(700);
    expect([...new Set(requested)].filter((one) => !declared.has(one))).toEqual([]);
  });
});

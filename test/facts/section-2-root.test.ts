import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { versions } from '../../src/ovirt/index.js';
import { startTestbed, type Testbed } from '../support/testbed.js';
import { validateV3 } from '../support/xsd.js';
import { ask, LOGIN } from './entry-point.js';

/** Those that version 3 has. */
const operations = versions.find(({ number }) => number === '3')!.operations;

/** docs/reference/ovirt.md, section 2: the root document. */
let testbed: Testbed;
let url: string;
beforeAll(async () => {
  testbed = await startTestbed();
  url = testbed.gateways[0]!.url;
});
afterAll(() => testbed.close());

const get = (path: string, headers = {}) => ask(url + path, { headers: { ...LOGIN, ...headers } });

/** The engine's order, as section 2 has it. */
const ORDER = (
  'capabilities clusters datacenters events hosts networks roles storagedomains tags bookmarks icons templates instancetypes users groups domains vmpools vms disks jobs storageconnections ' +
  'vnicprofiles diskprofiles cpuprofiles schedulingpolicyunits schedulingpolicies permissions macpools operatingsystems externalhostproviders openstackimageproviders openstackvolumeproviders ' +
  'openstacknetworkproviders katelloerrata'
).split(' ');

const relsOf = (text: string): string[] =>
  [...text.split('<special_objects>')[0]!.matchAll(/<link href="[^"]*" rel="([^"]*)"/g)].map(([, rel]) => rel!);

describe('the root document', () => {
  it("has its parts in the schema's order", async () => {
    const { text } = await get('/api');
    const parts = ['<link ', '<special_objects>', '<product_info>', '<summary>', '<time>'].map((part) =>
      text.indexOf(part),
    );
    expect(parts).toEqual([...parts].sort((a, b) => a - b));
    expect(parts.every((at) => at > 0)).toBe(true);
  });

  it("links to every collection that is declared, in the engine's order, ours last", async () => {
    const rels = relsOf((await get('/api')).text).filter((rel) => !rel.includes('/'));
    const declared = operations
      .filter(({ kind, path }) => kind === 'list' && /^\/[a-z]+$/.test(path))
      .map(({ path }) => path.slice(1));
    expect([...rels].sort()).toEqual([...declared].sort());
    const known = rels.filter((rel) => ORDER.includes(rel));
    expect(known).toEqual(ORDER.filter((rel) => known.includes(rel)));
    expect(rels.slice(0, known.length)).toEqual(known);
    expect(rels[0]).toBe('capabilities');
  });

  it('has the search template right after the link of a collection that can be searched (libgovirt fills it in)', async () => {
    const { text } = await get('/api');
    expect(text).toMatch(
      /<link href="\/api\/vms" rel="vms"\/>\s*<link href="\/api\/vms\?search=\{query\}" rel="vms\/search"\/>/,
    );
    expect(text).not.toContain('rel="capabilities/search"');
  });

  it('knows the blank template and the root tag by their id, as links, in this order', async () => {
    expect((await get('/api')).text).toMatch(
      /<special_objects>\s*<link href="\/api\/templates\/0{8}-0{4}-0{4}-0{4}-0{12}" rel="templates\/blank"\/>\s*<link href="\/api\/tags\/0{8}-0{4}-0{4}-0{4}-0{12}" rel="tags\/root"\/>\s*<\/special_objects>/,
    );
  });

  it('shows the product: version as attributes, and full_version', async () => {
    expect((await get('/api')).text).toMatch(
      /<product_info>\s*<name>[^<]+<\/name>\s*<vendor>[^<]+<\/vendor>\s*<version major="3" minor="6" build="0" revision="0"\/>\s*<full_version>3\.6\.0\.0<\/full_version>/,
    );
  });

  it('counts, and leaves the summary out for a filtered view', async () => {
    expect((await get('/api')).text).toMatch(
      /<summary>\s*<vms>\s*<total>\d+<\/total>\s*<active>\d+<\/active>\s*<\/vms>\s*<hosts>[^]*<users>[^]*<storage_domains>[^]*<\/summary>/,
    );
    for (const filter of ['true', 'True']) expect((await get('/api', { filter })).text).not.toContain('<summary>');
  });

  it('has a Link header with full URLs on GET and HEAD, and HEAD has no body', async () => {
    const [full, head] = [await get('/api'), await ask(`${url}/api`, { method: 'HEAD', headers: LOGIN })];
    expect(full.headers['link']).toContain(`<${url}/api/vms>; rel=vms,<${url}/api/vms?search={query}>; rel=vms/search`);
    expect([head.status, head.text, head.headers['link']]).toEqual([200, '', full.headers['link']]);
  });

  it.each(['/api', '/api?rsdl', '/api/capabilities'])('%s is what the v3 schema allows', async (path) => {
    expect(await validateV3((await get(path)).text)).toEqual([]);
  });
});

describe('?rsdl', () => {
  it.each(['/api?rsdl', '/api/?rsdl=', '/ovirt-engine/api/v3;rsdl'])(
    '%s describes every declared operation',
    async (path) => {
      const { status, text } = await get(path);
      expect(status).toBe(200);
      expect(text).toMatch(/^<\?xml [^>]*>\n<rsdl href="\?rsdl" rel="rsdl">\n {4}<description>/);
      const reported = new Set(
        [...text.matchAll(/<link href="([^"]*)" rel="([^"]*)">/g)].map(([, href, rel]) => `${href} ${rel}`),
      );
      const declared = operations
        .filter(({ kind }) => kind !== 'entry' && kind !== 'progress')
        .map((operation) => `${operation.path.slice(1).replace(/:(?:name|text)\}/g, ':id}')} ${operation.rel}`);
      expect([...reported].sort()).toEqual([...new Set(declared)].sort());
    },
  );

  it('has the shape that engines give an operation', async () => {
    const { text } = await get('/api?rsdl');
    const [add = ''] = /<link href="vms\/\{vm:id\}\/disks" rel="add">[^]*?<\/link>/.exec(text) ?? [];
    expect(add).toMatch(
      /<http_method>POST<\/http_method>\s*<headers>\s*<header required="false">\s*<name>Correlation-Id<\/name>\s*<value>any string<\/value>/,
    );
    expect(add).toMatch(
      /<body>\s*<type>Disk<\/type>\s*<parameters_set>\s*<parameter required="false" type="xs:long">\s*<name>disk\.provisioned_size\|size<\/name>/,
    );
    expect(add).toMatch(/<response>\s*<type>Disk<\/type>/);
    expect(text).toMatch(
      /<parameter required="false" type="xs:int" context="matrix">\s*<name>max<\/name>\s*<value>max results<\/value>/,
    );
  });
});

describe('?schema', () => {
  it('is raw, with the headers of engines, the spaces are theirs', async () => {
    const { headers, text } = await get('/api?schema');
    expect(headers['content-type']).toBe('application/octet-stream');
    expect(headers['content-disposition']).toBe('attachment; filename = ovirt-engine-api-schema.xsd');
    expect(text).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<xs:schema/);
  });

  it('compiles, accepts what we answer and refuses what we do not', async () => {
    const { text: schema } = await get('/api?schema');
    const { text: list } = await get('/api/vms');
    const id = /<vm href="[^"]*" id="([^"]*)"/.exec(list)![1]!;
    const paths = [
      '/api',
      '/api?rsdl',
      '/api/capabilities',
      '/api/clusters',
      '/api/templates',
      '/api/disks',
      '/api/storagedomains',
      '/api/networks',
      '/api/hosts',
      ...['', '/disks', '/nics', '/snapshots', '/statistics', '/cdroms', '/numanodes', '/pmemvolumes', '/sessions'].map(
        (below) => `/api/vms/${id}${below}`,
      ),
    ];
    const documents = [
      list,
      ...(await Promise.all(paths.map(async (path) => (await get(path)).text))),
      (await get(`/api/vms/${id}`, { accept: 'application/xml; detail=disks; detail=nics; detail=statistics' })).text,
    ];
    const good = await validateXML({
      schema,
      xml: documents.map((contents, index) => ({ fileName: `${index}.xml`, contents })),
      maxMemoryPages: 4096,
    });
    expect(good.errors.map(({ rawMessage }) => rawMessage)).toEqual([]);
    expect(good.valid).toBe(true);
    const bad = await validateXML({
      schema,
      xml: [{ fileName: 'bad.xml', contents: '<vm><type>server</type><name>a</name></vm>' }],
      maxMemoryPages: 4096,
    });
    expect(bad.valid).toBe(false);
  });
});

describe('/capabilities', () => {
  it('has the versions 3.0 to 3.6, the last one current, each under its own id', async () => {
    const { text } = await get('/api/capabilities');
    const versions = [
      ...text.matchAll(/<version href="([^"]*)" id="([^"]*)" major="3" minor="(\d)">\s*<current>(\w+)</g),
    ];
    expect(versions.map(([, , , minor, current]) => `${minor} ${current}`)).toEqual([
      '0 false',
      '1 false',
      '2 false',
      '3 false',
      '4 false',
      '5 false',
      '6 true',
    ]);
    for (const [, href, id] of versions) {
      const one = await get(href!);
      expect(one.status).toBe(200);
      expect(one.text).toContain(`<version href="${href}" id="${id}" major="3"`);
    }
    expect((await get('/api/capabilities/00000000-0000-0000-0000-000000000001')).status).toBe(404);
  });

  it('has custom properties (rbovirt looks for them), the processors of Power, and the words of each enumeration', async () => {
    const { text } = await get('/api/capabilities');
    expect(text).toMatch(/<custom_property name="powervm:proc_units" regexp="/);
    expect(text).toMatch(/<cpu id="IBM POWER8">\s*<level>3<\/level>\s*<architecture>PPC64</);
    expect(text).toMatch(/<vm_states>\s*<vm_state>unassigned<\/vm_state>/);
    expect(text).toMatch(/<nic_interface>spapr_vlan</);
  });
});

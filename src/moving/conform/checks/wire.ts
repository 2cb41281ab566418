import type { XmlElement } from '../../../codec/index.js';
import { childOf, textOf, type Answer, type Bench } from '../bench.js';
import type { Check } from '../check.js';
import { expectThat, NotRun } from '../outcomes.js';
import { linkOf } from './tables.js';

const json = { accept: 'application/json' };
const query = (search: string): string => `/vms?search=${encodeURIComponent(search)}`;

/** A VM that is there, to look at. */
async function anyVm(bench: Bench): Promise<XmlElement> {
  const [vm] = (await bench.good([200], 'GET', '/vms')).xml().children;
  if (!vm) throw new NotRun('there is no VM');
  return vm;
}

function expectFault(answer: Answer, status: number): void {
  expectThat(answer.status === status, `${status}`, `${answer.status} ${answer.body}`);
  const root = answer.xml();
  expectThat(root.name === 'fault', '<fault>', `<${root.name}>`);
  for (const part of ['reason', 'detail'])
    expectThat((textOf(root, part) ?? '') !== '', `a fault with its ${part}`, answer.body);
}

/** How the protocol behaves whatever is asked for. Nothing here changes anything. */
export const wireChecks: readonly Check[] = (
  [
    {
      name: 'root.xml',
      title: 'the root document links to the collections and tells the product',
      source: 'engine: BackendApiResource; every SDK reads it first',
      async run(bench) {
        const root = (await bench.good([200], 'GET', '')).xml();
        expectThat(root.name === 'api', '<api>', `<${root.name}>`);
        for (const rel of ['vms', 'clusters', 'hosts', 'networks', 'storagedomains', 'templates', 'disks'])
          expectThat((linkOf(root, rel) ?? '').endsWith(`/${rel}`), `a link to ${rel}`, linkOf(root, rel) ?? 'none');
        expectThat(textOf(root, 'product_info/name') !== undefined, 'product_info/name', 'none');
      },
    },
    {
      name: 'root.search-links',
      title: 'the root document has templates of searches',
      source: 'engine: LinkHelper; libgovirt looks up vms/search and fills in {query}',
      async run(bench) {
        const href = linkOf((await bench.good([200], 'GET', '')).xml(), 'vms/search') ?? 'none';
        expectThat(href.endsWith('/vms?search={query}'), '…/vms?search={query}', href);
      },
    },
    {
      name: 'root.json',
      title: 'the root document in JSON has no wrapper',
      source: 'engine: Jackson; forklift reads product_info.version',
      async run(bench) {
        const document = (await bench.good([200], 'GET', '', { headers: json })).json() as Record<string, unknown>;
        expectThat(
          'product_info' in document && Array.isArray(document['link']),
          'product_info and link',
          Object.keys(document).join(),
        );
      },
    },
    {
      name: 'root.head',
      title: 'HEAD of the root document has a Link header and no body',
      source: 'engine: BackendApiResource.head; SDK 3 and RHEV-M guide, "HTTP header Link"',
      async run(bench) {
        const answer = await bench.good([200], 'HEAD', '');
        expectThat(
          /<[^>]+\/vms>;\s*rel=/.test(answer.header('link') ?? ''),
          'Link: <…/vms>; rel=…',
          answer.header('link') ?? 'none',
        );
        expectThat(answer.body === '', 'no body', answer.body);
      },
    },
    {
      name: 'path.trailing-slash',
      title: 'a slash at the end of a path changes nothing',
      source: 'rbovirt asks for /api/clusters/, fence_rhevm for /vms/?search=',
      async run(bench) {
        await bench.good([200], 'GET', '/clusters/');
        await bench.good([200], 'GET', '/vms/?search=');
      },
    },
    {
      name: 'login.challenge',
      title: 'without a login one is challenged for Basic, by exactly this header',
      source: 'engine: EnforceAuthFilter; ManageIQ compares the whole header, libgovirt logs in only then',
      async run(bench) {
        const answer = await bench.ask('GET', '/vms', { anonymous: true });
        expectThat(answer.status === 401, '401', `${answer.status}`);
        const header = answer.header('www-authenticate') ?? 'none';
        expectThat(/^Basic realm="?(RESTAPI|ENGINE)"?$/.test(header), 'Basic realm="RESTAPI" or "ENGINE"', header);
      },
    },
    {
      name: 'login.wrong',
      title: 'a wrong password is refused',
      source: 'engine: BasicAuthenticationFilter',
      async run(bench) {
        const { user } = bench.options;
        if (user === undefined) throw new NotRun('no login was given');
        const authorization = `Basic ${Buffer.from(`${user}:no-${bench.name}`).toString('base64')}`;
        const { status } = await bench.ask('GET', '', { anonymous: true, headers: { authorization } });
        expectThat(status === 401, '401', `${status}`);
      },
    },
    {
      name: 'session.cookie',
      title: 'Prefer: persistent-auth opens a session, and its cookie logs in',
      source: 'engine: RestApiSessionMgmtFilter; SDK 3, ovirt_exporter',
      async run(bench) {
        const { user, password = '' } = bench.options;
        if (user === undefined) throw new NotRun('no login was given');
        const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
        const prefer = 'persistent-auth';
        const opened = await bench.ask('GET', '', { anonymous: true, headers: { authorization, prefer } });
        const cookie = /JSESSIONID=[^;,]+/.exec(opened.header('set-cookie') ?? '')?.[0];
        expectThat(cookie !== undefined, 'Set-Cookie: JSESSIONID=…', opened.header('set-cookie') ?? 'none');
        const { status } = await bench.ask('GET', '', { anonymous: true, headers: { cookie: cookie ?? '', prefer } });
        expectThat(status === 200, '200 with the cookie alone', `${status}`);
      },
    },
    {
      name: 'sso.token',
      api: '4',
      title: 'single sign-on gives a token, which logs in',
      source: 'engine: OAuthTokenServlet; every SDK of version 4',
      async run(bench) {
        const { user, password = '' } = bench.options;
        if (user === undefined) throw new NotRun('no login was given');
        const body = new URLSearchParams({ grant_type: 'password', scope: 'ovirt-app-api', username: user, password });
        const headers = { ...json, 'content-type': 'application/x-www-form-urlencoded' };
        const request = { anonymous: true, headers, body: body.toString() };
        const answer = await bench.good([200], 'POST', '/ovirt-engine/sso/oauth/token', request);
        const { access_token: token, exp } = answer.json() as { access_token?: string; exp?: string };
        expectThat(
          typeof token === 'string' && /^\d{13}$/.test(String(exp)),
          'access_token, and exp in milliseconds',
          Object.keys(answer.json() as object).join(),
        );
        const bearer = { anonymous: true, headers: { authorization: `Bearer ${token}` } };
        expectThat((await bench.ask('GET', '', bearer)).status === 200, '200 with the token', 'another status');
      },
    },
    {
      name: 'search.by-name',
      operation: 'vms.list',
      title: 'a search by name finds that VM alone',
      source: 'engine: searchbackend; fence_rhevm, libgovirt, Ansible',
      async run(bench) {
        const name = textOf(await anyVm(bench), 'name') ?? '';
        const found = (await bench.good([200], 'GET', query(`name=${name}`))).xml().children;
        const names = new Set(found.map((vm) => textOf(vm, 'name')));
        expectThat(names.size === 1 && names.has(name), name, [...names].join(', '));
      },
    },
    {
      name: 'search.nothing',
      operation: 'vms.list',
      title: 'a search that finds nothing is an empty collection',
      source: 'engine: 200 and <vms/>, never 404; clients loop until then',
      async run(bench) {
        const root = (await bench.good([200], 'GET', query(`name=${bench.name}-nobody`))).xml();
        expectThat(
          root.name === 'vms' && root.children.length === 0,
          '<vms/>',
          `<${root.name}> of ${root.children.length}`,
        );
      },
    },
    {
      name: 'search.empty',
      operation: 'vms.list',
      title: 'an empty search finds all',
      source: 'rbovirt asks for ?search=',
      async run(bench) {
        const all = (await bench.good([200], 'GET', '/vms')).xml().children.length;
        const found = (await bench.good([200], 'GET', '/vms?search=')).xml().children.length;
        expectThat(found === all || found === 100, `${all} VMs`, `${found}`);
      },
    },
    {
      name: 'search.past-the-end',
      operation: 'vms.list',
      title: 'a page past the end is empty',
      source: 'ManageIQ asks for "sortby name asc page N" until one is',
      async run(bench) {
        const found = (await bench.good([200], 'GET', query('sortby name asc page 10000'))).xml().children;
        expectThat(found.length === 0, 'no VM', `${found.length}`);
      },
    },
    {
      name: 'search.syntax',
      operation: 'vms.list',
      title: 'a search that cannot be read is a fault',
      source: 'engine: searchbackend, SyntaxChecker',
      async run(bench) {
        expectFault(await bench.ask('GET', query('name=x sortby')), 400);
      },
    },
    {
      name: 'fault.json',
      title: 'a fault in JSON has reason and detail, and no wrapper',
      source: 'engine: api.xsd, Fault; forklift',
      async run(bench) {
        const answer = await bench.ask('GET', query('name=x sortby'), { headers: json });
        const fault = answer.json() as Record<string, unknown>;
        expectThat(
          answer.status === 400 && 'reason' in fault && 'detail' in fault,
          '400, reason and detail',
          answer.body,
        );
      },
    },
    {
      name: 'list.max',
      operation: 'vms.list',
      title: 'max cuts a list',
      source: 'engine: QueryHelper (;max=1), ParametersHelper (?max=1); SDKs',
      async run(bench) {
        await anyVm(bench);
        const path = bench.version.protocol.inline === 'detail' ? '/vms;max=1' : '/vms?max=1';
        const found = (await bench.good([200], 'GET', path)).xml().children;
        expectThat(found.length === 1, 'one VM', `${found.length}`);
      },
    },
    {
      name: 'xml.lines',
      operation: 'vms.list',
      title: 'XML has one element a line, and href before id',
      source: "engine: JAXB_FORMATTED_OUTPUT; fence_rhevm's expressions go by lines, and would fence another VM",
      async run(bench) {
        const vm = await anyVm(bench);
        const { body } = await bench.good([200], 'GET', `/vms/${vm.attributes.get('id') ?? ''}`);
        const lines = body.split('\n').filter((line) => /<name>.*<\/name>/.test(line));
        expectThat(
          lines.length > 0 && lines.every((line) => (line.match(/</g) ?? []).length === 2),
          '<name>…</name> on a line',
          lines[0] ?? 'none',
        );
        expectThat(/<vm href="[^"]+" id="[^"]+">/.test(body), '<vm href="…" id="…">', body.slice(0, 200));
      },
    },
    {
      name: 'json.scalars',
      operation: 'vms.get',
      title: 'numbers and booleans in JSON are of the type that engines write',
      source: 'engine: api.xjb; forklift takes strings alone in version 4',
      async run(bench) {
        const vm = await anyVm(bench);
        const document = (
          await bench.good([200], 'GET', `/vms/${vm.attributes.get('id') ?? ''}`, { headers: json })
        ).json() as Record<string, unknown>;
        const expected = bench.version.protocol.dialect.jsonStrings.includes('int64') ? 'string' : 'number';
        expectThat(typeof document['memory'] === expected, `memory as a ${expected}`, typeof document['memory']);
        expectThat(
          typeof document['delete_protected'] === 'string' || document['delete_protected'] === undefined,
          'delete_protected as a string',
          typeof document['delete_protected'],
        );
      },
    },
    {
      name: 'accept.parameters',
      title: 'parameters of Accept ask for sub-collections, and are no reason for 406',
      source: 'engine: DetailHelper; rbovirt and moVirt send them with every GET',
      async run(bench) {
        await bench.good([200], 'GET', '/vms', { headers: { accept: 'application/xml; detail=disks; detail=nics' } });
      },
    },
    {
      name: 'inline.nics',
      operation: 'vms.nics.list',
      title: 'a VM holds its NICs when it is asked to',
      source: 'engine: DetailHelper (detail=nics), LinkFollower (follow=nics); rbovirt, Ansible',
      async run(bench) {
        const id = (await anyVm(bench)).attributes.get('id') ?? '';
        const root =
          bench.version.protocol.inline === 'detail'
            ? (
                await bench.good([200], 'GET', `/vms/${id}`, { headers: { accept: 'application/xml; detail=nics' } })
              ).xml()
            : (await bench.good([200], 'GET', `/vms/${id}?follow=nics`)).xml();
        const listed = (await bench.good([200], 'GET', `/vms/${id}/nics`)).xml().children.length;
        const held = childOf(root, 'nics')?.children.length ?? 0;
        expectThat(held === listed, `${listed} NICs`, `${held}`);
      },
    },
    {
      name: 'correlation-id',
      api: '4',
      title: 'Correlation-Id comes back',
      source: 'engine: CurrentFilter; forklift finds events by it',
      async run(bench) {
        const answer = await bench.good([200], 'GET', '', { headers: { 'correlation-id': bench.name } });
        expectThat(
          answer.header('correlation-id') === bench.name,
          bench.name,
          answer.header('correlation-id') ?? 'none',
        );
      },
    },
    {
      name: 'root.rsdl',
      api: '3',
      title: '?rsdl describes the operations',
      source: 'engine: RsdlBuilder; SDK 3 is made of it',
      async run(bench) {
        const root = (await bench.good([200], 'GET', '?rsdl')).xml();
        expectThat(root.name === 'rsdl', '<rsdl>', `<${root.name}>`);
      },
    },
    {
      name: 'method.not-allowed',
      title: 'a method that a path has not is 405',
      source: 'engine: RESTEasy; RHEV-M guide, "Methods"',
      async run(bench) {
        const { status } = await bench.ask('PUT', '/vms', { body: '<vm/>' });
        expectThat(status === 405, '405', `${status}`);
      },
    },
    {
      name: 'accept.unknown',
      title: 'a form that there is not is 406',
      source: 'engine: RESTEasy, content negotiation',
      async run(bench) {
        const { status } = await bench.ask('GET', '/vms', { headers: { accept: 'image/png' } });
        expectThat(status === 406, '406', `${status}`);
      },
    },
    {
      name: 'path.unknown',
      title: 'a path that there is not is 404',
      source: 'engine: RESTEasy',
      async run(bench) {
        const { status } = await bench.ask('GET', `/${bench.name}`);
        expectThat(status === 404, '404', `${status}`);
      },
    },
  ] satisfies Omit<Check, 'profile'>[]
).map((check) => ({ ...check, profile: 'read-only' }));

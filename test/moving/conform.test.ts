import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { XMLParser } from 'fast-xml-parser';
import { startGateway, type Gateway } from '../../src/gateway.js';
import { supportedBackends } from '../../src/gateway/backends.js';
import {
  createBench,
  noDeviations,
  readKit,
  runChecks,
  type CheckResult,
  type ConformReport,
} from '../../src/moving/conform/index.js';
import { openEndpoint } from '../../src/moving/endpoint/index.js';
import { loadSettings, packageRoot, type Settings } from '../../src/settings/index.js';
import { readMatrix } from '../../src/support/index.js';
import { certificate } from '../support/certificate.js';
import { runCli } from '../support/cli.js';
import { quick, silent } from '../support/testbed.js';
import { startEngine, twoVms } from './engine.js';

const environment = { OVIRT_USER: 'admin@internal', OVIRT_PASSWORD: 'powervc' };
const folder = mkdtempSync(join(tmpdir(), 'conform-'));
afterAll(() => rmSync(folder, { recursive: true }));

const settingsOf = (kind: string): Settings =>
  loadSettings({ sets: [...quick, `backend.kind=${kind}`, 'simulator.timeScale=0'] }).settings;

const conform = async (
  url: string,
  ...more: string[]
): Promise<{ code: number; report: ConformReport; stderr: string }> => {
  const argv = ['conform', '--url', url, '--format', 'json', '--poll', '20', '--patience', '20', ...more];
  const { code, stdout, stderr } = await runCli(argv, { environment });
  return { code, report: JSON.parse(stdout) as ConformReport, stderr };
};

describe.each([
  ['simulator', 'powervc'],
  ['openstack', 'openstack'],
  ['powervs', 'powervs'],
])('the gateway on the simulated cloud: %s', (kind, backend) => {
  let gateway: Gateway;
  beforeAll(async () => {
    const settings = settingsOf(kind);
    gateway = await startGateway(settings, { log: silent(settings.log) });
  });
  afterAll(() => gateway.close());

  it.each(['3', '4'])('keeps everything that the support matrix promises, version %s', async (api) => {
    const { code, report, stderr } = await conform(
      `${gateway.url}/ovirt-engine/api`,
      '--api',
      api,
      '--profile',
      'full',
    );
    expect(report.checks.filter(({ result }) => result === 'differs')).toEqual([]);
    const matrix = readMatrix(`${packageRoot}schemas`, supportedBackends(settingsOf(kind)));
    const standing = new Map(matrix.operations.map(({ name, on }) => [name, on[backend]?.support]));
    // an operation that is refused, or a field that is: by the matrix
    const fields = matrix.types.flatMap((type) => type.fields.map(({ on }) => on[backend]));
    const offered = report.checks.filter(({ result, operation = '', why = '' }) => {
      if (result !== 'not offered' || standing.get(operation) === 'refused') return false;
      if (why === 'X-Ovirt-Ignored: vm.description') return !fields.some((field) => field?.support === 'left out');
      return !fields.some((field) => field?.support === 'refused' && why.includes(field.how));
    });
    expect(offered).toEqual([]);
    // what could not be looked at has to be empty, or to stand on what is not offered
    const notRun = report.checks.filter(
      ({ result, why = '', operation = '' }) =>
        result === 'not run' && !/is empty/.test(why) && standing.get(operation) !== 'refused',
    );
    expect(notRun.map(({ name, why }) => `${name}: ${why}`)).toEqual([]);
    expect(report.counts.kept).toBeGreaterThan(150);
    expect(stderr).not.toContain('not removed');
    expect(code).toBe(0);
  });
});

describe('the exchanges of the corpus', () => {
  it('are all sent, or left out with a reason', () => {
    const { entries, leftOut } = readKit(`${packageRoot}fixtures/exchanges`);
    expect(new Set(entries.map(({ name }) => name)).size).toBe(entries.length);
    expect(leftOut.filter(({ why }) => why.length < 10)).toEqual([]);
    expect(entries.length).toBeGreaterThan(leftOut.length);
  });

  it.each([
    ['simulator', '3'],
    ['openstack', '4'],
    ['powervs', '4'],
  ])('are kept at %s, version %s, and nothing is left', async (kind, api) => {
    const settings = settingsOf(kind);
    const gateway = await startGateway(settings, { log: silent(settings.log) });
    const url = `${gateway.url}/ovirt-engine/api`;
    const { code, report, stderr } = await conform(
      url,
      // that long only where something differs
      ...['--api', api, '--profile', 'full', '--corpus', '--only', 'exchange.*', '--patience', '120'],
    );
    await gateway.close();
    expect(report.checks.filter(({ result }) => result === 'differs')).toEqual([]);
    expect(report.checks.filter(({ result }) => result === 'not run')).toEqual([]);
    expect(report.counts.kept).toBeGreaterThan(30);
    expect(stderr).not.toContain('still there');
    expect(code).toBe(0);
  });

  it('find the data of image transfers at an endpoint that is served over TLS', async () => {
    const { cert, key } = certificate(folder, 'gateway', 30);
    const sets = [...quick, 'backend.kind=openstack', 'simulator.timeScale=0'];
    const { settings } = loadSettings({ sets: [...sets, `server.tls.cert=${cert}`, `server.tls.key=${key}`] });
    const gateway = await startGateway(settings, { log: silent(settings.log) });
    const url = `${gateway.url}/ovirt-engine/api`;
    const more = ['--api', '4', '--profile', 'full', '--corpus', '--only', 'exchange.v4/transfer-*'];
    const { report } = await conform(url, '--ca-file', cert, ...more);
    await gateway.close();
    expect(report.counts.kept).toBeGreaterThan(5);
    expect(report.checks.filter(({ result }) => result !== 'kept')).toEqual([]);
  });

  it('are held against an endpoint that is none of ours, too', async () => {
    const engine = await startEngine(twoVms);
    const { code, report } = await conform(engine.url, '--api', '4', '--corpus', '--only', 'exchange.v4/vm*');
    await engine.close();
    expect(code).toBe(1);
    const results = new Map(report.checks.map(({ name, result }) => [name, result]));
    expect(results.get('exchange.v4/vm-unknown')).toBe('kept');
    expect(results.get('exchange.v4/vms-list')).toBe('differs');
  });
});

it('a user who may not add a tag sees that it was not run, and everything else', async () => {
  const settings = settingsOf('openstack');
  const gateway = await startGateway(settings, { log: silent(settings.log) });
  const { code, report } = await conform(
    `${gateway.url}/ovirt-engine/api`,
    ...['--api', '4', '--profile', 'day', '--user', 'operator@internal'],
  );
  await gateway.close();
  const find = (check: string): object | undefined => report.checks.find(({ name }) => name === check);
  const why = expect.stringMatching(/^the user may not: .*os-aggregates/) as string;
  expect(find('tags.add')).toMatchObject({ result: 'not run', why });
  expect(find('vms.add')).toMatchObject({ result: 'kept' });
  expect(report.counts.differs).toBe(0);
  expect(code).toBe(0);
});

describe('an endpoint that is none of ours', () => {
  it('differs, with expectation, answer and source; known deviations are no failure', async () => {
    const engine = await startEngine(twoVms);
    const { code, report } = await conform(engine.url, '--api', '4');
    expect(code).toBe(1);
    const search = report.checks.find(({ name }) => name === 'search.nothing');
    expect(search).toMatchObject({
      result: 'differs',
      expected: '<vms/>',
      source: expect.stringContaining('engine') as string,
    });
    expect(report.checks.find(({ name }) => name === 'bookmarks.list.xml')).toMatchObject({
      result: 'not offered',
      why: '404',
    });

    const known = join(folder, 'known.yaml');
    writeFileSync(known, '- {check: "*", why: a server of a few pages}\n- {check: x, api: 3, why: y}\n');
    expect(await conform(engine.url, '--api', '4', '--known', known)).toMatchObject({ code: 0 });
    writeFileSync(known, 'check: x\n');
    const bad = await runCli(['conform', '--url', engine.url, '--known', known]);
    expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining('a list of entries')]);

    for (const [format, is] of [
      ['junit', /<failure message="expected/],
      ['html', /<h1>Conformance: \d+ of \d+ kept/],
      ['text', /DIFFERS\s+search\.nothing/],
    ] as const) {
      const { stdout } = await runCli(['conform', '--url', engine.url, '--format', format], { environment });
      expect(stdout).toMatch(is);
      if (format === 'junit') expect(new XMLParser().parse(stdout, true)).toHaveProperty('testsuites.testsuite');
      if (format === 'html') expect(stdout).not.toMatch(/<(img|link|script|iframe)|url\(/);
    }
    await engine.close();
  });
});

describe('a check that only reads', () => {
  it('is repeated when another client changed what it reads between two requests', async () => {
    let removed = false;
    const networks = { network: [{ id: 'n1', name: 'ovirtmgmt' }] };
    // the second network is removed between the listing in XML and the one in JSON
    const engine = await startEngine({
      ...twoVms,
      '/networks': ({ headers }) => {
        if (headers.accept?.includes('json')) {
          removed = true;
          return JSON.stringify(networks);
        }
        const second = removed ? '' : '<network id="n2"><name>passing</name></network>';
        return `<networks><network id="n1"><name>ovirtmgmt</name></network>${second}</networks>`;
      },
    });
    const { report } = await conform(engine.url, '--api', '4');
    expect(report.checks.find(({ name }) => name === 'networks.list.json')).toMatchObject({
      result: 'kept',
      why: expect.stringContaining('at first expected ids n1, n2, got n1') as string,
    });
    await engine.close();
  });
});

describe('a run that is stopped', () => {
  it('ends at once, although a check waits for a state that does not come', async () => {
    const engine = await startEngine(twoVms);
    const endpoint = await openEndpoint({ url: engine.url });
    const stop = new AbortController();
    const options = { prefix: 'conform', patienceMs: 600_000, pollMs: 600_000, stopped: stop.signal };
    const bench = createBench(endpoint, options, 'conform-0123abcd');
    const waits = { name: 'waits', title: '', source: '', profile: 'day' } as const;
    const run = async (): Promise<void> =>
      void (await bench.until('/vms', 'no VM', () => {
        stop.abort();
        return false;
      }));
    const results: CheckResult[] = [];
    for await (const result of runChecks([{ ...waits, run }], bench, noDeviations)) results.push(result);
    await endpoint.close();
    await engine.close();
    expect(results).toMatchObject([{ result: 'not run', why: 'the run was stopped' }]);
  });
});

describe('what a run left', () => {
  it('is removed by --cleanup; what others made stays', async () => {
    const settings = settingsOf('simulator');
    const gateway = await startGateway(settings, { log: silent(settings.log) });
    const url = `${gateway.url}/ovirt-engine/api`;
    const login = Buffer.from('admin@internal:powervc').toString('base64');
    const headers = { authorization: `Basic ${login}`, 'content-type': 'application/xml', version: '4' };
    for (const name of ['conform-0123abcd-tag', 'conform-others', 'mine'])
      expect(
        (await fetch(`${url}/tags`, { method: 'POST', headers, body: `<tag><name>${name}</name></tag>` })).status,
      ).toBe(201);
    const { code, stderr } = await runCli(['conform', '--url', url, '--cleanup', '--poll', '20'], { environment });
    expect([code, stderr]).toEqual([0, 'removed: tag conform-0123abcd-tag\n']);
    const tags = await (await fetch(`${url}/tags`, { headers })).text();
    expect(tags).toContain('conform-others');
    expect(tags).not.toContain('0123abcd');
    await gateway.close();
  });
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { certificate } from '../support/certificate.js';
import { runCli } from '../support/cli.js';
import { startEngine, twoVms, type Engine } from './engine.js';

/** What the tools of a move say when something is wrong with what they are given, or ends under them. */

const environment = { OVIRT_USER: 'admin@internal', OVIRT_PASSWORD: 'powervc' };
const folder = mkdtempSync(join(tmpdir(), 'errors-'));
const at = (name: string): string => join(folder, name);
let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(twoVms);
  writeFileSync(at('note.txt'), 'no certificate\n');
});
afterAll(async () => {
  await engine?.close();
  rmSync(folder, { recursive: true });
});

test.each([
  [
    ['compare', 'a', 'b', '--ignore', 'status,colour'],
    /--ignore: unknown field colour; the fields are status, memory, .*, nic/,
  ],
  [
    ['record', '--to', 'http://127.0.0.1:1', '--output', '$/r', '--listen', 'here'],
    /--listen must be an address such as/,
  ],
  [
    ['record', '--to', 'http://127.0.0.1:1', '--output', '$/r', '--listen', '99999'],
    /--listen must be an address such as/,
  ],
  [['inventory', '--url', 'https://127.0.0.1:1', '--ca-file', '$/note.txt'], /note\.txt contains no PEM certificate/],
  [
    [
      'record',
      '--to',
      'http://127.0.0.1:1',
      '--output',
      '$/r',
      '--cert-file',
      '$/note.txt',
      '--key-file',
      '$/note.txt',
    ],
    /note\.txt contains no PEM certificate/,
  ],
])('%j is a mistake of usage, and says of what', async (argv, message) => {
  rmSync(at('r'), { recursive: true, force: true });
  const given = argv.map((one) => one.replace('$', folder));
  const { code, stderr } = await runCli(given, { environment });
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
});

test('a recording without exchanges is none', async () => {
  mkdirSync(at('empty'));
  const { code, stderr } = await runCli(['replay', at('empty'), '--to', engine.url], { environment });
  expect([code, stderr]).toEqual([2, expect.stringContaining('no exchanges found in ')]);
});

test.each([
  ['inventory', ['--url', 'URL', '--output', 'FILE']],
  ['plan', ['--inventory', 'URL', '--backend', 'powervc', '--output', 'FILE']],
  ['plan', ['--inventory', 'URL', '--backend', 'powervc', '--draft-mapping', 'FILE']],
  ['compare', ['URL', 'URL', '--output', 'FILE']],
  ['conform', ['--url', 'URL', '--output', 'FILE']],
  ['replay', ['$/note.txt', '--to', 'URL', '--output', 'FILE']],
  ['record', ['--listen', '127.0.0.1:0', '--to', 'URL', '--output', 'FILE']],
  ['record', ['--listen', '127.0.0.1:0', '--to', 'URL', '--output', '$/kept', '--names-file', 'FILE']],
  ['shadow', ['--listen', '127.0.0.1:0', '--to', 'URL', '--target-url', 'URL', '--output', 'FILE']],
])('%s %j: a path that cannot be written is reported before anything is done', async (command, argv) => {
  for (const path of ['/proc/none', '/proc/none/deeper', at('note.txt/below')]) {
    const given = argv.map((one) => one.replace('URL', engine.url).replace('FILE', path).replace('$', folder));
    const { code, stdout, stderr } = await runCli([command, ...given], { environment });
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining(`${path} cannot be written: E`)]);
  }
});

test('an existing file is not overwritten by a draft mapping, which is checked before the plan is made', async () => {
  const argv = ['plan', '--inventory', engine.url, '--backend', 'powervc', '--draft-mapping', at('note.txt')];
  const { code, stdout, stderr } = await runCli(argv, { environment });
  expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining('note.txt exists and is not overwritten')]);
});

/** An engine that is no longer there once a VM or a part of one is asked for. */
async function leaving(): Promise<Engine> {
  let closed: Promise<void> | undefined;
  const vms = Object.keys(twoVms).filter((one) => one.startsWith('/vms/'));
  const leave = (): string => {
    closed ??= gone.close();
    return '';
  };
  const gone = await startEngine({ ...twoVms, ...Object.fromEntries(vms.map((path) => [path, leave])) });
  return { ...gone, close: () => (closed ??= gone.close()) };
}

test('an engine that goes away ends an inventory, whose file is not accepted as complete', async () => {
  const gone = await leaving();
  const file = at('half.ndjson');
  const { code, stderr } = await runCli(['inventory', '--url', gone.url, '--output', file], { environment });
  expect([code, stderr]).toEqual([1, expect.stringContaining('ECONNREFUSED')]);
  expect(readFileSync(file, 'utf8')).not.toContain('"record":"end"');
  const planned = await runCli(['plan', '--inventory', file, '--backend', 'powervc']);
  expect([planned.code, planned.stderr]).toEqual([2, expect.stringContaining('is incomplete')]);
});

test('an endpoint that is gone half-way ends conform, with a report of what was checked', async () => {
  const gone = await leaving();
  const { code, stdout, stderr } = await runCli(
    ['conform', '--url', gone.url, '--api', '4', '--profile', 'day', '--patience', '1', '--poll', '10'],
    { environment },
  );
  expect(code).toBe(1);
  expect(stderr).toMatch(/stopped by GET .*ECONNREFUSED.* after \d+ of \d+ checks/);
  expect(stderr).toContain('conform --cleanup');
  expect(stdout).toContain('kept');
});

test('an untrusted certificate is reported with the remedy', async () => {
  certificate(folder, 'engine', 2);
  const server = createServer({ cert: readFileSync(at('engine.pem')), key: readFileSync(at('engine.key')) });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const { code, stderr } = await runCli(['inventory', '--url', `https://127.0.0.1:${port}/api`], { environment });
  server.close();
  expect([code, stderr]).toEqual([1, expect.stringContaining('Name the file of its certificate authority')]);
});

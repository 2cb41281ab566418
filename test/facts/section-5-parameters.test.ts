import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultIds } from '../../src/simulator/index.js';
import { startTestbed, type Testbed } from '../support/testbed.js';
import { ask, LOGIN } from './entry-point.js';

/** docs/reference/ovirt.md, section 5: parameters. */
let testbed: Testbed;
let url: string;
beforeAll(async () => {
  testbed = await startTestbed();
  url = testbed.gateways[0]!.url;
});
afterAll(() => testbed.close());

const VM = `/api/vms/${defaultIds.servers.rhel}`;
const get = (path: string) => ask(url + path, { headers: LOGIN });
const count = (text: string, element: string): number => text.match(new RegExp(`<${element} href=`, 'g'))?.length ?? 0;

describe('matrix parameters', () => {
  it.each([
    '/api/vms;max=2',
    '/api;max=2/vms',
    '/api/vms;max=2/',
    '/api/vms?max=2',
    '/api/vms;max=9?max=2',
    '/api/vms;case_sensitive=False;max=2',
  ])('%s has two: on any segment, and the query wins', async (path) => {
    const { status, text } = await get(path);
    expect([status, count(text, 'vm')]).toEqual([200, 2]);
  });

  it.each([
    ['max=-1', 'all'],
    ['max=0', 0],
    ['', 'all'],
  ])(';%s: %s', async (parameter, expected) => {
    const all = count((await get('/api/vms')).text, 'vm');
    expect(count((await get(`/api/vms;${parameter}`)).text, 'vm')).toBe(expected === 'all' ? all : expected);
  });

  it.each([
    '/api/clusters',
    '/api/hosts',
    '/api/networks',
    '/api/storagedomains',
    '/api/templates',
    '/api/disks',
    `${VM}/disks`,
    `${VM}/nics`,
    `${VM}/statistics`,
    `${VM}/snapshots`,
  ])('%s takes ;max', async (path) => {
    const { status, text, headers } = await get(`${path};max=1`);
    expect([status, headers['x-ovirt-ignored']]).toEqual([200, undefined]);
    expect([...text.matchAll(/^ {4}<(\w+) href=/gm)].length).toBe(1);
  });

  it("SDK v3's list() sends ;case_sensitive=True each time, without a search", async () => {
    const { status, headers } = await get('/api/vms;case_sensitive=True');
    expect([status, headers['x-ovirt-ignored']]).toEqual([200, undefined]);
  });

  it('case counts only when asked for', async () => {
    const name = /<name>([^<]*)<\/name>/.exec((await get(VM)).text)![1]!;
    const found = async (suffix: string): Promise<number> =>
      count((await get(`/api/vms${suffix}?search=${encodeURIComponent(`name=${name.toUpperCase()}`)}`)).text, 'vm');
    expect([await found(''), await found(';case_sensitive=False'), await found(';case_sensitive=true')]).toEqual([
      1, 1, 0,
    ]);
  });

  it('?search= with nothing is all', async () => {
    expect((await get('/api/vms?search=')).text).toBe((await get('/api/vms')).text);
  });

  it.each([';current', ';current=true', ';current=True', ';current=false', ''])('a CD-ROM with %s', async (suffix) => {
    const { status, headers } = await get(`${VM}/cdroms/00000000-0000-0000-0000-000000000000${suffix}`);
    expect([status, headers['x-ovirt-ignored']]).toEqual([200, undefined]);
  });

  it(';next_run is known on a VM', async () => {
    const { status, headers } = await get(`${VM};next_run`);
    expect([status, headers['x-ovirt-ignored']]).toEqual([200, undefined]);
  });

  it.each(['async', 'force', 'current', 'case_sensitive'])(
    "garbage for %s is a 400 in the engine's words",
    async (name) => {
      const path = {
        async: VM,
        force: VM,
        current: `${VM}/cdroms/00000000-0000-0000-0000-000000000000`,
        case_sensitive: '/api/vms',
      }[name]!;
      const answer = await ask(`${url}${path};${name}=maybe`, {
        method: name === 'force' || name === 'async' ? 'DELETE' : 'GET',
        headers: LOGIN,
      });
      expect(answer.status).toBe(400);
      expect(answer.text).toContain(`Illegal value 'maybe' for matrix param ${name}`);
    },
  );

  it.each(['true', 'True', 'TRUE', ''])(';async=%s of a PUT is a 202', async (value) => {
    const { status } = await ask(`${url}${VM};async${value && `=${value}`}`, {
      method: 'PUT',
      headers: { ...LOGIN, 'content-type': 'application/xml' },
      body: '<vm><comment>x</comment></vm>',
    });
    expect(status).toBe(202);
  });

  it('an unknown one is reported, and refused in strict mode', async () => {
    const { status, headers } = await get('/api/vms;nonsense=1;max=1');
    expect([status, headers['x-ovirt-ignored']]).toEqual([200, '?nonsense']);
    expect((await ask(`${url}/api/vms;nonsense=1`, { headers: { ...LOGIN, prefer: 'handling=strict' } })).status).toBe(
      400,
    );
  });
});

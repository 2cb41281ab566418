import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultIds, defaultInventory } from '../../src/simulator/index.js';
import { startTestbed, type Testbed } from '../support/testbed.js';
import { ask, LOGIN, type Answer } from './entry-point.js';

/** docs/reference/ovirt.md, section 9: the action document. Each test names its line. */
let testbed: Testbed;
let base: string;
beforeAll(async () => {
  testbed = await startTestbed();
  base = testbed.gateways[0]!.url;
});
afterAll(() => testbed.close());
beforeEach(async () => {
  await testbed.gateways[0]!.settled();
  testbed.simulator.load(defaultInventory);
});

const { rhel: UP, sles: DOWN } = defaultIds.servers;
const act = (vm: string, rel: string, body = '<action/>', headers = {}): Promise<Answer> =>
  ask(`${base}/api/vms/${vm}/${rel}`, {
    method: 'POST',
    headers: { ...LOGIN, 'content-type': 'application/xml', ...headers },
    body,
  });
const get = (path: string): Promise<Answer> => ask(base + path, { headers: LOGIN });
const text = (answer: Answer, element: string): string | undefined =>
  new RegExp(`<${element}>([^<]*)</${element}>`).exec(answer.text)?.[1];

describe('an action that is done at once', () => {
  it.each([
    ['start', DOWN],
    ['stop', UP],
    ['shutdown', UP],
    ['reboot', UP],
    ['migrate', UP],
  ])('%s answers 200, status complete', async (rel, vm) => {
    const answer = await act(vm, rel);
    expect([answer.status, text(answer, 'state')]).toEqual([200, 'complete']);
    expect(answer.text).not.toContain('<async>');
  });

  it('echoes what was sent', async () => {
    const answer = await act(UP, 'migrate', '<action><host><name>p9-s924</name></host><force>false</force></action>');
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(/<host>\s*<name>p9-s924<\/name>[\s\S]*<force>false<\/force>/);
  });

  it('<async>false blocks until it is done', async () => {
    const answer = await act(DOWN, 'start', '<action><async>false</async></action>');
    expect([answer.status, text(answer, 'async')]).toEqual([200, 'false']);
    expect((await get(`/api/vms/${DOWN}`)).text).toContain('<state>up</state>');
  });
});

describe('an action in the background', () => {
  it.each([
    ['suspend', UP, '<action/>'],
    ['clone', DOWN, '<action><vm><name>copy</name></vm></action>'],
    ['export', DOWN, '<action><storage_domain><name>ISO</name></storage_domain></action>'],
  ])('%s answers 202 with address, async, parent, replay', async (rel, vm, body) => {
    const answer = await act(vm, rel, body);
    expect(answer.status).toBe(202);
    const [, href, id] = /^<action href="([^"]+)" id="([^"]+)">$/m.exec(answer.text) ?? [];
    expect(href).toBe(`/api/vms/${vm}/${rel}/${id}`);
    expect(answer.text).toContain(`<link href="/api/vms/${vm}" rel="parent"/>`);
    expect(answer.text).toContain(`<link href="/api/vms/${vm}/${rel}" rel="replay"/>`);
    expect(text(answer, 'async')).toBe('true');
    expect(['pending', 'in_progress']).toContain(text(answer, 'state'));
    await testbed.gateways[0]!.settled();
    const looked = await get(href!);
    expect([looked.status, text(looked, 'state')]).toEqual([200, 'complete']);
    expect(looked.text).toContain(`<action href="${href}" id="${id}">`);
  });

  it('<async>true makes any action one', async () =>
    expect((await act(DOWN, 'start', '<action><async>true</async></action>')).status).toBe(202));
  it('so does ;async=true', async () => expect((await act(DOWN, 'start;async=true')).status).toBe(202));
  it('<async>false makes none of them one', async () =>
    expect((await act(UP, 'suspend', '<action><async>false</async></action>')).status).toBe(200));

  it('after it is forgotten: 301 to the resource', async () => {
    const answer = await get(`/api/vms/${DOWN}/start/5c5a1f5e-0000-4000-8000-000000000000`);
    expect([answer.status, answer.headers['location'], answer.text]).toEqual([301, `/api/vms/${DOWN}`, '']);
  });
  it('of a VM that is not there: 404, empty', async () => {
    const answer = await get(
      '/api/vms/5c5a1f5e-0000-4000-8000-000000000000/start/5c5a1f5e-0000-4000-8000-000000000000',
    );
    expect([answer.status, answer.text]).toEqual([404, '']);
  });
});

describe('<grace_period> delays', () => {
  it('by so many milliseconds', async () => {
    const began = performance.now();
    expect((await act(DOWN, 'start', '<action><grace_period><expiry>60</expiry></grace_period></action>')).status).toBe(
      200,
    );
    expect(performance.now() - began).toBeGreaterThanOrEqual(55);
  });
  it.each([-1, 3_600_000_000])('not by %d', async (expiry) => {
    const answer = await act(DOWN, 'start', `<action><grace_period><expiry>${expiry}</expiry></grace_period></action>`);
    expect([answer.status, text(answer, 'reason')]).toEqual([400, 'Invalid value']);
  });
});

describe('failure: 4xx with the action document that holds status failed and the fault', () => {
  it.each([
    ['start of one that is up', UP, 'start', '<action/>', 409, '[Cannot run VM because the VM is in Up status.]'],
    ['migrate of one that is down', DOWN, 'migrate', '<action/>', 409, '[Cannot migrate VM. VM is not running.]'],
    [
      'a host that is not there',
      UP,
      'migrate',
      '<action><host><name>x</name></host></action>',
      404,
      'Entity not found: Host: name=x',
    ],
    ['a required field', DOWN, 'export', '<action/>', 400, 'Action [storageDomain.id|name] required for export'],
    ['another required field', DOWN, 'clone', '<action><vm/></action>', 400, 'Action [vm.name] required for clone'],
    [
      'a name that is taken',
      DOWN,
      'clone',
      '<action><vm><name>aix73-db01</name></vm></action>',
      400,
      '[Cannot clone VM. The VM name is already in use, please choose a unique name and try again.]',
    ],
    [
      'what no backend has',
      UP,
      'logon',
      '<action/>',
      409,
      '[Cannot log on to VM. The action logon is not supported by PowerVC: there is no guest agent]',
    ],
  ])('%s', async (_, vm, rel, body, status, detail) => {
    const answer = await act(vm, rel, body);
    expect([answer.status, text(answer, 'state'), text(answer, 'detail')]).toEqual([status, 'failed', detail]);
    expect(answer.text).toMatch(/^<action>$/m);
  });

  it('in JSON too', async () => {
    const answer = await act(DOWN, 'migrate', '<action/>', { accept: 'application/json' });
    expect(JSON.parse(answer.text)).toEqual({
      status: { state: 'failed' },
      fault: { reason: 'Operation Failed', detail: '[Cannot migrate VM. VM is not running.]' },
    });
  });

  it("while the VM is in transition: the engine's own text", async () => {
    testbed.simulator.world.servers.get(UP)!.task_state = 'migrating';
    for (const [rel, detail] of [
      ['reboot', '[Cannot restart VM because the VM is in Migrating status.]'],
      ['migrate', '[Cannot migrate VM. VM rhel94-app01 is being migrated.]'],
    ]) {
      const answer = await act(UP, rel!);
      expect([answer.status, text(answer, 'detail')]).toEqual([409, detail]);
    }
  });
});

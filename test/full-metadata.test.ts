import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { defaultIds, defaultInventory, plainInventory, type CloudKind } from '../src/simulator/index.js';
import { startTestbed, type Testbed } from './support/testbed.js';

/** Nova gives a server 128 items of metadata, which are everybody's: a VM's life needs no free one. */
const MOST = 128;
const VM = defaultIds.servers.rhel;
const PATH = `/api/vms/${VM}`;

describe.each<CloudKind>(['powervc', 'openstack'])('on %s', (cloud) => {
  let testbed: Testbed;
  const server = () => testbed.simulator.world.servers.get(VM);
  beforeAll(async () => {
    testbed = await startTestbed({ cloud });
  });
  afterAll(() => testbed.close());
  beforeEach(() => {
    testbed.simulator.load(cloud === 'openstack' ? plainInventory : defaultInventory);
  });

  async function ask(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
    const answer = await fetch(testbed.gateways[0]!.url + path, {
      method,
      headers: {
        authorization: `Basic ${btoa('admin@internal:powervc')}`,
        accept: 'application/xml',
        ...(body !== undefined && { 'content-type': 'application/xml' }),
        ...headers,
      },
      body,
    });
    const text = await answer.text();
    expect(answer.status, `${method} ${path}: ${text}`).toBeLessThan(300);
    await testbed.gateways[0]!.settled();
    return text;
  }
  const state = async (): Promise<string | undefined> => /<status>\s*<state>([^<]*)/.exec(await ask('GET', PATH))?.[1];
  function fill(): void {
    const { metadata } = server()!;
    for (let item = Object.keys(metadata).length; item < MOST; item += 1) metadata[`other${item}`] = 'x';
  }

  test('forty snapshots leave its metadata as it was, and each has its configuration', async () => {
    const before = { ...server()!.metadata };
    for (let count = 1; count <= 40; count += 1)
      await ask('POST', `${PATH}/snapshots`, `<snapshot><description>snapshot ${count}</description></snapshot>`);
    expect(server()!.metadata).toEqual(before);
    const all = await ask('GET', `${PATH}/snapshots`, undefined, { 'All-Content': 'true' });
    expect(all.match(/<description>snapshot \d+<\/description>/g)).toHaveLength(40);
    // each of them with what the VM was, and the active one
    expect(all.match(/<initialization>/g)?.length).toBeGreaterThanOrEqual(40);
    const ids = [...all.matchAll(/<snapshot href="[^"]*" id="([^"]*)"/g)].map(([, id]) => id);
    expect(ids.length).toBeGreaterThan(40);
    expect(await ask('GET', `${PATH}/snapshots/${ids.at(-1)}/nics`)).toMatch(/<nic /);
  });

  test('a VM whose metadata is full is stopped, started, rebooted, snapshot and removed', async () => {
    fill();
    await ask('POST', `${PATH}/snapshots`, '<snapshot><description>full</description></snapshot>');
    await ask('POST', `${PATH}/shutdown`, '<action/>');
    await expect.poll(state).toBe('down');
    await ask('POST', `${PATH}/start`, '<action/>');
    await expect.poll(state).toBe('up');
    await ask('POST', `${PATH}/reboot`, '<action/>');
    await expect.poll(state).toBe('up');
    await ask('POST', `${PATH}/stop`, '<action/>');
    await expect.poll(state).toBe('down');
    expect(Object.keys(server()!.metadata)).toHaveLength(MOST);
    await ask('DELETE', PATH);
    expect(server()).toBeUndefined();
    expect([...testbed.simulator.world.volumes.values()].filter(({ metadata }) => metadata['ovirt.vm'] === VM)).toEqual(
      [],
    );
  });

  test('a suspended one is stopped, though it has to be woken first', async () => {
    Object.assign(server()!, { vm_state: 'suspended', power_state: 7, task_state: null });
    fill();
    await ask('POST', `${PATH}/stop`, '<action/>');
    await expect.poll(state).toBe('down');
  });

  test('what is to last is refused as the cloud refuses it', async () => {
    fill();
    const answer = await fetch(testbed.gateways[0]!.url + PATH, {
      method: 'PUT',
      headers: { authorization: `Basic ${btoa('admin@internal:powervc')}`, 'content-type': 'application/xml' },
      body: '<vm><comment>one more</comment></vm>',
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await answer.text()).toMatch(/Maximum number of metadata items/);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultIds, defaultInventory, plainInventory, type CloudKind } from '../src/simulator/index.js';
import { powerVsIds } from '../src/simulator/powervs/index.js';
import { startTestbed, type Testbed } from './support/testbed.js';
import { GIB } from './support/units.js';
import { startPowerVsGateway } from './support/powervs-gateway.js';

/**
 * Changes that cannot be applied to a running VM are kept for its next start (docs/reference/engine-preconditions.md,
 * UpdateVm).
 */
const VM = defaultIds.servers.rhel;
const PATH = `/vms/${VM}`;

const tell = (text: string, element: string): string | undefined =>
  new RegExp(`<${element}>([^<]*)</${element}>`).exec(text)?.[1];

function client(url: string, login = 'admin@internal:powervc') {
  return async (method: string, path: string, body?: string) => {
    const answer = await fetch(`${url}${path.startsWith('/ovirt-engine') ? '' : '/api'}${path}`, {
      method,
      headers: {
        authorization: `Basic ${btoa(login)}`,
        accept: 'application/xml',
        ...(body !== undefined && { 'content-type': 'application/xml' }),
      },
      body,
    });
    return { status: answer.status, text: await answer.text() };
  };
}

describe.each<CloudKind>(['powervc', 'openstack'])('on %s', (cloud) => {
  let testbed: Testbed;
  let ask: ReturnType<typeof client>;
  const server = () => testbed.simulator.world.servers.get(VM)!;
  beforeAll(async () => {
    testbed = await startTestbed({ cloud });
    ask = client(testbed.gateways[0]!.url);
  });
  afterAll(() => testbed.close());

  async function put(body: string, parameters = ''): Promise<string> {
    const { status, text } = await ask('PUT', PATH + parameters, `<vm>${body}</vm>`);
    expect(status, text).toBe(200);
    return text;
  }
  const get = async (parameters = ''): Promise<string> => (await ask('GET', PATH + parameters)).text;
  async function restart(): Promise<void> {
    await ask('POST', `${PATH}/stop`, '<action/>');
    await expect.poll(get).toMatch('<state>down</state>');
    await ask('POST', `${PATH}/start`, '<action/>');
    await testbed.gateways[0]!.settled();
    await expect.poll(get).toMatch('<state>up</state>');
  }
  const fresh = (): void => {
    testbed.simulator.load(cloud === 'openstack' ? plainInventory : defaultInventory);
    testbed.simulator.resetCalls();
  };

  test('memory and processors beyond what it takes now are shown by next_run, and there after a restart', async () => {
    fresh();
    const before = server().memory_mb;
    const answer = await put(
      `<memory>${64 * GIB}</memory><cpu><topology sockets="32" cores="2"/></cpu><description>d</description>`,
    );
    expect(tell(answer, 'memory')).toBe(String(before * 2 ** 20));
    expect(tell(answer, 'description')).toBe('d');
    expect(tell(answer, 'next_run_configuration_exists')).toBe('true');
    for (const next of [await get(';next_run'), (await ask('GET', `/ovirt-engine/api${PATH}?next_run=true`)).text]) {
      expect(tell(next, 'memory')).toBe(String(64 * GIB));
      expect(next).toMatch(/sockets(="|>)32/);
      expect(next).toMatch(/cores(="|>)2/);
    }
    await restart();
    expect(server()).toMatchObject({ memory_mb: 64 * 1024, cpus: 64 });
    expect(tell(await get(), 'memory')).toBe(String(64 * GIB));
    expect(await get()).toMatch(/sockets="32" cores="2"/);
    expect(await get()).not.toMatch('next_run');
  });

  test('a later change writes it anew: what comes back as it is now is forgotten', async () => {
    fresh();
    const now = server().memory_mb * 2 ** 20;
    await put(`<memory>${64 * GIB}</memory>`);
    await put('<comment>c</comment>');
    expect(tell(await get(';next_run'), 'memory')).toBe(String(64 * GIB));
    await put(`<memory>${now}</memory>`);
    expect(tell(await get(';next_run'), 'memory')).toBe(String(now));
    expect(server().metadata).not.toHaveProperty('ovirt.next_run');
  });

  test('with next_run nothing is done now', async () => {
    fresh();
    const now = server().memory_mb;
    const answer = await put(`<memory>${(now + 1024) * 2 ** 20}</memory>`, ';next_run');
    expect(tell(answer, 'memory')).toBe(String((now + 1024) * 2 ** 20));
    expect(server().memory_mb).toBe(now);
    await restart();
    expect(server().memory_mb).toBe(now + 1024);
  });

  test('a VM that is down takes what was kept along with a change', async () => {
    fresh();
    await put(`<memory>${64 * GIB}</memory>`);
    await ask('POST', `${PATH}/stop`, '<action/>');
    await expect.poll(get).toMatch('<state>down</state>');
    expect(tell(await get(), 'memory')).toBe(String(64 * GIB));
    await put('<cpu><topology sockets="8" cores="1" threads="1"/></cpu>');
    await expect.poll(() => [server().memory_mb, server().cpus]).toEqual([64 * 1024, 8]);
    expect(server().metadata).not.toHaveProperty('ovirt.next_run');
    // the mark of the resize goes with it, not with a later request
    await expect.poll(async () => (await get()) && server().metadata).not.toHaveProperty('ovirt.resizing');
  });

  test('what the cloud refuses at the start is kept and shown; the VM starts', async () => {
    fresh();
    const now = server().memory_mb;
    await put(`<memory>${1_000_000 * GIB}</memory>`, ';next_run');
    await restart();
    expect(server().memory_mb).toBe(now);
    expect(tell(await get(';next_run'), 'memory')).toBe(String(1_000_000 * GIB));
  });

  test('what the cloud is busy with at the start, as another replica applies the same, is tried again', async () => {
    fresh();
    const after = server().memory_mb + 1024;
    await put(`<memory>${after * 2 ** 20}</memory>`, ';next_run');
    await ask('POST', `${PATH}/stop`, '<action/>');
    await expect.poll(get).toMatch('<state>down</state>');
    testbed.simulator.addFault({
      service: 'compute',
      method: 'POST',
      path: `^/servers/${VM}/action$`,
      count: 1,
      then: { status: 409, body: { conflictingRequest: { code: 409, message: 'it is being resized' } } },
    });
    await ask('POST', `${PATH}/start`, '<action/>');
    await testbed.gateways[0]!.settled();
    await expect.poll(get).toMatch('<state>up</state>');
    expect(server().memory_mb).toBe(after);
    expect(server().metadata).not.toHaveProperty('ovirt.next_run');
  });

  test('custom properties are read back, and the same again changes nothing', async () => {
    fresh();
    await ask('POST', `${PATH}/stop`, '<action/>');
    await expect.poll(get).toMatch('<state>down</state>');
    const properties =
      '<custom_properties><custom_property name="powervm:proc_units" value="0.80"/>' +
      '<custom_property name="powervm:min_mem" value="1024"/></custom_properties>';
    await put(properties);
    await testbed.gateways[0]!.settled();
    expect(await get()).toContain('<custom_property name="powervm:proc_units" value="0.8');
    expect((await ask('GET', `/ovirt-engine/api${PATH}`)).text).toMatch(/powervm:proc_units<\/name>\s*<value>0\.8/);
    testbed.simulator.resetCalls();
    await put(properties);
    expect(testbed.simulator.calls.some(({ path }) => /\/flavors|\/action$/.test(path))).toBe(false);
  });

  test('custom properties that a running VM does not take are shown by next_run', async () => {
    fresh();
    await put(
      '<custom_properties><custom_property name="powervm:proc_units" value="0.9"/></custom_properties>',
      ';next_run',
    );
    expect(await get(';next_run')).toContain('<custom_property name="powervm:proc_units" value="0.9"/>');
    expect(await get()).not.toContain('value="0.9"');
  });

  test('high availability and bounds of memory are read back', async () => {
    fresh();
    const answer = await put(
      `<high_availability><enabled>true</enabled><priority>50</priority></high_availability>
       <memory_policy><guaranteed>${2 * GIB}</guaranteed></memory_policy>`,
    );
    expect(answer).toMatch(/<enabled>true<\/enabled>\s*<priority>50/);
    expect(tell(await get(';next_run'), 'guaranteed')).toBe(String(2 * GIB));
    if (cloud === 'openstack')
      expect(testbed.simulator.calls.some(({ path }) => /\/flavors|\/action$/.test(path))).toBe(false);
  });
});

test('a new VM on PowerVC may grow fourfold while it runs; the setting says how far', async () => {
  const testbed = await startTestbed({ sets: ['powervc.flavorDefaults.memoryGrowth=4'] });
  try {
    const ask = client(testbed.gateways[0]!.url);
    const body = `<vm><name>grows</name><cluster><name>Default Group</name></cluster><template id="${defaultIds.images.rhel}"/><memory>${2 * GIB}</memory></vm>`;
    expect((await ask('POST', '/vms', body)).status).toBe(202);
    await testbed.gateways[0]!.settled();
    const created = [...testbed.simulator.world.servers.values()].find(({ name }) => name === 'grows')!;
    expect(created).toMatchObject({ memory_mb: 2048, max_memory_mb: 8192 });
    await ask('POST', `/vms/${created.id}/start`, '<action/>');
    await expect.poll(async () => (await ask('GET', `/vms/${created.id}`)).text).toMatch('<state>up</state>');
    const grown = await ask('PUT', `/vms/${created.id}`, `<vm><memory>${8 * GIB}</memory></vm>`);
    expect(tell(grown.text, 'memory')).toBe(String(8 * GIB));
  } finally {
    await testbed.close();
  }
});

test('Power Virtual Server keeps what a running VM cannot take, too', async () => {
  const { gateway, close } = await startPowerVsGateway();
  try {
    const ask = client(gateway.url, `admin@internal:${powerVsIds.apiKey}`);
    const path = `/vms/${powerVsIds.instances.rhel}`;
    const before = /<memory>\d+<\/memory>/.exec((await ask('GET', path)).text)?.[0] ?? 'no memory';
    expect((await ask('PUT', path, `<vm><memory>${512 * GIB}</memory></vm>`)).status).toBe(200);
    expect((await ask('GET', path)).text).toContain(before);
    expect((await ask('GET', `${path};next_run`)).text).toContain(`<memory>${512 * GIB}</memory>`);
  } finally {
    await close();
  }
});

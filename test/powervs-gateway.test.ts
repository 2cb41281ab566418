import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { powerVsCapabilities, powerVsWords } from '../src/backends/powervs/index.js';
import { startGateway, type Gateway } from '../src/gateway.js';
import { loadSettings, packageRoot } from '../src/settings/index.js';
import { powerVsIds as ids, startPowerVsSimulator, type PowerVsSimulator } from '../src/simulator/powervs/index.js';
import { readMatrix } from '../src/support/index.js';
import { runCli, start } from './support/cli.js';

/** oVirt's clients on Power Virtual Server: what no single exchange of fixtures/exchanges/powervs shows. */
let simulator: PowerVsSimulator;
let gateway: Gateway;

const open = (flags: Record<string, string> = {}): Promise<Gateway> =>
  startGateway(
    loadSettings({
      flags: {
        'server.port': '0',
        'backend.kind': 'powervs',
        'powervs.crn': simulator.crn,
        'powervs.url': simulator.url,
        'powervs.iamUrl': simulator.url,
        'operations.pollMs': '1',
        'operations.pollMaxMs': '5',
        'operations.timeoutMs': '5000',
        'log.level': 'silent',
        ...flags,
      },
    }).settings,
  );

interface Answered {
  readonly status: number;
  readonly text: string;
  readonly ignored: string | null;
}

async function send(
  method: string,
  path: string,
  body?: string,
  {
    password = ids.apiKey,
    headers = {},
  }: { readonly password?: string; readonly headers?: Record<string, string> } = {},
): Promise<Answered> {
  const response = await fetch(`${gateway.url}/api${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`admin@internal:${password}`).toString('base64')}`,
      ...(body !== undefined && { 'content-type': 'application/xml' }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  await gateway.settled();
  return { status: response.status, text, ignored: response.headers.get('x-ovirt-ignored') };
}
const VM = `/vms/${ids.instances.aix}`;
const sent = (): string[] =>
  simulator.calls
    .filter(({ service, path }) => service === 'pcloud' && !path.endsWith(simulator.crn.split(':')[7]!))
    .map(({ method }) => method);

beforeEach(async () => {
  simulator = await startPowerVsSimulator({ seed: 1, timeScale: 0 });
  gateway = await open();
});
afterEach(async () => {
  await gateway.close();
  await simulator.close();
});

test("a template's disk is found among all disks, though a list of images does not tell its disks", async () => {
  const templates = (await send('GET', '/templates')).text;
  const [, , template] = [...templates.matchAll(/<template href="[^"]*" id="([^"]*)"/g)].map(([, id]) => id ?? '');
  const disks = (await send('GET', `/templates/${template}/disks`)).text;
  const disk = /<disk href="[^"]*" id="([^"]*)"/.exec(disks)?.[1] ?? '';
  const found = await send('GET', `/disks/${disk}`);
  expect(found.status).toBe(200);
  expect(found.text).toContain(`id="${disk}"`);
});

test("the password is an API key; another is the engine's 401", async () => {
  expect((await send('GET', '/vms')).status).toBe(200);
  expect((await send('GET', '/vms', undefined, { password: 'stranger' })).status).toBe(401);
});

test("with a service key the password is the gateway's own", async () => {
  await gateway.close();
  gateway = await open({ 'powervs.apiKey': ids.apiKey, 'powervs.password': 'a word of ours' });
  expect((await send('GET', '/vms')).status).toBe(401);
  expect((await send('GET', '/vms', undefined, { password: 'a word of ours' })).status).toBe(200);
});

describe('nothing is dropped in silence', () => {
  const vm = (more: string): string =>
    `<vm><name>n</name><cluster><name>s1022</name></cluster><template id="${ids.images.rhel}"/>${more}<nics><nic><network id="${ids.networks.vlan100}"/></nic></nics></vm>`;

  test.each([
    ['vm.description', 'POST', '/vms', vm('<description>x</description>')],
    [
      'vm.high_availability.priority',
      'POST',
      '/vms',
      vm('<high_availability><priority>5</priority></high_availability>'),
    ],
    ['vm.cpu.topology', 'POST', '/vms', vm('<cpu><topology sockets="1" cores="2"/></cpu>')],
    ['vm.comment', 'PUT', VM, '<vm><comment>x</comment></vm>'],
    [
      'disk.wipe_after_delete',
      'POST',
      `${VM}/disks`,
      '<disk><alias>own</alias><provisioned_size>1</provisioned_size><wipe_after_delete>true</wipe_after_delete></disk>',
    ],
    [
      'disk.description',
      'POST',
      '/disks',
      '<disk><alias>own</alias><provisioned_size>1</provisioned_size><description>x</description></disk>',
    ],
    ['disk.interface', 'PUT', `${VM}/disks/${ids.volumes.aixData}`, '<disk><interface>virtio</interface></disk>'],
    [
      'template.description',
      'POST',
      '/templates',
      `<template><name>t</name><description>x</description><vm id="${ids.instances.sles}"/></template>`,
    ],
  ])('%s is reported, and refused in strict mode', async (path, method, target, body) => {
    const answer = await send(method, target, body);
    expect(answer.status).toBeLessThan(300);
    expect(answer.ignored).toContain(path);
    await gateway.close();
    gateway = await open({ 'protocol.strict': 'true' });
    expect(
      await send(
        method,
        target,
        body.replace('<name>n</name>', '<name>m</name>').replace('<name>t</name>', '<name>u</name>'),
      ),
    ).toMatchObject({ status: 400, text: expect.stringContaining(path) as string });
  });

  test('what says nothing new is not', async () => {
    const answer = await send(
      'PUT',
      `${VM}/disks/${ids.volumes.aixData}`,
      '<disk><interface>spapr_vscsi</interface><wipe_after_delete>false</wipe_after_delete><description></description></disk>',
    );
    expect(answer).toMatchObject({ status: 200, ignored: null });
  });

  test.each([
    ['vm.delete_protected', 'POST', '/vms', vm('<delete_protected>true</delete_protected>')],
    [
      'vm.placement_policy.host',
      'POST',
      '/vms',
      vm(`<placement_policy><host id="${ids.instances.aix}"/></placement_policy>`),
    ],
    ['disk.active', 'POST', `${VM}/disks`, '<disk><provisioned_size>1</provisioned_size><active>false</active></disk>'],
    [
      'nic.plugged',
      'POST',
      `${VM}/nics`,
      '<nic><name>x</name><network><name>VLAN200</name></network><plugged>false</plugged></nic>',
    ],
    ['nic.linked', 'PUT', `${VM}/nics/${ids.interfaces.aix}`, '<nic><linked>false</linked></nic>'],
    ['nic.mac', 'PUT', `${VM}/nics/${ids.interfaces.aix}`, '<nic><mac address="00:1a:4a:16:01:51"/></nic>'],
    ['nic.network', 'PUT', `${VM}/nics/${ids.interfaces.aix}`, '<nic><network><name>VLAN200</name></network></nic>'],
  ])('%s is refused by name', async (subject, method, path, body) => {
    simulator.resetCalls();
    expect(await send(method, path, body)).toMatchObject({
      status: 409,
      text: expect.stringContaining(`${subject} is not supported by Power Virtual Server`) as string,
    });
    expect(sent().filter((one) => one !== 'GET')).toEqual([]);
  });

  test('a description that is too long for a snapshot is cut, which is reported', async () => {
    const answer = await send(
      'POST',
      `${VM}/snapshots`,
      `<snapshot><description>${'x'.repeat(300)}</description></snapshot>`,
    );
    expect(answer).toMatchObject({ status: 202, ignored: 'snapshot.description' });
  });
});

describe('the support matrix', () => {
  const matrix = readMatrix(`${packageRoot}schemas`, [
    { name: 'powervs', words: powerVsWords, capabilities: powerVsCapabilities },
  ]);
  const on = (name: string) => matrix.operations.find((one) => one.name === name)!.on['powervs']!;

  test('has a sentence for each operation that is not about PowerVC only', () => {
    for (const {
      name,
      on: { powervs },
    } of matrix.operations) {
      expect(powervs?.how, name).toMatch(/^[^a-z].*[.!?]$/s);
      if (/\b(Nova|Cinder|Neutron|Glance)\b/.test(powervs!.how))
        expect(
          powervs!.support === 'refused' || powervs!.how.startsWith('As with PowerVC'),
          `${name}: ${powervs!.how}`,
        ).toBe(true);
    }
    expect([
      on('vms.disks.add').support,
      on('vms.nics.deactivate').support,
      on('vms.disks.deactivate').support,
      on('vms.logon').support,
    ]).toEqual(['translated', 'refused', 'refused', 'refused']);
  });

  test.each([
    ['vms.disks.deactivate', 'POST', `${VM}/disks/${ids.volumes.aixData}/deactivate`, '<action/>'],
    ['vms.nics.deactivate', 'POST', `${VM}/nics/${ids.interfaces.aix}/deactivate`, '<action/>'],
    [
      'vms.numanodes.add',
      'POST',
      `${VM}/numanodes`,
      '<vm_numa_node><index>0</index><memory>1</memory><cpu><cores><core index="0"/></cores></cpu></vm_numa_node>',
    ],
    ['vms.cdroms.add', 'POST', `${VM}/cdroms`, '<cdrom><file id="x.iso"/></cdrom>'],
    ['vms.suspend', 'POST', `${VM}/suspend`, '<action/>'],
    ['vms.migrate', 'POST', `${VM}/migrate`, '<action/>'],
    ['vms.snapshots.nics.list', 'GET', `/vms/${ids.instances.rhel}/snapshots/${ids.snapshot}/nics`, undefined],
    ['tags.add', 'POST', '/tags', '<tag><name>x</name></tag>'],
    ['templates.update', 'PUT', `/templates/${ids.images.rhel}`, '<template><name>x</name></template>'],
    ['hosts.deactivate', 'POST', '/hosts/{host}/deactivate', '<action/>'],
  ])('%s is refused as it says', async (name, method, path, body) => {
    expect(on(name).support).toBe('refused');
    const host = /hosts\/([0-9a-f-]{36})"/.exec((await send('GET', '/hosts')).text)![1]!;
    expect(await send(method, path.replace('{host}', host), body)).toMatchObject({
      status: 409,
      text: expect.stringContaining('not supported by Power Virtual Server') as string,
    });
  });
});

describe('composed operations', () => {
  const add = (): Promise<Answered> =>
    send('POST', `${VM}/disks`, '<disk><alias>made</alias><provisioned_size>1073741824</provisioned_size></disk>');
  const created = () => [...simulator.world.volumes.values()].find(({ name }) => name === 'made');

  test('a disk whose attachment is refused is removed again, and the fault says so', async () => {
    simulator.addFault({ method: 'POST', path: '/pvm-instances/[^/]+/volumes/', then: { status: 400 } });
    expect((await add()).status).toBe(400);
    expect(created()).toBeUndefined();
  });

  test('a disk whose creation was interrupted by the end of a gateway is attached by the next one, which finds it by its name in the cloud', async () => {
    simulator.addFault({ method: 'POST', path: '/pvm-instances/[^/]+/volumes/', then: { status: 503 } });
    await gateway.close();
    gateway = await open({ 'operations.timeoutMs': '100' });
    await add();
    await gateway.close();
    simulator.world.faults.clear();
    const vm = ids.instances.aix;
    expect([...simulator.world.volumes.values()].map(({ name }) => name)).toContain(`made.ovirt-add.${vm}`);
    gateway = await open();
    expect((await send('GET', `${VM}/disks`)).text).toContain('<alias>made</alias>');
    await expect.poll(() => created()?.attachments).toMatchObject([{ pvmInstanceID: vm }]);
  });

  test('a VM whose gateway ends while it is deployed is powered off by the next', async () => {
    const marks = () => [...simulator.world.placementGroups.values()].filter(({ name }) => name.startsWith('ovirt-'));
    simulator.addFault({ method: 'POST', path: '/pvm-instances/[^/]+/action', then: { status: 503 } });
    await gateway.close();
    const network = { 'powervs.network': ids.networks.vlan100 };
    gateway = await open({ ...network, 'operations.timeoutMs': '100' });
    const template = `<template id="${ids.images.rhel}"/>`;
    await send('POST', '/vms', `<vm><name>made</name><cluster><name>s922</name></cluster>${template}</vm>`);
    await gateway.close();
    simulator.world.faults.clear();
    const vm = [...simulator.world.instances.values()].find(({ serverName }) => serverName === 'made');
    expect([vm?.status, marks()]).toEqual(['ACTIVE', [expect.objectContaining({ name: 'ovirt-create-made' })]]);
    gateway = await open({ ...network, 'operations.leaseMs': '1' });
    expect((await send('GET', '/clusters')).text).toContain('s922');
    // the janitor comes after a lease
    await expect
      .poll(async () => {
        await send('GET', '/vms');
        return [vm?.status, marks()];
      })
      .toEqual(['SHUTOFF', []]);
  });

  test('a removal takes snapshots and data volumes with it, and leaves nothing', async () => {
    await send('POST', `/vms/${ids.instances.rhel}/stop`, '<action/>');
    expect((await send('DELETE', `/vms/${ids.instances.rhel}`)).status).toBe(200);
    const { instances, snapshots, volumes, interfaces } = simulator.world;
    expect([
      instances.has(ids.instances.rhel),
      snapshots.size,
      volumes.has(ids.volumes.rhelBoot),
      volumes.has(ids.volumes.rhelData),
      interfaces.has(ids.interfaces.rhel),
    ]).toEqual([false, 0, false, false, false]);
  });

  test.each([
    ['list the VMs', 'GET', '/vms', undefined, 1],
    ['a VM', 'GET', VM, undefined, 1],
    ['its disks', 'GET', `${VM}/disks`, undefined, 2],
    ['its NICs', 'GET', `${VM}/nics`, undefined, 3],
    ['its snapshots', 'GET', `${VM}/snapshots`, undefined, 2],
    ['start', 'POST', `/vms/${ids.instances.sles}/start`, '<action/>', 2],
    ['add a disk', 'POST', `${VM}/disks`, '<disk><provisioned_size>1</provisioned_size></disk>', 9],
    ['add a NIC', 'POST', `${VM}/nics`, '<nic><name>x</name><network><name>VLAN200</name></network></nic>', 14],
    // the pools, the capacity, and the images that the domain to export to holds
    ['storage domains', 'GET', '/storagedomains', undefined, 5],
  ])('%s: at most so many calls', async (_, method, path, body, most) => {
    await send('GET', '/clusters');
    simulator.resetCalls();
    await send(method, path, body);
    expect(sent().length).toBeLessThanOrEqual(most);
  });
});

test('without a CRN it runs on a simulated one; a service key wants a password', async () => {
  await gateway.close();
  gateway = await startGateway(
    loadSettings({ flags: { 'server.port': '0', 'backend.kind': 'powervs', 'log.level': 'silent' } }).settings,
  );
  expect(gateway.powerVsSimulator?.crn).toBe(simulator.crn);
  expect((await send('GET', '/vms')).text).toContain('aix73-db01');
  expect(() => loadSettings({ flags: { 'powervs.apiKey': 'x' } })).toThrow(
    'powervs.password, which clients log in with, is not given',
  );
  expect(() => loadSettings({ flags: { 'powervs.crn': 'crn:v1:x' } })).toThrow('the complete CRN of a workspace');
});

test('simulate runs one for a gateway', async () => {
  const simulated = start(['simulate', '--backend', 'powervs', '--port', '0', '--time-scale', '0']);
  const [, options] = await simulated.until(/^ovirt-powervc-gateway (--backend powervs .*)$/m);
  const served = start(['--port', '0', '--log-level', 'silent', ...options!.split(' ')]);
  const [, api] = await served.until(/listens on (\S+), in front of the Power Virtual Server workspace crn:/);
  const answer = await fetch(`${api}/vms`, { headers: { authorization: `Basic ${btoa('admin@internal:powervc')}` } });
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('aix73-db01')]);
  served.stop();
  simulated.stop();
  expect([await served.code, await simulated.code]).toEqual([0, 0]);
});

test('serve prints its address and what to try', async () => {
  const served = start(['--backend', 'powervs', '--port', '0', '--log-level', 'silent']);
  await served.until(/in front of a simulated Power Virtual Server[\s\S]*# start sles15-hana01\ncurl/);
  served.stop();
  expect(await served.code).toBe(0);
});

test('translate shows the calls on it', async () => {
  const { stdout, code } = await runCli(['translate', '--backend', 'powervs'], {
    stdin: `POST /api/vms/${ids.instances.sles}/start HTTP/1.1\nContent-Type: application/xml\n\n<action/>\n`,
  });
  expect(code).toBe(0);
  expect(stdout).toContain('"action": "start"');
});

test("a VM without a NIC: the setting's network until its first NIC comes, or a refusal by name", async () => {
  const make = (): ReturnType<typeof send> =>
    send(
      'POST',
      '/vms',
      `<vm><name>bare</name><cluster><name>s1022</name></cluster><template id="${ids.images.rhel}"/></vm>`,
    );
  expect(await make()).toMatchObject({ status: 409, text: expect.stringContaining('powervs.network') as string });
  await gateway.close();
  gateway = await open({ 'powervs.network': 'VLAN100' });
  expect((await make()).status).toBeLessThan(300);
  const vm = [...simulator.world.instances.values()].find(({ serverName }) => serverName === 'bare')!.pvmInstanceID;
  const inside = (): string[] =>
    [...simulator.world.interfaces.values()].filter((one) => one.instanceID === vm).map(({ networkID }) => networkID);
  expect(inside()).toEqual([ids.networks.vlan100]);
  await vi.waitFor(async () => expect((await send('GET', `/vms/${vm}`)).text).toContain('<state>down</state>'));
  const nic = await send(
    'POST',
    `/vms/${vm}/nics`,
    `<nic><name>own</name><network id="${ids.networks.vlan200}"/></nic>`,
  );
  expect(nic.status, nic.text).toBe(201);
  expect(inside()).toEqual([ids.networks.vlan200]);
  const own = /nic href="[^"]*" id="([^"]+)"/.exec(nic.text)![1]!;
  expect((await send('DELETE', `/vms/${vm}/nics/${own}`)).status).toBe(409);
});

import { describe, expect, test, vi } from 'vitest';
import { startGateway } from '../src/gateway.js';
import { notesIn } from '../src/backends/powervs/group-notes.js';
import { GIB } from '../src/units.js';
import { exportDomain } from '../src/services/inventory/inventory.js';
import { loadSettings } from '../src/settings/index.js';
import { powerVsIds as ids } from '../src/simulator/powervs/index.js';
import { runCli, start } from './support/cli.js';
import {
  simulator,
  gateway,
  replaceBy,
  reopen,
  type Answered,
  send,
  VM,
  sent,
  usePowerVsGateway,
} from './powervs-client.js';

usePowerVsGateway();

test('the topology, and a size for the next start, are kept in tags of a group that clients do not see', async () => {
  const path = `/vms/${ids.instances.sles}`;
  const topology = '<topology sockets="1" cores="2" threads="1"/>';
  const edit = `<vm><cpu>${topology.replace(' threads="1"', '')}</cpu></vm>`;
  expect(await send('PUT', path, edit)).toMatchObject({ status: 200, ignored: null });
  const whole = (await send('GET', path)).text;
  expect(whole).toContain(topology);
  // a document that comes back whole changes nothing
  expect((await send('PUT', path, whole)).text).toContain(topology);
  const groups = () => [...simulator.world.placementGroups.values()].map(({ name }) => name);
  expect(groups()).toEqual([expect.stringContaining(`ovirt-size-${ids.instances.sles}`)]);
  expect((await send('GET', '/clusters')).text).not.toContain('ovirt-size');

  await reopen();
  expect((await send('GET', path)).text).toContain(topology);
  await send('POST', `${path}/start`, '<action/>');
  await expect.poll(async () => (await send('GET', path)).text).toContain('<state>up</state>');
  expect((await send('PUT', `${path};next_run`, `<vm><memory>${12 * GIB}</memory></vm>`)).status).toBe(200);
  expect((await send('GET', path)).text).not.toContain(`<memory>${12 * GIB}</memory>`);
  await reopen();
  expect((await send('GET', `${path};next_run`)).text).toContain(`<memory>${12 * GIB}</memory>`);
  await send('POST', `${path}/stop`, '<action><async>false</async></action>');
  await send('POST', `${path}/start`, '<action/>');
  await expect.poll(async () => (await send('GET', path)).text).toContain('<state>up</state>');
  expect((await send('GET', path)).text).toContain(`<memory>${12 * GIB}</memory>`);

  await send('POST', `${path}/stop`, '<action><async>false</async></action>');
  expect((await send('DELETE', path)).status).toBe(200);
  expect(groups()).toEqual([]);
});

test('a protected VM is not removed by any gateway, and most VMs take no group to tell that they are not', async () => {
  const path = `/vms/${ids.instances.sles}`;
  const groups = () => [...simulator.world.placementGroups.values()].map(({ name }) => name);
  const shown = async (): Promise<string | undefined> =>
    /<delete_protected>(\w+)</.exec((await send('GET', path)).text)?.[1];
  const protect = (value: boolean): Promise<Answered> =>
    send('PUT', path, `<vm><delete_protected>${value}</delete_protected></vm>`);
  expect((await protect(false)).status).toBe(200);
  expect(groups()).toEqual([]);
  expect(await protect(true)).toMatchObject({ status: 200, ignored: null });
  expect([await shown(), groups()]).toEqual(['true', [`ovirt-size-${ids.instances.sles}`]]);
  await reopen();
  expect(await shown()).toBe('true');
  const refusal = {
    status: 409,
    text: expect.stringContaining('[Cannot remove VM. Delete protection is enabled.') as string,
  };
  expect(await send('DELETE', path)).toMatchObject(refusal);
  expect((await protect(false)).status).toBe(200);
  expect([await shown(), groups()]).toEqual(['false', []]);

  // another gateway protects it after this one has read all groups
  const notes = Buffer.from(JSON.stringify({ delete_protected: 'true' })).toString('hex');
  const group = { name: `ovirt-size-${ids.instances.sles}`, policy: 'anti-affinity', userTags: [`ovirt:0:${notes}`] };
  simulator.world.add('placementGroups', { id: 'of-another', members: [], ...group });
  expect(await send('DELETE', path)).toMatchObject(refusal);
});

test('a VM that is being deployed takes another size, which it has when it is down', async () => {
  await reopen({ 'powervs.network': ids.networks.vlan100 });
  simulator.addFault({ method: 'POST', path: '/pvm-instances/[^/]+/action', then: { status: 503 } });
  const made = await send(
    'POST',
    '/vms',
    `<vm><name>sized</name><cluster><name>s922</name></cluster><template id="${ids.images.rhel}"/></vm>`,
    { settle: false },
  );
  const id = /<vm href="[^"]*" id="([^"]*)"/.exec(made.text)?.[1] ?? '';
  const edit = `<vm><memory>${6 * GIB}</memory></vm>`;
  expect((await send('PUT', `/vms/${id}`, edit, { settle: false })).status).toBe(200);
  expect((await send('GET', `/vms/${id}`, undefined, { settle: false })).text).toContain('<state>image_locked</state>');
  simulator.world.faults.clear();
  await gateway.settled();
  const vm = (await send('GET', `/vms/${id}`)).text;
  expect(vm).toContain(`<memory>${6 * GIB}</memory>`);
  expect(vm).toContain('<state>down</state>');
  // it tells of the NIC that the VM was deployed with
  expect([...simulator.world.placementGroups.values()].map(({ userTags }) => notesIn(userTags ?? []))).toEqual([
    { stopgap: ids.networks.vlan100 },
  ]);
});

test('a disk that is added to a VM that is being deployed is answered and listed at once, and attached when it is down', async () => {
  await reopen({ 'powervs.network': ids.networks.vlan100 });
  simulator.addFault({ method: 'POST', path: '/pvm-instances/[^/]+/action', then: { status: 503 } });
  const made = await send(
    'POST',
    '/vms',
    `<vm><name>diskful</name><cluster><name>s922</name></cluster><template id="${ids.images.rhel}"/></vm>`,
    { settle: false },
  );
  const id = /<vm href="[^"]*" id="([^"]*)"/.exec(made.text)?.[1] ?? '';
  const added = await send(
    'POST',
    `/vms/${id}/disks`,
    '<disk><alias>early</alias><provisioned_size>1073741824</provisioned_size></disk>',
    { settle: false },
  );
  expect(added.status).toBe(202);
  expect(added.text).toContain('<state>locked</state>');
  const early = /<alias>early<\/alias>[^]*?<state>(\w+)<\/state>/;
  const listed = await send('GET', `/vms/${id}/disks`, undefined, { settle: false });
  expect(early.exec(listed.text)?.[1]).toMatch(/^(locked|ok)$/);
  expect((await send('GET', `/vms/${id}`, undefined, { settle: false })).text).toContain('<state>image_locked</state>');
  simulator.world.faults.clear();
  await gateway.settled();
  expect(early.exec((await send('GET', `/vms/${id}/disks`)).text)?.[1]).toBe('ok');
  const volume = [...simulator.world.volumes.values()].find(({ name }) => name === 'early');
  expect(volume?.attachments).toMatchObject([{ pvmInstanceID: id }]);
});

test('the disks of a VM that is being deployed are listed at once, locked, and stay', async () => {
  await reopen({ 'powervs.network': ids.networks.vlan100 });
  simulator.addFault({ method: 'POST', path: '/pvm-instances/[^/]+/action', then: { status: 503 } });
  const made = await send(
    'POST',
    '/vms',
    `<vm><name>deployed</name><cluster><name>s922</name></cluster><template id="${ids.images.rhel}"/></vm>`,
    { settle: false },
  );
  const disks = `/vms/${/<vm href="[^"]*" id="([^"]*)"/.exec(made.text)?.[1] ?? ''}/disks`;
  const seen = async (path: string): Promise<unknown[]> =>
    [...(await send('GET', path, undefined, { settle: false })).text.matchAll(/<disk href="[^"]*" id="([^"]*)"/g)].map(
      ([, id]) => id,
    );
  const before = await seen(disks);
  expect(before.length).toBeGreaterThan(0);
  for (const path of [`${disks}/${String(before[0])}`, `/disks/${String(before[0])}`])
    expect((await send('GET', path, undefined, { settle: false })).text).toContain('<state>locked</state>');
  simulator.world.faults.clear();
  await gateway.settled();
  expect(await seen(disks)).toEqual(before);
  expect((await send('GET', `/disks/${String(before[0])}`)).text).toContain('<state>ok</state>');
});

test('a clone of a VM that was made without a NIC has none either, and what is noted of its original', async () => {
  await reopen({ 'powervs.network': ids.networks.vlan100 });
  const description = 'made without a NIC';
  const made = await send(
    'POST',
    '/vms',
    `<vm><name>bare</name><description>${description}</description><cluster><name>s922</name></cluster>
      <template id="${ids.images.rhel}"/></vm>`,
  );
  const original = `/vms/${/<vm href="[^"]*" id="([^"]*)"/.exec(made.text)?.[1] ?? ''}`;
  const nics = async (vm: string): Promise<number> =>
    (await send('GET', `${vm}/nics`)).text.match(/<nic /g)?.length ?? 0;
  expect(await nics(original)).toBe(0);
  const cloned = await send('POST', `${original}/clone`, '<action><vm><name>copy</name></vm></action>');
  expect(cloned.status, cloned.text).toBeLessThan(300);
  const { text } = await send('GET', '/vms?search=name%3Dcopy');
  expect(text).toContain(`<description>${description}</description>`);
  const copy = `/vms/${/<vm href="[^"]*" id="([^"]*)"/.exec(text)?.[1] ?? ''}`;
  expect(await nics(copy)).toBe(0);
  await reopen({ 'powervs.network': ids.networks.vlan100 });
  expect(await nics(copy)).toBe(0);
  // its first NIC is in the place of what it was deployed with
  expect(
    (await send('POST', `${copy}/nics`, '<nic><name>first</name><network><name>VLAN200</name></network></nic>')).status,
  ).toBe(201);
  expect(await nics(copy)).toBe(1);
});

test('an export is on the export domain under its VM, replaced when it is exclusive, imported and deleted', async () => {
  await reopen({ 'powervs.network': ids.networks.vlan100 });
  const down = `/vms/${ids.instances.sles}`;
  const exported = `/storagedomains/${exportDomain.id}/vms`;
  const act = (exclusive: boolean) =>
    send(
      'POST',
      `${down}/export`,
      `<action><storage_domain><name>Export</name></storage_domain><exclusive>${exclusive}</exclusive></action>`,
    );
  expect((await act(false)).status).toBe(202);
  expect((await act(false)).text).toContain('[Cannot export VM. VM with the same identifier already exists.]');
  expect((await act(true)).status).toBe(202);
  const { text } = await send('GET', exported);
  expect(text.match(/<vm href/g)).toHaveLength(1);
  expect(text).toContain(`id="${ids.instances.sles}"`);
  const memory = /<memory>\d+<\/memory>/.exec((await send('GET', down)).text)?.[0] ?? 'no memory';
  expect((await send('GET', `${exported}/${ids.instances.sles}`)).text).toContain(memory);
  const cluster = /<cluster href="[^"]*" id="([^"]*)"/.exec((await send('GET', down)).text)?.[1];
  const imported = await send(
    'POST',
    `${exported}/${ids.instances.sles}/import`,
    `<action><cluster id="${cluster}"/><vm><name>restored</name></vm></action>`,
  );
  expect(imported.status).toBe(202);
  expect((await send('GET', '/vms?search=name%3Drestored')).text).toContain(memory);
  expect((await send('DELETE', `${exported}/${ids.instances.sles}`)).status).toBe(200);
  expect((await send('GET', exported)).text).not.toContain('<vm href');
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
  await reopen({ 'powervs.apiKey': ids.apiKey, 'powervs.password': 'a word of ours' });
  expect((await send('GET', '/vms')).status).toBe(401);
  expect((await send('GET', '/vms', undefined, { password: 'a word of ours' })).status).toBe(200);
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
    await reopen({ 'operations.timeoutMs': '100' });
    await add();
    await gateway.close();
    simulator.world.faults.clear();
    const vm = ids.instances.aix;
    expect([...simulator.world.volumes.values()].map(({ name }) => name)).toContain(`made.ovirt-add.${vm}`);
    await reopen();
    expect((await send('GET', `${VM}/disks`)).text).toContain('<alias>made</alias>');
    await expect.poll(() => created()?.attachments).toMatchObject([{ pvmInstanceID: vm }]);
  });

  test('a VM whose gateway ends while it is deployed is powered off by the next', async () => {
    const marks = () =>
      [...simulator.world.placementGroups.values()].filter(({ name }) => name.startsWith('ovirt-create-'));
    simulator.addFault({ method: 'POST', path: '/pvm-instances/[^/]+/action', then: { status: 503 } });
    await gateway.close();
    const network = { 'powervs.network': ids.networks.vlan100 };
    await reopen({ ...network, 'operations.timeoutMs': '100' });
    const template = `<template id="${ids.images.rhel}"/>`;
    await send('POST', '/vms', `<vm><name>made</name><cluster><name>s922</name></cluster>${template}</vm>`);
    await gateway.close();
    simulator.world.faults.clear();
    const vm = [...simulator.world.instances.values()].find(({ serverName }) => serverName === 'made');
    expect([vm?.status, marks()]).toEqual(['ACTIVE', [expect.objectContaining({ name: 'ovirt-create-made' })]]);
    await reopen({ ...network, 'operations.leaseMs': '1' });
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
  await replaceBy(
    startGateway(
      loadSettings({ flags: { 'server.port': '0', 'backend.kind': 'powervs', 'log.level': 'silent' } }).settings,
    ),
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
  await reopen({ 'powervs.network': 'VLAN100' });
  expect((await make()).status).toBeLessThan(300);
  const vm = [...simulator.world.instances.values()].find(({ serverName }) => serverName === 'bare')!.pvmInstanceID;
  const inside = (): string[] =>
    [...simulator.world.interfaces.values()].filter((one) => one.instanceID === vm).map(({ networkID }) => networkID);
  expect(inside()).toEqual([ids.networks.vlan100]);
  await vi.waitFor(async () => expect((await send('GET', `/vms/${vm}`)).text).toContain('<state>down</state>'));
  // a client that made no NIC sees none: it takes the name and the network that it likes
  expect((await send('GET', `/vms/${vm}/nics`)).text).not.toContain('<nic ');
  const nic = await send(
    'POST',
    `/vms/${vm}/nics`,
    `<nic><name>nic1</name><network id="${ids.networks.vlan200}"/></nic>`,
  );
  expect(nic.status, nic.text).toBe(201);
  expect(inside()).toEqual([ids.networks.vlan200]);
  expect((await send('GET', `/vms/${vm}/nics`)).text.match(/<nic /g)).toHaveLength(1);
  const own = /nic href="[^"]*" id="([^"]+)"/.exec(nic.text)![1]!;
  expect((await send('DELETE', `/vms/${vm}/nics/${own}`)).status).toBe(409);
});

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainInventory } from '../src/simulator/index.js';
import { startTestbed, type Testbed } from './support/testbed.js';

/**
 * An engine edits a VM that is image-locked or just made, at once (docs/reference/engine-preconditions.md, UpdateVm: no
 * status is refused). Nova changes no metadata of a server that is being built (openstack/nova, check_instance_state in
 * compute/api.py).
 */
describe.each(['powervc', 'openstack'] as const)('a VM that %s is still deploying', (cloud) => {
  let testbed: Testbed;
  beforeAll(async () => {
    testbed = await startTestbed({
      gateways: 2,
      cloud,
      timeScale: 1,
      ...(cloud === 'openstack' && { inventory: plainInventory }),
    });
  });
  afterAll(() => testbed.close());

  async function ask(method: string, path: string, body?: string, gateway = 0): Promise<[number, string]> {
    const response = await fetch(`${testbed.gateways[gateway]?.url ?? ''}/ovirt-engine/api/v4${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`,
        accept: 'application/xml',
        ...(body !== undefined && { 'content-type': 'application/xml' }),
      },
      ...(body !== undefined && { body }),
    });
    return [response.status, await response.text()];
  }

  async function add(name: string): Promise<string> {
    const [, templates] = await ask('GET', '/templates');
    const template = [...templates.matchAll(/<template href="[^"]*" id="([^"]*)"/g)].map(([, id]) => id)[1];
    const cluster = /<cluster href="[^"]*" id="([^"]*)"/.exec((await ask('GET', '/clusters'))[1])?.[1];
    const [status, made] = await ask(
      'POST',
      '/vms',
      `<vm><name>${name}</name><cluster id="${cluster}"/><template id="${template}"/></vm>`,
    );
    expect(status).toBe(202);
    return /<vm href="[^"]*" id="([^"]*)"/.exec(made)?.[1] ?? '';
  }

  /** Lets the cloud's time pass until the answer is as it is to be. */
  async function until(path: string, isDone: (text: string) => boolean): Promise<string> {
    for (let look = 0; look < 5000; look += 1) {
      testbed.simulator.advance(60_000);
      const [, seen] = await ask('GET', path);
      if (isDone(seen)) return seen;
    }
    throw new Error(`${path} is not done`);
  }
  const built = (id: string): Promise<string> => until(`/vms/${id}`, (vm) => vm.includes('<status>down</status>'));

  it('is found by what waits in its description, by a gateway that has not finished it', async () => {
    const { world } = testbed.simulator;
    const server = [...world.servers.values()].find(({ vm_state: state }) => state === 'active');
    if (!server) throw new Error('no server is active');
    server.metadata = { ...server.metadata, 'ovirt.pending': 'create' };
    server.description = 'ovirt {"comment":"waits"}';
    expect((await ask('GET', '/vms?search=comment%3Dwaits'))[1]).toContain(`id="${server.id}"`);
    await testbed.gateways[0]?.settled();
  });

  it('takes edits and tags at once, on every replica, and has them when it is built', async () => {
    const id = await add('edited');
    await ask('POST', '/tags', '<tag><name>early</name></tag>');
    const edits = [
      '<vm><memory>4294967296</memory></vm>',
      '<vm><cpu><topology><cores>2</cores><sockets>1</sockets></topology></cpu></vm>',
      '<vm><description>of the first second</description></vm>',
    ];
    for (const [index, edit] of edits.entries())
      expect([edit, (await ask('PUT', `/vms/${id}`, edit, index % 2))[0]]).toEqual([edit, 200]);
    expect((await ask('POST', `/vms/${id}/tags`, '<tag><name>early</name></tag>'))[0]).toBe(201);

    const isThere = (document: string): void => {
      expect(document).toContain('<memory>4294967296</memory>');
      expect(document).toContain('<cores>2</cores>');
      expect(document).toContain('<sockets>1</sockets>');
      expect(document).toContain('<description>of the first second</description>');
    };
    for (const gateway of [0, 1]) {
      const [, vm] = await ask('GET', `/vms/${id}`, undefined, gateway);
      expect(vm).toContain('<status>image_locked</status>');
      isThere(vm);
      isThere((await ask('GET', '/vms?search=name%3Dedited', undefined, gateway))[1]);
    }

    isThere(await built(id));
    expect((await ask('GET', `/vms/${id}/tags`))[1]).toContain('<name>early</name>');
    const server = testbed.simulator.world.servers.get(id);
    expect(server?.description).toBeNull();
    expect(server?.metadata).toMatchObject({
      'ovirt.description': 'of the first second',
      'ovirt.cpu.topology': '1x2x1',
    });
    expect(server?.metadata).not.toHaveProperty('ovirt.pending');
    expect(server?.metadata).not.toHaveProperty('ovirt.wanted');
  });

  it('takes edits that are longer than a description of Nova, and keeps each property of several sizes', async () => {
    const id = await add('long');
    const prose = 'Runs the nightly batch of the accounting department; do not restart it before six. ';
    const edits = [
      `<vm><description>${prose.repeat(3)}</description><comment>${prose.repeat(4)}</comment></vm>`,
      '<vm><memory_policy><guaranteed>1073741824</guaranteed></memory_policy></vm>',
      '<vm><memory>4294967296</memory></vm>',
    ];
    for (const [index, edit] of edits.entries())
      expect([edit, (await ask('PUT', `/vms/${id}`, edit, index % 2))[0]]).toEqual([edit, 200]);
    const isThere = (document: string): void => {
      expect(document).toContain(`<description>${prose.repeat(3)}</description>`);
      expect(document).toContain(`<comment>${prose.repeat(4)}</comment>`);
      expect(document).toContain('<memory>4294967296</memory>');
      if (cloud === 'powervc') expect(document).toContain('<guaranteed>1073741824</guaranteed>');
    };
    for (const gateway of [0, 1]) isThere((await ask('GET', `/vms/${id}`, undefined, gateway))[1]);
    isThere(await built(id));
    expect(testbed.simulator.world.servers.get(id)?.description).toBeNull();
  });

  it('refuses an edit at once, by name, that is too long to be kept until then', async () => {
    const id = await add('endless');
    const comment = Array.from({ length: 9 }, (_, index) =>
      createHash('sha512').update(String(index)).digest('base64'),
    ).join('');
    const [status, text] = await ask('PUT', `/vms/${id}`, `<vm><comment>${comment}</comment></vm>`);
    expect(status).toBe(409);
    expect(text).toContain('A change of 806 characters while the VM is being deployed is not supported by');
    await built(id);
    expect((await ask('PUT', `/vms/${id}`, `<vm><comment>${comment}</comment></vm>`))[0]).toBe(200);
  });

  it('keeps edits of a VM that cannot be built then', async () => {
    testbed.simulator.addFault({ work: '^server\\.spawn', count: 1, then: { fail: 'No valid host was found.' } });
    const id = await add('unbuilt');
    expect((await ask('PUT', `/vms/${id}`, '<vm><comment>of the first second</comment></vm>'))[0]).toBe(200);
    await until(`/vms/${id}`, (vm) => vm.includes('No valid host was found.') && !vm.includes('image_locked'));
    for (const gateway of [0, 1])
      expect((await ask('GET', `/vms/${id}`, undefined, gateway))[1]).toContain('of the first second');
  });

  it('takes a snapshot right behind a resize, for which an engine needs no time', async () => {
    const id = await add('resized');
    await built(id);
    const edit = ask('PUT', `/vms/${id}`, '<vm><memory>6442450944</memory></vm>');
    await expect.poll(async () => (await ask('GET', `/vms/${id}`))[1]).toContain('<status>image_locked</status>');
    const snapshot = ask('POST', `/vms/${id}/snapshots`, '<snapshot><description>s</description></snapshot>');
    let ended = false;
    const both = Promise.all([edit, snapshot]).finally(() => (ended = true));
    await until(`/vms/${id}`, () => ended);
    expect((await both).map(([status]) => status)).toEqual([200, 202]);
    expect(await built(id)).toContain('<memory>6442450944</memory>');
    await until(`/vms/${id}/snapshots`, (snapshots) => !snapshots.includes('>locked<'));
  });

  it('takes NICs, which are shown as plugged and have names of their own, and forgets one that is removed before it is built', async () => {
    const id = await add('nics');
    const [, networks] = await ask('GET', '/vnicprofiles');
    const profile = /<vnic_profile href="[^"]*" id="([^"]*)"/.exec(networks)?.[1];
    const nic = async (name: string): Promise<string> => {
      const [status, made] = await ask(
        'POST',
        `/vms/${id}/nics`,
        `<nic><name>${name}</name><vnic_profile id="${profile}"/></nic>`,
      );
      expect(status).toBe(201);
      expect(made).toContain('<plugged>true</plugged>');
      return /<nic href="[^"]*" id="([^"]*)"/.exec(made)?.[1] ?? '';
    };
    const [stays, goes] = [await nic('stays'), await nic('goes')];
    const twice = await ask(
      'POST',
      `/vms/${id}/nics`,
      `<nic><name>stays</name><vnic_profile id="${profile}"/></nic>`,
      1,
    );
    // 4.5 says it without a full stop; 3.6 lacks the word "name"
    expect(twice).toEqual([409, expect.stringContaining('[Network interface name is already in use]')]);
    expect((await ask('DELETE', `/vms/${id}/nics/${goes}`, undefined, 1))[0]).toBe(200);
    await built(id);
    // plugging may still be under way: it is waited for
    expect((await ask('PUT', `/vms/${id}/nics/${stays}`, '<nic><name>renamed</name></nic>'))[0]).toBe(200);
    const [, nics] = await ask('GET', `/vms/${id}/nics`);
    expect(nics).toContain('<name>renamed</name>');
    expect(nics).not.toContain('<name>goes</name>');
    expect(testbed.simulator.world.ports.get(stays)?.device_id).toBe(id);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestbed, type Testbed } from './support/testbed.js';
import { plainInventory } from '../src/simulator/index.js';

/**
 * A VM that the cloud accepts and then cannot build. Nova changes no metadata of such a server, so the mark of its
 * creation stays: the VM must not be locked for ever by it, on any replica, and must go when it is removed.
 */
const LOGIN = `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`;

describe.each(['powervc', 'openstack'] as const)('a VM that %s cannot build', (cloud) => {
  let testbed: Testbed;
  beforeAll(async () => {
    testbed = await startTestbed({ gateways: 2, cloud, ...(cloud === 'openstack' && { inventory: plainInventory }) });
  });
  afterAll(() => testbed.close());

  async function ask(method: string, path: string, body?: string, gateway = 0): Promise<[number, string]> {
    const response = await fetch(`http://127.0.0.1:${testbed.gateways[gateway]?.port ?? 0}/api${path}`, {
      method,
      headers: { authorization: LOGIN, ...(body !== undefined && { 'content-type': 'application/xml' }) },
      ...(body !== undefined && { body }),
    });
    return [response.status, await response.text()];
  }
  /** Asks for a VM of the first template that is not Blank. */
  async function add(name: string): Promise<[number, string]> {
    const [, templates] = await ask('GET', '/templates');
    const template = /<template href="[^"]*" id="([^"]*)">(?:(?!<\/template>)[^])*?<name>(?!Blank)/.exec(
      templates,
    )?.[1];
    const [, clusters] = await ask('GET', '/clusters');
    const cluster = /<cluster href="[^"]*" id="([^"]*)"/.exec(clusters)?.[1];
    return ask('POST', '/vms', `<vm><name>${name}</name><cluster id="${cluster}"/><template id="${template}"/></vm>`);
  }
  const settled = (): Promise<unknown> => Promise.all(testbed.gateways.map((gateway) => gateway.settled()));

  it('says why, is not locked on any replica, and is removed', async () => {
    testbed.simulator.addFault({ work: '^server\\.spawn', count: 1, then: { fail: 'No valid host was found.' } });
    const [status, created] = await add('unbuilt');
    expect([201, 202]).toContain(status);
    const id = /<vm href="[^"]*" id="([^"]*)"/.exec(created)?.[1] ?? '';
    await settled();
    for (const gateway of [0, 1]) {
      // the first look of another replica finishes what is left to do
      await ask('GET', `/vms/${id}`, undefined, gateway);
      await settled();
      const [, seen] = await ask('GET', `/vms/${id}`, undefined, gateway);
      expect(seen).toContain('No valid host was found.');
      expect(seen).not.toContain('<state>image_locked</state>');
    }
    expect(await ask('DELETE', `/vms/${id}`, undefined, 1)).toMatchObject([200, expect.anything()]);
    await settled();
    expect((await ask('GET', `/vms/${id}`))[0]).toBe(404);
  });

  /** A VM of two disks whose start failed: it is in error. */
  async function inError(name: string): Promise<string> {
    const id = /<vm href="[^"]*" id="([^"]*)"/.exec((await add(name))[1])?.[1] ?? '';
    await settled();
    const disk = `<disk><name>${name}-data</name><size>1073741824</size><format>raw</format><interface>virtio</interface></disk>`;
    expect(await ask('POST', `/vms/${id}/disks`, disk)).toMatchObject([202, expect.anything()]);
    await settled();
    testbed.simulator.addFault({ work: '^server\\.os-start', count: 1, then: { fail: 'The host is gone.' } });
    expect(await ask('POST', `/vms/${id}/start`, '<action/>')).toMatchObject([200, expect.anything()]);
    await settled();
    expect((await ask('GET', `/vms/${id}`))[1]).toContain('The host is gone.');
    return id;
  }
  const disksOf = async (id: string): Promise<string[]> =>
    [...(await ask('GET', `/vms/${id}/disks`))[1].matchAll(/<disk href="[^"]*" id="([^"]*)"/g)].map(
      ([, disk = '']) => disk,
    );
  const there = async (ids: readonly string[]): Promise<number> => {
    const statuses = await Promise.all(ids.map(async (id) => (await ask('GET', `/disks/${id}`))[0]));
    return statuses.filter((status) => status === 200).length;
  };

  it('keeps its disks or not, as requested by the removal that is not refused', async () => {
    const keep = '<action><vm><disks><detach_only>true</detach_only></disks></vm></action>';
    for (const first of [0, 1]) {
      const id = await inError(`twice${first}`);
      const disks = await disksOf(id);
      const [whole, kept] = await Promise.all([
        ask('DELETE', `/vms/${id}`, undefined, first),
        ask('DELETE', `/vms/${id}`, keep, 1 - first),
      ]);
      await settled();
      expect([whole[0], kept[0]].sort()).toEqual([200, expect.any(Number)]);
      expect(await there(disks)).toBe(kept[0] === 200 ? 2 : 0);
    }
  });
});

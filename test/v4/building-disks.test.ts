import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainInventory } from '../../src/simulator/index.js';
import { idOf, startV4, textAt, type V4 } from './testbed.js';

/** How much longer the cloud's work takes: nothing ends unless the test says so. */
const SLOW = 100;
const SECOND = 1000 * SLOW;

/**
 * A VM of a template has its disks at once in an engine, locked until it is down; clients wait on them (Ansible,
 * go-ovirt-client, Terraform). Clouds make their ids during the deployment: they are listed as soon as the cloud names
 * them with the VM, and stay.
 */
describe.each(['powervc', 'openstack'] as const)('the disks of a VM that %s is still deploying', (cloud) => {
  let v4: V4;
  let vm: string;
  beforeAll(async () => {
    v4 = await startV4(cloud, [], { timeScale: SLOW, ...(cloud === 'openstack' && { inventory: plainInventory }) });
    const cluster = idOf((await v4.send('GET', '/clusters')).text, 'cluster');
    const template = idOf((await v4.send('GET', '/templates?search=name%3DRHEL*')).text, 'template');
    const made = await v4.send(
      'POST',
      '/vms',
      `<vm><name>deployed</name><cluster id="${cluster}"/><template id="${template}"/></vm>`,
    );
    expect(made.status, made.text).toBe(202);
    vm = `/vms/${idOf(made.text, 'vm')}`;
  });
  afterAll(() => v4?.close());

  const attached = async (): Promise<string[]> =>
    [
      ...(await v4.send('GET', `${vm}/diskattachments`)).text.matchAll(/<disk_attachment href="[^"]*" id="([^"]*)"/g),
    ].map(([, id = '']) => id);
  const statusAt = async (path: string): Promise<string | undefined> =>
    textAt((await v4.send('GET', path)).xml(), 'status');

  it('are listed with it, locked, and refuse what waits for it; their ids stay', async () => {
    v4.testbed.simulator.advance(4 * SECOND);
    await expect.poll(attached, { timeout: 20_000 }).not.toEqual([]);
    const before = await attached();
    expect(await statusAt(vm)).toBe('image_locked');
    for (const id of before) {
      const one = await v4.send('GET', `${vm}/diskattachments/${id}`);
      expect([one.status, textAt(one.xml(), 'active')]).toEqual([200, 'true']);
      expect(await statusAt(`/disks/${id}`)).toBe('locked');
      const former = await v4.send('GET', `${vm}/disks/${id}`, undefined, { version: '3' });
      expect(textAt(former.xml(), 'status/state')).toBe('locked');
      const { status, text } = await v4.send('DELETE', `${vm}/diskattachments/${id}?detach_only=false`);
      expect([status, text]).toEqual([409, expect.stringContaining('At least one of the VMs is not down.')]);
    }
    expect((await v4.send('GET', `${vm}?follow=disk_attachments.disk`)).text).toContain('<status>locked</status>');

    for (let look = 0; look < 1000 && (await statusAt(vm)) !== 'down'; look += 1)
      v4.testbed.simulator.advance(60 * SECOND);
    expect(await statusAt(vm)).toBe('down');
    expect(await attached()).toEqual(before);
    for (const id of before) expect(await statusAt(`/disks/${id}`)).toBe('ok');
  });
});

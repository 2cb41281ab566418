import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { exportDomain } from '../src/services/inventory/inventory.js';
import { defaultIds, defaultInventory, plainInventory, type CloudKind } from '../src/simulator/index.js';
import { startTestbed, type Testbed } from './support/testbed.js';

/** A backup script exports VMs, keeps one copy of each, and imports one when it is needed. */
const VM = defaultIds.servers.sles;
const EXPORTED = `/storagedomains/${exportDomain.id}/vms`;

describe.each<CloudKind>(['powervc', 'openstack'])('on %s', (cloud) => {
  let testbed: Testbed;
  beforeAll(async () => {
    testbed = await startTestbed({ cloud });
  });
  afterAll(() => testbed.close());
  beforeEach(() => {
    testbed.simulator.load(cloud === 'openstack' ? plainInventory : defaultInventory);
  });

  async function ask(method: string, path: string, body?: string) {
    const answer = await fetch(`${testbed.gateways[0]!.url}/api${path}`, {
      method,
      headers: {
        authorization: `Basic ${btoa('admin@internal:powervc')}`,
        accept: 'application/xml',
        ...(body !== undefined && { 'content-type': 'application/xml' }),
      },
      body,
    });
    const text = await answer.text();
    await testbed.gateways[0]!.settled();
    return { status: answer.status, text };
  }
  const exportVm = (exclusive: boolean) =>
    ask(
      'POST',
      `/vms/${VM}/export`,
      `<action><storage_domain><name>Export</name></storage_domain><exclusive>${exclusive}</exclusive></action>`,
    );
  const images = (): string[] =>
    [...testbed.simulator.world.images.values()].filter(({ name }) => name === 'sles15-hana01').map(({ id }) => id);

  test("an export is listed under its VM's id; another takes its place when it is exclusive, and is refused else", async () => {
    expect((await exportVm(false)).status).toBe(202);
    const first = images();
    expect(first).toHaveLength(1);
    const { text } = await ask('GET', EXPORTED);
    expect(text).toContain(`<vm href="/api${EXPORTED}/${VM}" id="${VM}">`);
    const refused = await exportVm(false);
    expect([refused.status, refused.text]).toEqual([
      409,
      expect.stringContaining('[Cannot export VM. VM with the same identifier already exists.]'),
    ]);
    expect((await exportVm(true)).status).toBe(202);
    expect(images()).toHaveLength(1);
    expect(images()).not.toEqual(first);
    expect((await ask('GET', EXPORTED)).text.match(/<vm href/g)).toHaveLength(1);
  });

  test('it is read, imported as another VM with its size, and deleted', async () => {
    const memory = /<memory>(\d+)/.exec((await ask('GET', `/vms/${VM}`)).text)?.[1];
    await exportVm(false);
    const { text } = await ask('GET', `${EXPORTED}/${VM}`);
    expect(text).toContain('<name>sles15-hana01</name>');
    expect(text).toContain(`<memory>${memory}</memory>`);
    const taken = await ask(
      'POST',
      `${EXPORTED}/${VM}/import`,
      '<action><cluster><name>Default Group</name></cluster></action>',
    );
    expect(taken.text).toContain('already in use');
    const created = await ask(
      'POST',
      `${EXPORTED}/${VM}/import`,
      '<action><cluster><name>Default Group</name></cluster><vm><name>restored</name></vm></action>',
    );
    expect(created.status, created.text).toBe(202);
    const restored = await ask('GET', '/vms?search=name%3Drestored');
    expect(restored.text).toContain(`<memory>${memory}</memory>`);
    expect((await ask('DELETE', `${EXPORTED}/${VM}`)).status).toBe(200);
    expect(images()).toEqual([]);
    expect((await ask('GET', `${EXPORTED}/${VM}`)).status).toBe(404);
    expect((await ask('GET', EXPORTED)).text).not.toContain('<vm ');
  });
});

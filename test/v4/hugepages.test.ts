import { afterAll, beforeAll, expect, it } from 'vitest';
import { plainInventory } from '../../src/simulator/index.js';
import { idOf, startV4, textAt, type V4 } from './testbed.js';

/** An engine's custom property `hugepages`, KiB (ovirt_vm of Ansible, go-ovirt-client): Nova's hw:mem_page_size. */
let v4: V4;
let vm: string;
const pages = (size: string): string =>
  `<custom_properties><custom_property><name>hugepages</name><value>${size}</value></custom_property></custom_properties>`;
const specs = () => {
  const { servers, flavors } = v4.testbed.simulator.world;
  return flavors.get(servers.get(vm.slice(5))?.flavor_id ?? '')?.extra_specs;
};
const put = async (body: string) => {
  const answer = await v4.send('PUT', vm, `<vm>${body}</vm>`);
  await v4.testbed.gateways[0]?.settled();
  return answer;
};
const shown = async (): Promise<string | undefined> => {
  const document = (await v4.send('GET', vm)).xml();
  const properties = document.children.find(({ name }) => name === 'custom_properties')?.children ?? [];
  const found = properties.find((one) => textAt(one, 'name') === 'hugepages');
  return found && textAt(found, 'value');
};
beforeAll(async () => {
  v4 = await startV4('openstack', [], { inventory: plainInventory });
  const cluster = idOf((await v4.send('GET', '/clusters')).text, 'cluster');
  const template = idOf((await v4.send('GET', '/templates?search=name%3DRHEL*')).text, 'template');
  const made = await v4.send(
    'POST',
    '/vms',
    `<vm><name>huge</name><cluster id="${cluster}"/><template id="${template}"/>${pages('2048')}</vm>`,
  );
  expect(made.status, made.text).toBe(202);
  vm = `/vms/${idOf(made.text, 'vm')}`;
  await v4.testbed.gateways[0]?.settled();
});
afterAll(() => v4?.close());

it('is the page size of the flavor that the VM gets, and is read back', async () => {
  expect(specs()).toMatchObject({ 'hw:mem_page_size': '2048' });
  expect(await shown()).toBe('2048');
});

it('stays when the memory changes, and is replaced or removed on request', async () => {
  expect((await put('<memory>2147483648</memory>')).status).toBe(200);
  expect([specs(), await shown()]).toEqual([expect.objectContaining({ 'hw:mem_page_size': '2048' }), '2048']);
  expect((await put(pages('1048576'))).status).toBe(200);
  expect([specs(), await shown()]).toEqual([expect.objectContaining({ 'hw:mem_page_size': '1048576' }), '1048576']);
  expect((await put(pages('0'))).status).toBe(200);
  expect(specs()).not.toHaveProperty('hw:mem_page_size');
  expect([undefined, '0']).toContain(await shown());
});

it('is a number', async () => {
  const refused = await put(pages('large'));
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('hugepages')]);
});

it('needs a user who may create flavors', async () => {
  const authorization = `Basic ${Buffer.from('operator@internal:powervc').toString('base64')}`;
  const refused = await v4.send('PUT', vm, `<vm>${pages('2048')}</vm>`, { authorization });
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('may create flavors')]);
});

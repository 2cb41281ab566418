import { afterAll, beforeAll, expect, test } from 'vitest';
import { tagsOf } from '../src/backends/powervs/group-notes.js';
import { defaultPowerVsInventory, powerVsIds as ids } from '../src/simulator/powervs/index.js';
import { defaultIds, type CloudKind } from '../src/simulator/index.js';
import { startPowerVsGateway, type PowerVsGateway } from './support/powervs-gateway.js';
import { startTestbed } from './support/testbed.js';

/**
 * An engine takes a NIC without a network. An interface of Power Virtual Server is always in one, so such a NIC is a
 * note until it gets one; then it keeps its id.
 */
const NICS = `/api/vms/${ids.instances.sles}/nics`;
let stage: PowerVsGateway;
beforeAll(async () => {
  stage = await startPowerVsGateway();
});
afterAll(() => stage.close());

async function ask(method: string, path: string, body?: string, at = stage.gateway.url) {
  const answer = await fetch(at + path, {
    method,
    headers: {
      authorization: `Basic ${btoa('admin@internal:powervc')}`,
      ...(body !== undefined && { 'content-type': 'application/xml' }),
    },
    body,
  });
  return { status: answer.status, text: await answer.text() };
}
const idIn = (text: string): string => / id="([^"]+)"/.exec(text)![1]!;
const names = async (at?: string): Promise<string[]> =>
  [...(await ask('GET', NICS, undefined, at)).text.matchAll(/<name>([^<]*)</g)].map(([, name]) => name!);
const noteGroups = (): number =>
  [...stage.simulator.world.placementGroups.values()].filter(({ name }) => name.startsWith('ovirt-size-')).length;
const interfacesNamed = (name: string) =>
  [...stage.simulator.world.interfaces.values()].filter((one) => one.name === name);

test('it is listed, unplugged, by other gateways too; renamed, read and removed', async () => {
  const other = await stage.start();
  expect(await names(other.url)).toEqual(['nic1']);
  const added = await ask('POST', NICS, '<nic><name>later</name><plugged>false</plugged></nic>');
  expect(added.status, added.text).toBe(201);
  expect(added.text).toContain('<plugged>false</plugged>');
  expect(added.text).not.toContain('<network');
  await expect.poll(() => names(other.url), { timeout: 5000 }).toEqual(['nic1', 'later']);
  await other.close();
  const path = `${NICS}/${idIn(added.text)}`;
  const taken = await ask('POST', NICS, '<nic><name>later</name></nic>');
  expect([taken.status, taken.text]).toEqual([409, expect.stringContaining('already in use')]);
  expect((await ask('PUT', path, '<nic><name>other</name></nic>')).status).toBe(200);
  const { status, text } = await ask('GET', path);
  expect([status, text]).toEqual([200, expect.stringContaining('<name>other</name>')]);
  const whole = await ask('PUT', path, text);
  expect(whole.status, whole.text).toBe(200);
  expect((await ask('DELETE', path)).status).toBe(200);
  expect(await names()).toEqual(['nic1']);
  expect(noteGroups()).toBe(0);
});

test('it gets a network, and keeps its id; what is removed is its interface', async () => {
  const path = `${NICS}/${idIn((await ask('POST', NICS, '<nic><name>later</name></nic>')).text)}`;
  const connected = await ask('PUT', path, '<nic><network><name>VLAN200</name></network></nic>');
  expect(connected.status, connected.text).toBe(200);
  expect(connected.text).toContain('<plugged>true</plugged>');
  expect(idIn(connected.text)).toBe(path.split('/').at(-1));
  expect(interfacesNamed('later')).toMatchObject([{ instanceID: ids.instances.sles, networkID: ids.networks.vlan200 }]);
  expect(await names()).toEqual(['nic1', 'later']);
  const other = await stage.start();
  expect((await ask('GET', path, undefined, other.url)).status).toBe(200);
  await other.close();
  expect((await ask('PUT', path, '<nic><name>renamed</name></nic>')).status).toBe(200);
  expect(interfacesNamed('renamed')).toHaveLength(1);
  expect((await ask('DELETE', path)).status).toBe(200);
  expect(interfacesNamed('renamed')).toEqual([]);
  expect(await names()).toEqual(['nic1']);
  expect(noteGroups()).toBe(0);
});

test('it waits again if the cloud does not give it the network', async () => {
  const path = `${NICS}/${idIn((await ask('POST', NICS, '<nic><name>later</name></nic>')).text)}`;
  stage.simulator.addFault({
    method: 'PUT',
    path: 'network-interfaces/',
    then: { status: 400, body: { description: 'no address is free' } },
  });
  const refused = await ask('PUT', path, '<nic><network><name>VLAN200</name></network></nic>');
  expect(refused.status, refused.text).toBeGreaterThanOrEqual(400);
  stage.simulator.world.faults.replace([]);
  expect(interfacesNamed('later')).toEqual([]);
  expect((await ask('GET', path)).status).toBe(200);
  expect(await names()).toEqual(['nic1', 'later']);
});

test('it goes with its VM', async () => {
  await ask('POST', NICS, '<nic><name>another</name></nic>');
  const removed = await ask('DELETE', `/api/vms/${ids.instances.sles}`);
  expect(removed.status, removed.text).toBe(200);
  await stage.gateway.settled();
  expect(noteGroups()).toBe(0);
});

test('it keeps its id although the gateway that gave it its network ended right after that', async () => {
  const id = '40000000-0000-4000-8000-0000000000f1';
  stage.simulator.load({
    ...defaultPowerVsInventory,
    interfaces: [
      ...(defaultPowerVsInventory.interfaces ?? []),
      {
        id: '40000000-0000-4000-8000-0000000000f2',
        name: `later.ovirt-add.${ids.instances.sles}`,
        networkID: ids.networks.vlan200,
      },
    ],
    placementGroups: [
      ...(defaultPowerVsInventory.placementGroups ?? []),
      {
        id: '40000000-0000-4000-8000-0000000000f3',
        name: `ovirt-size-${ids.instances.sles}`,
        userTags: tagsOf({ nics: JSON.stringify([{ id, name: 'later' }]) }),
      },
    ],
  });
  const next = await stage.start();
  const look = async (): Promise<unknown> => {
    // whoever looks at VMs has what was begun finished
    await ask('GET', '/api/vms', undefined, next.url);
    await next.settled();
    const { text } = await ask('GET', `${NICS}/${id}`, undefined, next.url);
    return [await names(next.url), text.includes('<plugged>true</plugged>')];
  };
  await expect.poll(look, { timeout: 10_000, interval: 100 }).toEqual([['nic1', 'later'], true]);
  await next.close();
});

test.each<CloudKind>(['powervc', 'openstack'])(
  'on %s it gets the network that is named without its id',
  async (cloud) => {
    const testbed = await startTestbed({ cloud });
    const at = testbed.gateways[0]!.url;
    const all = `/api/vms/${defaultIds.servers.sles}/nics`;
    try {
      const path = `${all}/${idIn((await ask('POST', all, '<nic><name>later</name></nic>', at)).text)}`;
      const { status, text } = await ask('PUT', path, '<nic><network><name>VLAN200</name></network></nic>', at);
      expect([status, text]).toEqual([200, expect.stringContaining('<plugged>true</plugged>')]);
      expect(text).toContain(`/networks/${defaultIds.networks.vlan200}`);
    } finally {
      await testbed.close();
    }
  },
);

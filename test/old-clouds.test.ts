import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainInventory } from '../src/simulator/index.js';
import { startPlain, until, type Document, type PlainGateway } from './support/plain-gateway.js';
import { GIB } from './support/units.js';

/** An OpenStack of Train (Nova 2.79, Cinder 3.59): what it is too old for is refused by name, all else works. */

let plain: PlainGateway;
beforeAll(async () => {
  const settings = { ...plainInventory.settings, newest: { compute: '2.79', volume: '3.59' } };
  plain = await startPlain({}, { ...plainInventory, settings });
});
afterAll(() => plain?.close());

const post = (path: string, body: object): ReturnType<PlainGateway['api']> => plain.api('POST', path, body);

async function newDisk(name: string): Promise<string> {
  const { body } = await post('/disks', { name, provisioned_size: String(GIB), format: 'raw' });
  const id = String(body['id']);
  await until(
    () => plain.api('GET', `/disks/${id}`),
    ({ body: disk }) => disk['status'] === 'ok',
  );
  return id;
}

test('a VM is removed without its disks only where Nova would leave them', async () => {
  const servers = [...plain.simulator.world.servers.values()];
  const deployed = servers.find(({ id }) =>
    [...plain.simulator.world.volumes.values()].some(({ attachments }) =>
      attachments.some((one) => one.server_id === id && one.delete_on_termination),
    ),
  );
  await until(
    async () => {
      await post(`/vms/${deployed?.id}/stop`, {});
      return plain.api('GET', `/vms/${deployed?.id}`);
    },
    ({ body }) => body['status'] === 'down',
  );
  const refused = await plain.api('DELETE', `/vms/${deployed?.id}?detach_only=true`);
  expect([refused.status, JSON.stringify(refused.body)]).toEqual([
    409,
    expect.stringContaining('it requires Nova API version 2.85; this cloud has 2.79.'),
  ]);
  expect((await plain.api('GET', `/vms/${deployed?.id}`)).body['status']).toBe('down');
});

test('an upload is refused before a byte is sent, by the first request of a gateway; a download is not', async () => {
  const disk = await newDisk('old');
  await plain.restart();
  const upload = await post('/imagetransfers', { disk: { id: disk } });
  expect([upload.status, JSON.stringify(upload.body)]).toEqual([
    409,
    expect.stringContaining('it requires Cinder API version 3.68; this cloud has 3.59.'),
  ]);
  expect((await plain.api('GET', `/disks/${disk}`)).body['status']).toBe('ok');
  const { status, body } = await post('/imagetransfers', { disk: { id: disk }, direction: 'download', format: 'raw' });
  expect(status, JSON.stringify(body)).toBe(201);
  const ready: Document = await until(
    async () => (await plain.api('GET', `/imagetransfers/${String(body['id'])}`)).body,
    ({ phase }) => phase !== 'initializing',
  );
  expect(ready['phase']).toBe('transferring');
  await post(`/imagetransfers/${String(body['id'])}/cancel`, {});
});

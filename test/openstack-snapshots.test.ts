import { afterEach, expect, test } from 'vitest';
import { plainOperations } from './support/composed.js';
import { send } from './support/crash.js';
import { startTestbed, type Testbed } from './support/testbed.js';

let testbed: Testbed | undefined;
afterEach(() => testbed?.close());

test('a snapshot of two volumes whose second call loses its answer leaves none of the volumes with a snapshot', async () => {
  const { inventory, request } = plainOperations.find(({ name }) => name === 'take a snapshot')!;
  testbed = await startTestbed({ cloud: 'openstack', inventory });
  const { gateways, simulator } = testbed;
  simulator.addFault({ method: 'POST', path: '^/snapshots$', nth: 2, count: 1, then: { cut: 'after' } });
  const gateway = { url: gateways[0]!.url, kill: async () => undefined };
  expect((await send(gateway, request)).status).toBe(502);
  const names = () => [...simulator.world.snapshots.values()].map(({ name }) => name);
  await expect.poll(() => names().filter((name) => name?.startsWith('ovirt-'))).toEqual([]);
});

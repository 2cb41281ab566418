import { afterEach, beforeEach, expect, it } from 'vitest';
import { createOpenStackBackend } from '../src/backends/openstack/index.js';
import { openStackSettings } from '../src/gateway/clouds.js';
import type { Backend, BackendSession } from '../src/model/index.js';
import { loadSettings } from '../src/settings/index.js';
import {
  defaultIds as ids,
  mergeInventory,
  plainInventory,
  startSimulator,
  type Inventory,
  type Simulator,
} from '../src/simulator/index.js';

/** Snapshots of a VM's disks in one instant, before a simulated OpenStack that has a group type for it. */
const { rhel: vm } = ids.servers;
const groupTypes: Inventory['groupTypes'] = [
  {
    id: '97000000-0000-4000-8000-000000000001',
    name: 'default_cgsnapshot_type',
    group_specs: { consistent_group_snapshot_enabled: '<is> True' },
  },
  {
    id: '97000000-0000-4000-8000-000000000002',
    name: 'consistent',
    group_specs: { consistent_group_snapshot_enabled: '<is> True' },
  },
];
let simulator: Simulator;
let backend: Backend;
let session: BackendSession;

async function open(changes: Inventory): Promise<void> {
  simulator = await startSimulator({
    timeScale: 0,
    seed: 1,
    inventory: mergeInventory(plainInventory, { snapshots: [], ...changes }),
  });
  const { settings } = loadSettings({
    environment: {},
    flags: { 'backend.kind': 'openstack', 'openstack.authUrl': simulator.url, 'openstack.project': 'ibm-default' },
  });
  backend = createOpenStackBackend(openStackSettings(settings).settings);
  session = await backend.login({ user: 'admin', password: 'powervc', profile: 'internal' });
}
beforeEach(() => open({ groupTypes }));
afterEach(async () => {
  await backend.close();
  await simulator.close();
});

const take = async (name: string): Promise<string> => {
  await session.snapshots.create(vm, { name, description: '' });
  return (await session.snapshots.list(vm)).find((one) => one.name === name)!.id;
};
const looked = async (id: string): Promise<string> => {
  expect(await session.snapshots.get(id)).toMatchObject({ status: 'ok', volumes: [{ bootable: true }, {}] });
  return id;
};
const groupsOf = (): unknown[] =>
  [...simulator.world.volumes.values()].map(({ group_id: group }) => group).filter(Boolean);

it('one set is one group snapshot; its volumes are free again after the first look, and it goes as a whole without touching another', async () => {
  const [first, second] = [await looked(await take('first')), await looked(await take('second'))];
  expect(simulator.world.groupSnapshots.size).toBe(2);
  expect(groupsOf()).toEqual([]);
  expect([...simulator.world.groups.values()].map(({ group_type: type }) => type)).toEqual([
    groupTypes[1]!.id,
    groupTypes[1]!.id,
  ]);

  await session.snapshots.remove(first);
  await expect(session.snapshots.get(first)).rejects.toMatchObject({ code: 'not-found' });
  expect(await session.snapshots.get(second)).toMatchObject({ status: 'ok' });
  expect([simulator.world.groups.size, simulator.world.groupSnapshots.size]).toEqual([1, 1]);
});

it('a snapshot whose group Cinder refuses is taken one volume after the other, and nothing of the group stays', async () => {
  const undo = simulator.addFault({
    service: 'volume',
    method: 'PUT',
    path: '/groups/',
    then: { status: 400, body: { badRequest: { code: 400, message: 'Invalid volume: they are in different pools.' } } },
  });
  const id = await take('apart');
  undo();
  expect(await session.snapshots.get(id)).toMatchObject({ status: 'ok' });
  expect([simulator.world.groups.size, simulator.world.groupSnapshots.size, groupsOf().length]).toEqual([0, 0, 0]);
});

it('without a group type that promises it, no group is made', async () => {
  await backend.close();
  await simulator.close();
  await open({ groupTypes: [groupTypes[0]!] });
  await take('plain');
  expect(simulator.world.groups.size).toBe(0);
});

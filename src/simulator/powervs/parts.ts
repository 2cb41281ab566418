import type { Answer } from '../router.js';
import type { WorkKind } from '../work.js';
import { addInterface, idle } from './instances.js';
import { bad, conflict } from './refusals.js';
import { begun, done, flag, objects, param, route, text, texts, type SimulatedCall, type Route } from './routes.js';
import type { Instance, Interface, Snapshot, VpmemVolume } from './types.js';
import { interfaceView, snapshotView, vpmemView } from './views.js';
import type { World } from './world.js';

/**
 * What hangs on an instance beside its volumes: interfaces, snapshots, vPMEM volumes (docs/reference/power.md, 3.2).
 */
const instance = (call: SimulatedCall, world: World): Instance =>
  world.get('instances', param(call, 'instance'), 'pvm-instance');

function nic(call: SimulatedCall, world: World): Interface {
  world.get('networks', param(call, 'network'), 'network');
  return world.get('interfaces', param(call, 'interface'), 'network interface');
}

function updateNic(call: SimulatedCall, world: World): Answer {
  const one = nic(call, world);
  const target = text(call, 'instanceID');
  if (target !== undefined && target !== '') {
    if (one.instanceID !== null)
      throw conflict(`network interface ${one.id} is attached to pvm-instance ${one.instanceID}`);
    idle(world.get('instances', target, 'pvm-instance'), 'ACTIVE', 'SHUTOFF');
    one.instanceID = target;
    one.status = 'build';
    world.work.begin('interface.up', one.id);
  }
  if (target === '') {
    if (one.instanceID === null) throw conflict(`network interface ${one.id} is not attached`);
    Object.assign(one, { instanceID: null, status: 'down' });
  }
  one.name = text(call, 'name') ?? one.name;
  return { status: 200, body: interfaceView(one) };
}

function removeNic(call: SimulatedCall, world: World): Answer {
  const one = nic(call, world);
  if (one.instanceID !== null)
    throw conflict(`network interface ${one.id} is attached to pvm-instance ${one.instanceID}`);
  world.interfaces.delete(one.id);
  return done;
}

function takeSnapshot(call: SimulatedCall, world: World): Answer {
  const one = instance(call, world);
  idle(one, 'ACTIVE', 'SHUTOFF');
  const name = text(call, 'name')!;
  if ([...world.snapshots.values()].some((other) => other.name === name))
    throw conflict(`snapshot with name ${name} already exists`);
  const volumes = world
    .volumesOf(one.pvmInstanceID)
    .filter(({ volumeID }) => texts(call, 'volumeIDs')?.includes(volumeID) ?? true);
  if (new Set(volumes.map(({ volumePool }) => volumePool)).size !== 1)
    throw bad('the volumes of a snapshot reside in one storage pool');
  const made = world.add('snapshots', {
    snapshotID: world.random.uuid(),
    name,
    description: text(call, 'description') ?? '',
    status: 'creating',
    percentComplete: 0,
    creationDate: world.now(),
    pvmInstanceID: one.pvmInstanceID,
    volumeSnapshots: Object.fromEntries(volumes.map(({ volumeID }) => [volumeID, world.random.uuid()])),
  });
  world.work.begin('snapshot.create', made.snapshotID);
  return { status: 202, body: { snapshotID: made.snapshotID } };
}

const snapshot = (call: SimulatedCall, world: World): Snapshot =>
  world.get('snapshots', param(call, 'snapshot'), 'snapshot');

function restore(call: SimulatedCall, world: World): Answer {
  const [vm, one] = [instance(call, world), snapshot(call, world)];
  const way = call.query.get('restore_fail_action');
  if (flag(call, 'force') !== true && vm.status !== 'SHUTOFF')
    throw conflict(`pvm-instance ${vm.pvmInstanceID} must be SHUTOFF for a restore`);
  const wanted = way === null ? 'available' : 'restore_error';
  if (one.status !== wanted)
    throw conflict(`snapshot ${one.snapshotID} is in state ${one.status}: ${wanted} is needed`);
  Object.assign(one, {
    status: way === 'rollback' ? 'rolling_back' : 'restoring',
    action: 'restore',
    percentComplete: 0,
  });
  for (const id of Object.keys(one.volumeSnapshots))
    if (world.volumes.has(id)) world.volumes.get(id)!.state = 'reverting';
  world.work.begin(way === 'rollback' ? 'snapshot.rollback' : 'snapshot.restore', one.snapshotID);
  return { status: 202, body: snapshotView(one) };
}

function removeSnapshot(call: SimulatedCall, world: World): Answer {
  const one = snapshot(call, world);
  if (!['available', 'error', 'restore_reverted'].includes(one.status))
    throw conflict(`snapshot ${one.snapshotID} is in state ${one.status}`);
  one.status = 'deleting';
  world.work.begin('snapshot.delete', one.snapshotID);
  return begun;
}

const pmemOf = (world: World, id: string): VpmemVolume[] =>
  [...world.vpmemVolumes.values()].filter(({ pvmInstanceID }) => pvmInstanceID === id);

function addPmem(call: SimulatedCall, world: World): Answer {
  const vm = instance(call, world);
  idle(vm, 'SHUTOFF');
  if (vm.osType === 'ibmi') throw bad('vPMEM volumes are not supported for IBM i');
  const wanted = objects(call, 'vpmemVolumes').map(({ name, size }) => ({ name: String(name), size: Number(size) }));
  const present = pmemOf(world, vm.pvmInstanceID);
  if (present.length + wanted.length > 4) throw bad('a pvm-instance has at most 4 vPMEM volumes');
  const names = [...present, ...wanted].map(({ name }) => name);
  if (new Set(names).size < names.length) throw conflict('a vPMEM volume of that name already exists');
  const made = wanted.map((one) =>
    world.add('vpmemVolumes', {
      ...one,
      uuid: world.random.uuid(),
      status: 'configuring',
      pvmInstanceID: vm.pvmInstanceID,
      creationDate: world.now(),
    }),
  );
  for (const { uuid } of made) world.work.begin('vpmem.configure', uuid);
  return { status: 202, body: { volumes: made.map(vpmemView) } };
}

const pmem = (call: SimulatedCall, world: World): VpmemVolume =>
  world.get('vpmemVolumes', param(call, 'volume'), 'vpmem volume');

function renamePmem(call: SimulatedCall, world: World): Answer {
  const one = pmem(call, world);
  const name = text(call, 'name')!;
  if (pmemOf(world, one.pvmInstanceID).some((other) => other !== one && other.name === name))
    throw conflict('a vPMEM volume of that name already exists');
  one.name = name;
  return { status: 200, body: vpmemView(one) };
}

function removePmem(call: SimulatedCall, world: World): Answer {
  idle(instance(call, world), 'SHUTOFF');
  const one = pmem(call, world);
  one.status = 'deleting';
  world.work.begin('vpmem.remove', one.uuid);
  return begun;
}

const NIC = '/v1/networks/{network}/network-interfaces';
const VM = '1:/pvm-instances/{instance}';

export const partRoutes: readonly Route[] = [
  route('GET', NIC, (call, world) => {
    const { networkID } = world.get('networks', param(call, 'network'), 'network');
    return {
      status: 200,
      body: {
        interfaces: [...world.interfaces.values()].filter((one) => one.networkID === networkID).map(interfaceView),
      },
    };
  }),
  route('POST', NIC, (call, world) => ({
    status: 201,
    body: interfaceView(addInterface(world, param(call, 'network'), text(call, 'name') ?? '', null)),
  })),
  route('GET', `${NIC}/{interface}`, (call, world) => ({ status: 200, body: interfaceView(nic(call, world)) })),
  route('PUT', `${NIC}/{interface}`, updateNic),
  route('DELETE', `${NIC}/{interface}`, removeNic),
  route('GET', `${VM}/snapshots`, (call, world) => {
    const { pvmInstanceID } = instance(call, world);
    return {
      status: 200,
      body: {
        snapshots: [...world.snapshots.values()].filter((one) => one.pvmInstanceID === pvmInstanceID).map(snapshotView),
      },
    };
  }),
  route('POST', `${VM}/snapshots`, takeSnapshot),
  route('POST', `${VM}/snapshots/{snapshot}/restore`, restore),
  route('GET', '1:/snapshots/{snapshot}', (call, world) => ({
    status: 200,
    body: snapshotView(snapshot(call, world)),
  })),
  route('DELETE', '1:/snapshots/{snapshot}', removeSnapshot),
  route('POST', `${VM}/vpmem-volumes`, addPmem),
  route('PUT', `${VM}/vpmem-volumes/{volume}`, renamePmem),
  route('DELETE', `${VM}/vpmem-volumes/{volume}`, removePmem),
];

function settleSnapshot(world: World, id: string, status: string, statusDetail = ''): void {
  const one = world.snapshots.get(id);
  if (!one) return;
  Object.assign(one, { status, statusDetail, percentComplete: 100 });
  for (const volume of Object.keys(one.volumeSnapshots)) {
    const held = world.volumes.get(volume);
    if (held?.state === 'reverting') held.state = held.attachments.length > 0 ? 'in-use' : 'available';
  }
}

const snapshotKind = (seconds: number, good: string, wrong: string): WorkKind<World> => ({
  seconds,
  done: (world, { id }) => settleSnapshot(world, id, good),
  failed: (world, { id }, message) => settleSnapshot(world, id, wrong, message),
});

export const partWork: Readonly<Record<string, WorkKind<World>>> = {
  'interface.up': {
    seconds: 2,
    done: (world, { id }) => {
      const one = world.interfaces.get(id);
      if (one?.instanceID != null) one.status = 'active';
    },
    failed: () => undefined,
  },
  'snapshot.create': snapshotKind(6, 'available', 'error'),
  'snapshot.restore': snapshotKind(10, 'available', 'restore_error'),
  'snapshot.rollback': snapshotKind(10, 'available', 'rollback_error'),
  'snapshot.delete': {
    seconds: 4,
    done: (world, { id }) => {
      world.snapshots.delete(id);
    },
    failed: (world, { id }, message) => settleSnapshot(world, id, 'delete_error', message),
  },
  'vpmem.configure': {
    seconds: 4,
    done: (world, { id }) => {
      const one = world.vpmemVolumes.get(id);
      if (one) one.status = 'active';
    },
    failed: (world, { id }, message) => {
      const one = world.vpmemVolumes.get(id);
      if (one) Object.assign(one, { status: 'error', reason: message });
    },
  },
  'vpmem.remove': {
    seconds: 3,
    done: (world, { id }) => {
      world.vpmemVolumes.delete(id);
    },
    failed: (world, { id }, message) => {
      const one = world.vpmemVolumes.get(id);
      if (one) Object.assign(one, { status: 'error', reason: message });
    },
  },
};

import type { Answer } from '../router.js';
import type { WorkKind } from '../work.js';
import { idle } from './idle.js';
import { bad, conflict, missing } from './refusals.js';
import {
  answer,
  begun,
  flag,
  instanceOf,
  needed,
  objects,
  param,
  route,
  text,
  texts,
  type Route,
  type SimulatedCall,
} from './routes.js';
import type { Snapshot, VpmemVolume } from './types.js';
import { snapshotView, vpmemOf, vpmemView } from './views.js';
import type { World } from './world.js';

function checkName(world: World, name: string): void {
  if ([...world.snapshots.values()].some((other) => other.name === name))
    throw conflict(`snapshot with name ${name} already exists`);
}

function takeSnapshot(call: SimulatedCall, world: World): Answer {
  const one = instanceOf(call, world);
  idle(one, 'ACTIVE', 'SHUTOFF');
  const name = needed(text(call, 'name'), 'name');
  checkName(world, name);
  const volumes = world
    .volumesOf(one.pvmInstanceID)
    .filter(({ volumeID }) => texts(call, 'volumeIDs')?.includes(volumeID) ?? true);
  if (new Set(volumes.map(({ volumePool }) => volumePool)).size !== 1)
    throw bad('the volumes of a snapshot reside in one storage pool');
  const created = world.add('snapshots', {
    snapshotID: world.random.uuid(),
    name,
    description: text(call, 'description') ?? '',
    status: 'creating',
    percentComplete: 0,
    creationDate: world.now(),
    pvmInstanceID: one.pvmInstanceID,
    volumeSnapshots: Object.fromEntries(volumes.map(({ volumeID }) => [volumeID, world.random.uuid()])),
  });
  world.work.begin('snapshot.create', created.snapshotID);
  return { status: 202, body: { snapshotID: created.snapshotID } };
}

const snapshot = (call: SimulatedCall, world: World): Snapshot =>
  world.get('snapshots', param(call, 'snapshot'), 'snapshot');

/** `restore_fail_action` is for a restore that has failed, and for no other (IBM's documentation of snapshots). */
function restore(call: SimulatedCall, world: World): Answer {
  const [vm, one] = [instanceOf(call, world), snapshot(call, world)];
  const way = call.query.get('restore_fail_action');
  if (flag(call, 'force') !== true && vm.status !== 'SHUTOFF')
    throw conflict(`pvm-instance ${vm.pvmInstanceID} must be SHUTOFF for a restore`);
  const requested = way === null ? 'available' : 'restore-error';
  if (one.status !== requested)
    throw conflict(`snapshot ${one.snapshotID} is in state ${one.status}: ${requested} is needed`);
  Object.assign(one, {
    status: way === 'rollback' ? 'rolling-back' : 'restoring',
    action: 'restore',
    percentComplete: 0,
  });
  for (const id of Object.keys(one.volumeSnapshots)) {
    const volume = world.volumes.get(id);
    if (volume) volume.state = 'reverting';
  }
  world.work.begin(way === 'rollback' ? 'snapshot.rollback' : 'snapshot.restore', one.snapshotID);
  return { status: 202, body: snapshotView(one) };
}

function removeSnapshot(call: SimulatedCall, world: World): Answer {
  const one = snapshot(call, world);
  if (!['available', 'error', 'restore-reverted'].includes(one.status))
    throw conflict(`snapshot ${one.snapshotID} is in state ${one.status}`);
  one.status = 'deleting';
  world.work.begin('snapshot.delete', one.snapshotID);
  return begun;
}

function addPmem(call: SimulatedCall, world: World): Answer {
  const vm = instanceOf(call, world);
  idle(vm, 'SHUTOFF');
  if (vm.osType === 'ibmi') throw bad('vPMEM volumes are not supported for IBM i');
  const requested = objects(call, 'vpmemVolumes').map(({ name, size }) => ({ name: String(name), size: Number(size) }));
  const present = vpmemOf(world, vm.pvmInstanceID);
  if (present.length + requested.length > 4) throw bad('a pvm-instance has at most 4 vPMEM volumes');
  const names = [...present, ...requested].map(({ name }) => name);
  if (new Set(names).size < names.length) throw conflict('a vPMEM volume of that name already exists');
  const created = requested.map((one) =>
    world.add('vpmemVolumes', {
      ...one,
      uuid: world.random.uuid(),
      status: 'configuring',
      pvmInstanceID: vm.pvmInstanceID,
      creationDate: world.now(),
    }),
  );
  for (const { uuid } of created) world.work.begin('vpmem.configure', uuid);
  return answer({ volumes: created.map((one) => vpmemView(world, one)) }, 202);
}

function pmem(call: SimulatedCall, world: World): VpmemVolume {
  const one = world.get('vpmemVolumes', param(call, 'volume'), 'vpmem volume');
  if (one.pvmInstanceID !== param(call, 'instance')) throw missing('vpmem volume', one.uuid);
  return one;
}

function renamePmem(call: SimulatedCall, world: World): Answer {
  const one = pmem(call, world);
  const name = needed(text(call, 'name'), 'name');
  if (vpmemOf(world, one.pvmInstanceID).some((other) => other !== one && other.name === name))
    throw conflict('a vPMEM volume of that name already exists');
  one.name = name;
  return answer(vpmemView(world, one));
}

function removePmem(call: SimulatedCall, world: World): Answer {
  idle(instanceOf(call, world), 'SHUTOFF');
  const one = pmem(call, world);
  one.status = 'deleting';
  world.work.begin('vpmem.remove', one.uuid);
  return begun;
}

function change(call: SimulatedCall, world: World): Answer {
  const one = snapshot(call, world);
  const name = text(call, 'name');
  if (name !== undefined && !/^[a-zA-Z0-9_.-]{1,120}$/.test(name)) throw bad(`name ${name} has not the form of a name`);
  if (name !== undefined && name !== one.name) checkName(world, name);
  Object.assign(one, { name: name ?? one.name, description: text(call, 'description') ?? one.description });
  return answer(snapshotView(one));
}

const VM = '1:/pvm-instances/{instance}';

/**
 * The parts of an instance beside its volumes and networks: snapshots, vPMEM volumes (docs/reference/power.md, 3.2).
 */
export const partRoutes: readonly Route[] = [
  route('GET', `${VM}/snapshots`, (call, world) => {
    const { pvmInstanceID } = instanceOf(call, world);
    const mine = [...world.snapshots.values()].filter((one) => one.pvmInstanceID === pvmInstanceID);
    return answer({ snapshots: mine.map(snapshotView) });
  }),
  route('POST', `${VM}/snapshots`, takeSnapshot),
  route('POST', `${VM}/snapshots/{snapshot}/restore`, restore),
  route('GET', '1:/snapshots', (_, world) => answer({ snapshots: [...world.snapshots.values()].map(snapshotView) })),
  route('GET', '1:/snapshots/{snapshot}', (call, world) => answer(snapshotView(snapshot(call, world)))),
  route('PUT', '1:/snapshots/{snapshot}', change),
  route('DELETE', '1:/snapshots/{snapshot}', removeSnapshot),
  route('GET', `${VM}/vpmem-volumes`, (call, world) =>
    answer({
      volumes: vpmemOf(world, instanceOf(call, world).pvmInstanceID).map((one) => vpmemView(world, one)),
    }),
  ),
  route('POST', `${VM}/vpmem-volumes`, addPmem),
  route('GET', `${VM}/vpmem-volumes/{volume}`, (call, world) => answer(vpmemView(world, pmem(call, world)))),
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
  'snapshot.create': snapshotKind(6, 'available', 'error'),
  'snapshot.restore': snapshotKind(10, 'available', 'restore-error'),
  'snapshot.rollback': snapshotKind(10, 'available', 'rollback-error'),
  'snapshot.delete': {
    seconds: 4,
    done: (world, { id }) => {
      world.snapshots.delete(id);
    },
    failed: (world, { id }, message) => settleSnapshot(world, id, 'delete-error', message),
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

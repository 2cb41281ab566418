import { firstOf } from '../../invariant.js';
import type { Answer } from '../router.js';
import type { WorkKind } from '../work.js';
import { bad, conflict, missing } from './refusals.js';
import { answer, done, flag, needed, param, route, text, texts, type Route, type SimulatedCall } from './routes.js';
import type { Volume, VolumesClone } from './types.js';
import { cloneTaskView, hrefOf, volumesCloneDetailView, volumesCloneView } from './views.js';
import { checkQuota, checkVolumeName } from './volumes.js';
import type { World } from './world.js';

/**
 * Clones of volumes: at once (version 1), by a task, and in phases: prepare, start, execute
 * (docs/reference/power.md, 3.2; IBM's documents, "Creating a volumes-clone").
 */
const MOST_OF_NAME = 20;
const SUFFIX = 100_000;

/** The names of clones. Several are numbered, and have the first 20 characters of the name. */
const namesOf = (name: string, suffix: string, count: number): string[] =>
  count === 1
    ? [`clone-${name}${suffix}`]
    : Array.from({ length: count }, (_, index) => `clone-${name.slice(0, MOST_OF_NAME)}${suffix}-${index + 1}`);

const randomSuffix = (world: World): string =>
  `-${String(Math.floor(world.random.next() * SUFFIX)).padStart(String(SUFFIX - 1).length, '0')}`;

/** Adds the copies, which are being created. Throws PowerVS' refusals. */
function copiesOf(world: World, sources: readonly Volume[], names: readonly string[], tier?: string): Volume[] {
  if (tier !== undefined && !world.collections.tiers.has(tier)) throw bad(`storage tier ${tier} does not exist`);
  for (const name of names) checkVolumeName(world, name);
  checkQuota(
    world,
    sources.reduce((sum, { size }) => sum + size, 0),
  );
  return sources.map((source, index) =>
    world.add('volumes', {
      volumeID: world.random.uuid(),
      name: names[index] ?? '',
      size: source.size,
      state: 'creating',
      diskType: tier ?? source.diskType,
      volumePool: source.volumePool,
      bootable: source.bootable,
      creationDate: world.now(),
    }),
  );
}

/** The volumes of the body, by their ids, each once. */
function sourcesOf(call: SimulatedCall, world: World): Volume[] {
  const ids = needed(texts(call, 'volumeIDs'), 'volumeIDs');
  if (ids.length === 0) throw bad('volumeIDs is required');
  return [...new Set(ids)].map((id) => world.get('volumes', id, 'volume'));
}

const pairs = (sources: readonly Volume[], copies: readonly Volume[]): [source: string, copy: string][] =>
  sources.map(({ volumeID }, index) => [volumeID, copies[index]?.volumeID ?? '']);

function cloneAtOnce(call: SimulatedCall, world: World): Answer {
  const name = needed(text(call, 'displayName'), 'displayName');
  const sources = sourcesOf(call, world);
  const copies = copiesOf(world, sources, namesOf(name, '', sources.length));
  for (const { volumeID } of copies) world.work.begin('volume.create', volumeID);
  return answer({ clonedVolumes: Object.fromEntries(pairs(sources, copies)) });
}

function cloneByTask(call: SimulatedCall, world: World): Answer {
  const name = needed(text(call, 'name'), 'name');
  replicated(call);
  const sources = sourcesOf(call, world);
  const names = namesOf(name, randomSuffix(world), sources.length);
  const copies = copiesOf(world, sources, names, text(call, 'targetStorageTier'));
  const task = world.add('cloneTasks', {
    cloneTaskID: world.random.uuid(),
    clonedVolumes: pairs(sources, copies).map(([sourceVolumeID, clonedVolumeID]) => ({
      sourceVolumeID,
      clonedVolumeID,
    })),
  });
  for (const { volumeID } of copies) world.work.begin('volume.create', volumeID);
  world.work.begin('volume.clone', task.cloneTaskID);
  const path = `volumes/clone-tasks/${task.cloneTaskID}`;
  return answer({ cloneTaskID: task.cloneTaskID, href: hrefOf(world, path).replace('/v1/', '/v2/') }, 202);
}

function replicated(call: SimulatedCall): void {
  if (flag(call, 'targetReplicationEnabled')) throw bad('targetReplicationEnabled: volumes are not replicated here');
}

/** The states that each value of the query `filter` includes (power-go-client, `VolumescloneGetallParams`). */
const FILTERS: Readonly<Record<string, readonly string[]>> = {
  prepare: ['preparing', 'prepared'],
  start: ['starting', 'available'],
  execute: ['executing', 'available-rollback'],
  cancel: ['cancelling'],
  completed: ['completed'],
  failed: ['failed'],
  cancelled: ['cancelled'],
  finalized: ['completed', 'failed', 'cancelled'],
};
const ENDED = ['completed', 'failed', 'cancelled'];

/** An empty filter, which IBM's client sends, is none. */
function listed({ query }: SimulatedCall, world: World): Answer {
  const filter = query.get('filter') ?? '';
  const states = FILTERS[filter];
  if (filter !== '' && states === undefined) throw bad(`filter should be one of [${Object.keys(FILTERS).join(' ')}]`);
  const found = [...world.collections.volumesClones.values()].filter(({ status }) => states?.includes(status) ?? true);
  return answer({ volumesClone: found.map(volumesCloneView) });
}

/** By its id or its name. Throws PowerVS' 404. */
function requested(call: SimulatedCall, world: World): VolumesClone {
  const key = decodeURIComponent(param(call, 'clone'));
  const all = world.collections.volumesClones;
  const found = all.get(key) ?? [...all.values()].find(({ name }) => name === key);
  if (!found) throw missing('volumes-clone', key);
  return found;
}

const change = (world: World, one: VolumesClone, to: Partial<VolumesClone>): VolumesClone =>
  Object.assign(one, { lastUpdateDate: world.now() }, to);

/** By its id or its name. */
function volumeNamed(world: World, key: string): Volume {
  const found = world.volumes.get(key) ?? [...world.volumes.values()].find(({ name }) => name === key);
  if (!found) throw missing('volume', key);
  return found;
}

function checkSources(world: World, sources: readonly Volume[]): void {
  if (sources.length < 2) throw bad('at least two volumes are required');
  if (!sources.some(({ state }) => state === 'in-use')) throw bad('at least one volume must be in-use');
  const pool = firstOf(sources, 'the volumes to clone').volumePool;
  for (const { volumeID, volumePool, state } of sources) {
    if (volumePool !== pool) throw bad(`volume ${volumeID} is in storage pool ${volumePool}, others are in ${pool}`);
    if (!['available', 'in-use'].includes(state)) throw bad(`volume ${volumeID} is in state ${state}`);
    if (world.inConsistencyGroup(volumeID) || world.inSnapshot(volumeID))
      throw conflict(`volume ${volumeID} is part of a consistency group`);
  }
}

function prepare(call: SimulatedCall, world: World): Answer {
  const name = needed(text(call, 'name'), 'name');
  const keys = needed(texts(call, 'volumeIDs'), 'volumeIDs');
  const sources = [...new Set(keys.map((key) => volumeNamed(world, key)))];
  const all = [...world.collections.volumesClones.values()];
  if (all.some((one) => one.name === name)) throw conflict(`volumes-clone with name ${name} already exists`);
  checkSources(world, sources);
  const isSame = ({ status, sources: others }: VolumesClone): boolean =>
    ['preparing', 'prepared'].includes(status) &&
    others.length === sources.length &&
    others.every(({ volumeID }) => sources.some((one) => one.volumeID === volumeID));
  const other = all.find(isSame);
  if (other) throw conflict(`volumes-clone ${other.name} is prepared for the same volumes`);
  const one = world.add('volumesClones', {
    volumesCloneID: world.random.uuid(),
    name,
    status: 'preparing',
    percentComplete: 0,
    creationDate: world.now(),
    lastUpdateDate: world.now(),
    sources: sources.map((source) => ({ volumeID: source.volumeID, name: source.name })),
  });
  world.work.begin('volumesclone.prepare', one.volumesCloneID);
  return answer(volumesCloneView(one), 202);
}

/** Throws PowerVS' 400 unless the request is in one of the states. */
function inState(one: VolumesClone, ...states: string[]): void {
  if (!states.includes(one.status))
    throw bad(`volumes-clone ${one.name} is in status ${one.status}: ${states.join(' or ')} is needed`);
}

/** The volumes as they are now. A request whose volumes are gone fails. */
function presentSources(world: World, one: VolumesClone): Volume[] {
  const gone = one.sources.find(({ volumeID }) => !world.volumes.has(volumeID));
  if (gone) {
    change(world, one, { status: 'failed', failureMessage: `volume ${gone.volumeID} does not exist` });
    throw missing('volume', gone.volumeID);
  }
  return one.sources.map(({ volumeID }) => world.get('volumes', volumeID, 'volume'));
}

/** Complete when it is answered. */
function start(call: SimulatedCall, world: World): Answer {
  const one = requested(call, world);
  inState(one, 'prepared');
  const sources = presentSources(world, one);
  for (const { volumeID } of sources)
    if (world.inConsistencyGroup(volumeID)) throw bad(`volume ${volumeID} is part of a consistency group`);
  return answer(volumesCloneView(change(world, one, { action: 'start', status: 'available', percentComplete: 100 })));
}

function executePhase(call: SimulatedCall, world: World): Answer {
  const one = requested(call, world);
  inState(one, 'available');
  const name = needed(text(call, 'name'), 'name');
  replicated(call);
  const sources = presentSources(world, one);
  const names = namesOf(name, randomSuffix(world), sources.length);
  const copies = copiesOf(world, sources, names, text(call, 'targetStorageTier'));
  change(world, one, {
    action: 'execute',
    status: 'executing',
    percentComplete: 0,
    failureMessage: '',
    clones: copies.map((copy) => ({ volumeID: copy.volumeID, name: copy.name })),
    rollbackPrepare: flag(call, 'rollbackPrepare') ?? false,
  });
  world.work.begin('volumesclone.execute', one.volumesCloneID);
  return answer(volumesCloneView(one), 202);
}

function withoutClones(world: World, one: VolumesClone): void {
  for (const { volumeID } of one.clones) world.volumes.delete(volumeID);
  one.clones = [];
}

function cancel(call: SimulatedCall, world: World): Answer {
  const one = requested(call, world);
  if (!flag(call, 'force')) inState(one, 'prepared', 'available');
  else if ([...ENDED, 'cancelling'].includes(one.status))
    throw bad(`volumes-clone ${one.name} is in status ${one.status}: it cannot be cancelled`);
  world.work.cancel(one.volumesCloneID);
  withoutClones(world, one);
  change(world, one, { action: 'cancel', status: 'cancelling', percentComplete: 0 });
  world.work.begin('volumesclone.cancel', one.volumesCloneID);
  return answer(volumesCloneView(one), 202);
}

function remove(call: SimulatedCall, world: World): Answer {
  const one = requested(call, world);
  inState(one, ...ENDED);
  world.collections.volumesClones.delete(one.volumesCloneID);
  return done;
}

export const volumeCloneRoutes: readonly Route[] = [
  route('POST', '1:/volumes/clone', cloneAtOnce),
  route('POST', '2:/volumes/clone', cloneByTask),
  route('GET', '2:/volumes/clone-tasks/{task}', (call, world) =>
    answer(cloneTaskView(world.get('cloneTasks', param(call, 'task'), 'clone task'))),
  ),
  route('GET', '2:/volumes-clone', listed),
  route('POST', '2:/volumes-clone', prepare),
  route('GET', '2:/volumes-clone/{clone}', (call, world) =>
    answer(volumesCloneDetailView(world, requested(call, world))),
  ),
  route('DELETE', '2:/volumes-clone/{clone}', remove),
  route('POST', '2:/volumes-clone/{clone}/start', start),
  route('POST', '2:/volumes-clone/{clone}/execute', executePhase),
  route('POST', '2:/volumes-clone/{clone}/cancel', cancel),
];

/** Work on a request: how it ends, and that it failed. */
const phase = (
  seconds: number,
  finish: (world: World, one: VolumesClone) => Partial<VolumesClone>,
  fail: (world: World, one: VolumesClone) => Partial<VolumesClone> = () => ({ status: 'failed' }),
): WorkKind<World> => {
  const settle = (world: World, id: string, to: (one: VolumesClone) => Partial<VolumesClone>): void => {
    const one = world.collections.volumesClones.get(id);
    if (one) change(world, one, to(one));
  };
  return {
    seconds,
    done: (world, { id }) => settle(world, id, (one) => ({ percentComplete: 100, ...finish(world, one) })),
    failed: (world, { id }, failureMessage) => settle(world, id, (one) => ({ failureMessage, ...fail(world, one) })),
  };
};

function executed(world: World, one: VolumesClone): Partial<VolumesClone> {
  for (const { volumeID } of one.clones) {
    const clone = world.volumes.get(volumeID);
    if (clone) clone.state = 'available';
  }
  return { status: 'completed' };
}

/** What was cloned so far is removed; what was prepared stays for another try, unless `rollbackPrepare`. */
function rolledBack(world: World, one: VolumesClone): Partial<VolumesClone> {
  withoutClones(world, one);
  if (one.rollbackPrepare) return { status: 'failed' };
  world.work.begin('volumesclone.rollback', one.volumesCloneID);
  return { status: 'available-rollback' };
}

export const volumeCloneWork: Readonly<Record<string, WorkKind<World>>> = {
  'volume.clone': {
    seconds: 6,
    done: (world, { id }) => {
      const task = world.collections.cloneTasks.get(id);
      if (task) Object.assign(task, { status: 'completed', percentComplete: 100 });
    },
    failed: (world, { id }, message) => {
      const task = world.collections.cloneTasks.get(id);
      if (task) Object.assign(task, { status: 'failed', failedReason: message });
    },
  },
  'volumesclone.prepare': phase(4, () => ({ status: 'prepared' })),
  'volumesclone.execute': phase(6, executed, rolledBack),
  'volumesclone.rollback': phase(3, () => ({ status: 'available' })),
  'volumesclone.cancel': phase(4, () => ({ status: 'cancelled' })),
};

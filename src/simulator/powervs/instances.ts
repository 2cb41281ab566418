import { firstOf } from '../../invariant.js';
import type { Answer } from '../router.js';
import { objectIn } from '../json.js';
import { bad, conflict, unprocessable } from './refusals.js';
import { boundsOf } from './complete.js';
import { idle } from './idle.js';
import { captureRoutes } from './captures.js';
import { consoleRoutes } from './consoles.js';
import { addInterface } from './networks.js';
import { checkBounds, checkLimits, sizeOf } from './sizes.js';
import {
  answer,
  done,
  flag,
  instanceOf,
  needed,
  objects,
  oneOf,
  route,
  text,
  texts,
  type Route,
  type SimulatedCall,
} from './routes.js';
import type { Image, Instance, Volume } from './types.js';
import { hrefOf, instanceView, instanceView2 } from './views.js';
import type { World } from './world.js';

function checkName(world: World, name: string): void {
  if (world.instanceNamed(name)) throw conflict(`pvm-instance with name ${name} already exists`);
}

/** The networks of a new instance: one at least (IBM's documents and clients; the older `networkIDs` does, too). */
function networksIn(call: SimulatedCall, world: World): { networkID: string; ipAddress?: string }[] {
  const given = [
    ...objects(call, 'networks').map(({ networkID, ipAddress }) => ({
      networkID: String(networkID),
      ...(typeof ipAddress === 'string' && ipAddress !== '' && { ipAddress }),
    })),
    ...(texts(call, 'networkIDs') ?? []).map((networkID) => ({ networkID })),
  ];
  if (given.length === 0) throw bad('networks: a pvm-instance needs at least one network');
  for (const { networkID } of given) world.get('networks', networkID, 'network');
  return given;
}

/** With `storagePoolAffinity`, the default, all volumes of an instance are in its storage pool. */
function checkPool(volumes: readonly Volume[], pool: string): void {
  const other = volumes.find(({ volumePool }) => volumePool !== pool);
  if (other !== undefined)
    throw bad(`volume ${other.volumeID} is in storage pool ${other.volumePool}, the new pvm-instance in ${pool}`);
}

function create(call: SimulatedCall, world: World): Answer {
  const name = needed(text(call, 'serverName'), 'serverName');
  const image = world.get('images', needed(text(call, 'imageID'), 'imageID'), 'image');
  if (image.state !== 'active') throw conflict(`image ${image.imageID} is in state ${image.state}`);
  checkName(world, name);
  const size = sizeOf(call, world);
  checkLimits(world, size);
  const sysType = text(call, 'sysType') ?? firstOf(world.collections.systems.values(), 'the systems').type;
  const host = [...world.collections.systems.values()].find(({ type }) => type === sysType);
  if (!host) throw unprocessable(`system type ${sysType} is not available`);
  const networks = networksIn(call, world);
  const tier = text(call, 'storageType') ?? image.storageType;
  const pool = [...world.collections.storagePools.values()].find(({ storageType }) => storageType === tier);
  if (!pool) throw unprocessable(`storage type ${tier} is not available`);
  const volumes = (texts(call, 'volumeIDs') ?? []).map((id) => world.get('volumes', id, 'volume'));
  if (flag(call, 'storagePoolAffinity') !== false) checkPool(volumes, pool.poolName);
  const groupId = text(call, 'placementGroup');
  const group = groupId === undefined ? undefined : world.get('placementGroups', groupId, 'placement group');

  const one = world.add('instances', {
    pvmInstanceID: world.random.uuid(),
    serverName: name,
    status: 'BUILD',
    taskState: 'spawning',
    health: { status: 'PENDING', reason: '' },
    ...size,
    ...boundsOf(size),
    imageID: image.imageID,
    osType: image.osType,
    operatingSystem: image.operatingSystem,
    sysType,
    hostID: host.id,
    pinPolicy: text(call, 'pinPolicy') ?? 'none',
    allowRemoteRestart: flag(call, 'allowRemoteRestart') ?? true,
    preferredProcessorCompatibilityMode: text(call, 'preferredProcessorCompatibilityMode') ?? 'default',
    storagePoolAffinity: flag(call, 'storagePoolAffinity') ?? true,
    storageType: tier,
    storagePool: pool.poolName,
    creationDate: world.now(),
    updatedDate: world.now(),
    userData: text(call, 'userData') ?? null,
  });
  deploy(world, one, image, networks);
  for (const { name: pmem, size } of objects(call, 'vpmemVolumes'))
    world.add('vpmemVolumes', {
      uuid: world.random.uuid(),
      name: String(pmem),
      size: Number(size),
      pvmInstanceID: one.pvmInstanceID,
    });
  for (const { attachments } of volumes)
    attachments.push({ pvmInstanceID: one.pvmInstanceID, boot: false, deleteOnTermination: false });
  group?.members.push(one.pvmInstanceID);
  world.work.begin('instance.build', one.pvmInstanceID);
  return answer([instanceView(world, one, true)], 202);
}

/** Copies an image's volumes; those of the deployment are removed with the instance. */
function deploy(
  world: World,
  one: Instance,
  image: Image,
  networks: readonly { networkID: string; ipAddress?: string }[],
): void {
  const { pvmInstanceID, serverName, storagePool: volumePool, storageType: diskType } = one;
  for (const [index, { size, bootable }] of image.volumes.entries()) {
    world.add('volumes', {
      volumeID: world.random.uuid(),
      name: `${serverName}-${bootable ? 'boot' : 'data'}-${index}`,
      size,
      bootable,
      volumePool,
      diskType,
      creationDate: world.now(),
      attachments: [{ pvmInstanceID, boot: bootable, deleteOnTermination: true }],
    });
  }
  for (const { networkID, ipAddress } of networks) addInterface(world, networkID, '', pvmInstanceID, ipAddress);
}

function update(call: SimulatedCall, world: World): Answer {
  const one = instanceOf(call, world);
  const name = text(call, 'serverName');
  if (name !== undefined && name !== one.serverName) checkName(world, name);
  const resizes = ['memory', 'processors', 'procType', 'virtualCores'].some((key) => key in call.body);
  if (resizes) {
    idle(one, 'ACTIVE', 'SHUTOFF');
    const size = sizeOf(call, world, one);
    if (one.status === 'ACTIVE') checkBounds(one, size);
    world.work.begin('instance.resize', one.pvmInstanceID, { size: JSON.stringify(size), back: one.status });
    one.status = 'RESIZE';
  }
  if (name !== undefined) one.serverName = name;
  one.pinPolicy = text(call, 'pinPolicy') ?? one.pinPolicy;
  one.allowRemoteRestart = flag(call, 'allowRemoteRestart') ?? one.allowRemoteRestart;
  const mode = text(call, 'preferredProcessorCompatibilityMode');
  one.preferredProcessorCompatibilityMode = mode ?? one.preferredProcessorCompatibilityMode;
  one.storagePoolAffinity = flag(call, 'storagePoolAffinity') ?? one.storagePoolAffinity;
  return answer(
    {
      serverName: one.serverName,
      memory: one.memory,
      processors: one.processors,
      procType: one.procType,
      pinPolicy: one.pinPolicy,
      allowRemoteRestart: one.allowRemoteRestart,
      virtualCores: { assigned: one.virtualCores },
      statusUrl: hrefOf(world, `pvm-instances/${one.pvmInstanceID}`),
    },
    202,
  );
}

function remove(call: SimulatedCall, world: World): Answer {
  const one = instanceOf(call, world);
  if ([...world.snapshots.values()].some(({ pvmInstanceID }) => pvmInstanceID === one.pvmInstanceID))
    throw conflict(`pvm-instance ${one.pvmInstanceID} has snapshots: delete them first`);
  if (one.taskState === 'deleting') return done;
  one.taskState = 'deleting';
  world.work.cancel(one.pvmInstanceID);
  world.work.begin('instance.delete', one.pvmInstanceID, { data: call.query.get('delete_data_volumes') ?? 'false' });
  return done;
}

/** What each action requires, and its result. */
const powers: Readonly<
  Record<
    string,
    { readonly from: readonly string[]; readonly task: string; readonly to: string; readonly between?: string }
  >
> = {
  start: { from: ['SHUTOFF'], task: 'powering-on', to: 'ACTIVE' },
  stop: { from: ['ACTIVE'], task: 'powering-off', to: 'SHUTOFF' },
  'immediate-shutdown': { from: ['ACTIVE'], task: 'powering-off', to: 'SHUTOFF' },
  'soft-reboot': { from: ['ACTIVE'], task: 'rebooting', to: 'ACTIVE', between: 'REBOOT' },
  'hard-reboot': { from: ['ACTIVE'], task: 'rebooting', to: 'ACTIVE', between: 'HARD_REBOOT' },
  'reset-state': { from: ['ERROR'], task: 'resetting', to: 'ACTIVE' },
};

function act(call: SimulatedCall, world: World): Answer {
  const one = instanceOf(call, world);
  const power = powers[text(call, 'action') ?? ''];
  if (!power) return done;
  idle(one, ...power.from);
  one.taskState = power.task;
  one.status = power.between ?? one.status;
  world.work.begin('instance.power', one.pvmInstanceID, { to: power.to });
  return done;
}

function clone(call: SimulatedCall, world: World): Answer {
  const source = instanceOf(call, world);
  idle(source, 'ACTIVE', 'SHUTOFF');
  const name = needed(text(call, 'name'), 'name');
  checkName(world, name);
  const networks = networksIn(call, world);
  const size = sizeOf(call, world, source);
  const copy = world.add('instances', {
    ...source,
    ...size,
    ...boundsOf(size),
    pvmInstanceID: world.random.uuid(),
    serverName: name,
    status: 'BUILD',
    taskState: 'spawning',
    creationDate: world.now(),
    updatedDate: world.now(),
  });
  const volumes = world
    .volumesOf(source.pvmInstanceID)
    .filter(({ shareable }) => !shareable)
    .map(({ volumeID, name: volume, size, bootable }) => ({ volumeID, name: volume, size, bootable }));
  deploy(world, copy, { ...world.get('images', source.imageID, 'image'), volumes }, networks);
  world.work.begin('instance.build', copy.pvmInstanceID);
  return answer(instanceView(world, copy, true), 202);
}

/** Jobs and boots of IBM i: accepted, without effect. */
function operate(call: SimulatedCall, world: World): Answer {
  const one = instanceOf(call, world);
  needed(oneOf(call, 'operationType', ['job', 'boot']), 'operationType');
  if (!objectIn(call.body, 'operation')) throw bad('operation is required');
  if (one.osType !== 'ibmi') throw bad(`pvm-instance ${one.pvmInstanceID} is no IBM i`);
  return done;
}

/** PVM instances: deployment, sizes, power, removal, copies (docs/reference/power.md, 3.2). */
export const instanceRoutes: readonly Route[] = [
  route('GET', '1:/pvm-instances', (_, world) => ({
    status: 200,
    body: { pvmInstances: [...world.instances.values()].map((one) => instanceView(world, one, false)) },
  })),
  route('POST', '1:/pvm-instances', create),
  route('GET', '1:/pvm-instances/{instance}', (call, world) => ({
    status: 200,
    body: instanceView(world, instanceOf(call, world), true),
  })),
  route('PUT', '1:/pvm-instances/{instance}', update),
  route('DELETE', '1:/pvm-instances/{instance}', remove),
  route('POST', '1:/pvm-instances/{instance}/action', act),
  route('POST', '1:/pvm-instances/{instance}/clone', clone),
  route('POST', '1:/pvm-instances/{instance}/operations', operate),
  route('GET', '2:/pvm-instances', (_, world) =>
    answer({ pvmInstances: [...world.instances.values()].map((one) => instanceView2(world, one)) }),
  ),
  ...captureRoutes,
  ...consoleRoutes,
];

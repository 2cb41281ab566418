import type { Answer } from '../router.js';
import type { WorkKind } from '../work.js';
import { objectIn } from '../json.js';
import { bad, conflict, forbidden, missing, unprocessable } from './refusals.js';
import { done, flag, number, objects, param, route, text, texts, type SimulatedCall, type Route } from './routes.js';
import type { Image, Instance } from './types.js';
import { instanceView, networksView } from './views.js';
import type { World } from './world.js';

/** PVM instances: deployment, sizes, power, removal, copies (docs/reference/power.md, 3.2). */
const instance = (call: SimulatedCall, world: World): Instance =>
  world.get('instances', param(call, 'instance'), 'pvm-instance');

function checkName(world: World, name: string): void {
  if (world.instanceNamed(name)) throw conflict(`pvm-instance with name ${name} already exists`);
}

export function idle(one: Instance, ...states: string[]): void {
  if (one.taskState !== '') throw conflict(`pvm-instance ${one.pvmInstanceID} has a task under way: ${one.taskState}`);
  if (!states.includes(one.status))
    throw conflict(`pvm-instance ${one.pvmInstanceID} is in state ${one.status}: ${states.join(' or ')} is needed`);
}

function checkSize(memory: number, processors: number, procType: string, cores: number | undefined): void {
  if (memory < 2) throw bad(`memory ${memory} is less than 2 GiB`);
  if (procType === 'dedicated' ? !Number.isInteger(processors) : !Number.isInteger(processors * 4))
    throw bad(`processors ${processors} is no multiple of ${procType === 'dedicated' ? 1 : 0.25}`);
  if (cores !== undefined && processors > cores && procType !== 'dedicated')
    throw bad(`virtual cores ${cores} are fewer than processors ${processors}`);
}

function create(call: SimulatedCall, world: World): Answer {
  const name = text(call, 'serverName')!;
  const image = world.get('images', text(call, 'imageID')!, 'image');
  if (image.state !== 'active') throw conflict(`image ${image.imageID} is in state ${image.state}`);
  checkName(world, name);
  const [memory, processors, procType] = [
    number(call, 'memory')!,
    number(call, 'processors')!,
    text(call, 'procType')!,
  ];
  const cores = objectIn(call.body, 'virtualCores')?.['assigned'];
  const virtualCores = typeof cores === 'number' ? cores : Math.max(1, Math.ceil(processors));
  checkSize(memory, processors, procType, virtualCores);
  const all = [...world.instances.values()];
  const { limits } = world.settings;
  if (all.length >= limits.instances) throw forbidden(`quota exceeded: ${limits.instances} instances are allowed`);
  if (all.reduce((sum, one) => sum + one.memory, memory) > limits.memory)
    throw forbidden(`quota exceeded: ${limits.memory} GiB of memory are allowed`);
  const sysType = text(call, 'sysType') ?? [...world.collections.systems.values()][0]!.type;
  const host = [...world.collections.systems.values()].find(({ type }) => type === sysType);
  if (!host) throw unprocessable(`system type ${sysType} is not available`);
  const networks = objects(call, 'networks').map(
    ({ networkID }) => world.get('networks', String(networkID), 'network').networkID,
  );
  const tier = text(call, 'storageType') ?? image.storageType;
  const pool = [...world.collections.storagePools.values()].find(({ storageType }) => storageType === tier);
  if (!pool) throw unprocessable(`storage type ${tier} is not available`);

  const one = world.add('instances', {
    pvmInstanceID: world.random.uuid(),
    serverName: name,
    status: 'BUILD',
    taskState: 'spawning',
    health: { status: 'PENDING', reason: '' },
    memory,
    processors,
    procType,
    virtualCores,
    imageID: image.imageID,
    osType: image.osType,
    operatingSystem: image.operatingSystem,
    sysType,
    hostID: host.id,
    pinPolicy: text(call, 'pinPolicy') ?? 'none',
    allowRemoteRestart: flag(call, 'allowRemoteRestart') ?? false,
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
  for (const volume of texts(call, 'volumeIDs') ?? [])
    world
      .get('volumes', volume, 'volume')
      .attachments.push({ pvmInstanceID: one.pvmInstanceID, boot: false, deleteOnTermination: false });
  world.work.begin('instance.build', one.pvmInstanceID);
  return { status: 202, body: [instanceView(world, one, true)] };
}

/** An image's volumes are copied; those that came with the deployment go with the instance. */
function deploy(world: World, one: Instance, image: Image, networks: readonly string[]): void {
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
  for (const networkID of networks) addInterface(world, networkID, '', pvmInstanceID);
}

export function addInterface(world: World, networkID: string, name: string, instanceID: string | null) {
  const { prefix } = world.get('networks', networkID, 'network');
  const taken = new Set([...world.interfaces.values()].map(({ ipAddress }) => ipAddress));
  let last = 10;
  while (taken.has(`${prefix}.${last}`)) last += 1;
  return world.add('interfaces', {
    id: world.random.uuid(),
    networkID,
    name,
    macAddress: world.random.mac(),
    ipAddress: `${prefix}.${last}`,
    instanceID,
  });
}

function update(call: SimulatedCall, world: World): Answer {
  const one = instance(call, world);
  const name = text(call, 'serverName');
  if (name !== undefined && name !== one.serverName) checkName(world, name);
  const resizes = ['memory', 'processors', 'procType', 'virtualCores'].some((key) => key in call.body);
  if (resizes) {
    idle(one, 'ACTIVE', 'SHUTOFF');
    const cores = objectIn(call.body, 'virtualCores')?.['assigned'];
    const size = {
      memory: number(call, 'memory') ?? one.memory,
      processors: number(call, 'processors') ?? one.processors,
      procType: text(call, 'procType') ?? one.procType,
      virtualCores: typeof cores === 'number' ? cores : one.virtualCores,
    };
    checkSize(size.memory, size.processors, size.procType, size.virtualCores);
    if (one.status === 'ACTIVE' && size.memory > one.memory * 2)
      throw unprocessable(`memory ${size.memory} exceeds the maximum ${one.memory * 2} of a running pvm-instance`);
    world.work.begin('instance.resize', one.pvmInstanceID, { size: JSON.stringify(size), back: one.status });
    one.status = 'RESIZE';
  }
  if (name !== undefined) one.serverName = name;
  one.pinPolicy = text(call, 'pinPolicy') ?? one.pinPolicy;
  one.allowRemoteRestart = flag(call, 'allowRemoteRestart') ?? one.allowRemoteRestart;
  return { status: 202, body: { serverName: one.serverName } };
}

function remove(call: SimulatedCall, world: World): Answer {
  const one = instance(call, world);
  if ([...world.snapshots.values()].some(({ pvmInstanceID }) => pvmInstanceID === one.pvmInstanceID))
    throw conflict(`pvm-instance ${one.pvmInstanceID} has snapshots: delete them first`);
  if (one.taskState === 'deleting') return done;
  one.taskState = 'deleting';
  world.work.cancel(one.pvmInstanceID);
  world.work.begin('instance.delete', one.pvmInstanceID, { data: call.query.get('delete_data_volumes') ?? 'false' });
  return done;
}

/** What an action needs, and what it brings about. */
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
  const one = instance(call, world);
  const power = powers[text(call, 'action')!];
  if (!power) return done;
  idle(one, ...power.from);
  one.taskState = power.task;
  one.status = power.between ?? one.status;
  world.work.begin('instance.power', one.pvmInstanceID, { to: power.to });
  return done;
}

function clone(call: SimulatedCall, world: World): Answer {
  const source = instance(call, world);
  idle(source, 'ACTIVE', 'SHUTOFF');
  const name = text(call, 'name')!;
  checkName(world, name);
  const networks = objects(call, 'networks').map(
    ({ networkID }) => world.get('networks', String(networkID), 'network').networkID,
  );
  const copy = world.add('instances', {
    ...source,
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
  return { status: 202, body: instanceView(world, copy, true) };
}

function capture(call: SimulatedCall, world: World): Answer {
  const one = instance(call, world);
  idle(one, 'ACTIVE', 'SHUTOFF');
  const name = text(call, 'captureName')!;
  if ([...world.images.values()].some((image) => image.name === name))
    throw conflict(`image with name ${name} already exists`);
  const job = world.random.uuid();
  world.work.begin('instance.capture', one.pvmInstanceID, { name });
  return { status: 202, body: { id: job, href: `/pcloud/v1/cloud-instances/${world.workspaceID}/jobs/${job}` } };
}

function console(call: SimulatedCall, world: World): Answer {
  const one = instance(call, world);
  idle(one, 'ACTIVE');
  return {
    status: 201,
    body: {
      consoleURL: `https://console.${world.settings.region}.power-iaas.cloud.ibm.com/vnc_auto.html?token=${world.random.hex(32)}`,
    },
  };
}

export const instanceRoutes: readonly Route[] = [
  route('GET', '1:/pvm-instances', (_, world) => ({
    status: 200,
    body: { pvmInstances: [...world.instances.values()].map((one) => instanceView(world, one, false)) },
  })),
  route('POST', '1:/pvm-instances', create),
  route('GET', '1:/pvm-instances/{instance}', (call, world) => ({
    status: 200,
    body: instanceView(world, instance(call, world), true),
  })),
  route('PUT', '1:/pvm-instances/{instance}', update),
  route('DELETE', '1:/pvm-instances/{instance}', remove),
  route('POST', '1:/pvm-instances/{instance}/action', act),
  route('POST', '1:/pvm-instances/{instance}/clone', clone),
  route('POST', '2:/pvm-instances/{instance}/capture', capture),
  route('POST', '1:/pvm-instances/{instance}/console', console),
  route('GET', '1:/pvm-instances/{instance}/networks', (call, world) => ({
    status: 200,
    body: { networks: networksView(world, instance(call, world).pvmInstanceID) },
  })),
];

function failed(world: World, { id }: { id: string }, message: string): void {
  const one = world.instances.get(id);
  if (one)
    Object.assign(one, {
      status: 'ERROR',
      taskState: '',
      health: { status: 'CRITICAL', reason: message },
      fault: { code: 500, message, details: '' },
    });
}

const settle = (world: World, id: string, change: Partial<Instance>): void => {
  const one = world.instances.get(id);
  if (one) Object.assign(one, { taskState: '', updatedDate: world.now() }, change);
};

function removed(world: World, id: string, withData: boolean): void {
  for (const volume of world.volumesOf(id)) {
    const mine = volume.attachments.find(({ pvmInstanceID }) => pvmInstanceID === id)!;
    volume.attachments = volume.attachments.filter((one) => one !== mine);
    if (volume.attachments.length > 0) continue;
    if (mine.deleteOnTermination || withData) world.volumes.delete(volume.volumeID);
    else volume.state = 'available';
  }
  for (const one of [...world.interfaces.values()]) if (one.instanceID === id) world.interfaces.delete(one.id);
  for (const one of [...world.vpmemVolumes.values()]) if (one.pvmInstanceID === id) world.vpmemVolumes.delete(one.uuid);
  world.instances.delete(id);
}

function captured(world: World, id: string, name: string): void {
  const one = world.instances.get(id);
  if (!one) throw missing('pvm-instance', id);
  const volumes = world.volumesOf(id).map((volume) => ({
    volumeID: world.random.uuid(),
    name: volume.name,
    size: volume.size,
    bootable: volume.bootable,
  }));
  world.add('images', {
    imageID: world.random.uuid(),
    name,
    creationDate: world.now(),
    storageType: one.storageType,
    storagePool: one.storagePool,
    osType: one.osType,
    operatingSystem: one.operatingSystem,
    volumes,
  });
}

export const instanceWork: Readonly<Record<string, WorkKind<World>>> = {
  'instance.build': {
    seconds: 20,
    done: (world, { id }) => settle(world, id, { status: 'ACTIVE', health: { status: 'OK', reason: '' } }),
    failed,
  },
  'instance.power': { seconds: 5, done: (world, { id, args }) => settle(world, id, { status: args['to']! }), failed },
  'instance.resize': {
    seconds: 8,
    done: (world, { id, args }) =>
      settle(world, id, { ...(JSON.parse(args['size']!) as Partial<Instance>), status: args['back']! }),
    failed,
  },
  'instance.delete': { seconds: 6, done: (world, { id, args }) => removed(world, id, args['data'] === 'true'), failed },
  'instance.capture': {
    seconds: 15,
    done: (world, { id, args }) => captured(world, id, args['name']!),
    failed: () => undefined,
  },
};

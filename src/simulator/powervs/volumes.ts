import type { Answer } from '../router.js';
import type { WorkKind } from '../work.js';
import { idle } from './idle.js';
import { bad, conflict, forbidden, missing, unprocessable } from './refusals.js';
import {
  answer,
  begun,
  done,
  flag,
  instanceOf,
  needed,
  number,
  param,
  route,
  text,
  texts,
  type Route,
  type SimulatedCall,
} from './routes.js';
import type { Instance, Volume } from './types.js';
import { volumeReference, volumeView } from './views.js';
import type { World } from './world.js';

/** Volumes: their states, and what a snapshot forbids (docs/reference/power.md, 3.2). */
const MOST = 127;

const volume = (call: SimulatedCall, world: World): Volume => world.get('volumes', param(call, 'volume'), 'volume');

export function checkVolumeName(world: World, name: string): void {
  if ([...world.volumes.values()].some((one) => one.name === name))
    throw conflict(`volume with name ${name} already exists`);
}

/** `size`: what is to be added, GiB. */
export function checkQuota(world: World, size: number): void {
  const used = [...world.volumes.values()].reduce((sum, one) => sum + one.size, size);
  if (used > world.settings.limits.storage)
    throw forbidden(`quota exceeded: ${world.settings.limits.storage} GiB of storage are allowed`);
}

function poolOf(world: World, call: SimulatedCall): { diskType: string; volumePool: string } {
  const near =
    text(call, 'affinityPolicy') === 'affinity'
      ? world.get('instances', text(call, 'affinityPVMInstance') ?? '', 'pvm-instance')
      : undefined;
  const diskType = text(call, 'diskType') ?? near?.storageType ?? 'tier3';
  const pool = [...world.collections.storagePools.values()].find(({ poolName, storageType }) =>
    near ? poolName === near.storagePool : storageType === diskType,
  );
  if (!pool) throw bad(`storage type ${diskType} does not exist`);
  if (pool.availableCapacity < needed(number(call, 'size'), 'size'))
    throw unprocessable(`not enough capacity in storage pool ${pool.poolName}`);
  return { diskType, volumePool: pool.poolName };
}

export function createVolume(call: SimulatedCall, world: World): Volume {
  const [name, size] = [needed(text(call, 'name'), 'name'), needed(number(call, 'size'), 'size')];
  checkVolumeName(world, name);
  checkQuota(world, size);
  const one = world.add('volumes', {
    volumeID: world.random.uuid(),
    name,
    size: Math.ceil(size),
    state: 'creating',
    shareable: flag(call, 'shareable') ?? false,
    creationDate: world.now(),
    ...poolOf(world, call),
  });
  world.work.begin('volume.create', one.volumeID);
  return one;
}

function update(call: SimulatedCall, world: World): Answer {
  const one = volume(call, world);
  const [name, size, shareable, bootable] = [
    text(call, 'name'),
    number(call, 'size'),
    flag(call, 'shareable'),
    flag(call, 'bootable'),
  ];
  const held = world.inSnapshot(one.volumeID);
  if (held && (size ?? shareable ?? bootable) !== undefined)
    throw conflict(`volume ${one.volumeID} is part of a snapshot: only its name can change`);
  if (world.isBeingCloned(one.volumeID) && (size ?? shareable ?? bootable) !== undefined)
    throw conflict(`volume ${one.volumeID} is being cloned: only its name can change`);
  if (size !== undefined && size < one.size) throw bad(`new size ${size} is smaller than the current size ${one.size}`);
  if (!['available', 'in-use'].includes(one.state)) throw conflict(`volume ${one.volumeID} is in state ${one.state}`);
  if (name !== undefined && name !== one.name) checkVolumeName(world, name);
  one.name = name ?? one.name;
  one.shareable = shareable ?? one.shareable;
  one.bootable = bootable ?? one.bootable;
  if (size !== undefined && size > one.size)
    begin(world, one, 'volume.extend', 'extending', { size: String(Math.ceil(size)) });
  return answer(volumeView(world, one));
}

function begin(world: World, one: Volume, kind: string, state: string, args: Record<string, string> = {}): void {
  world.work.begin(kind, one.volumeID, { ...args, back: one.state });
  one.state = state;
}

export function removeVolume(world: World, one: Volume): void {
  if (one.attachments.length > 0) throw conflict(`volume ${one.volumeID} is attached`);
  if (world.inSnapshot(one.volumeID)) throw conflict(`volume ${one.volumeID} is part of a snapshot`);
  if (world.isBeingCloned(one.volumeID)) throw conflict(`volume ${one.volumeID} is being cloned`);
  if (!['available', 'error'].includes(one.state)) throw conflict(`volume ${one.volumeID} is in state ${one.state}`);
  begin(world, one, 'volume.delete', 'deleting');
}

function act(call: SimulatedCall, world: World): Answer {
  const one = volume(call, world);
  const tier = text(call, 'targetStorageTier');
  if (tier === undefined) throw bad('targetStorageTier: volumes are not replicated here');
  if (!world.collections.tiers.has(tier)) throw bad(`storage tier ${tier} does not exist`);
  if (!['available', 'in-use'].includes(one.state)) throw conflict(`volume ${one.volumeID} is in state ${one.state}`);
  begin(world, one, 'volume.retype', 'retyping', { tier });
  return begun;
}

/** Throws PowerVS' refusal of a volume that cannot be attached to the instance. */
function attachable(world: World, vm: Instance, one: Volume): void {
  idle(vm, 'ACTIVE', 'SHUTOFF');
  if (one.attachments.some(({ pvmInstanceID }) => pvmInstanceID === vm.pvmInstanceID))
    throw conflict(`volume ${one.volumeID} is already attached to pvm-instance ${vm.pvmInstanceID}`);
  if (one.state !== 'available' && !(one.state === 'in-use' && one.shareable))
    throw conflict(`volume ${one.volumeID} is in state ${one.state}: it cannot be attached`);
  if (vm.storagePoolAffinity && one.volumePool !== vm.storagePool)
    throw bad(
      `volume ${one.volumeID} is in storage pool ${one.volumePool}, pvm-instance ${vm.pvmInstanceID} in ` +
        `${vm.storagePool}`,
    );
  if (world.volumesOf(vm.pvmInstanceID).length >= MOST)
    throw bad(`pvm-instance ${vm.pvmInstanceID} has the maximum number of ${MOST} volumes`);
}

function join(world: World, vm: Instance, one: Volume, boot: boolean): void {
  one.state = 'attaching';
  world.work.begin('volume.attach', one.volumeID, { instance: vm.pvmInstanceID, boot: String(boot) });
}

function attach(call: SimulatedCall, world: World): Answer {
  const [vm, one] = [instanceOf(call, world), volume(call, world)];
  attachable(world, vm, one);
  join(world, vm, one, false);
  return done;
}

/** All of them, or none. */
function attachSeveral(call: SimulatedCall, world: World): Answer {
  const vm = instanceOf(call, world);
  const ids = new Set(needed(texts(call, 'volumeIDs'), 'volumeIDs'));
  const chosen = [...ids].map((id) => world.get('volumes', id, 'volume'));
  for (const one of chosen) attachable(world, vm, one);
  for (const one of chosen) join(world, vm, one, one.volumeID === text(call, 'bootVolumeID'));
  return { status: 202, body: { summary: 'attach accepted' } };
}

/** The tie of a volume and an instance. Throws PowerVS' 409 for none. */
function tie(vm: Instance, one: Volume): Volume['attachments'][number] {
  const mine = one.attachments.find(({ pvmInstanceID }) => pvmInstanceID === vm.pvmInstanceID);
  if (!mine) throw conflict(`volume ${one.volumeID} is not attached to pvm-instance ${vm.pvmInstanceID}`);
  return mine;
}

/** Throws PowerVS' refusal of a volume that cannot be detached from the instance. */
function detachable(world: World, vm: Instance, one: Volume): void {
  const mine = tie(vm, one);
  idle(vm, ...(mine.boot ? ['SHUTOFF'] : ['ACTIVE', 'SHUTOFF']));
  if (world.inSnapshot(one.volumeID))
    throw conflict(`volume ${one.volumeID} is part of a snapshot: it cannot be detached`);
  if (one.state !== 'in-use') throw conflict(`volume ${one.volumeID} is in state ${one.state}`);
}

/** All of them, or none. */
export function detachVolumes(world: World, vm: Instance, chosen: readonly Volume[]): void {
  for (const one of chosen) detachable(world, vm, one);
  for (const one of chosen) {
    one.state = 'detaching';
    world.work.begin('volume.detach', one.volumeID, { instance: vm.pvmInstanceID });
  }
}

function keep(call: SimulatedCall, world: World): Answer {
  tie(instanceOf(call, world), volume(call, world)).deleteOnTermination = needed(
    flag(call, 'deleteOnTermination'),
    'deleteOnTermination',
  );
  return done;
}

/** The primary boot volume of an instance that is down. */
function setBoot(call: SimulatedCall, world: World): Answer {
  const [vm, one] = [instanceOf(call, world), volume(call, world)];
  const mine = tie(vm, one);
  if (!one.bootable) throw bad(`volume ${one.volumeID} is not bootable`);
  idle(vm, 'SHUTOFF');
  for (const { attachments } of world.volumesOf(vm.pvmInstanceID))
    for (const other of attachments) if (other.pvmInstanceID === vm.pvmInstanceID) other.boot = other === mine;
  return done;
}

export const volumeRoutes: readonly Route[] = [
  route('GET', '1:/volumes', (_, world) => ({
    status: 200,
    body: { volumes: [...world.volumes.values()].map((one) => volumeReference(world, one)) },
  })),
  route('POST', '1:/volumes', (call, world) => answer(volumeView(world, createVolume(call, world)), 202)),
  route('GET', '1:/volumes/{volume}', (call, world) => ({ status: 200, body: volumeView(world, volume(call, world)) })),
  route('PUT', '1:/volumes/{volume}', update),
  route('DELETE', '1:/volumes/{volume}', (call, world) => {
    removeVolume(world, volume(call, world));
    return done;
  }),
  route('POST', '1:/volumes/{volume}/action', act),
  route('GET', '1:/pvm-instances/{instance}/volumes', (call, world) => {
    const { pvmInstanceID } = instanceOf(call, world);
    return {
      status: 200,
      body: { volumes: world.volumesOf(pvmInstanceID).map((one) => volumeReference(world, one, pvmInstanceID)) },
    };
  }),
  route('POST', '2:/pvm-instances/{instance}/volumes', attachSeveral),
  route('POST', '1:/pvm-instances/{instance}/volumes/{volume}', attach),
  route('PUT', '1:/pvm-instances/{instance}/volumes/{volume}', keep),
  route('DELETE', '1:/pvm-instances/{instance}/volumes/{volume}', (call, world) => {
    detachVolumes(world, instanceOf(call, world), [volume(call, world)]);
    return begun;
  }),
  route('GET', '1:/pvm-instances/{instance}/volumes/{volume}', (call, world) => {
    const [vm, one] = [instanceOf(call, world), volume(call, world)];
    if (!one.attachments.some(({ pvmInstanceID }) => pvmInstanceID === vm.pvmInstanceID))
      throw missing(`volume of pvm-instance ${vm.pvmInstanceID}`, one.volumeID);
    return answer(volumeView(world, one, vm.pvmInstanceID));
  }),
  route('PUT', '1:/pvm-instances/{instance}/volumes/{volume}/setboot', setBoot),
  // A flash copy exists while a clone is made; here it is complete at once
  route('GET', '1:/volumes/{volume}/flash-copy-mappings', (call, world) => {
    volume(call, world);
    return answer([]);
  }),
];

const settle = (world: World, id: string, change: (one: Volume) => Partial<Volume>): void => {
  const one = world.volumes.get(id);
  if (one) Object.assign(one, change(one));
};

const stateOf = ({ attachments }: Volume): string => (attachments.length > 0 ? 'in-use' : 'available');
const inError: WorkKind<World>['failed'] = (world, { id }) => settle(world, id, () => ({ state: 'error' }));
const asBefore: WorkKind<World>['failed'] = (world, { id }) => settle(world, id, (one) => ({ state: stateOf(one) }));

export const volumeWork: Readonly<Record<string, WorkKind<World>>> = {
  'volume.create': {
    seconds: 4,
    done: (world, { id }) => settle(world, id, () => ({ state: 'available' })),
    failed: inError,
  },
  'volume.extend': {
    seconds: 4,
    done: (world, { id, args }) => settle(world, id, (one) => ({ state: stateOf(one), size: Number(args['size']) })),
    failed: asBefore,
  },
  'volume.retype': {
    seconds: 6,
    done: (world, { id, args }) =>
      settle(world, id, (one) => ({ state: stateOf(one), diskType: needed(args['tier'], 'tier') })),
    failed: asBefore,
  },
  'volume.delete': {
    seconds: 3,
    done: (world, { id }) => {
      world.volumes.delete(id);
    },
    failed: inError,
  },
  'volume.attach': {
    seconds: 3,
    failed: asBefore,
    done: (world, { id, args }) =>
      settle(world, id, (one) => ({
        state: 'in-use',
        bootable: one.bootable || args['boot'] === 'true',
        attachments: [
          ...one.attachments,
          {
            pvmInstanceID: needed(args['instance'], 'instance'),
            boot: args['boot'] === 'true',
            deleteOnTermination: false,
          },
        ],
      })),
  },
  'volume.detach': {
    seconds: 3,
    failed: asBefore,
    done: (world, { id, args }) =>
      settle(world, id, (one) => {
        const attachments = one.attachments.filter(({ pvmInstanceID }) => pvmInstanceID !== args['instance']);
        return { attachments, state: attachments.length > 0 ? 'in-use' : 'available' };
      }),
  },
};

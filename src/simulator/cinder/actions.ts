import { isObject, textIn, truthy, type JsonObject } from '../json.js';
import { Refusal, refuse } from '../refusal.js';
import { accepted, noContent, type Answer, type SimulatedCall } from '../router.js';
import { addAction } from '../world/server-actions.js';
import type { Task, Volume } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import { fails, rest, touch } from './attach.js';
import { findVolume } from './find.js';
import { imageMetadataActions } from './image-metadata.js';
import { reimage } from './reimage.js';
import { checkQuota, checkCapacity, isShared, providerFor, take, typeFor } from './storage.js';
import { uploadImage } from './upload.js';
import { useActions } from './use.js';

type Action = (call: SimulatedCall, world: World, volume: Volume, args: JsonObject) => Answer;

function newSize(args: JsonObject, volume: Volume): number {
  const size = Number(args.new_size);
  if (!Number.isInteger(size))
    throw refuse.bad(`Invalid input for field/attribute new_size. Value: ${String(args.new_size)}.`);
  if (size <= volume.size)
    throw refuse.bad(
      'Invalid input received: New size for extend must be greater than current size. (current: ' +
        `${volume.size}, extended: ${size}).`,
    );
  return size;
}

function beginExtend(call: SimulatedCall, world: World, volume: Volume, size: number): void {
  checkQuota(world, volume.project_id, size - volume.size, 0);
  volume.status = 'extending';
  touch(world, volume);
  world.work.begin('volume.extend', volume.id, {
    size: String(size),
    request: call.requestId,
    user: call.token.userId,
  });
}

/** Cinder's own: an attached volume only since 3.42 (recorded: 399, 400). */
function osExtend(call: SimulatedCall, world: World, volume: Volume, args: JsonObject): Answer {
  const size = newSize(args, volume);
  if (volume.status !== 'available' && !(volume.status === 'in-use' && call.version >= 42)) {
    throw refuse.bad(
      `Invalid volume: Volume ${volume.id} status must be '{'status': 'available'}' to extend, ` +
        `currently ${volume.status}.`,
    );
  }
  beginExtend(call, world, volume, size);
  return accepted();
}

/**
 * PowerVC's: attached and running too, 204; not while FlashCopy mappings exist, not beyond the pool
 * (docs/reference/power.md, 1.5).
 */
function ibmExtend(call: SimulatedCall, world: World, volume: Volume, args: JsonObject): Answer {
  const size = newSize(args, volume);
  if (volume.status !== 'available' && volume.status !== 'in-use')
    throw refuse.bad(
      `Invalid volume: Volume ${volume.id} status must be available or in-use to extend, currently ${volume.status}.`,
    );
  if ([...world.snapshots.values()].some(({ volume_id, status }) => volume_id === volume.id && status === 'creating'))
    throw refuse.conflict(`Volume ${volume.id} cannot be extended while a FlashCopy mapping exists.`);
  checkCapacity(world, volume, size - volume.size);
  beginExtend(call, world, volume, size);
  return noContent;
}

function retype(_: SimulatedCall, world: World, volume: Volume, args: JsonObject): Answer {
  const type = typeFor(world, textIn(args, 'new_type') ?? '');
  if (volume.status !== 'available' && volume.status !== 'in-use')
    throw refuse.bad(
      `Invalid volume: Volume status must be 'available' or 'in-use' to retype, ` +
        `but the current status is ${volume.status}.`,
    );
  if (type === undefined || type.name === volume.volume_type)
    throw refuse.bad('Invalid volume_type passed: New volume_type same as original: ' + (type?.id ?? '') + '.');
  const target = providerFor(world, type);
  if (target?.storage_hostname !== volume.storage_hostname && args.migration_policy === 'never')
    throw refuse.bad('Retype requires migration but is not allowed.');
  volume.status = 'retyping';
  touch(world, volume);
  world.work.begin('volume.retype', volume.id, { type: type.id });
  return accepted();
}

function setReadOnly(_: SimulatedCall, world: World, volume: Volume, args: JsonObject): Answer {
  if (volume.status !== 'available' && volume.status !== 'in-use')
    throw refuse.bad(
      `Invalid volume: Volume ${volume.id} status must be available to update readonly flag, ` +
        `but current status is: ${volume.status}.`,
    );
  volume.metadata = { ...volume.metadata, readonly: truthy(args.readonly) ? 'True' : 'False' };
  touch(world, volume);
  return accepted();
}

function setBootable(_: SimulatedCall, world: World, volume: Volume, args: JsonObject): Answer {
  volume.bootable = truthy(args.bootable);
  touch(world, volume);
  return { status: 200 };
}

function resetStatus(call: SimulatedCall, world: World, volume: Volume, args: JsonObject): Answer {
  if (!call.token.roles.includes('admin'))
    throw refuse.forbidden("Policy doesn't allow volume_extension:volume_admin_actions:reset_status to be performed.");
  volume.status = textIn(args, 'status') ?? volume.status;
  touch(world, volume);
  return accepted();
}

/** Reverts to the latest snapshot, which is determined by whole seconds (3.40; recorded: 364 to 366, 408, 409). */
function revert(call: SimulatedCall, world: World, volume: Volume, args: JsonObject): Answer {
  if (call.version < 40) throw new Refusal(404, 'The resource could not be found.');
  const id = textIn(args, 'snapshot_id') ?? '';
  const own = [...world.snapshots.values()].filter(({ volume_id }) => volume_id === volume.id);
  const requested = own.find((snapshot) => snapshot.id === id);
  const seconds = (created: string): string => created.slice(0, 19);
  if (requested === undefined || own.some(({ created_at }) => seconds(created_at) > seconds(requested.created_at)))
    throw refuse.bad(`Specified snapshot ${id} is None or not the latest one of volume ${volume.id}.`);
  if (volume.status !== 'available')
    throw refuse.conflict(
      `Invalid volume: Can't revert volume ${volume.id} to its latest snapshot ${id}. ` +
        `Volume's status must be 'available'.`,
    );
  if (requested.status !== 'available')
    throw refuse.bad(
      `Invalid snapshot: Can't revert volume ${volume.id} to its latest snapshot ${id}. ` +
        `Snapshot's status must be 'available'.`,
    );
  volume.status = 'reverting';
  requested.status = 'restoring';
  touch(world, volume);
  world.work.begin('volume.revert', volume.id, { snapshot: id });
  return accepted();
}

const actions: Readonly<Record<string, Action>> = {
  revert,
  'os-extend': osExtend,
  'ibm-extend': ibmExtend,
  'os-retype': retype,
  'os-update_readonly_flag': setReadOnly,
  'os-set_bootable': setBootable,
  'os-reset_status': resetStatus,
  'os-volume_upload_image': uploadImage,
  'os-reimage': reimage,
  ...imageMetadataActions,
  ...useActions,
};

/** `POST /volumes/{volume}/action`: the body's only key names the action. */
export function volumeAction(call: SimulatedCall, world: World): Answer {
  const volume = findVolume(call, world);
  const [name = '', args] = Object.entries(isObject(call.body) ? call.body : {})[0] ?? [];
  const action =
    Object.hasOwn(actions, name) && (name !== 'ibm-extend' || world.settings.cloud === 'powervc')
      ? actions[name]
      : undefined;
  if (action === undefined) throw refuse.bad(`There is no such action: ${name}`);
  return action(call, world, volume, isObject(args) ? args : {});
}

/** Cinder tells Nova of the new size of an attached volume, which becomes an action of its server. */
function tellServers(world: World, volume: Volume, { request = '', user = '' }: Task['args']): void {
  for (const { server_id } of volume.attachments) {
    const server = world.servers.get(server_id);
    if (server !== undefined)
      addAction(world, server, { action: 'extend_volume', request_id: request, user_id: user, finished: true });
  }
}

/** The snapshot is available again, whether or not its volume was reverted. */
function reverted(world: World, { args }: Task): void {
  const snapshot = world.snapshots.get(args.snapshot ?? '');
  if (snapshot?.status === 'restoring') snapshot.status = 'available';
}

const failsReverting = fails(() => 'error');

export const actionWork: Readonly<Record<string, WorkKind<World>>> = {
  'volume.extend': {
    seconds: 3,
    done(world, { id, args }) {
      const volume = world.volumes.get(id);
      if (volume?.status !== 'extending') return;
      take(world, volume.storage_hostname, Number(args.size) - volume.size);
      volume.size = Number(args.size);
      volume.status = rest(volume);
      touch(world, volume);
      tellServers(world, volume, args);
    },
    failed: fails(() => 'error_extending'),
  },
  'volume.revert': {
    seconds: 5,
    // An attached volume was set available for it, and stays so until somebody sets it back
    done(world, task) {
      reverted(world, task);
      const volume = world.volumes.get(task.id);
      if (volume?.status === 'reverting') {
        volume.status = 'available';
        touch(world, volume);
      }
    },
    failed(world, task, message) {
      reverted(world, task);
      failsReverting(world, task, message);
    },
  },
  'volume.retype': {
    seconds: 20,
    done(world, { id, args }) {
      const volume = world.volumes.get(id);
      const type = world.volumeTypes.get(args.type ?? '');
      if (volume?.status !== 'retyping' || type === undefined) return;
      take(world, volume.storage_hostname, -volume.size);
      volume.storage_hostname = providerFor(world, type)?.storage_hostname ?? volume.storage_hostname;
      take(world, volume.storage_hostname, volume.size);
      volume.volume_type = type.name;
      volume.multiattach = volume.multiattach || isShared(type);
      volume.status = rest(volume);
      touch(world, volume);
    },
    failed: fails(rest),
  },
};

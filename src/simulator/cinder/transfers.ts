import { naive } from '../clock.js';
import { objectIn, textIn, truthy, type JsonObject } from '../json.js';
import { newestFirst } from '../paging.js';
import { refuse } from '../refusal.js';
import { accepted, ok, type Answer, type SimulatedCall } from '../router.js';
import type { VolumeTransfer } from '../world/types.js';
import type { World } from '../world/world.js';
import { touch } from './attach.js';
import { findVolume } from './find.js';
import { checkQuota } from './storage.js';

const summary = (call: SimulatedCall, { id, name, volume_id }: VolumeTransfer): JsonObject => ({
  id,
  name,
  volume_id,
  links: [
    { rel: 'self', href: `${call.endpoint}/volume-transfers/${id}` },
    { rel: 'bookmark', href: `${call.endpoint.replace('/v3', '')}/volume-transfers/${id}` },
  ],
});

/** Since 3.55 with its snapshots, since 3.57 with the projects. */
const body = (call: SimulatedCall, transfer: VolumeTransfer): JsonObject => ({
  ...summary(call, transfer),
  created_at: naive(transfer.created_at),
  ...(call.version >= 55 ? { no_snapshots: transfer.no_snapshots } : {}),
  ...(call.version >= 57
    ? {
        source_project_id: transfer.project_id,
        destination_project_id: transfer.destination,
        accepted: transfer.destination !== null,
      }
    : {}),
});

const own = (call: SimulatedCall, world: World): VolumeTransfer[] =>
  [...world.transfers.values()]
    .filter(
      ({ project_id, destination }) =>
        destination === null && (project_id === call.token.projectId || call.token.roles.includes('admin')),
    )
    .sort(newestFirst(({ created_at }) => created_at));

/** One that anybody who knows its key may accept. Throws Cinder's 404. */
function find(call: SimulatedCall, world: World): VolumeTransfer {
  const id = call.params.transfer ?? '';
  const transfer = world.transfers.get(id);
  if (transfer === undefined || transfer.destination !== null) throw refuse.notFound('Transfer', id);
  return transfer;
}

function mine(call: SimulatedCall, world: World): VolumeTransfer {
  const transfer = find(call, world);
  if (transfer.project_id !== call.token.projectId && !call.token.roles.includes('admin'))
    throw refuse.notFound('Transfer', transfer.id);
  return transfer;
}

function create(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'transfer');
  const volumeId = textIn(requested, 'volume_id');
  if (requested === undefined || volumeId === undefined)
    throw refuse.bad("Invalid input for field/attribute transfer. 'volume_id' is a required property");
  const volume = findVolume(call, world, volumeId);
  if (volume.status !== 'available') throw refuse.bad('Invalid volume: status must be available');
  const transfer = world.add('transfers', {
    id: world.random.uuid(),
    name: textIn(requested, 'name') ?? null,
    volume_id: volume.id,
    project_id: call.token.projectId,
    auth_key: world.random.hex(16),
    no_snapshots: truthy(requested.no_snapshots),
    created_at: world.clock.stamp(),
  });
  volume.status = 'awaiting-transfer';
  touch(world, volume);
  return accepted({ transfer: { ...body(call, transfer), auth_key: transfer.auth_key } });
}

/** The volume, and its snapshots with it, become the caller's. */
function accept(call: SimulatedCall, world: World): Answer {
  const transfer = find(call, world);
  if (textIn(objectIn(call.body, 'accept'), 'auth_key') !== transfer.auth_key)
    throw refuse.bad(`Invalid auth key: Attempt to transfer ${transfer.id} with invalid auth key.`);
  const volume = world.volumes.get(transfer.volume_id);
  if (volume === undefined) throw refuse.notFound('Volume', transfer.volume_id);
  checkQuota(world, call.token.projectId, volume.size);
  Object.assign(volume, { project_id: call.token.projectId, user_id: call.token.userId, status: 'available' });
  if (!transfer.no_snapshots)
    for (const snapshot of world.snapshots.values())
      if (snapshot.volume_id === volume.id) snapshot.project_id = call.token.projectId;
  touch(world, volume);
  transfer.destination = call.token.projectId;
  return accepted({ transfer: summary(call, transfer) });
}

function remove(call: SimulatedCall, world: World): Answer {
  const transfer = mine(call, world);
  const volume = world.volumes.get(transfer.volume_id);
  if (volume?.status === 'awaiting-transfer') {
    volume.status = 'available';
    touch(world, volume);
  }
  world.transfers.delete(transfer.id);
  return accepted();
}

/** Volumes on their way from one project to another: `os-volume-transfer`, since 3.55 `volume-transfers`. */
export const transfers = {
  list: (call: SimulatedCall, world: World): Answer =>
    ok({ transfers: own(call, world).map((one) => summary(call, one)) }),
  detail: (call: SimulatedCall, world: World): Answer =>
    ok({ transfers: own(call, world).map((one) => body(call, one)) }),
  get: (call: SimulatedCall, world: World): Answer => ok({ transfer: body(call, mine(call, world)) }),
  create,
  accept,
  remove,
};

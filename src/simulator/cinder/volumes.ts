import { isObject, objectIn, pythonDict, textIn, truthy, type JsonObject } from '../json.js';
import { newestFirst, nextLink, page, sorted } from '../paging.js';
import { refuse } from '../refusal.js';
import { accepted, ok, type Answer, type SimulatedCall } from '../router.js';
import type { Volume } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import { touch } from './attach.js';
import { makeVolume } from './create.js';
import { findVolume, listed } from './find.js';
import { imageVolume } from './image-volumes.js';
import { checkMetadata } from './metadata.js';
import { take } from './storage.js';
import { beginSnapshotDelete } from './snapshots.js';
import { volumeBody, volumeDetail, volumeSummary } from './view.js';

/** What a query requests of volumes. Its text is read once, not for each volume. */
const FILTERS: Readonly<Record<string, (requested: string) => (volume: Volume) => boolean>> = {
  name: (requested) => (volume) => volume.name === requested,
  status: (requested) => (volume) => volume.status === requested,
  id: (requested) => (volume) => volume.id === requested,
  bootable: (requested) => (volume) => volume.bootable === truthy(requested),
  project_id: (requested) => (volume) => volume.project_id === requested,
  group_id: (requested) => (volume) => volume.group_id === requested,
  volume_type: (requested) => (volume) => volume.volume_type === requested,
  metadata(requested) {
    const items = Object.entries(pythonDict(requested) ?? {});
    return ({ metadata }) => items.every(([key, value]) => metadata[key] === value);
  },
};

function list(view: (call: SimulatedCall, world: World, volume: Volume) => JsonObject) {
  return function listVolumes(call: SimulatedCall, world: World): Answer {
    const filters = [...call.query].flatMap(([key, requested]) => FILTERS[key]?.(requested) ?? []);
    const fits = (volume: Volume): boolean => filters.every((filter) => filter(volume));
    const all = sorted(
      [...world.volumes.values()].filter((volume) => listed(call, volume) && fits(volume)),
      call.query,
      (volume, key) => (volume as unknown as JsonObject)[key === 'display_name' ? 'name' : key],
      newestFirst((volume) => volume.created_at),
    );
    const paging = {
      id: ({ id }: Volume) => id,
      max: world.settings.pageLimit,
      offset: true,
      badMarker: (marker: string) => refuse.notFound('Volume', marker),
    };
    const found = page(all, call.query, paging);
    return ok({
      volumes: found.items.map((volume) => view(call, world, volume)),
      ...nextLink(call, 'volumes', found, paging),
    });
  };
}

const DELETABLE = new Set([
  'available',
  'error',
  'error_restoring',
  'error_extending',
  'error_managing',
  'error_deleting',
]);
const NOT_DELETABLE =
  'Invalid volume: Volume status must be available or error or error_restoring or error_extending or ' +
  'error_managing and must not be migrating, attached, belong to a group, ' +
  'have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer.';

export const hasSnapshots = (world: World, volumeId: string): boolean =>
  [...world.snapshots.values()].some(({ volume_id }) => volume_id === volumeId);

/** Begins to delete a volume that may be deleted. */
export function beginDelete(world: World, volume: Volume): void {
  volume.status = 'deleting';
  touch(world, volume);
  world.work.begin('volume.delete', volume.id);
}

export const volumes = {
  list: list((call, _, volume) => volumeSummary(call, volume)),

  detail: list(volumeDetail),

  get: (call: SimulatedCall, world: World): Answer => {
    const ofImage = imageVolume(world, call.params.volume ?? '');
    return ok({ volume: volumeDetail(call, world, ofImage ?? findVolume(call, world)) });
  },

  create: (call: SimulatedCall, world: World): Answer => {
    const requested = objectIn(call.body, 'volume');
    if (requested === undefined) throw refuse.bad("Missing required element 'volume' in request body.");
    return accepted({
      volume: volumeBody(call, world, makeVolume(world, call.token.projectId, call.token.userId, requested)),
    });
  },

  update: (call: SimulatedCall, world: World): Answer => {
    const volume = findVolume(call, world);
    const requested = objectIn(call.body, 'volume');
    if (requested === undefined) throw refuse.bad("Missing required element 'volume' in request body.");
    const { multiattach } = requested;
    if (multiattach !== undefined) {
      if (!truthy(multiattach) && volume.attachments.length > 1)
        throw refuse.bad(
          `Invalid volume: Volume ${volume.id} is attached to more than one virtual machine and cannot be ` +
            'changed to not shareable.',
        );
      volume.multiattach = truthy(multiattach);
    }
    volume.name = textIn(requested, 'name') ?? textIn(requested, 'display_name') ?? volume.name;
    volume.description =
      textIn(requested, 'description') ?? textIn(requested, 'display_description') ?? volume.description;
    if (isObject(requested.metadata)) volume.metadata = checkMetadata(requested.metadata);
    touch(world, volume);
    return ok({ volume: volumeBody(call, world, volume) });
  },

  summary: (call: SimulatedCall, world: World): Answer => {
    if (call.version < 12) throw refuse.unknown();
    const own = [...world.volumes.values()].filter((volume) => listed(call, volume));
    const total_size = own.reduce((sum, { size }) => sum + size, 0);
    const metadata = Object.fromEntries(
      [...new Set(own.flatMap((volume) => Object.keys(volume.metadata)))].map((key) => [
        key,
        [...new Set(own.flatMap((volume) => volume.metadata[key] ?? []))],
      ]),
    );
    return ok({
      'volume-summary': { total_count: own.length, total_size, ...(call.version >= 36 ? { metadata } : {}) },
    });
  },

  remove: (call: SimulatedCall, world: World): Answer => {
    const volume = findVolume(call, world);
    if (truthy(call.query.get('cascade'))) removeSnapshots(world, volume);
    removeVolume(world, volume, false, truthy(call.query.get('cascade')));
    return accepted();
  },
};

/** With `cascade` they go along. Throws Cinder's 400 for one that cannot. */
function removeSnapshots(world: World, { id }: Volume): void {
  const own = [...world.snapshots.values()].filter(({ volume_id }) => volume_id === id);
  if (own.some(({ status, group_snapshot_id }) => !/^(available|error)/.test(status) || group_snapshot_id !== null))
    throw refuse.bad(NOT_DELETABLE);
  for (const snapshot of own) beginSnapshotDelete(world, snapshot);
}

/** Throws Cinder's 400 for a volume that is in use. `force`: in any state; `cascade`: its snapshots are going, too. */
export function removeVolume(world: World, volume: Volume, force = false, cascade = false): void {
  if (volume.status === 'deleting') return;
  if (
    !(force || DELETABLE.has(volume.status)) ||
    volume.attachments.length > 0 ||
    (hasSnapshots(world, volume.id) && !cascade) ||
    volume.group_id !== null
  )
    throw refuse.bad(NOT_DELETABLE);
  beginDelete(world, volume);
}

export const volumeWork: Readonly<Record<string, WorkKind<World>>> = {
  'volume.delete': {
    seconds: 2,
    done(world, { id }) {
      const volume = world.volumes.get(id);
      if (volume?.status !== 'deleting') return;
      take(world, volume.storage_hostname, -volume.size);
      world.volumes.delete(id);
    },
    failed(world, { id }) {
      const volume = world.volumes.get(id);
      if (volume !== undefined) {
        volume.status = 'error_deleting';
        touch(world, volume);
      }
    },
  },
};

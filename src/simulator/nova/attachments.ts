import { isArray, isObject, objectIn, python, textIn, truthy, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, ok, type Answer, type SimulatedCall } from '../router.js';
import { attach, detach, volumesOf } from '../cinder/attach.js';
import { stableUuid } from '../stable-id.js';
import type { Server, Volume } from '../world/types.js';
import type { World } from '../world/world.js';
import { checkAttachable } from './block-devices.js';
import { findServer, note } from './servers.js';
import { checkState } from './states.js';

const STATES = ['active', 'paused', 'stopped', 'suspended'];

/** Since 2.20 also of a server that is shelved. */
const statesFor = ({ version }: SimulatedCall): string[] =>
  version >= 20 ? [...STATES, 'shelved', 'shelved_offloaded'] : STATES;

/** Later microversions tell more of it, and no id of its own any more (recorded: 388, 390, 391). */
function view({ version }: SimulatedCall, server: Server, volume: Volume): JsonObject {
  const held = volume.attachments.find(({ server_id }) => server_id === server.id);
  return {
    ...(version < 89 && { id: volume.id }),
    volumeId: volume.id,
    serverId: server.id,
    device: held?.device ?? '',
    ...(version >= 70 && { tag: null }),
    ...(version >= 79 && { delete_on_termination: held?.delete_on_termination ?? false }),
    ...(version >= 89 && {
      attachment_id: held?.id ?? null,
      bdm_uuid: stableUuid('block device', server.id, volume.id),
    }),
  };
}

function volumeFor(call: SimulatedCall, world: World, id: string): Volume {
  const volume = world.volumes.get(id);
  if (volume === undefined || (volume.project_id !== call.token.projectId && !call.token.roles.includes('admin')))
    throw refuse.notFound('Volume', id);
  return volume;
}

function attachedTo(world: World, server: Server, id: string): Volume {
  const volume = volumesOf(world, server.id).find((candidate) => candidate.id === id);
  if (volume === undefined) throw refuse.missing(`Instance ${server.id} is not attached to volume ${id}`);
  return volume;
}

const isRoot = (server: Server, volume: Volume): boolean =>
  volume.attachments.some(({ server_id, boot_index }) => server_id === server.id && boot_index === 0);

function add(call: SimulatedCall, world: World): Answer {
  const server = findServer(call, world);
  const requested = objectIn(call.body, 'volumeAttachment');
  const id = textIn(requested, 'volumeId');
  if (id === undefined)
    throw refuse.bad(
      `Invalid input for field/attribute volumeAttachment. Value: ${python(requested)}. 'volumeId' is a required property`,
    );
  const volume = volumeFor(call, world, id);
  checkState(server, 'attach_volume', statesFor(call));
  // OpenStack asks for 2.60 to attach a shared volume (recorded: 416); PowerVC had them before that and its clients
  // send no version.
  if (volume.multiattach && call.version < 60 && world.settings.cloud === 'openstack')
    throw refuse.bad('Multiattach volumes are only supported starting with compute API version 2.60.');
  checkAttachable(call, volume);
  note(call, world, server, 'attach_volume');
  attach(world, volume, server.id);
  return ok({ volumeAttachment: view(call, server, volume) });
}

function checkDetachable(server: Server, volume: Volume): void {
  if (isRoot(server, volume)) throw refuse.bad('Cannot detach a root device volume');
  const attachment = volume.attachments.find(({ server_id }) => server_id === server.id);
  if (attachment?.state !== 'attached')
    throw refuse.bad(
      "Invalid input received: Invalid volume: Unable to detach volume. Volume status must be 'in-use' and " +
        "attach_status must be 'attached' to detach. (HTTP 400)",
    );
}

function remove(call: SimulatedCall, world: World): Answer {
  const server = findServer(call, world);
  const volume = attachedTo(world, server, call.params.volume ?? '');
  checkState(server, 'detach_volume', statesFor(call));
  checkDetachable(server, volume);
  note(call, world, server, 'detach_volume');
  detach(world, volume, server.id);
  return accepted();
}

/** Puts another volume in the place of one, as administrators may, and Cinder when it moves a volume. */
function swap(call: SimulatedCall, world: World, server: Server, from: string, to: string): Answer {
  if (!call.token.roles.includes('admin'))
    throw refuse.forbidden("Policy doesn't allow os_compute_api:os-volumes-attachments:swap to be performed.");
  const held = attachedTo(world, server, from);
  const volume = world.volumes.get(to);
  if (volume === undefined) throw refuse.bad(`Volume ${to} could not be found.`);
  checkState(server, 'swap_volume', ['active', 'paused', 'suspended']);
  checkDetachable(server, held);
  if (volume.size < held.size) throw refuse.bad('Invalid volume: New volume must be the same size or larger.');
  checkAttachable(call, volume);
  note(call, world, server, 'swap_volume');
  attach(world, volume, server.id);
  detach(world, held, server.id);
  return accepted();
}

/** Another volume swaps; the same may change whether it is deleted with its server, which Nova accepts since 2.85. */
function update(call: SimulatedCall, world: World): Answer {
  const server = findServer(call, world);
  const requested = objectIn(call.body, 'volumeAttachment');
  const id = call.params.volume ?? '';
  const to = textIn(requested, 'volumeId');
  if (to !== undefined && to !== id) return swap(call, world, server, id, to);
  if (call.version < 85 || to !== id)
    throw refuse.bad(
      `Invalid input for field/attribute volumeAttachment. Value: ${python(requested)}. ` +
        `Additional properties are not allowed ('delete_on_termination' was unexpected)`,
    );
  const attachment = attachedTo(world, server, id).attachments.find(({ server_id }) => server_id === server.id);
  if (attachment !== undefined) attachment.delete_on_termination = truthy(requested?.delete_on_termination);
  return accepted();
}

export const attachments = {
  list: (call: SimulatedCall, world: World): Answer => {
    const server = findServer(call, world);
    return ok({ volumeAttachments: volumesOf(world, server.id).map((volume) => view(call, server, volume)) });
  },
  get: (call: SimulatedCall, world: World): Answer => {
    const server = findServer(call, world);
    return ok({ volumeAttachment: view(call, server, attachedTo(world, server, call.params.volume ?? '')) });
  },
  add,
  update,
  remove,
};

/** Runs `act` for each; failures are listed in a 206, unless all of them fail (docs/reference/power.md, 1.4). */
function each(ids: readonly string[], act: (id: string) => void): Answer {
  const failures: { id: string; error: Error }[] = [];
  for (const id of ids)
    try {
      act(id);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failures.push({ id, error });
    }
  const first = failures[0];
  if (first === undefined) return accepted();
  if (failures.length === ids.length) throw first.error;
  return { status: 206, body: { failed: failures.map(({ id, error }) => ({ volumeId: id, message: error.message })) } };
}

/**
 * `bulkVolumeAttach`: to a server that has no volumes, one becomes the root: that with `primaryBoot`, or else the first
 * boot volume (IBM's documents of 2.3.3, "Bulk attach and detach volume APIs").
 */
export function bulkAttach(call: SimulatedCall, world: World, server: Server, args: unknown): Answer {
  const requested = isObject(args) && isArray(args.volumeAttachment) ? args.volumeAttachment : undefined;
  if (requested === undefined || requested.length === 0)
    throw refuse.bad(
      `Invalid input for field/attribute bulkVolumeAttach. Value: ${python(args)}. ` +
        `'volumeAttachment' is a required property`,
    );
  checkState(server, 'attach_volume', statesFor(call));
  const ids = requested.map((item) => textIn(item, 'volumeId') ?? '');
  const named = requested.find((item) => isObject(item) && truthy(item.primaryBoot));
  const isEmpty = volumesOf(world, server.id).length === 0;
  const root =
    textIn(named, 'volumeId') ?? (isEmpty ? ids.find((id) => isBootVolume(world.volumes.get(id))) : undefined);
  const answer = each(ids, function attachOne(id) {
    const volume = volumeFor(call, world, id);
    const boot = id === root;
    if (boot && !isEmpty)
      throw refuse.bad(`Volume ${id} cannot be the primary boot volume: instance ${server.id} already has volumes`);
    checkAttachable(call, volume);
    if (boot) {
      volume.metadata = { ...volume.metadata, is_boot_volume: 'True' };
      volume.bootable = true;
    }
    attach(world, volume, server.id, { bootIndex: boot ? 0 : null });
  });
  note(call, world, server, 'attach_volume');
  return answer;
}

/** PowerVC marks them in their metadata (docs/reference/power.md, 1.5). */
const isBootVolume = (volume: Volume | undefined): boolean =>
  volume !== undefined && (volume.bootable || volume.metadata.is_boot_volume === 'True');

export function bulkDetach(call: SimulatedCall, world: World, server: Server, args: unknown): Answer {
  const ids = isObject(args) && isArray(args.volume_ids) ? args.volume_ids.map(String) : undefined;
  if (ids === undefined || ids.length === 0)
    throw refuse.bad(
      `Invalid input for field/attribute bulkVolumeDetach. Value: ${python(args)}. 'volume_ids' is a required property`,
    );
  checkState(server, 'detach_volume', statesFor(call));
  const answer = each(ids, function detachOne(id) {
    const volume = attachedTo(world, server, id);
    checkDetachable(server, volume);
    detach(world, volume, server.id);
  });
  note(call, world, server, 'detach_volume');
  return answer;
}

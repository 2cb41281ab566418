import type { Server, Task, Volume } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';

/** The volumes of a server, root first, then as attached. With those that are just being attached or detached. */
export function volumesOf(world: World, serverId: string): Volume[] {
  const attached: Volume[] = [];
  for (const volume of world.volumes.values())
    if (volume.attachments.some(({ server_id }) => server_id === serverId)) attached.push(volume);
  return asAttached(attached, serverId);
}

function asAttached(volumes: Volume[], serverId: string): Volume[] {
  if (volumes.length < 2) return volumes;
  const deviceIn = ({ attachments }: Volume): string =>
    attachments.find(({ server_id }) => server_id === serverId)?.device ?? '';
  return volumes.sort((a, b) => deviceIn(a).localeCompare(deviceIn(b), undefined, { numeric: true }));
}

/** The same for a page of servers: a scan of all volumes per server took minutes at 10,000. */
export function volumesByServer(world: World, servers: readonly Server[]): (serverId: string) => Volume[] {
  const byServer = new Map<string, Volume[]>(servers.map(({ id }) => [id, []]));
  for (const volume of world.volumes.values())
    for (const { server_id } of volume.attachments) {
      const known = byServer.get(server_id);
      if (known && known.at(-1) !== volume) known.push(volume);
    }
  return (serverId) => asAttached(byServer.get(serverId) ?? [], serverId);
}

function nextDevice(world: World, serverId: string, root: boolean): string {
  const used = new Set(
    volumesOf(world, serverId).flatMap(({ attachments }) =>
      attachments.filter(({ server_id }) => server_id === serverId).map(({ device }) => device),
    ),
  );
  for (let index = root ? 0 : 1; ; index++) {
    const letters =
      index < 26
        ? String.fromCharCode(97 + index)
        : `${String.fromCharCode(96 + Math.floor(index / 26))}${String.fromCharCode(97 + (index % 26))}`;
    if (!used.has(`/dev/sd${letters}`)) return `/dev/sd${letters}`;
  }
}

export interface AttachOptions {
  readonly bootIndex?: number | null;
  readonly deleteOnTermination?: boolean;
}

/** Sets the volume aside for the server; returns its device. Nova shows it at once, Cinder when it is attached. */
export function reserve(world: World, volume: Volume, serverId: string, options: AttachOptions = {}): string {
  const bootIndex = options.bootIndex ?? null;
  const device = nextDevice(world, serverId, bootIndex === 0);
  volume.attachments.push({
    id: world.random.uuid(),
    server_id: serverId,
    device,
    attached_at: world.clock.stamp(),
    state: 'attaching',
    boot_index: bootIndex,
    delete_on_termination: options.deleteOnTermination ?? false,
  });
  volume.status = 'reserved';
  touch(world, volume);
  return device;
}

/** Reserves the volume and begins to attach it. */
export function attach(world: World, volume: Volume, serverId: string, options: AttachOptions = {}): string {
  const device = reserve(world, volume, serverId, options);
  volume.status = 'attaching';
  world.work.begin('volume.attach', volume.id, { server: serverId });
  return device;
}

/** Begins to detach the volume from the server. */
export function detach(world: World, volume: Volume, serverId: string): void {
  for (const attachment of volume.attachments) if (attachment.server_id === serverId) attachment.state = 'detaching';
  volume.status = 'detaching';
  touch(world, volume);
  world.work.begin('volume.detach', volume.id, { server: serverId });
}

export function touch(world: World, volume: Volume): void {
  volume.updated_at = world.clock.stamp();
}

/** A `failed` handler that leaves the volume in a status. */
export const fails =
  (statusOf: (volume: Volume) => string): WorkKind<World>['failed'] =>
  (world, { id }) => {
    const volume = world.volumes.get(id);
    if (volume === undefined) return;
    volume.status = statusOf(volume);
    touch(world, volume);
  };

/** The status that the attachments leave: in use as long as there is one. */
export const rest = (volume: Volume): string =>
  volume.attachments.some(({ state }) => state !== 'attaching') ? 'in-use' : 'available';

/** Ends the use at once, as when its server is removed. */
export function release(world: World, volume: Volume, serverId: string): void {
  volume.attachments = volume.attachments.filter(({ server_id }) => server_id !== serverId);
  volume.status = rest(volume);
  touch(world, volume);
}

/** Ends the attaching of a reserved volume. */
export function complete(world: World, volume: Volume, serverId: string): void {
  const attachment = volume.attachments.find(({ server_id, state }) => server_id === serverId && state === 'attaching');
  if (attachment === undefined) return;
  attachment.state = 'attached';
  attachment.attached_at = world.clock.stamp();
  volume.status = 'in-use';
  volume.metadata = { ...volume.metadata, attached_mode: volume.metadata.readonly === 'True' ? 'ro' : 'rw' };
  touch(world, volume);
}

function attached(world: World, { id, args }: Task): void {
  const volume = world.volumes.get(id);
  if (volume !== undefined) complete(world, volume, args.server ?? '');
}

function detached(world: World, { id, args }: Task): void {
  const volume = world.volumes.get(id);
  if (volume !== undefined) release(world, volume, args.server ?? '');
}

function stayed(world: World, { id, args }: Task): void {
  const volume = world.volumes.get(id);
  if (volume === undefined) return;
  for (const attachment of volume.attachments) if (attachment.server_id === args.server) attachment.state = 'attached';
  volume.status = 'in-use';
  touch(world, volume);
}

export const attachWork: Readonly<Record<string, WorkKind<World>>> = {
  'volume.attach': { seconds: 2, done: attached, failed: detached },
  'volume.detach': { seconds: 2, done: detached, failed: stayed },
};

import { isArray, isObject, objectIn, str, textIn } from '../json.js';
import { refuse } from '../refusal.js';
import type { Answer, SimulatedCall } from '../router.js';
import { volumesOf } from '../cinder/attach.js';
import { checkMetadata } from '../cinder/metadata.js';
import { makeSnapshot } from '../cinder/snapshots.js';
import { NOT_INHERITED } from '../cinder/upload.js';
import type { Seeds, Server, Volume } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import type { PlannedVolume } from './block-devices.js';
import { checkMetadataQuota } from './create.js';
import { plannedNics } from './networks.js';
import { settle } from './power.js';
import { checkName, note } from './servers.js';
import { checkState } from './states.js';

const bootIndexOf = (volume: Volume, server: string): number | null =>
  volume.attachments.find(({ server_id }) => server_id === server)?.boot_index ?? null;

type Captured = Pick<Seeds['images'], 'properties' | 'disk_format' | 'container_format' | 'min_disk'> & {
  volumes: Seeds['images']['volumes'] & {};
};

/** PowerVC copies the volumes; Cinder tells them by id (cinder/image-volumes.ts). */
function ofPowerVc(world: World, server: Server, volumes: readonly Volume[]): Captured {
  return {
    ...(volumes.length > 0 && {
      min_disk: volumes.find((one) => bootIndexOf(one, server.id) === 0)?.size ?? server.root_gb,
    }),
    volumes: volumes.map((volume) => ({
      volume_id: world.random.uuid(),
      size: volume.size,
      volume_type: volume.volume_type,
      boot_index: bootIndexOf(volume, server.id),
    })),
    properties: {
      architecture: 'ppc64le',
      hypervisor_type: 'phyp',
      os_distro: server.os_distro,
      operating_system: server.operating_system,
      base_image_ref: server.image_id ?? '',
      image_type: 'snapshot',
      instance_uuid: server.id,
    },
  };
}

/** OpenStack: snapshots of the volumes that the server boots from and has besides; else a file (recorded: 277, 425). */
function ofOpenStack(
  call: SimulatedCall,
  world: World,
  server: Server,
  volumes: readonly Volume[],
  name: string,
): Captured {
  const base = world.images.get(server.image_id ?? '');
  const inherited = base?.properties ?? volumes.find((one) => bootIndexOf(one, server.id) === 0)?.image_metadata ?? {};
  const properties = {
    ...Object.fromEntries(Object.entries(inherited).filter(([key]) => !NOT_INHERITED.has(key))),
    base_image_ref: server.image_id ?? '',
    owner_user_name: call.token.userName,
    owner_project_name: call.token.projectName,
    boot_roles: call.token.roles.join(','),
  };
  if (volumes.length === 0)
    return {
      disk_format: base?.disk_format ?? 'raw',
      container_format: base?.container_format ?? 'bare',
      volumes: [],
      properties: { ...properties, instance_uuid: server.id, user_id: call.token.userId, image_type: 'snapshot' },
    };
  return {
    disk_format: 'qcow2',
    container_format: 'bare',
    properties,
    volumes: volumes.map((volume) => ({
      snapshot_id: makeSnapshot(world, volume.id, volume.size, server.project_id, { name: `snapshot for ${name}` }).id,
      size: volume.size,
      boot_index: bootIndexOf(volume, server.id),
    })),
  };
}

/** `createImage`: an image of all volumes; queued, saving, active (recorded: 276 to 279). */
export function createImage(call: SimulatedCall, world: World, server: Server, args: unknown): Answer {
  const name = textIn(args, 'name');
  if (name === undefined)
    throw refuse.bad(`Invalid input for field/attribute createImage. 'name' is a required property`);
  checkName(name);
  checkMetadataQuota(world, checkMetadata(objectIn(args, 'metadata') ?? {}));
  checkState(server, 'createImage', ['active', 'stopped', 'paused', 'suspended']);
  const id = world.random.uuid();
  const now = world.clock.stamp();
  const metadata = objectIn(args, 'metadata') ?? {};
  const taken = volumesOf(world, server.id);
  const boots = taken.some((volume) => bootIndexOf(volume, server.id) === 0);
  const captured =
    world.settings.cloud === 'powervc'
      ? ofPowerVc(world, server, taken)
      : ofOpenStack(call, world, server, boots ? taken : [], name);
  world.add('images', {
    id,
    name,
    status: 'queued',
    visibility: 'private',
    owner: server.project_id,
    size: null,
    min_disk: server.root_gb,
    created_at: now,
    updated_at: now,
    ...captured,
    properties: {
      ...captured.properties,
      ...Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, str(value)])),
    },
  });
  note(call, world, server, 'createImage');
  server.task_state = 'image_snapshot';
  world.work.begin('server.capture', server.id, { image: id, size: captured.volumes.length > 0 ? '0' : '65536' });
  if (call.version >= 45) return { status: 202, body: { image_id: id } };
  return {
    status: 202,
    headers: { Location: `${call.base}/image/images/${id}`, 'Content-Type': 'text/html; charset=UTF-8' },
  };
}

/**
 * `createBackup`: an image of a kind, of which the oldest beyond `rotation` go (recorded: 309, 310). Throws Nova's 400.
 */
export function createBackup(call: SimulatedCall, world: World, server: Server, args: unknown): Answer {
  const [name, kind] = [textIn(args, 'name'), textIn(args, 'backup_type')];
  const rotation = Number(isObject(args) ? args.rotation : undefined);
  if (name === undefined || kind === undefined || !Number.isInteger(rotation) || rotation < 0)
    throw refuse.bad(
      "Invalid input for field/attribute createBackup. 'name', 'backup_type' and 'rotation' are required",
    );
  if (volumesOf(world, server.id).some((volume) => bootIndexOf(volume, server.id) === 0))
    throw refuse.bad('Backup is not supported for volume-backed instances.');
  const answer = createImage(call, world, server, {
    name,
    metadata: { ...objectIn(args, 'metadata'), image_type: 'backup', backup_type: kind },
  });
  const old = [...world.images.values()]
    .filter(({ properties }) => properties.instance_uuid === server.id && properties.backup_type === kind)
    .slice(0, -rotation || undefined);
  for (const { id } of old) world.images.delete(id);
  return answer;
}

/** The image that keeps the disk of a shelved server, whose disk is a file of its host. */
export function shelvedImage(call: SimulatedCall, world: World, server: Server): void {
  if (volumesOf(world, server.id).some((volume) => bootIndexOf(volume, server.id) === 0)) return;
  const name = `${server.name}-shelved`;
  const now = world.clock.stamp();
  world.add('images', {
    id: world.random.uuid(),
    name,
    status: 'active',
    visibility: 'private',
    owner: server.project_id,
    size: 65_536,
    min_disk: server.root_gb,
    created_at: now,
    updated_at: now,
    ...ofOpenStack(call, world, server, [], name),
  });
}

/** It goes once the server is back. */
export function forgetShelvedImage(world: World, server: Server): void {
  for (const { id, name, properties } of world.images.values())
    if (name === `${server.name}-shelved` && properties.instance_uuid === server.id) world.images.delete(id);
}

/** `clone-vm`: a deployment from copies of this server's volumes (docs/reference/power.md, 1.4). */
export function cloneVm(call: SimulatedCall, world: World, server: Server, args: unknown): Answer {
  const requested = objectIn(args, 'server');
  const name = textIn(requested, 'name');
  if (requested === undefined || name === undefined)
    throw refuse.bad(`Invalid input for field/attribute clone-vm. 'name' is a required property`);
  checkName(name);
  checkState(server, 'clone-vm', ['active', 'stopped']);
  const nics = plannedNics(
    call,
    world,
    isArray(requested.networks)
      ? requested.networks.filter((item) => isObject(item) && item.sriov_port === undefined)
      : (requested.networks ?? 'none'),
  );
  const volumes: PlannedVolume[] = volumesOf(world, server.id).map(({ id, size, attachments }, index) => ({
    make: { name: `${name}-clone-${index}`, source_volid: id, size },
    bootIndex: attachments.find(({ server_id }) => server_id === server.id)?.boot_index ?? null,
    deleteOnTermination: true,
  }));
  const id = world.random.uuid();
  const now = world.clock.stamp();
  const clone = world.add('servers', {
    ...structuredClone(server),
    id,
    name,
    vm_state: 'building',
    task_state: 'scheduling',
    power_state: 0,
    host: null,
    created: now,
    updated: now,
    launched_at: null,
    metadata: {},
    actions: [],
    fault: null,
    rmc_state: 'inactive',
    project_id: call.token.projectId,
    user_id: call.token.userId,
    instance_name: `${name.slice(0, 20)}-${id.slice(0, 8)}`,
  });
  note(call, world, server, 'clone-vm');
  world.work.begin('server.schedule', id, {
    zone: textIn(requested, 'availability_zone') ?? server.availability_zone,
    volumes: JSON.stringify(volumes),
    nics: JSON.stringify(nics),
    pmem: '[]',
    group: '',
  });
  return {
    status: 202,
    body: { task_uri: `${call.endpoint}/servers/get_progress?action=clone-vm&task_id=${clone.id}` },
  };
}

/** `GET /servers/get_progress?action=clone-vm&task_id=…`: the task is the clone. */
export function cloneProgress(call: SimulatedCall, world: World): Answer {
  const id = call.query.get('task_id') ?? '';
  const server = world.servers.get(id);
  if (server === undefined) throw refuse.notFound('Task', id);
  const status = server.vm_state === 'building' ? 'running' : server.vm_state === 'error' ? 'failed' : 'completed';
  return {
    status: 200,
    body: { task: { id, action: call.query.get('action'), status, progress: status === 'running' ? 50 : 100 } },
  };
}

export const captureWork: Readonly<Record<string, WorkKind<World>>> = {
  'server.capture': {
    seconds: 40,
    done(world, { id, args }) {
      const image = world.images.get(args.image ?? '');
      if (image !== undefined)
        Object.assign(image, {
          status: 'active',
          size: Number(args.size ?? 0),
          checksum: args.size === '65536' ? 'fcd6bcb56c1689fcef28b57c22475bad' : 'd41d8cd98f00b204e9800998ecf8427e',
          updated_at: world.clock.stamp(),
        });
      settle(world, id, 'image_snapshot', {});
    },
    failed(world, { id, args }) {
      world.images.delete(args.image ?? '');
      settle(world, id, 'image_snapshot', {});
    },
  },
};

import { isArray, isObject, objectIn, str, textIn } from '../json.js';
import { refuse } from '../refusal.js';
import type { Answer, SimulatedCall } from '../router.js';
import { volumesOf } from '../cinder/attach.js';
import type { Server } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import type { PlannedVolume } from './block-devices.js';
import { plannedNics } from './networks.js';
import { settle } from './power.js';
import { checkName, note } from './servers.js';
import { checkState } from './states.js';

/** `createImage`: an image of all volumes; queued, saving, active (recorded: 276 to 279). */
export function createImage(call: SimulatedCall, world: World, server: Server, args: unknown): Answer {
  const name = textIn(args, 'name');
  if (name === undefined)
    throw refuse.bad(`Invalid input for field/attribute createImage. 'name' is a required property`);
  checkState(server, 'createImage', ['active', 'stopped', 'paused', 'suspended']);
  const id = world.random.uuid();
  const now = world.clock.stamp();
  const metadata = objectIn(args, 'metadata') ?? {};
  const volumes = volumesOf(world, server.id).map(({ id: volume_id, size, attachments, volume_type }) => ({
    volume_id,
    size,
    volume_type,
    boot_index: attachments.find(({ server_id }) => server_id === server.id)?.boot_index ?? null,
  }));
  world.add('images', {
    id,
    name,
    status: 'queued',
    visibility: 'private',
    owner: server.project_id,
    size: null,
    min_disk: volumes.find(({ boot_index }) => boot_index === 0)?.size ?? server.root_gb,
    created_at: now,
    updated_at: now,
    volumes,
    properties: {
      architecture: 'ppc64le',
      hypervisor_type: 'phyp',
      os_distro: server.os_distro,
      operating_system: server.operating_system,
      base_image_ref: server.image_id ?? '',
      image_type: 'snapshot',
      instance_uuid: server.id,
      ...Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, str(value)])),
    },
  });
  note(call, world, server, 'createImage');
  server.task_state = 'image_snapshot';
  world.work.begin('server.capture', server.id, { image: id });
  if (call.version >= 45) return { status: 202, body: { image_id: id } };
  return {
    status: 202,
    headers: { Location: `${call.base}/image/images/${id}`, 'Content-Type': 'text/html; charset=UTF-8' },
  };
}

/** `clone-vm`: a deployment from copies of this server's volumes (docs/reference/power.md, 1.4). */
export function cloneVm(call: SimulatedCall, world: World, server: Server, args: unknown): Answer {
  const wanted = objectIn(args, 'server');
  const name = textIn(wanted, 'name');
  if (wanted === undefined || name === undefined)
    throw refuse.bad(`Invalid input for field/attribute clone-vm. 'name' is a required property`);
  checkName(name);
  checkState(server, 'clone-vm', ['active', 'stopped']);
  const nics = plannedNics(
    call,
    world,
    isArray(wanted.networks)
      ? wanted.networks.filter((item) => isObject(item) && item.sriov_port === undefined)
      : (wanted.networks ?? 'none'),
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
    zone: textIn(wanted, 'availability_zone') ?? server.availability_zone,
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

export const captureWork: Readonly<Record<string, WorkKind>> = {
  'server.capture': {
    seconds: 40,
    done(world, { id, args }) {
      const image = world.images.get(args.image ?? '');
      if (image !== undefined)
        Object.assign(image, {
          status: 'active',
          size: 0,
          checksum: 'd41d8cd98f00b204e9800998ecf8427e',
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

import { Refusal } from '../refusal.js';
import { complete, release, reserve, volumesOf } from '../cinder/attach.js';
import { makeVolume } from '../cinder/create.js';
import { beginDelete } from '../cinder/volumes.js';
import { bind } from '../neutron/ports.js';
import type { Server, ServerGroup, Task } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import type { PlannedVolume } from './block-devices.js';
import { plug, type PlannedNic } from './networks.js';
import { addPmem, type NewPmem } from './pmem.js';
import { hostsOf, place, zoneOf } from './schedule.js';
import { fail } from './servers.js';
import { portsOf } from './view.js';

const building = (world: World, id: string): Server | undefined => {
  const server = world.servers.get(id);
  return server?.vm_state === 'building' && server.task_state !== 'deleting' ? server : undefined;
};

/** Whether the server group allows the host. */
function allowedBy(world: World, group: ServerGroup | undefined, id: string, host: string): boolean {
  const taken = (group?.members ?? [])
    .filter((member) => member !== id)
    .flatMap((member) => world.servers.get(member)?.host ?? []);
  if (taken.length === 0) return true;
  if (group?.policies.includes('anti-affinity') === true) return !taken.includes(host);
  return group?.policies.includes('affinity') === true ? taken.includes(host) : true;
}

/** A host is found, or none: then the server ends in ERROR though its create was accepted (recorded: 431). */
function schedule(world: World, { id, args }: Task): void {
  const server = building(world, id);
  if (server === undefined) return;
  const group = world.serverGroups.get(args.group ?? '');
  const among = (hostsOf(world, args.zone ?? '') ?? []).filter((name) => allowedBy(world, group, id, name));
  const host = place(world, server, among);
  if (host === undefined) {
    abandon(world, id, 'No valid host was found. ');
    return;
  }
  server.host = host.name;
  server.availability_zone = zoneOf(world, host.name);
  server.task_state = 'networking';
  world.work.begin('server.map', id, args);
}

/** Ports and volumes are made. What cannot be made ends the build. */
function map(world: World, { id, args }: Task): void {
  const server = building(world, id);
  if (server === undefined) return;
  try {
    plug(world, JSON.parse(args.nics ?? '[]') as PlannedNic[], server);
    for (const planned of JSON.parse(args.volumes ?? '[]') as PlannedVolume[])
      if (planned.make !== undefined) make(world, server, planned);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    abandon(world, id, `Build of instance ${id} aborted: ${error.message}`);
    return;
  }
  server.task_state = 'block_device_mapping';
  server.updated = world.clock.stamp();
  world.work.begin('server.spawn', id, args);
}

function make(
  world: World,
  server: Server,
  { make: requested, image, bootIndex, deleteOnTermination }: PlannedVolume,
): void {
  const volume = makeVolume(world, server.project_id, server.user_id, {
    ...requested,
    ...(image === undefined || bootIndex !== 0 ? {} : { imageRef: image }),
  });
  reserve(world, volume, server.id, { bootIndex, deleteOnTermination });
  volume.status = 'creating';
}

/** The partition comes up; one without volumes stays off (PowerVC's empty virtual machine). */
function spawn(world: World, { id, args }: Task): void {
  const server = building(world, id);
  if (server === undefined) return;
  const volumes = volumesOf(world, id);
  const broken = volumes.find(({ status }) => status === 'error');
  if (broken !== undefined) {
    abandon(
      world,
      id,
      `Build of instance ${id} aborted: Volume ${broken.id} did not finish being created even after we ` +
        'waited. And its status is error.',
    );
    return;
  }
  for (const volume of volumes) {
    complete(world, volume, id);
    const boots = volume.attachments.some(({ server_id, boot_index }) => server_id === id && boot_index === 0);
    if (boots && world.settings.cloud === 'powervc') volume.metadata = { ...volume.metadata, is_boot_volume: 'True' };
    if (boots) volume.bootable = true;
  }
  addPmem(world, server, JSON.parse(args.pmem ?? '[]') as NewPmem[], false, 'ACTIVE');
  const runs = volumes.length > 0 || world.settings.cloud === 'openstack';
  const now = world.clock.stamp();
  Object.assign(server, {
    vm_state: runs ? 'active' : 'stopped',
    power_state: runs ? 1 : 4,
    task_state: null,
    launched_at: now,
    updated: now,
    rmc_state: runs ? 'active' : 'inactive',
  });
}

/** A failed build frees its resources: ports and volumes that it made are removed, existing ones are released. */
function abandon(world: World, id: string, message: string): void {
  for (const volume of volumesOf(world, id)) {
    const isDeleted = volume.attachments.some(
      ({ server_id, delete_on_termination }) => server_id === id && delete_on_termination,
    );
    const broken = volume.status === 'error';
    release(world, volume, id);
    if (broken) volume.status = 'error';
    if (isDeleted) beginDelete(world, volume);
  }
  for (const port of portsOf(world, id))
    if (port.made_by_nova) world.ports.delete(port.id);
    else bind(world, port, '', '');
  const server = world.servers.get(id);
  if (server !== undefined) server.host = null;
  fail(world, id, message);
}

const failed: WorkKind<World>['failed'] = (world, { id }, message) => {
  abandon(world, id, message);
};

/** A deployment, phase by phase: scheduling, networking, block_device_mapping, spawning. */
export const buildWork: Readonly<Record<string, WorkKind<World>>> = {
  'server.schedule': { seconds: 1, done: schedule, failed },
  'server.map': { seconds: 2, done: map, failed },
  'server.spawn': { seconds: 30, done: spawn, failed },
};

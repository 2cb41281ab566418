import { isArray, textIn } from '../json.js';
import { refuse } from '../refusal.js';
import { ok, type Answer, type SimulatedCall } from '../router.js';
import { volumesOf } from '../cinder/attach.js';
import { findInstanceSnapshot, setStatus } from '../cinder/instance-snapshots.js';
import { makeSnapshot } from '../cinder/snapshots.js';
import type { InstanceSnapshot, Server } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import { settle } from './power.js';
import { checkName, note } from './servers.js';
import { checkState } from './states.js';

/**
 * PowerVC's VM snapshots as server actions. The body of `vm-snapshot` is that of IBM's own modules for Ansible. The
 * keys of restore, retry and rollback and the fields of all answers are undocumented (docs/reference/power.md, 1.4 and
 * 4.7): the keys are settings, `snapshot_id` is an assumption.
 */
const taskAnswer = (call: SimulatedCall, snapshot: InstanceSnapshot, action: string): Answer =>
  ok({
    task_uri:
      `${call.base}/volume/v3/${snapshot.project_id}/instance-snapshots/get_progress` +
      `?action=${action}&task_id=${snapshot.task_id ?? ''}&id=${snapshot.id}`,
  });

/** `{"name", "description", "volumes": [ids]}`; all volumes when none are named. The server may run. */
export function takeSnapshot(call: SimulatedCall, world: World, server: Server, args: unknown, action: string): Answer {
  const name = textIn(args, 'name');
  if (name === undefined)
    throw refuse.bad(`Invalid input for field/attribute ${action}. 'name' is a required property`);
  checkName(name);
  checkState(server, action, ['active', 'stopped', 'paused', 'suspended']);
  const attached = volumesOf(world, server.id);
  const named = (args as { volumes?: unknown }).volumes;
  const chosen = isArray(named)
    ? named.map((id) => {
        const volume = attached.find((candidate) => candidate.id === id);
        if (volume === undefined) throw refuse.bad(`Volume ${String(id)} is not attached to instance ${server.id}`);
        return volume;
      })
    : attached;
  if (chosen.length === 0) throw refuse.bad(`Instance ${server.id} has no volumes to take a snapshot of`);
  const volumes = chosen.map(({ id, size, attachments }) => {
    const part = makeSnapshot(world, id, size, server.project_id, { name: `${name}-${id.slice(0, 8)}` });
    return {
      volume_id: id,
      snapshot_id: part.id,
      size,
      bootable: attachments.some(({ server_id, boot_index }) => server_id === server.id && boot_index === 0),
    };
  });
  const snapshot = world.add('instanceSnapshots', {
    id: world.random.uuid(),
    name,
    description: textIn(args, 'description') ?? '',
    status: 'creating',
    server_id: server.id,
    server_name: server.name,
    project_id: server.project_id,
    created_at: world.clock.stamp(),
    updated_at: null,
    volumes,
    task_id: world.random.uuid(),
  });
  note(call, world, server, action);
  server.task_state = 'vm_snapshot';
  world.work.begin('server.snapshot', server.id, { snapshot: snapshot.id });
  return taskAnswer(call, snapshot, action);
}

function snapshotOf(call: SimulatedCall, world: World, server: Server, args: unknown): InstanceSnapshot {
  const id = textIn(args, 'snapshot_id') ?? textIn(args, 'instance_snapshot_id') ?? textIn(args, 'id');
  if (id === undefined)
    throw refuse.bad("Invalid input for field/attribute snapshot_id. 'snapshot_id' is a required property");
  const snapshot = findInstanceSnapshot(call, world, id);
  if (snapshot.server_id !== server.id)
    throw refuse.bad(`Instance snapshot ${id} does not belong to instance ${server.id}`);
  return snapshot;
}

/** Restore from `available`; retry and rollback only from `restore-error`. The server must be off. */
export function restoreSnapshot(
  call: SimulatedCall,
  world: World,
  server: Server,
  args: unknown,
  action: string,
  way: 'restore' | 'retry' | 'rollback',
): Answer {
  const snapshot = snapshotOf(call, world, server, args);
  checkState(server, action, ['stopped']);
  const needed = way === 'restore' ? 'available' : 'restore-error';
  if (snapshot.status !== needed)
    throw refuse.conflict(
      `Cannot '${action}' instance snapshot ${snapshot.id} while it is in status ${snapshot.status}`,
    );
  snapshot.task_id = world.random.uuid();
  setStatus(world, snapshot, way === 'rollback' ? 'rolling back' : 'restoring');
  note(call, world, server, action);
  server.task_state = 'vm_restore';
  world.work.begin(way === 'rollback' ? 'server.rollback' : 'server.restore', server.id, { snapshot: snapshot.id });
  return taskAnswer(call, snapshot, action);
}

/** The end of work on a VM snapshot: its new status, and whether the volumes are those of the snapshot now. */
function ended(task: string, status: string, restored = false): WorkKind<World>['done'] {
  return function end(world, { id, args }) {
    const snapshot = world.instanceSnapshots.get(args.snapshot ?? '');
    if (snapshot !== undefined) {
      setStatus(world, snapshot, status);
      if (restored)
        for (const { volume_id, size } of snapshot.volumes) {
          const volume = world.volumes.get(volume_id);
          if (volume !== undefined) Object.assign(volume, { size, updated_at: world.clock.stamp() });
        }
    }
    settle(world, id, task, {});
  };
}

export const snapshotActionWork: Readonly<Record<string, WorkKind<World>>> = {
  'server.snapshot': { seconds: 10, done: ended('vm_snapshot', 'available'), failed: ended('vm_snapshot', 'error') },
  'server.restore': {
    seconds: 20,
    done: ended('vm_restore', 'available', true),
    failed: ended('vm_restore', 'restore-error'),
  },
  'server.rollback': {
    seconds: 20,
    done: ended('vm_restore', 'available'),
    failed: ended('vm_restore', 'restore-error'),
  },
};

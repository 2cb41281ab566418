import { refuse } from '../refusal.js';
import type { Server } from '../world/types.js';

/**
 * Status of the API by vm_state, and by task_state where that decides (openstack/nova, api/openstack/common.py,
 * _STATE_MAP).
 */
const RESIZING = {
  resize_prep: 'RESIZE',
  resize_migrating: 'RESIZE',
  resize_migrated: 'RESIZE',
  resize_finish: 'RESIZE',
} as const;
const REBUILDING = { rebuilding: 'REBUILD' } as const;
const STATUS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  active: {
    default: 'ACTIVE',
    rebooting: 'REBOOT',
    reboot_pending: 'REBOOT',
    reboot_started: 'REBOOT',
    rebooting_hard: 'HARD_REBOOT',
    migrating: 'MIGRATING',
    ...REBUILDING,
    ...RESIZING,
  },
  building: { default: 'BUILD' },
  stopped: { default: 'SHUTOFF', migrating: 'MIGRATING', ...REBUILDING, ...RESIZING },
  resized: { default: 'VERIFY_RESIZE' },
  paused: { default: 'PAUSED', migrating: 'MIGRATING' },
  suspended: { default: 'SUSPENDED' },
  rescued: { default: 'RESCUE' },
  shelved: { default: 'SHELVED' },
  shelved_offloaded: { default: 'SHELVED_OFFLOADED' },
  error: { default: 'ERROR', ...REBUILDING },
  deleted: { default: 'DELETED' },
};

export const statusOf = ({ vm_state, task_state }: Server): string => {
  const states = STATUS[vm_state];
  return states?.[task_state ?? 'default'] ?? states?.default ?? 'UNKNOWN';
};

/** Throws Nova's 409 unless the server is in one of the states and no task runs on it (recorded: 215 to 232). */
export function checkState(server: Server, action: string, states: readonly string[]): void {
  if (!states.includes(server.vm_state))
    throw refuse.conflict(`Cannot '${action}' instance ${server.id} while it is in vm_state ${server.vm_state}`);
  if (server.task_state !== null)
    throw refuse.conflict(`Cannot '${action}' instance ${server.id} while it is in task_state ${server.task_state}`);
}

import type { Vm, VmQuery } from '../../../model/index.js';

/** The query of Nova's list of servers for a VmQuery. It never leaves out a server that fits. */
type Query = Readonly<Record<string, string | readonly string[]>>;

/**
 * Statuses of servers that map to this status of a VM: schemas/mapping/openstack/vm.json read backwards. Statuses that
 * any server may have are absent.
 */
export const serverStatuses: Readonly<Partial<Record<NonNullable<Vm['status']>, readonly string[]>>> = {
  up: ['ACTIVE', 'RESIZE', 'VERIFY_RESIZE', 'REVERT_RESIZE', 'RESCUE', 'PASSWORD'],
  down: ['SHUTOFF', 'SHELVED', 'SHELVED_OFFLOADED', 'ERROR'],
  powering_up: ['ACTIVE', 'SHUTOFF'],
  powering_down: ['ACTIVE', 'SHUTOFF'],
  saving_state: ['ACTIVE'],
  migrating: ['ACTIVE', 'MIGRATING'],
  wait_for_launch: ['BUILD'],
  reboot_in_progress: ['REBOOT', 'HARD_REBOOT'],
  paused: ['PAUSED'],
  suspended: ['SUSPENDED'],
  restoring_state: ['SUSPENDED'],
};

/**
 * Statuses of servers that run, to count them. Nova filters by the states behind a status, whatever the task: `ACTIVE`
 * has those that restart or move as well. `RESIZE` and `REVERT_RESIZE` are absent, because with them Nova also returns
 * the servers that are shut off (nova/api/openstack/common.py, task_and_vm_state_from_status).
 */
export const runningStatuses: readonly string[] = ['ACTIVE', 'VERIFY_RESIZE', 'RESCUE'];

/** Nova's own names of what it sorts by. */
const sortKeys = { name: 'display_name', createdAt: 'created_at', updatedAt: 'updated_at' } as const;
export const serverOrders = Object.keys(sortKeys) as (keyof typeof sortKeys)[];

export function serverFilters({ name, like, statuses, order }: VmQuery): Query {
  const pattern = sendable(name !== undefined ? exactly(name) : like && expression(like.text, like.caseSensitive));
  const serverStates = statuses?.map((status) => serverStatuses[status as keyof typeof serverStatuses]);
  const known = serverStates?.filter((some) => some !== undefined);
  const sortKey = sortKeys[order?.by as keyof typeof sortKeys];
  return {
    ...(pattern !== undefined && { name: pattern }),
    ...(known && known.length === serverStates?.length && { status: [...new Set(known.flat())] }),
    ...(order && sortKey !== undefined && { sort_key: sortKey, sort_dir: order.descending ? 'desc' : 'asc' }),
  };
}

/**
 * Names have at most 255 characters. Web servers before Nova refuse addresses of 8 KiB, and long expressions are slow
 * in its database.
 */
const LONGEST = 4000;

/** Longer patterns are not sent: everything that Nova returns is compared again. */
const sendable = (pattern: string | undefined): string | undefined =>
  pattern !== undefined && encodeURIComponent(pattern).length <= LONGEST ? pattern : undefined;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Nova treats a name as a regular expression. */
const exactly = (name: string): string => `^${escaped(name)}$`;

/**
 * Asterisks are any characters. Whether case matters depends on the database (MySQL ignores it, PostgreSQL does not),
 * so letters are written in both cases; a letter outside of ASCII may be any characters, because its other case may be
 * several.
 */
function expression(text: string, caseSensitive: boolean): string {
  const parts = Array.from(text, (character) => {
    if (character === '*' || (!caseSensitive && character > '\x7f')) return '.*';
    const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
    return caseSensitive || lower === upper ? escaped(character) : `[${lower}${upper}]`;
  });
  return `^${parts.join('')}$`;
}

import { naive } from '../clock.js';
import type { JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import { stableId, stableUuid } from '../stable-id.js';
import type { Server } from '../world/types.js';
import type { World } from '../world/world.js';

/** Kinds of migrations as Nova names them, by the action that began them. */
const TYPES: Readonly<Record<string, string>> = {
  resize: 'resize',
  migrate: 'migration',
  evacuate: 'evacuation',
  'live-migration': 'live-migration',
};

/** Notes a migration that begins. A resize is one, too: `to` is then the flavor. */
export function noteMigration(
  world: World,
  server: Server,
  action: string,
  to: { readonly flavor?: string; readonly host?: string | null },
): void {
  const now = world.clock.stamp();
  const id = world.migrations.size + 1;
  world.add('migrations', {
    id: String(id),
    uuid: stableUuid('migration', server.id, now, String(id)),
    server: server.id,
    project_id: server.project_id,
    user_id: server.user_id,
    migration_type: TYPES[action] ?? action,
    source: server.host,
    target: to.host ?? server.host,
    old_flavor: server.flavor_id,
    new_flavor: to.flavor ?? server.flavor_id,
    status: action === 'live-migration' ? 'running' : 'migrating',
    created_at: now,
    updated_at: null,
  });
}

/** Sets the status of the server's last migration. */
export function settleMigration(world: World, server: string, status: string): void {
  const last = [...world.migrations.values()].findLast((one) => one.server === server);
  if (last !== undefined) Object.assign(last, { status, updated_at: world.clock.stamp() });
}

/** A flavor's number in Nova's database: clients see it nowhere else. */
const numberOf = (flavor: unknown): number => Number.parseInt(stableId('flavor', String(flavor)).slice(0, 6), 16);

const timeOf = (time: unknown): string | null => naive(typeof time === 'string' ? time : null);

/** Of all servers, and of any project: up to 2.22 without its kind, up to 2.58 without a UUID. */
function migrations(call: SimulatedCall, world: World): Answer {
  const fits = (one: JsonObject): boolean =>
    Object.entries({
      status: one.status,
      instance_uuid: one.server,
      migration_type: one.migration_type,
      host: [one.source, one.target],
      user_id: one.user_id,
      project_id: one.project_id,
    }).every(([key, held]) => {
      const requested = call.query.get(key);
      return requested === null || (Array.isArray(held) ? held.includes(requested) : held === requested);
    });
  const found = [...world.migrations.values()].filter(fits).toReversed();
  return ok({
    migrations: found.map((one) => ({
      id: Number(one.id),
      ...(call.version >= 59 ? { uuid: one.uuid } : {}),
      instance_uuid: one.server,
      status: one.status,
      source_compute: one.source,
      source_node: one.source,
      dest_compute: one.target,
      dest_node: one.target,
      dest_host: one.target,
      old_instance_type_id: numberOf(one.old_flavor),
      new_instance_type_id: numberOf(one.new_flavor),
      created_at: timeOf(one.created_at),
      updated_at: timeOf(one.updated_at),
      ...(call.version >= 23 ? { migration_type: one.migration_type } : {}),
      ...(call.version >= 80 ? { user_id: one.user_id, project_id: one.project_id } : {}),
    })),
  });
}

const month = (time: Date, back: number): string =>
  new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth() - back, 1)).toISOString().slice(0, 19).replace('T', ' ');

/** Whether hosts have counted what servers used in the month before: none does here. */
function audit(call: SimulatedCall, world: World, name: string, before: Date): Answer {
  const hosts = [...world.hosts.values()].map((host) => host.name);
  return ok({
    [name]: {
      period_beginning: month(before, 1),
      period_ending: month(before, 0),
      num_hosts: hosts.length,
      num_hosts_done: 0,
      num_hosts_running: 0,
      num_hosts_not_run: hosts.length,
      hosts_not_run: hosts,
      total_instances: 0,
      total_errors: 0,
      overall_status: `0 of ${hosts.length} hosts done. 0 errors.`,
      log: {},
    },
  });
}

function auditBefore(call: SimulatedCall, world: World): Answer {
  const text = call.params.before ?? '';
  const time = new Date(`${text.replace(' ', 'T')}Z`);
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.test(text) || Number.isNaN(time.getTime()))
    throw refuse.bad(`Invalid timestamp for date ${text}`);
  return audit(call, world, 'instance_usage_audit_log', time);
}

/** What Nova tells administrators of its past. */
export const reportRoutes: readonly Route[] = [
  route('GET', '/os-migrations', 'os_compute_api:os-migrations:index', migrations, 'admin'),
  route(
    'GET',
    '/os-instance_usage_audit_log',
    'os_compute_api:os-instance-usage-audit-log:list',
    (call, world) => audit(call, world, 'instance_usage_audit_logs', new Date(world.clock.now())),
    'admin',
  ),
  route(
    'GET',
    '/os-instance_usage_audit_log/{before}',
    'os_compute_api:os-instance-usage-audit-log:show',
    auditBefore,
    'admin',
  ),
  // Gone since Nova 22
  route(
    'GET',
    '/os-agents',
    'os_compute_api:os-agents',
    () => {
      throw refuse.gone();
    },
    'admin',
  ),
];

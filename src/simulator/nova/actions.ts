import { isObject, python, textIn } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, type Answer, type SimulatedCall } from '../router.js';
import type { Server } from '../world/types.js';
import type { World } from '../world/world.js';
import { bulkAttach, bulkDetach } from './attachments.js';
import { cloneVm, createBackup, createImage } from './capture.js';
import { evacuate, liveMigrate, migrate } from './migrate.js';
import { changePassword, consoleOutput, vncConsole } from './guest.js';
import { addPmemVolumes, deletePmemVolumes } from './pmem.js';
import { changePower, POWER_ACTIONS, reboot, resetState } from './power.js';
import { rebuild } from './rebuild.js';
import { rescue, unrescue } from './rescue.js';
import { confirmResize, resize, revertResize } from './resize.js';
import { addSecurityGroup, removeSecurityGroup } from './security.js';
import { findServer, note, remove } from './servers.js';
import { shelve, shelveOffload, unshelve } from './shelve.js';
import { checkState } from './states.js';
import { restoreSnapshot, takeSnapshot } from './snapshots.js';

type Act = (call: SimulatedCall, world: World, server: Server, args: unknown) => Answer;

function setLock(locked: boolean): Act {
  return function lock(call, world, server, args) {
    note(call, world, server, locked ? 'lock' : 'unlock');
    server.locked = locked;
    server.locked_reason = (locked ? textIn(args, 'locked_reason') : undefined) ?? null;
    return accepted();
  };
}

const actions: Readonly<Record<string, Act>> = {
  ...Object.fromEntries(
    POWER_ACTIONS.map((name): [string, Act] => [name, (call, world, server) => changePower(call, world, server, name)]),
  ),
  reboot,
  resize,
  createImage,
  createBackup,
  migrate,
  evacuate,
  'os-migrateLive': liveMigrate,
  'os-resetState': resetState,
  'clone-vm': cloneVm,
  bulkVolumeAttach: bulkAttach,
  bulkVolumeDetach: bulkDetach,
  confirmResize,
  revertResize,
  'add-pmem-vol': (call, world, server, args) => addPmemVolumes(call, world, server, args, false),
  'del-pmem-vol': (call, world, server, args) => deletePmemVolumes(call, world, server, args, false),
  addSecurityGroup,
  removeSecurityGroup,
  rescue,
  unrescue,
  rebuild,
  shelve,
  shelveOffload,
  unshelve,
  changePassword,
  'os-getConsoleOutput': consoleOutput,
  'os-getVNCConsole': vncConsole,
  lock: setLock(true),
  unlock: setLock(false),
  restore: (call, world, server) => {
    checkState(server, 'restore', ['soft-delete']);
    note(call, world, server, 'restore');
    server.vm_state = 'active';
    return accepted();
  },
  forceDelete: (call, world) => ({ ...remove(call, world), status: 202 }),
};

/** Policies of what only administrators may do (recorded: 483). */
const ADMIN: Readonly<Record<string, string>> = {
  'os-migrateLive': 'os_compute_api:os-migrate-server:migrate_live',
  migrate: 'os_compute_api:os-migrate-server:migrate',
  evacuate: 'os_compute_api:os-evacuate',
  'os-resetState': 'os_compute_api:os-admin-actions:reset_state',
};

/** IBM's own. */
const IBM = new Set(['clone-vm', 'bulkVolumeAttach', 'bulkVolumeDetach', 'add-pmem-vol', 'del-pmem-vol']);

/**
 * Actions that PowerVC's partitions lack: an assumption, as no document says that its drivers rescue, rebuild or
 * shelve, or read a guest's console.
 */
const PLAIN = new Set([
  'restore',
  'createBackup',
  'rescue',
  'unrescue',
  'rebuild',
  'shelve',
  'shelveOffload',
  'unshelve',
  'changePassword',
  'os-getConsoleOutput',
  'os-getVNCConsole',
]);

/** Those whose keys are settings, as no document confirms them. */
function configured(world: World, name: string): Act | undefined {
  const keys = world.settings.actions;
  if (name === keys.snapshot) return (call, _, server, args) => takeSnapshot(call, world, server, args, name);
  const way = (['restore', 'retry', 'rollback'] as const).find((candidate) => keys[candidate] === name);
  return way === undefined
    ? undefined
    : (call, _, server, args) => restoreSnapshot(call, world, server, args, name, way);
}

/** `POST /servers/{server}/action`: the body's only key names the action. */
export function serverAction(call: SimulatedCall, world: World): Answer {
  if (!isObject(call.body) || Object.keys(call.body).length === 0) throw refuse.bad('Malformed request body');
  const [name = '', args] = Object.entries(call.body)[0] ?? [];
  const ibm = world.settings.cloud === 'powervc';
  const known = Object.hasOwn(actions, name) && !(ibm ? PLAIN : IBM).has(name) ? actions[name] : undefined;
  const act = known ?? (ibm ? configured(world, name) : undefined);
  if (act === undefined) throw refuse.bad(`There is no such action: ${name}`);
  if (Object.keys(call.body).length > 1)
    throw refuse.bad(
      `Invalid input for field/attribute body. Value: ${python(call.body)}. Additional properties are not allowed`,
    );
  const admin = call.token.roles.includes('admin');
  if (ADMIN[name] !== undefined && !admin)
    throw refuse.forbidden(`Policy doesn't allow ${ADMIN[name]} to be performed.`);
  const server = findServer(call, world);
  if (server.locked && !admin && name !== 'unlock') throw refuse.conflict(`Instance ${server.id} is locked`);
  return act(call, world, server, args);
}

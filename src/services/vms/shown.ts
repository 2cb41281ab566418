import { ZERO_ID, type Vm, type VmSize, type VmInput } from '../../model/index.js';
import type { Scope } from '../context.js';
import { warnOf } from '../notes/bad-notes.js';
import { readNote, readPackedNote, type OnBadNote } from '../notes/notes.js';
import { otherSystem } from '../other-system.js';
import { BLANK } from '../references.js';
import { pendingOf } from '../work/partitions.js';
import { isRestoring } from '../work/restore-mark.js';
import { taskOf, type Task } from '../work/tasks.js';
import { INSTANCE_TYPE } from './instancetype.js';
import { GUEST, keptSetup } from './kept-setup.js';
import { notedSettings, SETTINGS } from './settings.js';
import { notedTopology, processors, TOPOLOGY, topologyIn, topologyNote } from './topology.js';
import { isBlank, NEXT_RUN, nextSize, sized, WANTED, wantedSize } from './wanted.js';

/** Properties of a VM that Nova has no field for: note key → entity property, all texts. */
export const notedTexts = {
  description: 'description',
  comment: 'comment',
  'os.type': 'osType',
  'display.type': 'displayType',
} as const;

/** Note of a VM that was created independent of its template. */
export const CLONED = 'cloned_disks';

const KEPT = Object.entries(notedTexts);

/** Statuses in which a guest runs, which could report. */
const RUNS: ReadonlySet<string> = new Set([
  'up',
  'powering_up',
  'powering_down',
  'reboot_in_progress',
  'migrating',
  'paused',
  'not_responding',
  'saving_state',
]);

/**
 * The VM as oVirt shows it, with the values of its notes. Changes for the end of its deployment are shown at once, and
 * those for its next start while it is down, or on request (`nextRun`).
 */
export function asVm(seen: Vm, { nextRun = false }: { readonly nextRun?: boolean } = {}): Vm {
  const next = nextSize(seen);
  const size = nextRun || seen.status === 'down' ? next : undefined;
  const wanted = wantedSize(seen);
  const built = wanted ? sized(seen, wanted) : seen;
  const vm = size ? sized(built, size) : built;
  const notes = vm.notes ?? {};
  // one copy, changed in place: each `...` would copy the VM's fifty properties
  const shown: Vm = { ...vm };
  // An engine has them from the guest, which reports while it runs
  if (!vm.addresses?.length || !RUNS.has(vm.status)) shown.addresses = undefined;
  Object.assign(shown, notedSettings(vm));
  if (notes[GUEST] !== undefined) Object.assign(shown, keptSetup(vm));
  const type = notes[INSTANCE_TYPE];
  if (type !== undefined) shown.instanceType = { id: type };
  setSize(shown, vm, size);
  if (next) shown.nextRun = true;
  shown.osType = otherSystem(vm.architecture);
  for (const [key, property] of KEPT) {
    const text = notes[key];
    if (text !== undefined) Object.assign(shown, { [property]: text });
  }
  if (notes['failed'] !== undefined) shown.statusDetail = notes['failed'];
  shown.deleteProtected = notes['delete_protected'] === 'true';
  shown.originalTemplate = vm.template ?? { id: ZERO_ID };
  shown.template = notes[CLONED] === undefined ? shown.originalTemplate : { id: ZERO_ID, name: BLANK };
  shown.status = statusOf(vm);
  return shown;
}

/** Warns of notes of the VM that `asVm` ignores, because they are invalid. */
export function checkShownNotes(scope: Scope, { id, notes }: Vm): void {
  if (!notes) return;
  const warn = (note: string): OnBadNote => warnOf(scope, `VM ${id}`, note);
  readNote('VmSettings', notes[SETTINGS], warn(SETTINGS));
  readNote('VmSize', notes[WANTED], warn(WANTED));
  readNote('VmSize', notes[NEXT_RUN], warn(NEXT_RUN));
  readPackedNote('KeptSetup', notes[GUEST], warn(GUEST));
}

/**
 * The VM is locked during the gateway's own work; while that stops it, it is shown as powering down, even if it has to
 * be resumed first.
 */
function statusOf(vm: Vm): Vm['status'] {
  const work = workOf(vm);
  if (work === undefined || work === 'update' || vm.status === 'not_responding') return vm.status;
  if (work === 'create' && isBlank(vm)) return vm.notes?.['start'] === undefined ? 'down' : 'wait_for_launch';
  if (work === 'stop') return vm.status === 'down' ? 'down' : 'powering_down';
  if (work === 'start') return vm.status === 'down' || vm.status === 'image_locked' ? 'wait_for_launch' : vm.status;
  return 'image_locked';
}

/** Whether the VM is being deployed with disks, by the gateway or by others: it is not whole yet. */
export function isDeploying(vm: Vm): boolean {
  const work = workOf(vm);
  if (work !== undefined) return work === 'create' && !isBlank(vm);
  return vm.status === 'wait_for_launch' || (vm.status === 'image_locked' && vm.powerState === 'other');
}

function setSize(shown: Vm, vm: Vm, next: VmSize | undefined): void {
  const { memoryBytes, processors: requested, topology } = { ...wantedSize(vm), ...next };
  const count = requested ?? processors(vm);
  if (memoryBytes !== undefined) shown.memoryBytes = memoryBytes;
  if (requested !== undefined) [shown.sockets, shown.cores, shown.threads] = [requested, 1, 1];
  Object.assign(shown, topologyIn(topology, count) ?? notedTopology(vm, count));
}

/** The gateway's own work on the VM. */
export type VmWork = 'create' | 'remove' | 'restore' | Task['kind'];

export function workOf(vm: Vm): VmWork | undefined {
  const pending = pendingOf(vm);
  if (pending !== undefined) return pending === 'create' ? 'create' : 'remove';
  return isRestoring(vm) ? 'restore' : taskOf(vm)?.kind;
}

export function notesOf(input: VmInput): Record<string, string> {
  const notes: Record<string, string> = {};
  for (const [key, property] of Object.entries(notedTexts))
    if (input[property] !== undefined) notes[key] = input[property];
  // empty for one that is taken from the VM
  if (input.instanceType) notes[INSTANCE_TYPE] = input.instanceType.id ?? '';
  const topology = topologyNote(input);
  if (topology !== undefined) notes[TOPOLOGY] = topology;
  if (input.cloned) notes[CLONED] = 'true';
  if (input.deleteProtected !== undefined) notes['delete_protected'] = String(input.deleteProtected);
  return notes;
}

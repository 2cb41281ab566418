import { ZERO_ID, type Vm } from '../../model/index.js';
import { pendingOf } from '../partitions.js';
import { taskOf, type Task } from '../tasks.js';
import { notedTopology, processors, TOPOLOGY, topologyNote } from './topology.js';
import { isBlank, wantedSize } from './wanted.js';

/** What oVirt keeps with a VM and Nova has no field for: note key → entity property, all texts. */
export const keptTexts = {
  description: 'description',
  comment: 'comment',
  'os.type': 'osType',
  'display.type': 'displayType',
} as const;

/** The VM as oVirt shows it: with what its notes keep. */
export function asVm(vm: Vm): Vm {
  const notes = vm.notes ?? {};
  const texts = Object.fromEntries(
    Object.entries(keptTexts).flatMap(([key, property]) => (notes[key] === undefined ? [] : [[property, notes[key]]])),
  );
  const { addresses, ...rest } = vm;
  return {
    ...rest,
    ...(addresses?.length && { addresses }),
    ...sizeOf(vm),
    osType: 'other_ppc64',
    ...texts,
    ...(notes['failed'] !== undefined && { statusDetail: notes['failed'] }),
    deleteProtected: notes['delete_protected'] === 'true',
    template: vm.template ?? { id: ZERO_ID },
    status: statusOf(vm),
  };
}

/** While work of ours is under way the VM is locked; one that is on its way down, though it may have to wake first, is that. */
function statusOf(vm: Vm): Vm['status'] {
  const work = workOf(vm);
  if (work === undefined || work === 'update' || vm.status === 'not_responding') return vm.status;
  if (work === 'create' && isBlank(vm)) return vm.notes?.['start'] === undefined ? 'down' : 'wait_for_launch';
  if (work === 'stop') return vm.status === 'down' ? 'down' : 'powering_down';
  return 'image_locked';
}

function sizeOf(vm: Vm): Partial<Vm> {
  const { memoryBytes, processors: wanted } = wantedSize(vm) ?? {};
  return {
    ...(memoryBytes !== undefined && { memoryBytes }),
    ...(wanted !== undefined && { sockets: wanted, cores: 1, threads: 1 }),
    ...notedTopology(vm, wanted ?? processors(vm)),
  };
}

/** What of ours is under way with the VM. */
export type VmWork = 'create' | 'remove' | Task['kind'];

export function workOf(vm: Vm): VmWork | undefined {
  const pending = pendingOf(vm);
  return pending === undefined ? taskOf(vm)?.kind : pending === 'create' ? 'create' : 'remove';
}

export function notesOf(input: Vm): Record<string, string> {
  const notes: Record<string, string> = {};
  for (const [key, property] of Object.entries(keptTexts))
    if (input[property] !== undefined) notes[key] = input[property];
  const topology = topologyNote(input);
  if (topology !== undefined) notes[TOPOLOGY] = topology;
  if (input.deleteProtected !== undefined) notes['delete_protected'] = String(input.deleteProtected);
  return notes;
}

export const isRunning = (vm: Vm): boolean =>
  vm.powerState !== undefined ? vm.powerState === 'running' : vm.status === 'up';

import { isFault, type NotesPatch, type Vm, type VmSize, type VmInput } from '../../model/index.js';
import type { Scope } from '../context.js';
import { isAble, requireAble } from '../fitting.js';
import { isPassing } from '../work/patience.js';
import { unlessGone, until } from '../work/wait.js';
import { resize } from './sizes.js';
import { TOPOLOGY, topologyNote, type Topology } from './topology.js';
import { NEXT_RUN, nextSize } from './wanted.js';

/** How a change of size is applied: `now`, and notes of what waits for the next start. */
export interface Planned {
  readonly now?: VmSize;
  readonly patch: NotesPatch;
  /** Whether the processors wait, and their topology with them. */
  readonly keepsProcessors?: boolean;
}

/**
 * The part of a change of size that the VM takes now, and the part for its next start. `later`: all of it, on the
 * client's request. Throws `unsupported` where the backend keeps no notes.
 */
export function planned(
  scope: Scope,
  vm: Vm,
  size: VmSize | undefined,
  { input, topology, later }: { readonly input: VmInput; readonly topology: Topology; readonly later: boolean },
): Planned {
  const pendingSize = nextSize(vm);
  if (vm.status === 'down') {
    if (!size) return { patch: {} };
    const now = pendingSize ? differing(vm, merged(pendingSize, size)) : size;
    return { ...(now && { now }), patch: pendingSize ? forgotten(vm, pendingSize, size) : {} };
  }
  const { vms } = scope.session;
  const now = !size || later ? undefined : vms.takes ? vms.takes(vm, size) : size;
  const rest = size && without(size, now);
  if (rest) requireAble(scope, 'vm.notes.size', 'update VM', subjectOf(rest));
  if (!rest && !pendingSize) return { ...(now && { now }), patch: {} };
  const next = {
    ...merged(withoutAsked(pendingSize ?? {}, input), rest ?? {}),
    ...(rest?.processors !== undefined && { topology: topologyNote(topology) ?? `${rest.processors}x1x1` }),
  };
  const text = isEmpty(next) ? undefined : JSON.stringify(next);
  return {
    ...(now && { now }),
    patch: text === vm.notes?.[NEXT_RUN] ? {} : { [NEXT_RUN]: text ?? null },
    keepsProcessors: rest?.processors !== undefined,
  };
}

/**
 * Resizes the VM. If the cloud refuses to resize a running one in its present state, as PowerVC does without an RMC
 * connection, the change waits for its next start.
 */
export async function resizeOrKeep(scope: Scope, vm: Vm, size: VmSize): Promise<void> {
  try {
    await resize(scope, vm, size);
  } catch (error) {
    if (!isFault(error, 'backend.conflict')) throw error;
    // Another gateway, which has resumed the same work, may be resizing it: its end tells
    const now = await atRest(scope, vm.id);
    if (now && hasSize(now, size)) return;
    if (vm.status === 'down' || !isAble(scope, 'vm.notes.size')) throw error;
    await scope.session.vms.note(vm.id, { [NEXT_RUN]: JSON.stringify(merged(nextSize(vm) ?? {}, size)) });
  }
}

/** Applies the changes for the next start to a VM that is down. Throws the cloud's refusal; the note stays then. */
export async function applyNextRun(scope: Scope, vm: Vm): Promise<void> {
  const pendingSize = nextSize(vm);
  if (!pendingSize) return;
  const size = differing(vm, pendingSize);
  if (size) await resize(scope, vm, size);
  await scope.session.vms.note(vm.id, forgotten(vm, pendingSize, {}));
}

/** The notes without these changes, with their topology as the VM's. */
function forgotten(vm: Vm, { topology }: VmSize, { processors }: VmSize): NotesPatch {
  const mine = processors === undefined ? topology : undefined;
  const noted = mine?.endsWith('x1x1') ? undefined : mine;
  const changes = mine !== undefined && noted !== vm.notes?.[TOPOLOGY];
  return { [NEXT_RUN]: null, ...(changes && { [TOPOLOGY]: noted ?? null }) };
}

/** A size with a later change of it. */
export const merged = (before: VmSize, after: VmSize): VmSize => ({
  ...before,
  ...after,
  ...((before.extraSpecs ?? after.extraSpecs) && { extraSpecs: { ...before.extraSpecs, ...after.extraSpecs } }),
});

const isEmpty = ({ memoryBytes, processors, affinity, extraSpecs = {} }: VmSize): boolean =>
  memoryBytes === undefined &&
  processors === undefined &&
  affinity === undefined &&
  Object.keys(extraSpecs).length === 0;

/**
 * Resizes the VM once it is not in transition, unless it has that size already, because an interrupted gateway may have
 * requested it. Returns the VM as it is then; undefined if it is gone.
 */
export async function resizeOnce(scope: Scope, found: Vm, size: VmSize): Promise<Vm | undefined> {
  const vm = isPassing(found) ? await atRest(scope, found.id) : found;
  const left = vm && differing(vm, size);
  if (!vm || !left) return vm;
  try {
    await resizeOrKeep(scope, vm, left);
  } catch (error) {
    if (!isFault(error, 'backend.refused')) throw error;
    // Nova refuses a flavor that the server has already: another gateway, which has resumed the same work, was faster
    const now = await atRest(scope, vm.id);
    if (now && !hasSize(now, size)) throw error;
    return now;
  }
  return vm;
}

const atRest = async (scope: Scope, id: string): Promise<Vm | undefined> =>
  (
    await until(
      scope,
      `VM ${id}`,
      () => unlessGone(scope.session.vms.get(id)),
      (vm) => (vm && isPassing(vm) ? undefined : { vm }),
    )
  ).vm;

/** The size without what the VM has already. */
function differing(vm: Vm, { memoryBytes, processors, affinity, extraSpecs = {} }: VmSize): VmSize | undefined {
  const has = (vm.sockets ?? 1) * (vm.cores ?? 1) * (vm.threads ?? 1);
  const size = {
    ...(memoryBytes !== undefined && memoryBytes !== vm.memoryBytes && { memoryBytes }),
    ...(processors !== undefined && processors !== has && { processors }),
    ...(affinity !== undefined && affinity !== vm.affinity && { affinity }),
    extraSpecs,
  };
  return isEmpty(size) ? undefined : size;
}

/** Extra specs are no part of what a VM shows; they change in one call with memory and processors. */
function hasSize(vm: Vm, size: VmSize): boolean {
  const left = differing(vm, size);
  const asksSize = size.memoryBytes !== undefined || size.processors !== undefined;
  return !left || (asksSize && [left.memoryBytes, left.processors, left.affinity].every((one) => one === undefined));
}

function without(size: VmSize, now: VmSize | undefined): VmSize | undefined {
  const specs = Object.entries(size.extraSpecs ?? {}).filter(([name]) => now?.extraSpecs?.[name] === undefined);
  const rest = {
    ...(size.memoryBytes !== undefined && now?.memoryBytes === undefined && { memoryBytes: size.memoryBytes }),
    ...(size.processors !== undefined && now?.processors === undefined && { processors: size.processors }),
    ...(specs.length > 0 && { extraSpecs: Object.fromEntries(specs) }),
  };
  return isEmpty(rest) ? undefined : rest;
}

/** The pending size without what the client names: its new value wins, even if it is the VM's present one. */
function withoutAsked(pendingSize: VmSize, input: VmInput): VmSize {
  const asksProcessors = (input.sockets ?? input.cores ?? input.threads) !== undefined;
  const replaced = new Set([
    ...(input.memoryGuaranteedBytes === undefined ? [] : ['powervm:min_mem']),
    ...(input.memoryMaxBytes === undefined ? [] : ['powervm:max_mem']),
    ...(input.highlyAvailable === undefined ? [] : ['powervm:srr_capability']),
    ...(input.priority === undefined ? [] : ['powervm:availability_priority']),
    ...(input.customProperties ?? []).map(({ name }) => name),
  ]);
  const specs = Object.entries(pendingSize.extraSpecs ?? {}).filter(([name]) => !replaced.has(name));
  return {
    ...(pendingSize.memoryBytes !== undefined &&
      input.memoryBytes === undefined && { memoryBytes: pendingSize.memoryBytes }),
    ...(!asksProcessors && pendingSize.processors !== undefined && { processors: pendingSize.processors }),
    ...(!asksProcessors && pendingSize.topology !== undefined && { topology: pendingSize.topology }),
    ...(specs.length > 0 && { extraSpecs: Object.fromEntries(specs) }),
  };
}

const subjectOf = ({ memoryBytes, processors }: VmSize): string =>
  memoryBytes !== undefined
    ? `A change of memory that cannot be applied to a running VM (${memoryBytes} bytes)`
    : processors !== undefined
      ? `A change of processors that cannot be applied to a running VM (${processors})`
      : 'A change that cannot be applied to a running VM';

import { Fault, propertyOf, type NotesPatch, type Ref, type Vm, type VmSize, type VmInput } from '../../model/index.js';
import type { Scope } from '../context.js';
import { asksSetup, hasHad } from './cloudinit.js';
import { fit, isAble, ofVm, reportUnable, requireAble } from '../fitting.js';
import { resolveCluster, resolveHosts, resolveTemplate } from '../references.js';
import { may, related } from '../rules.js';
import { beginTask, noteTask } from '../work/tasks.js';
import { stays } from '../work/rivals.js';
import { checkName, get, namesakes, naming } from './find.js';
import { asVm, CLONED, workOf, notedTexts, notesOf } from './shown.js';
import { INSTANCE_TYPE, withInstanceType } from './instancetype.js';
import { noteWhenFree } from './noting.js';
import { changed, TOPOLOGY, TOPOLOGY_OF, topologyNote } from './topology.js';
import { wantedSize } from './wanted.js';
import { reportArchitecture } from './architecture.js';
import { merged, planned, resizeOrKeep } from './nextrun.js';
import { settingsNotes } from './settings.js';
import { settledVm } from './settled.js';
import { checkLimits } from './limits.js';
import { ownProperties, resize, sizeChange } from './sizes.js';

export interface UpdateOptions {
  /** A change of size waits for the next start, even if it could be made now. */
  readonly nextRun?: boolean;
}

/** Changes what differs: a document that is sent back complete changes nothing (docs/reference/ovirt.md, section 9). */
export async function update(
  scope: Scope,
  id: string,
  given: VmInput,
  { nextRun = false }: UpdateOptions = {},
): Promise<Vm> {
  const vm = await settledVm(scope, id, 'vm.update');
  const now = asVm(vm);
  const typed = await withInstanceType(scope, now, fit(scope, ofVm, 'update VM', given, now));
  const input = ownProperties(scope, await withHosts(scope, now, typed), now);
  reportArchitecture(scope, input, now);
  await checkFixed(scope, now, input);
  checkSetup(scope, now, input);
  checkLimits('edit', now, input);
  const size = sizeChange(scope, now, input);
  may(scope, 'vm.update', vm);

  if (input.cloned && now.notes?.[CLONED] === undefined)
    scope.report(propertyOf('Vm', 'cloned'), 'it can only be chosen when a VM is created');
  const name = input.name !== undefined && input.name !== now.name ? input.name : undefined;
  const patch = noteChange(scope, now, input);
  if (workOf(vm) === 'create') {
    if (name !== undefined) await rename(scope, vm, name, () => scope.session.vms.rename(id, name));
    if (size) requireAble(scope, 'vm.notes.size', 'update VM', 'Resizing a VM that is being created');
    const sizeNote = size && { wanted: JSON.stringify(merged(wantedSize(vm) ?? {}, size)) };
    if (sizeNote || Object.keys(patch).length) await noteWhenFree(scope, id, { ...patch, ...sizeNote });
    return get(scope, id);
  }
  const plan = planned(scope, vm, size, { input, topology: changed(now, input), later: nextRun });
  const { [TOPOLOGY]: _, ...others } = patch;
  const notes = { ...(plan.keepsProcessors ? others : patch), ...plan.patch };
  const change = {
    ...(plan.now && { size: plan.now }),
    ...(name !== undefined && { name }),
    ...(Object.keys(notes).length > 0 && { patch: notes }),
  };
  if (name === undefined) await apply(scope, vm, change);
  else await rename(scope, vm, name, () => apply(scope, vm, change));
  return get(scope, id, { nextRun });
}

/** The hosts that a VM is to run on, by id. It does not move: a differing present host is reported. */
async function withHosts(scope: Scope, { host }: Vm, input: VmInput): Promise<VmInput> {
  if (input.placementHosts === undefined) return input;
  const placementHosts = await resolveHosts(scope, input.placementHosts);
  if (host && placementHosts.length > 0 && !placementHosts.some(({ id }) => id === host.id))
    scope.report(propertyOf('Vm', 'placementHosts'), 'a VM stays on its current host; migrate it');
  return { ...input, placementHosts };
}

/**
 * A single call is made at once; several are noted first, so that all of them are made or their failure is reported.
 */
async function apply(scope: Scope, vm: Vm, { size, name, patch }: Change): Promise<void> {
  const { vms } = scope.session;
  const id = vm.id;
  if (size && name !== undefined && !patch && vms.resizesWithName) await resize(scope, vm, size, name);
  else if ([size, name, patch].filter((one) => one !== undefined).length > 1) {
    await noteTask(scope, { kind: 'update', vm: id, at: Date.now(), size, name, patch }, () =>
      related(scope, 'vm.update'),
    );
    await beginTask(scope, id);
  } else if (size) await resizeOrKeep(scope, vm, size);
  else if (name !== undefined) await vms.rename(id, name);
  else if (patch) await noteWhenFree(scope, id, patch);
}

interface Change {
  readonly size?: VmSize;
  readonly name?: string;
  readonly patch?: NotesPatch;
}

/** Renames the VM, if no other VM has the name. */
async function rename(
  scope: Scope,
  { id, name: former }: Vm,
  name: string,
  change: () => Promise<void>,
): Promise<void> {
  await naming(scope, name, async () => {
    await checkName(scope, name, 'edit');
    await change();
    if (await stays(scope, id, () => namesakes(scope, name))) return;
    await scope.session.vms.rename(id, former);
    throw new Fault('duplicate-name', { verb: 'edit', what: 'VM', name });
  });
}

/**
 * Refuses another cluster or template; clients may send back what the VM has. Throws `not-found.reference` for one that
 * does not exist.
 */
async function checkFixed(scope: Scope, now: Vm, input: VmInput): Promise<void> {
  for (const key of ['cluster', 'template'] as const) {
    const ref = input[key];
    if (!ref || isSame(ref, now[key])) continue;
    const other = key === 'cluster' ? await resolveCluster(scope, ref) : await resolveTemplate(scope, ref);
    if (other.id === now[key]?.id) continue;
    throw new Fault('unsupported', {
      operation: 'update VM',
      subject: `Another ${key}`,
      backend: scope.backend,
      why: 'it can only be set when the VM is deployed.',
    });
  }
}

/** Whether a reference is to what the VM has, as far as that is known without a call; an empty one is to anything. */
const isSame = ({ id, name }: Ref, now: Ref | undefined): boolean =>
  id === undefined ? name === undefined || name === now?.name : id === now?.id;

function noteChange(scope: Scope, now: Vm, input: VmInput): NotesPatch {
  const { sockets: _, cores: __, threads: ___, cloned: ____, ...texts } = input;
  const noted = Object.fromEntries(
    Object.entries(notesOf(texts)).flatMap(([key, value]) => {
      const before =
        key === 'delete_protected'
          ? String(now.deleteProtected ?? false)
          : key === INSTANCE_TYPE
            ? now.instanceType?.id
            : now[notedTexts[key as keyof typeof notedTexts]];
      if (value === (before ?? '')) return [];
      return [[key, value === '' ? null : value]];
    }),
  );
  const topologyPart = input.sockets ?? input.cores ?? input.threads;
  const topology = topologyPart === undefined ? now.notes?.[TOPOLOGY] : topologyNote(changed(now, input));
  const all = { ...noted, ...settingsNotes(scope, now, input) };
  if (topology === now.notes?.[TOPOLOGY]) return all;
  if (isAble(scope, 'vm.notes.size')) return { ...all, [TOPOLOGY]: topology ?? null };
  reportUnable(scope, 'vm.notes.size', TOPOLOGY_OF);
  return all;
}

/**
 * Refuses changes of the initialization: cloud-init has read it, and no cloud can replace it later. The VM portal sends
 * the new name of a VM as its host name, too: the VM is renamed, and the host name is reported.
 */
function checkSetup(scope: Scope, now: Vm, input: VmInput): void {
  if (!asksSetup(input) || hasHad(now, input)) return;
  const { hostName, ...others } = input;
  const isRename = input.name !== undefined && input.name !== now.name;
  if (!isRename || hostName !== input.name || asksSetup(others))
    throw new Fault('unsupported', {
      operation: 'update VM',
      subject: propertyOf('Vm', 'guest', 'hostName', 'userData'),
      backend: scope.backend,
      why: 'the guest receives it when the VM is created: send it with POST /vms.',
    });
  scope.report(propertyOf('Vm', 'hostName'), 'the guest receives its host name when the VM is created');
}

import {
  Fault,
  isFault,
  ZERO_ID,
  type NotesPatch,
  type Template,
  type Vm,
  type VmQuery,
  type VmSize,
  type VmSpec,
} from '../model/index.js';
import type { Scope, Started } from './context.js';
import { insertMedium } from './cdroms.js';
import { noteOf, unpack } from './configurations.js';
import { beginVm, isUnfinishedVm, markRemoval, resumeLeftOver, resumeVm } from './partitions.js';
import { fit, ofVm } from './fitting.js';
import { missingReference, resolveCluster, resolveNetwork, resolveTemplate } from './references.js';
import { taskOf, resumeTask } from './tasks.js';
import { started, unlessGone, until, watched } from './wait.js';

/** The VMs. Sources: docs/reference/ovirt.md, section 10; docs/reference/power.md, 4.2 and 4.5. */

/** What oVirt keeps with a VM and Nova has no field for: note key → entity property, all texts. */
const keptTexts = {
  description: 'description',
  comment: 'comment',
  'os.type': 'osType',
  'display.type': 'displayType',
} as const;

const transition = (verb: string): Fault => new Fault('conflict.transition', { verb, what: 'VM' });
const conflict = (text: string): Fault => new Fault('conflict', { text });

/** The VM as oVirt shows it: with what its notes keep. */
export function asVm(vm: Vm): Vm {
  const notes = vm.notes ?? {};
  const texts = Object.fromEntries(
    Object.entries(keptTexts).flatMap(([key, property]) => (notes[key] === undefined ? [] : [[property, notes[key]]])),
  );
  return {
    ...vm,
    osType: 'other_ppc64',
    ...texts,
    deleteProtected: notes['delete_protected'] === 'true',
    template: vm.template ?? { id: ZERO_ID },
    status: isBusy(vm) && vm.status !== 'not_responding' ? 'image_locked' : vm.status,
  };
}

/** Takes up what was begun with the VM. */
function resume(scope: Scope, vm: Vm): void {
  resumeVm(scope, vm);
  resumeTask(scope, vm);
}

/** Pages of VMs, one call each. What was begun with one of them is taken up. */
export async function* list(scope: Scope, query: VmQuery = {}): AsyncGenerator<Vm[]> {
  for await (const page of scope.session.vms.list(query)) {
    for (const vm of page) resume(scope, vm);
    yield page.map(asVm).filter((vm) => query.hasPmem !== false || !vm.pmemVolumes?.length);
  }
}

async function look(scope: Scope, id: string): Promise<Vm> {
  const vm = await unlessGone(scope.session.vms.get(id));
  if (!vm) {
    resumeLeftOver(scope, id);
    throw new Fault('not-found', { what: 'VM', id });
  }
  resume(scope, vm);
  return vm;
}

/** One call. Throws `not-found`, and then takes up what a removal left of it. */
export const get = async (scope: Scope, id: string): Promise<Vm> => asVm(await look(scope, id));

/**
 * Creates a VM: of a template, or from a snapshot. PowerVC starts what it deploys, oVirt does not: the VM is powered
 * off once it is built
 * (setting `afterCreate`), and is `image_locked` until then. A deployment that fails is removed again.
 */
export async function add(scope: Scope, given: Vm): Promise<Started<Vm>> {
  const input = fit(scope, ofVm, 'add VM', given);
  const { vms } = scope.session;
  const name = input.name!;
  await checkName(scope, name, 'add');
  const cluster = input.cluster && (await resolveCluster(scope, input.cluster));
  const source = await sourceOf(scope, input);
  reportNics(scope, input);
  const nics = await Promise.all(
    (input.nics ?? []).map(async (nic) => ({
      ...nic,
      network: nic.network && (await resolveNetwork(scope, nic.network)),
    })),
  );
  checkProperties(scope, input);

  const { status: _, id: __, ...wanted } = input;
  const id = await vms.create({
    ...source.defaults,
    ...Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)),
    ...source.spec,
    name,
    ...(cluster && { cluster }),
    nics,
    notes: { ...notesOf(input), pending: 'create' },
  });
  const finished = beginVm(scope, id).then((end) => {
    if (!end) throw new Fault('not-found', { what: 'VM', id });
    return asVm(end);
  });
  return { value: asVm(await vms.get(id)), finished: watched(finished) };
}

/** A deployment makes its ports itself: of a NIC that comes with the VM only the network counts. */
function reportNics(scope: Scope, { nics = [] }: Vm): void {
  for (const key of ['name', 'mac', 'linked', 'plugged'] as const) {
    if (nics.some((nic) => nic[key] !== undefined))
      scope.report(
        `vm.nics.nic.${key}`,
        'the deployment makes the NIC; change it once the VM is there, or add it then',
      );
  }
}

export async function checkName(scope: Scope, name: string, verb: string): Promise<void> {
  for await (const page of scope.session.vms.list({ name })) {
    if (page.some((vm) => vm.name === name)) throw new Fault('duplicate-name', { verb, what: 'VM', name });
  }
}

function checkProperties(scope: Scope, input: Vm): void {
  const unknown = (input.customProperties ?? []).find(({ name }) => !name.startsWith('powervm:'));
  if (unknown) {
    throw new Fault('unsupported', {
      operation: 'set custom property',
      subject: unknown.name,
      backend: scope.backend,
      why: "custom properties are the flavor's extra specs, whose names begin with powervm:",
    });
  }
}

interface Source {
  readonly defaults: Partial<Vm>;
  readonly spec: Partial<VmSpec>;
}

const DEFAULTS = { memoryBytes: 1 << 30, sockets: 1, cores: 1, threads: 1 };

async function sourceOf(scope: Scope, input: Vm): Promise<Source> {
  if (input.sourceSnapshot?.id !== undefined) return fromSnapshot(scope, input.sourceSnapshot.id);
  const template = await resolveTemplate(scope, input.template ?? { id: ZERO_ID });
  if (template.isIso)
    throw new Fault('refused', { text: `Cannot add VM. ${template.name} is an ISO image, not a template.` });
  checkDisks(scope, input, template);
  const defaults = (['memoryBytes', 'sockets', 'cores', 'threads', 'osType'] as const).flatMap((key) =>
    template[key] === undefined ? [] : [[key, template[key]] as const],
  );
  return {
    defaults: { ...DEFAULTS, ...Object.fromEntries(defaults), diskGib: template.minDiskGib ?? 0 },
    spec: { template: { id: template.id!, name: template.name! } },
  };
}

/** Example 15.18. PowerVC always copies the image's disks; a disk that the template does not have can't be copied. */
function checkDisks(scope: Scope, input: Vm, template: Template): void {
  const known = new Set((template.disks ?? []).map(({ id }) => id));
  for (const disk of input.disks ?? []) {
    if (disk.id === undefined)
      scope.report('vm.disks.disk', 'a VM is made with the disks of its template; add others once it is there');
    else if (!known.has(disk.id)) throw missingReference('Disk', { id: disk.id });
    else if (disk.format === 'cow') scope.report('vm.disks.disk.format', 'volumes are raw');
  }
}

/** Example 15.43: volumes copied from the snapshot's, and the size that the VM had then. */
async function fromSnapshot(scope: Scope, snapshotId: string): Promise<Source> {
  const snapshot = await missing('Snapshot', snapshotId, scope.session.snapshots.get(snapshotId));
  const volumes = (snapshot.volumes ?? []).filter((volume) => volume.snapshotId !== undefined);
  if (volumes.length === 0)
    throw new Fault('refused', { text: `Cannot add VM. Snapshot ${snapshotId} tells no volume snapshots to copy.` });
  const vm = await scope.session.vms.get(snapshot.vm!.id!);
  const text = vm.notes?.[noteOf(snapshot.name ?? '')];
  const then = text === undefined ? vm : unpack(text).vm;
  const { memoryBytes, sockets, cores, threads, osType } = then;
  return {
    defaults: {
      ...DEFAULTS,
      ...Object.fromEntries(
        Object.entries({ memoryBytes, sockets, cores, threads, osType }).filter(([, value]) => value !== undefined),
      ),
    },
    spec: {
      volumeSnapshots: [...volumes]
        .sort((a, b) => Number(b.bootable ?? false) - Number(a.bootable ?? false))
        .map((volume) => ({ id: volume.snapshotId!, sizeBytes: volume.sizeBytes ?? 0 })),
    },
  };
}

async function missing<T>(what: string, id: string, promise: Promise<T>): Promise<T> {
  const found = await unlessGone(promise);
  if (found === undefined) throw missingReference(what, { id });
  return found;
}

function notesOf(input: Vm): Record<string, string> {
  const notes: Record<string, string> = {};
  for (const [key, property] of Object.entries(keptTexts))
    if (input[property] !== undefined) notes[key] = input[property];
  if (input.deleteProtected !== undefined) notes['delete_protected'] = String(input.deleteProtected);
  return notes;
}

/** Changes what differs: a document that comes back whole changes nothing (docs/reference/ovirt.md, section 9). */
export async function update(scope: Scope, id: string, given: Vm): Promise<Vm> {
  const vm = await look(scope, id);
  const now = asVm(vm);
  const input = fit(scope, ofVm, 'update VM', given, now);
  checkFixed(scope, now, input);
  checkProperties(scope, input);
  const size = sizeChange(now, input);
  if (size && (isBusy(vm) || now.status === 'image_locked')) throw transition('edit');

  if (input.name !== undefined && input.name !== now.name) {
    await checkName(scope, input.name, 'edit');
    await scope.session.vms.rename(id, input.name);
  }
  const patch = noteChange(now, input);
  if (Object.keys(patch).length) await scope.session.vms.note(id, patch);
  if (size) await resize(scope, vm, size);
  return get(scope, id);
}

/** What a VM keeps for life here, and a client may send back but not change. */
function checkFixed(scope: Scope, now: Vm, input: Vm): void {
  const differs = (key: 'cluster' | 'template'): boolean =>
    input[key]?.id !== undefined
      ? input[key].id !== now[key]?.id
      : input[key]?.name !== undefined && input[key].name !== now[key]?.name;
  const fixed = (['cluster', 'template'] as const).find(
    (key) => differs(key) && (input[key]?.id !== undefined || now[key]?.name !== undefined),
  );
  if (fixed)
    throw new Fault('unsupported', {
      operation: 'update VM',
      subject: `Another ${fixed}`,
      backend: scope.backend,
      why: 'a VM keeps what it was deployed with.',
    });
}

const processors = ({ sockets = 1, cores = 1, threads = 1 }: Vm): number => sockets * cores * threads;

function sizeChange(now: Vm, input: Vm): VmSize | undefined {
  const memory =
    input.memoryBytes !== undefined && input.memoryBytes !== now.memoryBytes ? input.memoryBytes : undefined;
  const asked = input.sockets ?? input.cores ?? input.threads;
  const cpus =
    asked !== undefined &&
    processors({ sockets: now.sockets, cores: now.cores, threads: now.threads, ...defined(input) }) !== processors(now)
      ? processors({ sockets: now.sockets, cores: now.cores, threads: now.threads, ...defined(input) })
      : undefined;
  const specs = { ...specChange(now, input), ...propertyChange(now, input) };
  if (memory === undefined && cpus === undefined && Object.keys(specs).length === 0) return undefined;
  return {
    ...(memory !== undefined && { memoryBytes: memory }),
    ...(cpus !== undefined && { processors: cpus }),
    extraSpecs: specs,
  };
}

const defined = ({ sockets, cores, threads }: Vm): Vm =>
  Object.fromEntries(Object.entries({ sockets, cores, threads }).filter(([, value]) => value !== undefined));

function specChange(now: Vm, input: Vm): Record<string, string> {
  const specs: Record<string, string> = {};
  if (input.memoryGuaranteedBytes !== undefined && input.memoryGuaranteedBytes !== now.memoryGuaranteedBytes) {
    specs['powervm:min_mem'] = String(Math.ceil(input.memoryGuaranteedBytes / 2 ** 20));
  }
  if (input.highlyAvailable !== undefined && input.highlyAvailable !== (now.highlyAvailable ?? false))
    specs['powervm:srr_capability'] = String(input.highlyAvailable);
  if (input.priority !== undefined && input.priority !== now.priority)
    specs['powervm:availability_priority'] = String(input.priority);
  return specs;
}

function propertyChange(now: Vm, input: Vm): Record<string, string> {
  const before = new Map((now.customProperties ?? []).map(({ name, value }) => [name, value]));
  return Object.fromEntries(
    (input.customProperties ?? [])
      .filter(({ name, value }) => before.get(name) !== value)
      .map(({ name, value }) => [name, value]),
  );
}

function noteChange(now: Vm, input: Vm): NotesPatch {
  return Object.fromEntries(
    Object.entries(notesOf(input)).flatMap(([key, value]) => {
      const before =
        key === 'delete_protected'
          ? String(now.deleteProtected ?? false)
          : now[keptTexts[key as keyof typeof keptTexts]];
      if (value === (before ?? '')) return [];
      return [[key, value === '' ? null : value]];
    }),
  );
}

/** PowerVC resizes without a step of confirmation (docs/reference/power.md, 1.4). Ends when the VM has its new size. */
async function resize(scope: Scope, vm: Vm, size: VmSize): Promise<void> {
  const grain = scope.session.vms.memoryGrainBytes ?? 2 ** 20;
  await scope.session.vms.resize(vm, size);
  await until(
    scope,
    `Resizing VM ${vm.id}`,
    () => scope.session.vms.get(vm.id!),
    (seen) => {
      if (seen.statusDetail !== undefined && seen.status === 'unknown')
        throw new Fault('backend.failed', { text: seen.statusDetail });
      const grown = size.memoryBytes === undefined || seen.memoryBytes === Math.ceil(size.memoryBytes / grain) * grain;
      const powered = size.processors === undefined || processors(seen) === size.processors;
      return grown && powered && seen.status === vm.status ? true : undefined;
    },
  );
}

/** Deletes the VM, and its disks unless `detachOnly`. `force` takes a running one. */
export async function remove(
  scope: Scope,
  id: string,
  { detachOnly, force }: { readonly detachOnly: boolean; readonly force: boolean },
): Promise<Started<void>> {
  const vm = await look(scope, id);
  if (vm.notes?.['delete_protected'] === 'true')
    throw conflict(
      'Cannot remove VM. Delete protection is enabled. In order to delete, disable Delete protection first.',
    );
  if (isBusy(vm) && !force) throw transition('remove');
  if (isRunning(vm) && !force) throw conflict('Cannot remove VM. VM is running.');
  await markRemoval(scope, vm, { detachOnly });
  return { value: undefined, finished: watched(beginVm(scope, id).then(() => undefined)) };
}

export const isRunning = (vm: Vm): boolean =>
  vm.powerState !== undefined ? vm.powerState === 'running' : vm.status === 'up';

/** Whether work of ours is under way with the VM. */
const isBusy = (vm: Vm): boolean => isUnfinishedVm(vm) || taskOf(vm) !== undefined;

const PASSING = [
  'image_locked',
  'wait_for_launch',
  'migrating',
  'powering_down',
  'reboot_in_progress',
  'saving_state',
  'restoring_state',
];

/** The VM at rest; what is in transition has to wait, with engines' own text. */
export async function atRest(scope: Scope, id: string, verb: string): Promise<Vm> {
  const vm = await look(scope, id);
  if (isBusy(vm) || PASSING.includes(vm.status!)) throw transition(verb);
  return vm;
}

/** A power action that was asked for: its end is that the VM has the status. */
const towards = (scope: Scope, { id, name }: Vm, status: Vm['status']): Started<void> =>
  started(undefined, () =>
    until(
      scope,
      `VM ${id}`,
      () => scope.session.vms.get(id!),
      (vm) => {
        if (vm.status === 'unknown' && vm.statusDetail !== undefined)
          throw new Fault('backend.failed', { text: `VM ${name}: ${vm.statusDetail}` });
        return vm.status === status ? true : undefined;
      },
    ).then(() => undefined),
  );

/** How long a client's answer waits for what else is under way with its VM. */
const PATIENCE_MS = 30_000;

/**
 * Sends a power act that the VM's last look allows. The cloud may refuse it all the same, for it has gone on since:
 * then `check` tells from a look at the VM at
 * rest whether it is refused with engines' own words, and the act is tried once more.
 */
async function insistOn(scope: Scope, id: string, check: (vm: Vm) => void, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!isFault(error, 'backend.conflict')) throw error;
    const patient = {
      ...scope,
      settings: { ...scope.settings, timeoutMs: Math.min(scope.settings.timeoutMs, PATIENCE_MS) },
    };
    const isPassing = ({ status }: Vm): boolean => status === 'powering_up' || PASSING.includes(status!);
    await until(
      patient,
      `VM ${id}`,
      () => scope.session.vms.get(id),
      (seen) => {
        check(seen);
        return isPassing(seen) ? undefined : true;
      },
    );
    await act();
  }
}

const only =
  (allows: (vm: Vm) => boolean, text: string) =>
  (vm: Vm): void => {
    if (!allows(vm)) throw conflict(text);
  };
const mayStart = only((vm) => !isRunning(vm) && vm.status !== 'powering_up', 'Cannot run VM. VM is running.');
const mayStop = only(({ status }) => status !== 'down', 'Cannot stop VM. VM is not running.');
const mayShutDown = only(isRunning, 'Cannot shutdown VM. VM is not running.');
const mayReboot = only(isRunning, 'Cannot restart VM. VM is not running.');
const maySuspend = only(isRunning, 'Cannot hibernate VM. VM is not up.');

/**
 * Starts a VM that is down or suspended, with its CD in the drive, or for this once another file. Throws `conflict` for
 * one that runs.
 */
export async function start(
  scope: Scope,
  id: string,
  { file }: { readonly file?: string } = {},
): Promise<Started<void>> {
  const vm = await atRest(scope, id, 'run');
  if (vm.status === 'suspended') await scope.session.vms.resume(id);
  else {
    mayStart(vm);
    await insertMedium(scope, vm, file);
    await insistOn(scope, id, mayStart, () => scope.session.vms.start(id));
  }
  return towards(scope, vm, 'up');
}

/** Powers off at once. */
export async function stop(scope: Scope, id: string): Promise<Started<void>> {
  const vm = await look(scope, id);
  // A guest that does not shut down is powered off all the same
  if (isBusy(vm) || (PASSING.includes(vm.status!) && vm.status !== 'powering_down')) throw transition('stop');
  mayStop(vm);
  await insistOn(scope, id, mayStop, () => scope.session.vms.stop(id));
  return towards(scope, vm, 'down');
}

/** Asks the guest to shut down. */
export async function shutdown(scope: Scope, id: string): Promise<Started<void>> {
  const vm = await atRest(scope, id, 'shutdown');
  mayShutDown(vm);
  await insistOn(scope, id, mayShutDown, () => scope.session.vms.shutdown(id));
  return towards(scope, vm, 'down');
}

/**
 * Restarts the guest; the CD of record is in the drive again (RHEV-M REST guide, note to example 15.37).
 */
export async function reboot(scope: Scope, id: string): Promise<Started<void>> {
  const vm = await atRest(scope, id, 'restart');
  mayReboot(vm);
  await insertMedium(scope, vm);
  await insistOn(scope, id, mayReboot, () => scope.session.vms.reboot(id));
  return towards(scope, vm, 'up');
}

export async function suspend(scope: Scope, id: string): Promise<Started<void>> {
  const vm = await atRest(scope, id, 'hibernate');
  maySuspend(vm);
  await insistOn(scope, id, maySuspend, () => scope.session.vms.suspend(id));
  return towards(scope, vm, 'suspended');
}

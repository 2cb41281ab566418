import { required } from '../../invariant.js';
import {
  Fault,
  isFault,
  needed,
  propertyOf,
  ZERO_ID,
  type Template,
  type Vm,
  type VmSpec,
  type VmInput,
} from '../../model/index.js';
import { warnOf } from '../notes/bad-notes.js';
import { packedOf, unpack } from '../snapshots/configurations.js';
import type { Scope, Started } from '../context.js';
import { fit, isAble, ofVm, reportUnable } from '../fitting.js';
import { reportScript, SETUP, setupDigest, userDataFor } from './cloudinit.js';
import { beginVm } from '../work/partitions.js';
import { wantedNetwork } from '../nics/network.js';
import { assertUnlocked } from '../templates/images.js';
import { latestOf, withFacts, withFactsOfOne, withSize } from '../templates/facts.js';
import { missingReference, resolveCluster, resolveHosts, resolveTemplate } from '../references.js';
import { unlessGone, watched } from '../work/wait.js';
import { stays } from '../work/rivals.js';
import { checkName, namesakes, naming } from './find.js';
import { resolveInstanceType, sizeOfType } from './instancetype.js';
import { reportArchitecture } from './architecture.js';
import { asVm, notesOf } from './shown.js';
import { settingsNotes, withoutNoted } from './settings.js';
import { checkLimits } from './limits.js';
import { keepSetup } from './kept-setup.js';
import { ownProperties } from './sizes.js';
import { templateDisks } from './template-disks.js';
import { TOPOLOGY_OF, topologyNote } from './topology.js';
import { GIB } from '../../units.js';

/**
 * Creates a VM from a template or a snapshot. PowerVC starts new VMs, oVirt does not: the VM is powered off once it is
 * built (setting `afterCreate`), and is `image_locked` until then; one without a disk is down at once. A VM whose
 * deployment fails stays, with the reason.
 */
export async function add(scope: Scope, given: VmInput, { volumes, prepare }: Existing = {}): Promise<Started<Vm>> {
  const fitted = ownProperties(scope, fit(scope, ofVm, 'add VM', given));
  const { placementHosts } = fitted;
  const input = {
    ...fitted,
    ...(placementHosts && { placementHosts: await resolveHosts(scope, placementHosts) }),
  };
  const { vms } = scope.session;
  const name = needed(input.name, propertyOf('Vm', 'name'), 'add');
  const cluster = input.cluster && (await resolveCluster(scope, input.cluster));
  const source = volumes ? fromVolumes(volumes) : await sourceOf(scope, input);
  reportNics(scope, input);
  const nics = await Promise.all(
    (input.nics ?? []).map(async (nic) => ({
      ...nic,
      ...((nic.network ?? nic.vnicProfile) && { network: await wantedNetwork(scope, nic) }),
    })),
  );

  const userData = userDataFor(input);
  reportScript(scope, input);
  const type = await resolveInstanceType(scope, input.instanceType);
  checkLimits('add', { ...source.defaults, ...sizeOfType(type) }, input);
  const {
    status: _,
    id: __,
    guest: ___,
    userData: ____,
    instanceType: _____,
    ...requested
  } = withoutNoted(scope, input);
  const blank = source.spec.template?.id === ZERO_ID;
  const spec: VmSpec = {
    ...source.defaults,
    ...sizeOfType(type),
    ...Object.fromEntries(Object.entries(requested).filter(([, value]) => value !== undefined)),
    ...source.spec,
    name,
    ...(cluster && { cluster }),
    nics,
    ...(userData !== undefined && { userData }),
    notes: {
      ...notesOf(
        noted(scope, {
          ...input,
          instanceType: type && isAble(scope, 'vm.notes.settings') ? { id: type.id } : undefined,
        }),
      ),
      ...settingsNotes(scope, {}, input),
      ...setupNotes(scope, input),
      pending: 'create',
      ...(blank && { blank: 'true' }),
    },
  };
  const id = await naming(scope, name, async () => {
    await checkName(scope, name, 'add');
    await prepare?.();
    const created = await vms.create(spec).catch(async (error: unknown) => {
      // In a cloud with unique names another replica was faster
      if (isFault(error, 'backend.conflict')) await checkName(scope, name, 'add');
      throw error;
    });
    if (await stays(scope, created, () => namesakes(scope, name))) return created;
    await vms.remove(created, { withDisks: volumes === undefined });
    throw new Fault('duplicate-name', { verb: 'add', what: 'VM', name });
  });
  const finished = watched(
    beginVm(scope, id).then((end) => {
      if (!end) throw new Fault('not-found', { what: 'VM', id });
      return asVm(end);
    }),
  );
  // It exists, whatever the first read says
  const created = await vms.get(id).catch((error: unknown): Vm => {
    scope.log.warn('a new VM could not be read', { vm: id, error: String(error) });
    const { nics: _, disks: __, pmemVolumes: ___, ...rest } = spec;
    return { ...rest, id, status: 'wait_for_launch' };
  });
  reportArchitecture(scope, input, created);
  return { value: asVm(created), finished, isThere: blank };
}

/** The input with what is noted of a new VM: without its topology where there are no notes, which is reported. */
function noted(scope: Scope, input: VmInput): VmInput {
  if (topologyNote(input) === undefined || isAble(scope, 'vm.notes.size')) return input;
  reportUnable(scope, 'vm.notes.size', TOPOLOGY_OF);
  const { sockets: _, cores: __, threads: ___, ...rest } = input;
  return rest;
}

/** The notes of the initialization, where there are notes: a start with the same one then changes nothing. */
function setupNotes(scope: Scope, input: VmInput): Record<string, string> {
  const digest = isAble(scope, 'vm.notes.settings') ? setupDigest(input) : undefined;
  return digest === undefined ? {} : { [SETUP]: digest, ...keepSetup(scope, input) };
}

/**
 * Reports the properties of NICs that have no effect: a deployment makes its ports itself, and uses only the network of
 * a NIC.
 */
function reportNics(scope: Scope, { nics = [] }: VmInput): void {
  for (const key of ['name', 'mac', 'linked', 'plugged'] as const) {
    if (nics.some((nic) => nic[key] !== undefined))
      scope.report(
        propertyOf('Vm', 'nics').items('Nic', key),
        'the NIC is created by the deployment: change it, or add it, afterwards',
      );
  }
}

/** Existing parts of a new VM. */
export interface Existing {
  /** Ids of disks, the boot disk first. */
  readonly volumes?: readonly string[];
  /** Called after all checks, right before the cloud makes the VM. */
  readonly prepare?: () => Promise<void>;
}

interface VmSource {
  readonly defaults: Partial<Vm>;
  readonly spec: Partial<VmSpec>;
}

const DEFAULTS = { memoryBytes: GIB, sockets: 1, cores: 1, threads: 1 };

const fromVolumes = (volumes: readonly string[]): VmSource => ({ defaults: DEFAULTS, spec: { volumes } });

/** The newest version of the named template; Blank has none. */
async function latestTemplate(scope: Scope, named: Template): Promise<Template> {
  if (named.id === ZERO_ID) return named;
  return latestOf(
    await withFactsOfOne(scope, named),
    await withFacts(scope, await scope.session.inventory.templates()),
  );
}

async function sourceOf(scope: Scope, input: VmInput): Promise<VmSource> {
  if (input.sourceSnapshot?.id !== undefined) {
    if (input.disks?.length)
      scope.report(propertyOf('Vm', 'disks').items('Disk'), "they are copies of the snapshot's disks");
    return fromSnapshot(scope, input.sourceSnapshot.id);
  }
  const named = await resolveTemplate(scope, input.template ?? { id: ZERO_ID });
  const template = withSize(input.options?.latestTemplate ? await latestTemplate(scope, named) : named);
  if (template.isIso)
    throw new Fault('refused', { text: `Cannot add VM. ${template.name} is an ISO image, not a template.` });
  assertUnlocked(template);
  const disks = await templateDisks(scope, input, template);
  const defaults = (['memoryBytes', 'sockets', 'cores', 'threads', 'osType'] as const).flatMap((key) =>
    template[key] === undefined ? [] : [[key, template[key]] as const],
  );
  return {
    defaults: { ...DEFAULTS, ...Object.fromEntries(defaults), diskGib: template.minDiskGib ?? 0 },
    spec: { template: { id: template.id, name: template.name }, ...(input.disks && { disks }) },
  };
}

/** Example 15.43: volumes copied from the snapshot's, and the size that the VM had then. */
async function fromSnapshot(scope: Scope, snapshotId: string): Promise<VmSource> {
  const snapshot = await missing('Snapshot', snapshotId, scope.session.snapshots.get(snapshotId, { notes: true }));
  const volumes = (snapshot.volumes ?? []).flatMap(({ snapshotId: id, ...volume }) =>
    id === undefined ? [] : [{ ...volume, id }],
  );
  if (volumes.length === 0)
    throw new Fault('refused', { text: `Cannot add VM. Snapshot ${snapshotId} lists no volume snapshots to copy.` });
  const vm = await scope.session.vms.get(required(snapshot.vm?.id, `the VM of snapshot ${snapshotId}`));
  const then = unpack(packedOf(snapshot, vm), warnOf(scope, `VM ${vm.id}`, 'snapshot'))?.vm ?? vm;
  const { memoryBytes, sockets, cores, threads, osType } = then;
  return {
    defaults: {
      ...DEFAULTS,
      ...Object.fromEntries(
        Object.entries({ memoryBytes, sockets, cores, threads, osType }).filter(([, value]) => value !== undefined),
      ),
    },
    spec: {
      disks: [],
      volumeSnapshots: [...volumes]
        .sort((a, b) => Number(b.bootable ?? false) - Number(a.bootable ?? false))
        .map((volume) => ({ id: volume.id, sizeBytes: volume.sizeBytes ?? 0 })),
    },
  };
}

async function missing<T>(what: string, id: string, promise: Promise<T>): Promise<T> {
  const found = await unlessGone(promise);
  if (found === undefined) throw missingReference(what, { id });
  return found;
}

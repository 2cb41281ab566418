import { randomBytes } from 'node:crypto';
import {
  Fault,
  isFault,
  propertyOf,
  type Disk,
  type Snapshot,
  type DiskInput,
  type SnapshotInput,
  type Vm,
} from '../../model/index.js';
import { CONFIGURATION } from './configurations.js';
import type { Scope, Started } from '../context.js';
import * as disks from '../disks/index.js';
import { isAble } from '../fitting.js';
import { missingReference } from '../references.js';
import { disksLocked, may, related, snapshotBusy } from '../rules.js';
import { announce, DESCRIPTION, keepConfiguration, takesNotes, withdraw } from './notes.js';
import { isBeingRemoved } from '../work/partitions.js';
import { insistent, unlessGone, until, watched } from '../work/wait.js';
import { asSnapshot, inOrder, packed } from './shown.js';
import { isBusy } from './resume.js';
import { settledVm } from '../vms/settled.js';
import { asVm } from '../vms/shown.js';

/**
 * Takes a snapshot, with the VM's configuration in its notes. Where it cannot be created with notes, a note of the VM
 * marks it until it has them. Memory is never part of it: a request for that is refused, and the default of version 4
 * reported.
 */
export async function add(scope: Scope, vmId: string, input: SnapshotInput): Promise<Started<Snapshot>> {
  const { vm, volumes, taken } = await assertAddable(scope, vmId, input);
  const chosen = chooseDisks(volumes, input.disks);
  const name = `ovirt-${randomBytes(4).toString('hex')}`;
  const description = input.description ?? '';
  const notable = isAble(scope, 'vm.notes');
  if (!notable && description.length > DESCRIPTION)
    scope.report(propertyOf('Snapshot', 'description'), `${scope.backend} holds ${DESCRIPTION} characters of it`);

  const configuration = notable ? await packed(scope, vm, chosen ?? volumes, description) : undefined;
  const port = scope.session.snapshots;
  const follows = configuration !== undefined && !port.notesAtOnce;
  if (follows) await announce(scope, vmId, name, description);
  try {
    await port.create(vmId, {
      name,
      description: description.slice(0, DESCRIPTION),
      ...(chosen && { volumeIds: chosen.map((disk) => disk.id) }),
      disks: (chosen ?? volumes).filter((disk) => disk.active),
      ...(configuration !== undefined && { notes: { [CONFIGURATION]: configuration } }),
    });
  } catch (error) {
    if (follows && isFault(error) && error.retry === 'never') await withdraw(scope, vmId);
    throw error;
  }
  // the look at the VM comes after the snapshot is requested, as a removal's look at the snapshots after its mark
  const [created, now] = await Promise.all([
    until(
      scope,
      `Snapshot ${name}`,
      () => port.list(vmId),
      (all) => all.find((snapshot) => snapshot.name === name),
    ),
    unlessGone(scope.session.vms.get(vmId)),
  ]);
  if (!now || isBeingRemoved(now)) return withdrawn(created);
  const atOnce = follows && takesNotes(created);
  if (atOnce) await noted(created);
  const value = {
    ...asSnapshot(created, vm, inOrder(taken).at(-1), false),
    ...(notable && !created.failure && { description }),
  };
  const finished = scope.work.run(`snapshot/${created.id}`, async () => {
    const end = await settled(scope, value);
    if (follows && !atOnce) await (end ? noted(end) : unlessGone(withdraw(scope, vmId)));
    return end ?? { ...value, status: 'ok' as const };
  });
  return { value: { ...value, status: created.status }, finished: watched(finished) };

  /**
   * A snapshot of a VM that is being removed would be left over, or lost although its client knows that it exists.
   */
  async function withdrawn({ id }: Snapshot): Promise<never> {
    const gone = insistent(`Snapshot ${id}`, scope.settings.pollMaxMs);
    await until(
      scope,
      `Removing snapshot ${id}`,
      () => unlessGone(port.get(id)),
      (snapshot) => {
        if (!snapshot) return true;
        return snapshot.status === 'locked' ? undefined : gone(() => unlessGone(port.remove(id)).then(() => undefined));
      },
    );
    if (follows) await unlessGone(withdraw(scope, vmId));
    throw related(scope, 'snapshot.add');
  }

  async function noted(snapshot: Snapshot): Promise<void> {
    if (configuration !== undefined) await keepConfiguration(scope, vmId, snapshot, configuration);
    await withdraw(scope, vmId);
  }
}

/** Statuses of VMs that have no memory to keep. */
const AT_REST: ReadonlySet<string> = new Set(['down', 'suspended', 'image_locked']);

/** What the VM has, if a snapshot of it can be taken now. Throws the engine's refusals. */
async function assertAddable(
  scope: Scope,
  vmId: string,
  { persistMemory }: SnapshotInput,
): Promise<{ readonly vm: Vm; readonly volumes: readonly Disk[]; readonly taken: readonly Snapshot[] }> {
  if (persistMemory) {
    throw new Fault('unsupported', {
      operation: 'create Snapshot',
      subject: propertyOf('Snapshot', 'persistMemory'),
      backend: scope.backend,
      why: 'a snapshot contains volumes, never memory.',
    });
  }
  const vm = await settledVm(scope, vmId, 'snapshot.add');
  may(scope, 'snapshot.add', vm);
  // From 4.0 on, engines keep the memory of a running VM unless the client says otherwise
  if (persistMemory === undefined && scope.engine !== '3.6' && !AT_REST.has(asVm(vm).status))
    scope.report(propertyOf('Snapshot', 'persistMemory'), 'a snapshot contains volumes, never memory');
  const [volumes, taken] = await Promise.all([disks.volumesOf(scope, vm), scope.session.snapshots.list(vmId)]);
  if (isBusy(vm, taken)) throw snapshotBusy(scope, 'snapshot.add');
  const locked = volumes.filter(({ status }) => status === 'locked');
  if (locked.length > 0) throw disksLocked(scope, 'snapshot.add', locked);
  return { vm, volumes, taken };
}

function chooseDisks(volumes: readonly Disk[], requested: readonly DiskInput[] | undefined): Disk[] | undefined {
  return requested?.map(({ id }) => {
    const found = volumes.find((disk) => disk.id === id && disk.active);
    if (!found) throw missingReference('Disk', { id });
    return found;
  });
}

/** Undefined if it is gone: clouds remove no snapshot that they are taking, so it was whole, and was removed since. */
async function settled(scope: Scope, value: Snapshot): Promise<Snapshot | undefined> {
  const { end } = await until(
    scope,
    `Snapshot ${value.id}`,
    () => unlessGone(scope.session.snapshots.get(value.id)),
    (snapshot) => {
      if (!snapshot) return { end: undefined };
      const { failure, status, volumes } = snapshot;
      if (failure) throw new Fault('backend.failed', { text: `Snapshot ${value.id}: ${failure} failed.` });
      return status === 'locked' ? undefined : { end: { ...value, status, volumes } };
    },
  );
  return end;
}

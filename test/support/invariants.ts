import { notesIn } from '../../src/backends/openstack/neutron/port-notes.js';
import { join } from '../../src/backends/openstack/notes/notes.js';
import { KEY } from '../../src/backends/openstack/cinder/snapshot-members.js';
import { unmarked } from '../../src/backends/powervs/marks.js';
import type { World } from '../../src/simulator/index.js';
import type { PowerVsSimulator } from '../../src/simulator/powervs/index.js';
import type { FakeWorld } from './fake-world.js';

type Notes = Readonly<Record<string, string>>;

/** What the invariants look at, of whatever world. */
export interface Things {
  readonly vms: readonly {
    readonly id: string;
    readonly name: string;
    readonly notes: Notes;
    readonly pmem: readonly string[];
  }[];
  readonly volumes: readonly {
    readonly id: string;
    readonly name: string;
    readonly notes: Notes;
    readonly vmIds: readonly string[];
    readonly status: string;
  }[];
  readonly ports: readonly {
    readonly id: string;
    readonly name: string;
    readonly notes: Notes;
    readonly vmId: string | undefined;
  }[];
  readonly snapshots: readonly {
    readonly name: string;
    readonly vmId: string;
    readonly status: string;
    readonly notes: Notes;
  }[];
}

export const fakeThings = (world: FakeWorld): Things => ({
  vms: [...world.vms.values()].map(({ id, name, notes, pmemVolumes }) => ({
    id,
    name,
    notes,
    pmem: pmemVolumes.map((volume) => volume.name),
  })),
  volumes: [...world.volumes.values()].map(({ id, alias = '', notes, vmIds, status = '' }) => ({
    id,
    name: alias,
    notes,
    vmIds,
    status,
  })),
  ports: [...world.ports.values()].map(({ id, name = '', notes, attachedTo }) => ({
    id,
    name,
    notes,
    vmId: attachedTo,
  })),
  snapshots: [...world.snapshots.values()].map(({ name = '', vm, status = '', notes = {} }) => ({
    name,
    vmId: vm.id,
    status,
    notes,
  })),
});

const REST = new Set(['available', 'in-use']);

/** Snapshots of VMs on plain OpenStack: sets of volume snapshots, which their metadata links. */
function snapshotSets(world: World): Things['snapshots'] {
  const sets = new Map<string, Things['snapshots'][number]>();
  // PowerVC's own have members of their own
  const others = new Set(
    [...world.instanceSnapshots.values()].flatMap(({ volumes }) => volumes.map(({ snapshot_id: id }) => id)),
  );
  for (const { id: member, metadata, status, name } of world.snapshots.values()) {
    const { [KEY.set]: id, [KEY.vm]: vmId } = metadata;
    if (id === undefined || vmId === undefined || others.has(member)) continue;
    const before = sets.get(id);
    const word = REST.has(status) ? 'ok' : status;
    sets.set(id, {
      name: name ?? id,
      vmId,
      status: before && before.status !== 'ok' ? before.status : word,
      notes: { ...before?.notes, ...join(metadata) },
    });
  }
  return [...sets.values()];
}

export const simulatedThings = (world: World): Things => ({
  vms: [...world.servers.values()].map(({ id, name, metadata }) => ({
    id,
    name,
    notes: join(metadata),
    pmem: [...world.pmemVolumes.values()].filter(({ server_id }) => server_id === id).map((volume) => volume.name),
  })),
  volumes: [...world.volumes.values()].map(({ id, name, metadata, attachments, status }) => ({
    id,
    name: name ?? '',
    notes: join(metadata),
    vmIds: attachments.map(({ server_id }) => server_id),
    status: REST.has(status) ? 'ok' : status,
  })),
  ports: [...world.ports.values()].map(({ id, name, description, device_id }) => ({
    id,
    name,
    notes: notesIn(description),
    vmId: device_id || undefined,
  })),
  snapshots: [...world.instanceSnapshots.values()]
    .map(({ name, server_id, status, volumes }) => ({
      name,
      vmId: server_id,
      notes: join(
        Object.assign({}, ...volumes.map(({ snapshot_id: id }) => world.snapshots.get(id)?.metadata)) as Notes,
      ),
      status: REST.has(status) ? 'ok' : status,
    }))
    .concat(snapshotSets(world)),
});

/** The VM that a mark names counts for nothing: what is under way has to come to its end. */
const pendingIn = (name: string): Notes => pendingOf(unmarked(name).notes?.['pending']);

const pendingOf = (pending: string | undefined): Notes => (pending === undefined ? {} : { pending });

/**
 * Power Virtual Server keeps no notes: what is under way stands in names, and for a VM that is being deployed in that
 * of a placement group. Its own words of a state of rest are those of Cinder.
 */
export const powerVsThings = (world: PowerVsSimulator['world']): Things => ({
  vms: [...world.instances.values()].map(({ pvmInstanceID, serverName }) => ({
    id: pvmInstanceID,
    name: serverName,
    notes: pendingOf(
      [...world.placementGroups.values()].some(({ name }) => name === `ovirt-create-${serverName}`)
        ? 'create'
        : undefined,
    ),
    pmem: [...world.vpmemVolumes.values()]
      .filter((volume) => volume.pvmInstanceID === pvmInstanceID)
      .map((volume) => volume.name),
  })),
  volumes: [...world.volumes.values()].map(({ volumeID, name, attachments, state }) => ({
    id: volumeID,
    name: unmarked(name).name,
    notes: pendingIn(name),
    vmIds: attachments.map(({ pvmInstanceID }) => pvmInstanceID),
    status: REST.has(state) ? 'ok' : state,
  })),
  ports: [...world.interfaces.values()].map(({ id, name, instanceID }) => ({
    id,
    name: unmarked(name).name,
    notes: pendingIn(name),
    vmId: instanceID ?? undefined,
  })),
  snapshots: [...world.snapshots.values()].map(({ name, pvmInstanceID, status }) => ({
    name,
    vmId: pvmInstanceID,
    notes: { configuration: 'nowhere' },
    status: REST.has(status) ? 'ok' : status,
  })),
});

/**
 * What must hold when everything is quiet, whatever happened before: nothing belongs to nothing, nothing is half done,
 * and no mark of work is left. `floating`: ids of volumes and ports that may belong to nothing. Gives what is wrong,
 * one line each.
 */
export function wrongs({ vms, volumes, ports, snapshots }: Things, floating: ReadonlySet<string>): string[] {
  const exists = (vmId: string | undefined): boolean => vms.some(({ id }) => id === vmId);
  return [
    ...volumes.flatMap(({ id, name, vmIds, notes, status }) =>
      lines(`volume ${name} (${id})`, {
        ...left(notes, ['pending', 'instead']),
        'lists itself with a VM that is gone': notes['vm'] !== undefined && !exists(notes['vm']),
        'belongs to nothing': !vmIds.some(exists) && !exists(notes['vm']) && !floating.has(id),
        [`is ${status}`]: status !== 'ok',
      }),
    ),
    ...ports.flatMap(({ id, name, vmId, notes }) =>
      lines(`port ${name} (${id})`, {
        ...left(notes, ['pending', 'old', 'mac']),
        'belongs to nothing': !exists(vmId) && !exists(notes['vm']) && !floating.has(id),
      }),
    ),
    ...snapshots.flatMap(({ name, vmId, status }) =>
      lines(`snapshot ${name}`, {
        'is of a VM that is gone': !exists(vmId) && !floating.has(name),
        [`is ${status}`]: status !== 'ok',
      }),
    ),
    ...vms.flatMap((vm) => lines(`VM ${vm.name}`, ofVm(vm, snapshots, volumes))),
  ];
}

function ofVm(
  { id, notes, pmem }: Things['vms'][number],
  snapshots: Things['snapshots'],
  volumes: Things['volumes'],
): Record<string, boolean> {
  const keys = Object.keys(notes);
  const taken = snapshots.filter(({ vmId }) => vmId === id).map(({ name }) => `snapshot.${name}`);
  const aggregated = (JSON.parse(notes['pmem.aggregated'] ?? '{"names":[]}') as { names: string[] }).names;
  const media = volumes.filter((volume) => volume.notes['medium'] !== undefined && volume.notes['vm'] === id).length;
  return {
    ...left(notes, ['pending', 'restoring', 'snapshotting', 'task', ...keys.filter((key) => key.startsWith('lun.'))]),
    ...Object.fromEntries(
      keys
        .filter((key) => key.startsWith('snapshot.') && !taken.includes(key))
        .map((key) => [`keeps the configuration ${key} without a snapshot`, true]),
    ),
    ...Object.fromEntries(
      snapshots
        .filter(({ vmId, name }) => vmId === id && name.startsWith('ovirt-'))
        .filter((one) => notes[`snapshot.${one.name}`] === undefined && one.notes['configuration'] === undefined)
        .map(({ name }) => [`keeps no configuration of ${name}`, true]),
    ),
    ...Object.fromEntries(
      aggregated
        .filter((name) => !pmem.includes(name))
        .map((name) => [`tells of pmem ${name} that is not there`, true]),
    ),
    [`has ${media} media in one drive`]: media > 1,
    'has a medium that nothing tells of': media > 0 && notes['cdrom.session'] === undefined,
  };
}

const left = (notes: Notes, marks: readonly string[]): Record<string, boolean> =>
  Object.fromEntries(marks.map((mark) => [`mark ${mark}=${notes[mark]} is left`, notes[mark] !== undefined]));

const lines = (what: string, wrong: Record<string, boolean>): string[] =>
  Object.entries(wrong)
    .filter(([, is]) => is)
    .map(([text]) => `${what} ${text}`);

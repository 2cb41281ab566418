import {
  Fault,
  isFault,
  setsOf,
  type Console,
  type NotesPatch,
  type Vm,
  type VmPort,
  type VmQuery,
} from '../../model/index.js';
import type { Action, Instance } from '../../generated/powervs/instances.js';
import type { Connection } from './connection.js';
import type { Deployments } from './deployments.js';
import { nameFor } from './exports.js';
import { createBody, takenLive, traitsOf, updateBody } from './sizes.js';
import type { PowerVsSettings } from './settings.js';
import { lasting, STOPGAP, withoutIdle, type GroupNotes } from './group-notes.js';
import { unsupported } from './unsupported.js';
import { vmOf } from './vm.js';
import type { WorkingNotes } from './working-notes.js';
import { GIB } from '../../units.js';

const aboutVm = (id: string) => [{ what: 'VM', id }];
/** Notes that a copy of a VM has not: work on the original, and where that was deployed. */
const ORIGINALS_OWN: ReadonlySet<string> = new Set(['task', 'wanted', STOPGAP]);
const stopgapNote = (network: string | undefined): Readonly<Record<string, string>> =>
  network === undefined ? {} : { [STOPGAP]: network };
const HOST_BY_OPERATOR = 'IBM decides on which host an instance runs.';

/** VMs on PowerVS: PVM instances (docs/reference/power.md, 3.2). */
export function createVmPort(
  connection: Connection,
  settings: PowerVsSettings,
  notes: WorkingNotes,
  deployments: Deployments,
  tierOf: (storageDomainId: string) => Promise<string>,
  groupNotes: GroupNotes,
): VmPort {
  const traits = () => traitsOf(settings.crn, connection.login.capabilities);
  const act = (id: string) => ({ params: { instance: id }, about: aboutVm(id) });
  const shown = (instance: Instance, noted = notes.read(instance.pvmInstanceID)): Vm =>
    vmOf(instance, { ...noted, ...groupNotes.read(instance.pvmInstanceID) });
  const isThere = ({ status }: { status: string }): boolean => status.trim().toUpperCase() !== 'DELETED';

  /** PowerVS lists all instances at once, without filters. */
  async function* list({ name, hasPmem }: VmQuery = {}): AsyncGenerator<Vm[]> {
    await groupNotes.renew();
    const { pvmInstances } = await connection.call('instances.list', {});
    yield pvmInstances
      .filter(isThere)
      .map((instance) => shown(instance))
      .filter(
        (vm) =>
          (name === undefined || vm.name === name) &&
          (hasPmem === undefined || hasPmem === (vm.pmemVolumes ?? []).length > 0),
      );
  }

  async function get(id: string): Promise<Vm> {
    await groupNotes.renew(id);
    const instance = await connection.call('instances.get', act(id));
    if (!isThere(instance)) throw new Fault('not-found', { what: 'VM', id });
    return shown(instance, await deployments.current(instance));
  }

  async function unlessGone(id: string): Promise<Vm[]> {
    try {
      return [await get(id)];
    } catch (error) {
      if (isFault(error, 'not-found')) return [];
      throw error;
    }
  }

  async function create(spec: Parameters<VmPort['create']>[0]): Promise<string> {
    const { kept: given, others } = lasting(spec.notes ?? {});
    notes.check(others);
    const deployed = await createBody(spec, settings, tierOf, traits());
    const stopgap = spec.nics?.length ? undefined : await networkFor();
    const body = { ...deployed, ...(stopgap !== undefined && { networks: [{ networkID: stopgap }] }) };
    const kept = setsOf(withoutIdle({ ...given, ...stopgapNote(stopgap) }));
    const [created] = await deployments.begin(spec.name, kept, () => connection.call('instances.create', { body }));
    if (!created)
      throw new Fault('backend.answer', { service: 'Power Virtual Server', text: 'instances.create: an empty list' });
    notes.note(created.pvmInstanceID, others);
    await groupNotes.noteOrRetry(created.pvmInstanceID, kept);
    return created.pvmInstanceID;
  }

  /** An instance needs a network when it is deployed: that of the settings, until the VM gets a NIC. */
  async function networkFor(): Promise<string> {
    const { network } = settings;
    if (network === undefined)
      throw unsupported(
        'add VM',
        'A VM without a NIC',
        'an instance needs a network: add a NIC with a network to the request, or set powervs.network.',
      );
    const { networks } = await connection.call('networks.list', {});
    const found = networks.find(({ networkID, name }) => networkID === network || name === network);
    if (!found) throw new Fault('not-found.reference', { what: 'Network', by: 'name', value: network });
    return found.networkID;
  }

  const power =
    (action: Action['action']) =>
    async (id: string): Promise<void> => {
      await connection.call('instances.action', { ...act(id), body: { action } });
    };

  async function remove(id: string, { withDisks = false }: { readonly withDisks?: boolean } = {}): Promise<void> {
    await connection.call('instances.delete', { ...act(id), query: { delete_data_volumes: String(withDisks) } });
    await groupNotes.forget(id);
  }

  async function console(id: string, protocol: 'vnc' | 'spice'): Promise<Console> {
    if (protocol !== 'vnc') throw unsupported('open console', protocol, "a console is noVNC's.");
    const { consoleURL } = await connection.call('instances.console', act(id));
    // The URL contains the token: there is no separate one.
    return { protocol, url: consoleURL };
  }

  async function clone(id: string, { name, networkIds, cluster }: Parameters<VmPort['clone']>[1]): Promise<void> {
    if (cluster && cluster.id !== (await get(id)).cluster?.id)
      throw unsupported('clone VM', 'Another cluster', 'a clone stays in the system pool of its source.');
    const stopgap = networkIds.length > 0 ? undefined : await networkFor();
    const networks = stopgap === undefined ? networkIds : [stopgap];
    const copy = await connection.call('instances.clone', {
      ...act(id),
      body: { name, networks: networks.map((networkID) => ({ networkID })) },
    });
    await groupNotes.noteOrRetry(copy.pvmInstanceID, withoutIdle({ ...notesForCopy(id), ...stopgapNote(stopgap) }));
  }

  /** What oVirt alone knows of a VM, which its copy has, too: PowerVS copies no placement group. */
  function notesForCopy(id: string): Readonly<Record<string, string>> {
    const { kept } = lasting(groupNotes.read(id));
    return Object.fromEntries(Object.entries(kept).filter(([key]) => !ORIGINALS_OWN.has(key)));
  }

  /** The job returns an image's id only when it is done, so the image is found by its name, which must be unique. */
  async function capture(...[id, name, { exported } = {}]: Parameters<VmPort['capture']>): Promise<undefined> {
    const taken = (await connection.call('images.list', {})).images.map((image) => image.name);
    if (!exported && taken.includes(name))
      throw new Fault('backend.conflict', { text: `An image named ${name} already exists.` });
    await connection.call('instances.capture', {
      ...act(id),
      body: { captureName: nameFor(name, exported, taken), captureDestination: 'image-catalog' },
    });
  }

  const refused = (operation: string, why: string) => async (): Promise<never> => {
    throw unsupported(operation, 'The act', why);
  };

  return {
    memoryGrainBytes: GIB,
    list,
    get,
    create,
    remove,
    clone,
    console,
    capture,
    async rename(id, name) {
      await deployments.renamed(id, name);
      await connection.call('instances.update', { ...act(id), body: { serverName: name } });
    },
    async resize(vm, size, name) {
      await connection.call('instances.update', {
        ...act(vm.id),
        body: { ...updateBody(vm, size, settings, traits()), ...(name !== undefined && { serverName: name }) },
      });
    },
    resizesWithName: true,
    reread: () => groupNotes.refresh(),
    async noted() {
      await groupNotes.refresh();
      const unfinished = new Set([...(await deployments.left()), ...groupNotes.having('task')]);
      return (await Promise.all([...unfinished].map(unlessGone))).flat();
    },
    takes: takenLive,
    start: power('start'),
    stop: power('immediate-shutdown'),
    shutdown: power('stop'),
    reboot: power('soft-reboot'),
    reset: power('hard-reboot'),
    suspend: refused('suspend VM', 'Power Virtual Server cannot suspend an instance.'),
    resume: refused('resume VM', 'Power Virtual Server cannot suspend an instance.'),
    migrate: refused('migrate VM', HOST_BY_OPERATOR),
    cancelMigration: refused('cancel migration', HOST_BY_OPERATOR),
    async note(id: string, patch: NotesPatch) {
      const { kept, others } = lasting(patch);
      await groupNotes.note(id, kept);
      if (Object.keys(others).length > 0) await deployments.note(id, others);
    },
    metrics: async () => ({}),
    // No documented form of a workspace's events names the instance (power.md, 3.2, "Others").
    actions: async () => [],
  };
}

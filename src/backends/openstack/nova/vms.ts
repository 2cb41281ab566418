import {
  isFault,
  propertyOf,
  ZERO_ID,
  type Architecture,
  type Metrics,
  type NotesPatch,
  type Vm,
  type VmPort,
  type VmQuery,
  type VmSize,
  type VmSpec,
} from '../../../model/index.js';
import type { CreateServer, Server } from '../../../generated/openstack/nova.js';
import { networksOf, notesOf, userDataOf, volumeDevices, zoneOf } from './deployment.js';
import { measured } from './diagnostics.js';
import { createFlavors, resizedSize, sizeOf } from './flavors.js';
import type { HeldNotes } from '../notes/held-notes.js';
import { devicesOfImage, gib, type Device } from '../glance/image-devices.js';
import { blockDevices } from '../inventory.js';
import { join, split } from '../notes/notes.js';
import { ActingServers } from './acting-servers.js';
import { aboutVm } from './servers.js';
import { notingTags } from './server-tags.js';
import type { Common } from '../session.js';
import { unsupported } from '../unsupported.js';
import type { Processors } from './processors.js';
import { TEMPLATE, vmOf } from './vm.js';

type Devices = CreateServer['server']['block_device_mapping_v2'];

/** The note, with its time, that a resize by the gateway has to be confirmed: others confirm theirs themselves. */
const RESIZING = 'resizing';

/**
 * How old the note of an idle server must be before it counts as left over, if another process has confirmed the
 * resize: Nova may just be about to begin it.
 */
const ASKING_MS = 60_000;

/** Since then (Zed) a rebuild can overwrite a boot volume; it accepts user data since 2.57. */
const REIMAGED = 'compute 2.93';

/** Descriptions of servers. */
const DESCRIBING = 'compute 2.47';

/** `volume_type` of a boot volume. */
const VOLUME_TYPE = 'compute 2.67';

/**
 * VMs on plain OpenStack: servers that boot from volumes, as PowerVC's do, so that disks and snapshots hold all of a
 * VM.
 */
export class PlainVms extends ActingServers implements VmPort {
  protected override readonly describing = DESCRIBING;
  /** The server that was read last. */
  #seen: Server | undefined;

  constructor(
    protected readonly common: Common,
    pageSize: number,
    held: HeldNotes,
    private readonly processors: Processors,
  ) {
    super(common.connection, pageSize, held);
  }

  async create(spec: VmSpec): Promise<string> {
    const { devices, template } = await this.devicesOf(spec);
    const zone = await zoneOf(spec, this.common.inventory);
    const noted = template === undefined ? {} : split({ [TEMPLATE]: template });
    const headers: Record<string, string> = devices.every(({ volume_type: type }) => type === undefined)
      ? {}
      : { 'openstack-api-version': VOLUME_TYPE };
    return this.flavors.use(
      sizeOf(spec),
      async (flavorRef) =>
        (
          await this.connection.call('nova.servers.create', {
            headers,
            body: {
              server: {
                name: spec.name,
                flavorRef,
                networks: networksOf(spec.nics) ?? 'none',
                metadata: { ...notesOf(spec), ...noted },
                block_device_mapping_v2: devices,
                ...(zone !== undefined && { availability_zone: zone }),
                ...userDataOf(spec),
              },
            },
          })
        ).server.id,
    );
  }

  /** Nova recreates the server on some host and waits for a confirmation, which the next read sends. */
  async resize(vm: Vm, size: VmSize): Promise<void> {
    const id = vm.id;
    this.held.confirmed.delete(id);
    await this.note(id, { [RESIZING]: String(Date.now()) });
    await this.flavors.use(resizedSize(vm, size), (flavorRef) =>
      this.connection.call('nova.servers.action.resize', { ...act(id), body: { resize: { flavorRef } } }),
    );
  }

  takes({ status }: Vm, size: VmSize): VmSize | undefined {
    return status === 'down' ? size : undefined;
  }

  /** Also confirms a resize. Nova accepts no notes until it has done that, so a later read removes the mark. */
  override async get(id: string): Promise<Vm> {
    const { vm, server } = await this.read(id);
    this.#seen = server;
    const since = vm.notes?.[RESIZING];
    if (since === undefined) return vm;
    if (server['OS-EXT-STS:task_state']) return { ...vm, status: 'image_locked', resizing: true };
    if (server.status.trim().toUpperCase() === 'VERIFY_RESIZE') {
      await this.confirm(id);
      this.held.confirmed.add(id);
      return { ...vm, status: 'image_locked', resizing: true };
    }
    if (this.held.confirmed.delete(id) || Number(since) + ASKING_MS < Date.now())
      await this.note(id, { [RESIZING]: null });
    return vm;
  }

  /** Also removes the gateway's own flavor of the server, as it was when it was last read. */
  override async remove(id: string): Promise<void> {
    const server =
      this.#seen?.id === id ? this.#seen : (await this.connection.call('nova.servers.get', act(id))).server;
    const flavor = await this.flavors.only(server);
    await super.remove(id);
    if (flavor !== undefined) await this.flavors.remove(flavor);
  }

  async initialize(id: string, userData: string, notes: Readonly<Record<string, string>>): Promise<void> {
    const { server } = await this.connection.call('nova.servers.get', act(id));
    const metadata = server.metadata ?? {};
    const imageRef = join(metadata)[TEMPLATE];
    if (imageRef === undefined)
      throw unsupported('start VM', propertyOf('Vm', 'guest'), 'the VM was not created from a template.');
    const image = await this.connection.call('glance.images.get', {
      params: { image: imageRef },
      about: [{ what: 'Template', id: imageRef }],
    });
    if (blockDevices(image).length > 0)
      throw unsupported(
        'initialize',
        propertyOf('Vm', 'guest'),
        'the template of the VM is a capture, and Nova cannot rebuild its volumes.',
      );
    await this.connection.call('nova.servers.action.rebuild', {
      ...act(id),
      headers: { 'openstack-api-version': REIMAGED },
      body: {
        rebuild: {
          imageRef,
          user_data: Buffer.from(userData, 'utf8').toString('base64'),
          // Nova replaces all metadata
          metadata: { ...metadata, ...split(notes) },
        },
      },
    });
  }

  async metrics(id: string): Promise<Metrics> {
    return { ...(await measured(this.connection, id)), ...(await this.common.measurements.vm(id)) };
  }

  /**
   * Nova's diagnostics tell of one VM at a time: whatever is not measured of a VM that runs is asked for by itself.
   */
  async metricsOf(vms: readonly Vm[]): Promise<ReadonlyMap<string, Metrics> | undefined> {
    const measured = await this.common.measurements.vms(vms.map(({ id }) => id));
    const isKnown = ({ id, status }: Vm): boolean => {
      const { cpuPercent, memoryUsedBytes } = measured?.get(id) ?? {};
      return status === 'down' || (cpuPercent !== undefined && memoryUsedBytes !== undefined);
    };
    return measured && new Map(vms.filter(isKnown).map(({ id }) => [id, measured.get(id) ?? {}]));
  }

  protected override keep(id: string, patch: NotesPatch): Promise<void> {
    return notingTags(this.connection, (one, part) => super.keep(one, part))(id, patch);
  }

  async clone(): Promise<void> {
    throw unsupported(
      'clone',
      'Vm',
      'plain OpenStack does not have this call, which is an extension by IBM. Take a snapshot and create a VM from it.',
    );
  }

  protected override vmOf(server: Server): Vm {
    return { ...vmOf(server), architecture: this.knowledgeOf(server) };
  }

  protected override knowledgeOf(server: Server): Architecture {
    const { 'OS-EXT-SRV-ATTR:hypervisor_hostname': hypervisor, 'OS-EXT-SRV-ATTR:host': host } = server;
    return this.processors.architecture([hypervisor, host]);
  }

  protected override async filters({ hostIds = [] }: VmQuery): Promise<Record<string, string>> {
    const [id, ...more] = hostIds;
    return id !== undefined && more.length === 0 ? { host: await this.common.inventory.hostNameOf({ id }) } : {};
  }

  /** Volumes of the new server, and the template that they are made from, to be noted. */
  private async devicesOf(spec: VmSpec): Promise<{ readonly devices: Devices; readonly template?: string }> {
    const [boot, ...rest] = (spec.volumeSnapshots ?? []).map(({ id, sizeBytes }, index): Device => ({
      boot_index: index,
      uuid: id,
      source_type: 'snapshot',
      destination_type: 'volume',
      volume_size: gib(sizeBytes),
      delete_on_termination: false,
    }));
    if (boot) return { devices: [boot, ...rest] };
    const [root, ...data] = volumeDevices(spec.volumes);
    if (root) return { devices: [root, ...data] };
    const template = spec.template?.id;
    if (template === undefined || template === ZERO_ID)
      throw unsupported('add VM', 'A VM without a template', 'Nova boots servers from an image or a snapshot only.');
    return { devices: await devicesOfImage(this.connection, template, spec), template };
  }

  private get flavors(): ReturnType<typeof createFlavors> {
    return createFlavors(this.connection, this.pageSize);
  }

  /** Succeeds if another replica has confirmed it. */
  private async confirm(id: string): Promise<void> {
    try {
      await this.connection.call('nova.servers.action.confirmResize', { ...act(id), body: { confirmResize: null } });
    } catch (error) {
      if (!isFault(error, 'backend.conflict') && !isFault(error, 'backend.refused')) throw error;
    }
  }
}

const act = (id: string) => ({ params: { server: id }, about: aboutVm(id) });

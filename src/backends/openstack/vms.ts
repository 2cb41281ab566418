import {
  isFault,
  propertyOf,
  ZERO_ID,
  type Metrics,
  type Vm,
  type VmPort,
  type VmSize,
  type VmSpec,
} from '../../model/index.js';
import type { CreateServer } from '../../generated/openstack/nova.js';
import { createCapture } from './capture.js';
import type { Connection } from './connection.js';
import { createConsoles } from './consoles.js';
import { networksOf, notesOf, userDataOf, volumeDevices, zoneOf } from './deployment.js';
import { measured } from './diagnostics.js';
import { createFlavors, resizedSize, sizeOf } from './flavors.js';
import type { HeldNotes } from './held-notes.js';
import { createHistory } from './history.js';
import { blockDevices, type PlainInventory } from './inventory.js';
import type { Measurements } from './metrics.js';
import { createMigrations } from './migrations.js';
import { join, split } from './notes.js';
import { aboutVm, createServers } from './servers.js';
import { notingTags } from './server-tags.js';
import type { OpenStackSettings } from './settings.js';
import { unsupported } from './unsupported.js';
import { TEMPLATE, vmOf } from './vm.js';
import { GIB } from '../../units.js';

type Devices = CreateServer['server']['block_device_mapping_v2'];
type Device = Devices[number];

/**
 * The note that a resize of ours is to be confirmed, with its instant: one that somebody else has begun is theirs to
 * judge.
 */
const RESIZING = 'resizing';

/** Until it is that old the note of a server at rest may be of a resize that Nova is just being asked for. */
const ASKING_MS = 60_000;

/** A rebuild writes a boot volume anew since then (Zed), and takes user data since 2.57. */
const REIMAGED = 'compute 2.93';

/** `volume_type` of a boot volume. */
const VOLUME_TYPE = 'compute 2.67';

/**
 * VMs on plain OpenStack: servers that boot from volumes, as PowerVC's do, so that disks and snapshots hold all of a
 * VM.
 */
export function createVmPort(
  connection: Connection,
  settings: Pick<OpenStackSettings, 'pageSize'>,
  inventory: PlainInventory,
  measurements: Measurements,
  held: HeldNotes,
): VmPort {
  const flavors = createFlavors(connection, settings.pageSize);
  const plain = createServers(connection, {
    vmOf,
    pageSize: settings.pageSize,
    held,
    filters: async ({ hostIds = [] }): Promise<Record<string, string>> => {
      const [id, ...more] = hostIds;
      return id !== undefined && more.length === 0 ? { host: await inventory.hostNameOf({ id }) } : {};
    },
  });
  const act = (id: string) => ({ params: { server: id }, about: aboutVm(id) });

  async function devicesOf(spec: VmSpec): Promise<Devices> {
    const [boot, ...rest] = (spec.volumeSnapshots ?? []).map(({ id, sizeBytes }, index): Device => ({
      boot_index: index,
      uuid: id,
      source_type: 'snapshot',
      destination_type: 'volume',
      volume_size: gib(sizeBytes),
      delete_on_termination: false,
    }));
    if (boot) return [boot, ...rest];
    const [root, ...data] = volumeDevices(spec.volumes);
    if (root) return [root, ...data];
    const image = spec.template?.id;
    if (image === undefined || image === ZERO_ID)
      throw unsupported('create', 'Vm', 'Nova boots a server from an image or a snapshot only.');
    const { minDiskGib = 0, sizeBytes = 0 } = await inventory.template(image);
    const type = spec.disks?.[0]?.storageDomain?.id;
    return [
      {
        boot_index: 0,
        uuid: image,
        source_type: 'image',
        destination_type: 'volume',
        delete_on_termination: true,
        volume_size: Math.max(1, spec.diskGib ?? 0, minDiskGib, gib(sizeBytes)),
        ...(type !== undefined && { volume_type: type }),
      },
    ];
  }

  async function create(spec: VmSpec): Promise<string> {
    const devices = await devicesOf(spec);
    const zone = await zoneOf(spec, inventory);
    const [first] = devices;
    const template = first.source_type === 'image' ? split({ [TEMPLATE]: first.uuid }) : {};
    const headers: Record<string, string> =
      first.volume_type === undefined ? {} : { 'openstack-api-version': VOLUME_TYPE };
    return flavors.use(
      sizeOf(spec),
      async (flavorRef) =>
        (
          await connection.call('nova.servers.create', {
            headers,
            body: {
              server: {
                name: spec.name,
                flavorRef,
                networks: networksOf(spec.nics) ?? 'none',
                metadata: { ...notesOf(spec), ...template },
                block_device_mapping_v2: devices,
                ...(zone !== undefined && { availability_zone: zone }),
                ...userDataOf(spec),
              },
            },
          })
        ).server.id,
    );
  }

  /** Nova makes the server anew on some host and waits for a confirmation, which the next look at it gives. */
  async function resize(vm: Vm, size: VmSize): Promise<void> {
    const id = vm.id;
    await plain.note(id, { [RESIZING]: String(Date.now()) });
    await flavors.use(resizedSize(vm, size), (flavorRef) =>
      connection.call('nova.servers.action.resize', { ...act(id), body: { resize: { flavorRef } } }),
    );
  }

  /**
   * A look also confirms a resize. Nova takes no notes until it has carried that out, so that the mark goes with a
   * later look.
   */
  async function get(id: string): Promise<Vm> {
    const vm = await plain.get(id);
    const since = vm.notes?.[RESIZING];
    if (since === undefined) return vm;
    const { server } = await connection.call('nova.servers.get', act(id));
    if (server['OS-EXT-STS:task_state']) return { ...vm, status: 'image_locked' };
    if (server.status.trim().toUpperCase() === 'VERIFY_RESIZE') {
      await confirm(id);
      return { ...vm, status: 'image_locked' };
    }
    if (Number(since) + ASKING_MS < Date.now()) await plain.note(id, { [RESIZING]: null });
    return vm;
  }

  /** Another replica's look may have confirmed it. */
  async function confirm(id: string): Promise<void> {
    try {
      await connection.call('nova.servers.action.confirmResize', { ...act(id), body: { confirmResize: null } });
    } catch (error) {
      if (!isFault(error, 'backend.conflict') && !isFault(error, 'backend.refused')) throw error;
    }
  }

  async function metrics(id: string): Promise<Metrics> {
    return { ...(await measured(connection, id)), ...(await measurements.vm(id)) };
  }

  async function initialize(id: string, userData: string, notes: Readonly<Record<string, string>>): Promise<void> {
    const { server } = await connection.call('nova.servers.get', act(id));
    const metadata = server.metadata ?? {};
    const imageRef = join(metadata)[TEMPLATE];
    if (imageRef === undefined)
      throw unsupported('initialize', propertyOf('Vm', 'guest'), 'the VM was not made from a template.');
    const image = await connection.call('glance.images.get', {
      params: { image: imageRef },
      about: [{ what: 'Template', id: imageRef }],
    });
    if (blockDevices(image).length > 0)
      throw unsupported(
        'initialize',
        propertyOf('Vm', 'guest'),
        'the template of the VM is a capture, whose volumes Nova does not write anew.',
      );
    await connection.call('nova.servers.action.rebuild', {
      ...act(id),
      headers: { 'openstack-api-version': REIMAGED },
      body: {
        rebuild: {
          imageRef,
          user_data: Buffer.from(userData, 'utf8').toString('base64'),
          // Nova takes all metadata for what it is to have
          metadata: { ...metadata, ...split(notes) },
        },
      },
    });
  }

  return {
    ...plain,
    create,
    initialize,
    resize,
    takes: ({ status }, size) => (status === 'down' ? size : undefined),
    get,
    metrics,
    note: notingTags(connection, (id, patch) => plain.note(id, patch)),
    ...createMigrations(connection, inventory.hostNameOf),
    ...createCapture(connection),
    ...createConsoles(connection),
    ...createHistory(connection),
    async clone() {
      throw unsupported(
        'clone',
        'Vm',
        "plain OpenStack has no such call; it is IBM's own. Take a snapshot, and make a VM from it.",
      );
    },
  };
}

const gib = (bytes: number): number => Math.max(1, Math.ceil(bytes / GIB));

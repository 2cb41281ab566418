import { isFault, propertyOf, type DiskPort, type DiskSpec } from '../../../model/index.js';
import type { Volume } from '../../../generated/openstack/cinder.js';
import { capabilitiesOf } from '../capabilities.js';
import type { Connection } from '../connection.js';
import { createHolders } from './holders.js';
import { looseBoolean } from '../loose.js';
import type { Measurements } from '../metrics.js';
import type { Storage } from './storage.js';
import { unsupported } from '../unsupported.js';
import type { VolumeGroups } from './volume-groups.js';
import { aboutDisk, createVolumes, description } from './volumes.js';
import { GIB } from '../../../units.js';

/** Cinder's own `bootable` counts here; a volume that Nova made has an empty description. */
export const plainVolume = (volume: Volume): Volume => ({
  ...volume,
  description: volume.description || null,
  metadata: { ...volume.metadata, is_boot_volume: String(looseBoolean(volume.bootable)) },
});

const isShareable = (specs: Readonly<Record<string, string>> | null | undefined): boolean =>
  /true/i.test(specs?.['multiattach'] ?? '');

/** Disks on plain Cinder. `keeps`: whether Nova can make volumes outlive their server, or why not. */
export function createDiskPort(
  connection: Connection,
  pageSize: number,
  storage: Storage,
  measurements: Measurements,
  groups: Pick<VolumeGroups, 'free'>,
  keeps: () => true | string,
): DiskPort {
  const { attaching: _, ...plain } = createVolumes(connection, {
    disksOf: storage.disksOf,
    extent: storage.extent,
    pageSize,
    attachHeaders: {},
  });
  const act = (id: string) => ({ params: { volume: id }, about: aboutDisk(id) });

  /** A volume's type decides whether several servers may attach it (Cinder since Queens). */
  async function typeFor({ shareable = false, storageDomainId: requested }: DiskSpec): Promise<string | undefined> {
    if (!shareable) return requested;
    const types = await storage.types();
    const found = types.find(
      ({ id, extra_specs: specs }) => (requested === undefined || id === requested) && isShareable(specs),
    );
    if (!found)
      throw unsupported(
        'add disk',
        propertyOf('Disk', 'shareable'),
        'a shareable disk needs a storage domain whose volume type has the extra spec multiattach.',
      );
    return found.id;
  }

  async function create(spec: DiskSpec): ReturnType<DiskPort['create']> {
    const { shareable: __, bootable, storageDomainId: ___, ...rest } = spec;
    const type = await typeFor(spec);
    const disk = await plain.create({ ...rest, ...(type !== undefined && { storageDomainId: type }) });
    if (!bootable) return disk;
    await setBootable(disk.id, true);
    return { ...disk, bootable: true, type: 'system' };
  }

  async function setBootable(id: string, bootable: boolean): Promise<void> {
    await connection.call('cinder.volumes.action.os-set_bootable', {
      ...act(id),
      body: { 'os-set_bootable': { bootable } },
    });
  }

  async function update(id: string, change: Parameters<DiskPort['update']>[1]): Promise<void> {
    if (change.shareable !== undefined && change.shareable !== (await plain.get(id)).shareable) {
      throw unsupported(
        'update disk',
        propertyOf('Disk', 'shareable'),
        'whether a volume is shareable depends on its volume type: move the disk to a storage domain whose ' +
          'type supports it.',
      );
    }
    const fields = {
      ...(change.name !== undefined && { name: change.name }),
      ...(change.description !== undefined && { description: description(change.description) }),
    };
    if (Object.keys(fields).length > 0)
      await connection.call('cinder.volumes.update', { ...act(id), body: { volume: fields } });
    if (change.bootable !== undefined) await setBootable(id, change.bootable);
    if (change.readOnly !== undefined)
      await connection.call('cinder.volumes.action.os-update_readonly_flag', {
        ...act(id),
        body: { 'os-update_readonly_flag': { readonly: change.readOnly } },
      });
  }

  /** First frees a volume that a crash may have left in a group of ours. */
  async function remove(id: string): Promise<void> {
    try {
      await plain.remove(id);
    } catch (error) {
      if (!isFault(error, 'backend.refused') || !(await groups.free(id))) throw error;
      await plain.remove(id);
    }
  }

  /** Where Nova cannot change it: throws unless the volume outlives the server anyway. */
  async function assertStays(vmId: string, diskId: string, why: string): Promise<void> {
    const { server } = await connection.call('nova.servers.get', {
      params: { server: vmId },
      about: [{ what: 'VM', id: vmId }],
    });
    const held = server['os-extended-volumes:volumes_attached']?.find(({ id }) => id === diskId);
    if (held?.delete_on_termination) throw unsupported('remove VM', 'A VM that is removed without its disks', why);
  }

  const noLuns = (): never => {
    throw unsupported(
      'add disk',
      propertyOf('Disk', 'lunType', 'logicalUnits'),
      String(capabilitiesOf(undefined)['disk.manageLun']),
    );
  };

  return {
    ...plain,
    heldBy: createHolders(connection, pageSize),
    create,
    update,
    remove,
    async keep(vmId, diskId) {
      const able = keeps();
      if (able !== true) return assertStays(vmId, diskId, able);
      await connection.call('nova.volumes.keep', {
        params: { server: vmId, volume: diskId },
        about: [
          { what: 'VM', id: vmId },
          { what: 'Disk', id: diskId },
        ],
        body: { volumeAttachment: { volumeId: diskId, delete_on_termination: false } },
      });
    },
    async extend(id, sizeBytes) {
      await connection.call('cinder.volumes.action.os-extend', {
        ...act(id),
        body: { 'os-extend': { new_size: Math.ceil(sizeBytes / GIB) } },
      });
    },
    async move(id, storageDomainId) {
      const about = [...aboutDisk(id), { what: 'Storage domain', id: storageDomainId }];
      await connection.call('cinder.volumes.action.os-retype', {
        params: { volume: id },
        about,
        body: { 'os-retype': { new_type: storageDomainId, migration_policy: 'on-demand' } },
      });
    },
    unmanagedLuns: async () => noLuns(),
    manage: async () => noLuns(),
    metrics: measurements.disk,
  };
}

import type { DiskPort } from '../../model/index.js';
import type { Connection } from '../openstack/connection.js';
import type { Measurements } from '../openstack/metrics.js';
import type { Storage } from '../openstack/cinder/storage.js';
import { aboutDisk, createVolumes, description } from '../openstack/cinder/volumes.js';
import { createLuns } from './luns.js';
import type { Providers } from './providers.js';
import type { PowerVcSettings } from './settings.js';
import { ibm } from './wire.js';
import { GIB } from '../../units.js';

/**
 * Disks on PowerVC: plain Cinder, with IBM's extend, plain PUT of multiattach and bulk attachment
 * (docs/reference/power.md, 1.4 and 1.5).
 */
export function createDiskPort(
  connection: Connection,
  settings: PowerVcSettings,
  storage: Storage,
  providers: Providers,
  measurements: Measurements,
): DiskPort {
  const { attach, keepVolumes } = settings.microversions;
  const { attaching, ...plain } = createVolumes(connection, {
    disksOf: storage.disksOf,
    extent: storage.extent,
    pageSize: settings.pageSize,
    attachHeaders: attach === undefined ? {} : { 'openstack-api-version': `compute ${attach}` },
  });
  const act = (id: string) => ({ params: { volume: id }, about: aboutDisk(id) });

  async function update(id: string, change: Parameters<DiskPort['update']>[1]): Promise<void> {
    const fields = {
      ...(change.name !== undefined && { name: change.name }),
      ...(change.description !== undefined && { description: description(change.description) }),
      ...(change.shareable !== undefined && { multiattach: change.shareable }),
    };
    if (Object.keys(fields).length > 0)
      await connection.call('cinder.volumes.update', { ...act(id), body: { volume: fields } });
    if (change.bootable !== undefined)
      await connection.call('cinder.volumes.metadata.merge', {
        ...act(id),
        body: { metadata: { is_boot_volume: change.bootable ? 'True' : 'False' } },
      });
    // Nova boots a VM from such a volume only if Cinder, too, says that it is bootable
    if (change.bootable === true)
      await connection.call('cinder.volumes.action.os-set_bootable', {
        ...act(id),
        body: { 'os-set_bootable': { bootable: true } },
      });
    if (change.readOnly !== undefined)
      await connection.call('cinder.volumes.action.os-update_readonly_flag', {
        ...act(id),
        body: { 'os-update_readonly_flag': { readonly: change.readOnly } },
      });
  }

  /** `primaryBoot` makes the disk the boot volume of a VM that has none (PowerVC 2.2.1 and later). */
  async function attachAsBoot(vmId: string, diskId: string): Promise<void> {
    await attaching(vmId, diskId, () =>
      ibm(connection).call('nova.servers.action.bulk-volume-attach', {
        params: { server: vmId },
        about: [
          { what: 'VM', id: vmId },
          { what: 'Disk', id: diskId },
        ],
        body: { bulkVolumeAttach: { volumeAttachment: [{ volumeId: diskId, primaryBoot: true }] } },
      }),
    );
  }

  async function keep(vmId: string, diskId: string): Promise<void> {
    if (keepVolumes === undefined) return;
    await connection.call('nova.volumes.keep', {
      params: { server: vmId, volume: diskId },
      about: [
        { what: 'VM', id: vmId },
        { what: 'Disk', id: diskId },
      ],
      headers: { 'openstack-api-version': `compute ${keepVolumes}` },
      body: { volumeAttachment: { volumeId: diskId, delete_on_termination: false } },
    });
  }

  return {
    ...plain,
    keep,
    ...createLuns(connection, settings, providers),
    update,
    attach: (vmId, diskId, options) => (options?.boot ? attachAsBoot(vmId, diskId) : plain.attach(vmId, diskId)),
    async extend(id, sizeBytes) {
      await ibm(connection).call('cinder.volumes.action.ibm-extend', {
        ...act(id),
        body: { 'ibm-extend': { new_size: Math.ceil(sizeBytes / GIB) } },
      });
    },
    async move(id, storageDomainId) {
      const about = [...aboutDisk(id), { what: 'Storage domain', id: storageDomainId }];
      await connection.call('cinder.volumes.action.os-retype', {
        params: { volume: id },
        about,
        body: { 'os-retype': { new_type: storageDomainId, migration_policy: settings.migrationPolicy } },
      });
    },
    metrics: measurements.disk,
  };
}

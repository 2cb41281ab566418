import type { VmSpec } from '../../../model/index.js';
import type { CreateServer } from '../../../generated/openstack/nova.js';
import type { Connection } from '../connection.js';
import { blockDevices } from '../inventory.js';
import { looseNumber } from '../loose.js';
import { GIB } from '../../../units.js';

export type Device = CreateServer['server']['block_device_mapping_v2'][number];

/** The GiB for that many bytes, as Cinder counts: at least one. */
export const gib = (bytes: number): number => Math.max(1, Math.ceil(bytes / GIB));

/**
 * The volumes that a deployment of the image creates. A capture has no bytes of its own: its block device mapping names
 * Cinder's snapshots, the boot disk's first. Nova refuses a deployment if the size in the mapping is below `min_disk`,
 * the disk of the captured server's flavor: so the mapping is sent, with at least that size.
 */
export async function devicesOfImage(
  connection: Connection,
  id: string,
  { diskGib = 0, disks = [] }: Pick<VmSpec, 'diskGib' | 'disks'>,
): Promise<[Device, ...Device[]]> {
  const image = await connection.call('glance.images.get', {
    params: { image: id },
    about: [{ what: 'Template', id }],
  });
  const least = Math.max(1, diskGib, looseNumber(image.min_disk) ?? 0);
  const device = (index: number, disk?: string): Pick<Device, 'boot_index' | 'destination_type' | 'volume_type'> => {
    const type = disks.find(({ id }) => id === disk)?.storageDomain?.id;
    return {
      boot_index: index === 0 ? 0 : -1,
      destination_type: 'volume',
      ...(type !== undefined && { volume_type: type }),
    };
  };
  const order = (boot: unknown): number => (looseNumber(boot as string) === 0 ? 0 : 1);
  const [root, ...data] = blockDevices(image)
    .flatMap(({ snapshot_id: uuid, ...more }) => (uuid ? [{ ...more, uuid }] : []))
    .sort((a, b) => order(a.boot_index) - order(b.boot_index))
    .map(({ uuid, volume_size: size }, index): Device => ({
      ...device(index, uuid),
      uuid,
      source_type: 'snapshot',
      volume_size: Math.max(index === 0 ? least : 1, looseNumber(size) ?? 0),
      delete_on_termination: true,
    }));
  if (root) return [root, ...data];
  return [
    {
      ...device(0),
      uuid: id,
      source_type: 'image',
      volume_size: Math.max(least, gib(looseNumber(image.virtual_size) ?? looseNumber(image.size) ?? 0)),
      delete_on_termination: true,
    },
  ];
}

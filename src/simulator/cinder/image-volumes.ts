import type { Volume } from '../world/types.js';
import type { World } from '../world/world.js';

/**
 * A volume that PowerVC keeps an image in. It is a Cinder volume, which clients read for its size and its template
 * (IBM's own modules for Ansible do). It is undocumented whether lists include it: here they do not, an assumption.
 */
export function imageVolume(world: World, id: string): Volume | undefined {
  for (const image of world.images.values()) {
    const held = image.volumes.find(({ volume_id }) => volume_id === id);
    if (held === undefined) continue;
    return {
      id,
      name: `Image-${image.name}`,
      description: null,
      size: held.size,
      status: 'available',
      volume_type: held.volume_type ?? world.volumeTypes.values().next().value?.name ?? '',
      metadata: { is_boot_volume: held.boot_index === 0 ? 'True' : 'False' },
      bootable: held.boot_index === 0,
      multiattach: false,
      snapshot_id: null,
      source_volid: null,
      project_id: image.owner,
      user_id: world.users.keys().next().value ?? '',
      created_at: image.created_at,
      updated_at: image.updated_at,
      storage_hostname: world.storageProviders.keys().next().value ?? null,
      attachments: [],
      image_metadata: null,
      group_id: null,
      data: null,
    };
  }
  return undefined;
}

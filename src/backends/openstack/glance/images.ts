import type { InventoryPort } from '../../../model/index.js';
import type { Connection } from '../connection.js';
import { blockDevices } from '../inventory.js';
import { removed } from '../../http/removal.js';

/**
 * `snapshots`: captures are images of Cinder's snapshots, as on plain OpenStack. PowerVC's have volumes of their own.
 */
export interface ImageSettings {
  readonly snapshots: boolean;
}

/**
 * Changes to Glance's images. The description is a custom property, which may not exist yet: `add` sets it in both
 * cases.
 */
export function createImages(
  connection: Connection,
  { snapshots }: ImageSettings,
): Pick<InventoryPort, 'updateTemplate' | 'removeTemplate'> {
  const at = (id: string) => ({ params: { image: id }, about: [{ what: 'Template', id }] });
  return {
    async updateTemplate(id, { name, description, factsNote }) {
      const body = [
        ...(name === undefined ? [] : [{ op: 'replace' as const, path: '/name' as const, value: name }]),
        ...(description === undefined
          ? []
          : [{ op: 'add' as const, path: '/description' as const, value: description }]),
        ...(factsNote === undefined
          ? []
          : [{ op: 'add' as const, path: '/ovirt_template' as const, value: factsNote }]),
      ];
      if (body.length > 0)
        await connection.call('glance.images.update', {
          ...at(id),
          headers: { 'content-type': 'application/openstack-images-v2.1-json-patch' },
          body,
        });
    },
    /**
     * Removes the snapshots with the image: left behind they would prevent the removal of the VM's volumes. They are
     * removed first, so that a retry after a fault finds the image and finishes; a protected image is refused before.
     */
    async removeTemplate(id) {
      const image = snapshots ? await connection.call('glance.images.get', at(id)) : undefined;
      for (const { snapshot_id: snapshot } of image === undefined || image.protected ? [] : blockDevices(image))
        if (snapshot)
          await removed(
            connection.call('cinder.snapshots.delete', {
              params: { snapshot },
              about: [{ what: 'Snapshot', id: snapshot }],
            }),
          );
      await connection.call('glance.images.delete', at(id));
    },
  };
}

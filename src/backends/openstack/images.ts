import type { InventoryPort } from '../../model/index.js';
import type { Connection } from './connection.js';

/**
 * Changes to Glance's images. A description is a property of the image's own, which may not be there yet: `add` sets it
 * in both cases.
 */
export function createImages(connection: Connection): Pick<InventoryPort, 'updateTemplate' | 'removeTemplate'> {
  const at = (id: string) => ({ params: { image: id }, about: [{ what: 'Template', id }] });
  return {
    async updateTemplate(id, { name, description }) {
      const body = [
        ...(name === undefined ? [] : [{ op: 'replace' as const, path: '/name' as const, value: name }]),
        ...(description === undefined
          ? []
          : [{ op: 'add' as const, path: '/description' as const, value: description }]),
      ];
      if (body.length > 0)
        await connection.call('glance.images.update', {
          ...at(id),
          headers: { 'content-type': 'application/openstack-images-v2.1-json-patch' },
          body,
        });
    },
    async removeTemplate(id) {
      await connection.call('glance.images.delete', at(id));
    },
  };
}

import { Fault, type VmPort } from '../../../model/index.js';
import type { Connection } from '../connection.js';
import { aboutVm } from '../nova/servers.js';

/** Captures a server's volumes as an image. Before 2.45 Nova returns its id only in Location. */
export function createCapture(connection: Connection): Pick<VmPort, 'capture'> {
  async function capture(
    id: string,
    name: string,
    { description, exported, factsNote }: NonNullable<Parameters<VmPort['capture']>[2]> = {},
  ): Promise<string> {
    const { body, headers } = await connection.answer('nova.servers.action.createImage', {
      params: { server: id },
      about: aboutVm(id),
      // Metadata become properties of the image: the description is there as soon as it is
      body: {
        createImage: {
          name,
          metadata: {
            ...(description && { description }),
            ...(factsNote !== undefined && { ovirt_template: factsNote }),
            ...(exported !== undefined && { ovirt_export: exported }),
          },
        },
      },
    });
    const image =
      (typeof body === 'object' ? body?.image_id : undefined) ??
      headers['location']?.replace(/\/+$/, '').split('/').at(-1);
    if (!image)
      throw new Fault('backend.answer', {
        service: 'Nova',
        text: `the image of VM ${id} is being created, but its id is not known`,
      });
    return image;
  }
  return { capture };
}

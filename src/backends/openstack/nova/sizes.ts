import { uuidOf, type InstanceType } from '../../../model/index.js';
import { instanceTypeIn } from '../../../generated/mapping/openstack.js';
import type { Connection } from '../connection.js';
import { read } from '../loose.js';
import { all, hasNext, pages } from '../paging.js';

/** Nova's flavors. Their ids are any text; oVirt's paths need UUIDs. One call a page. */
export async function instanceTypes(connection: Connection, pageSize: number): Promise<InstanceType[]> {
  const fetch = async (marker: string | undefined) => {
    const { flavors, flavors_links } = await connection.call('nova.flavors.list', {
      query: { limit: pageSize, marker },
    });
    return { items: flavors, more: hasNext(flavors_links) };
  };
  return (await all(pages(fetch))).map((flavor) => ({
    ...read(() => instanceTypeIn(flavor, { base: '' })).value,
    id: uuidOf('instancetype', flavor.id),
    cores: 1,
    threads: 1,
  }));
}

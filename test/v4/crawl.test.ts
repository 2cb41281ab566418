import { expect, it } from 'vitest';
import { parseXml, type XmlElement } from '../../src/codec/index.js';
import { plainInventory } from '../../src/simulator/index.js';
import { CLOUDS, serveV4 } from './house.js';

/** No more than so many documents of one kind: what is alike once is alike. */
const OF_A_KIND = 2;

/** Where a document refers to a thing of a root collection, by its element there: what it names is in that list. */
const LISTED: Readonly<Record<string, string>> = {
  cluster: 'clusters',
  data_center: 'datacenters',
  host: 'hosts',
  network: 'networks',
  role: 'roles',
  storage_domain: 'storagedomains',
  template: 'templates',
  user: 'users',
  vm: 'vms',
  vnic_profile: 'vnicprofiles',
};

/**
 * No reference dangles (the VM portal dies of one): whatever a document refers to or links to is there, in XML and in
 * JSON, from the root on, and what it names of a root collection is in that. Actions are no links. Version 3 by the
 * same walk: an engine has no other rule there.
 */
it.each(CLOUDS.flatMap((cloud) => ['4', '3'].map((version) => [cloud, version] as const)))(
  'everything that is linked to is there: %s, version %s',
  async (cloud, version) => {
    const served = await serveV4(cloud, cloud === 'openstack' ? { inventory: plainInventory } : {});
    const get = (path: string, accept = 'application/xml') =>
      fetch(served.url + path, { headers: { authorization: served.login, version, accept } });
    const root = version === '3' ? '/ovirt-engine/api/v3' : '/ovirt-engine/api';
    const seen = new Set<string>();
    const kinds = new Map<string, number>();
    const wrong: string[] = [];
    const queue = [root];
    const mentions = new Map<string, string>();

    function collect(element: XmlElement, from: string, depth = 0): void {
      if (element.name === 'actions') return;
      const href = element.attributes.get('href');
      if (href !== undefined && !href.includes('{')) queue.push(href);
      const id = element.attributes.get('id');
      const list = LISTED[element.name];
      if (id !== undefined && list !== undefined && depth > 1) mentions.set(`${list} ${id}`, from);
      for (const child of element.children) collect(child, from, depth + 1);
    }

    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      const kind = path.replace(/(?<=\/)([0-9a-f]{8}-[0-9a-f-]{27}|\d+)(?=\/|$)/g, '*');
      if (seen.has(path) || (kinds.get(kind) ?? 0) >= OF_A_KIND) continue;
      seen.add(path);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      const xml = await get(path);
      const text = await xml.text();
      // version 3 refuses by name to list what the cloud has no means for; version 4 lists nothing
      if (version === '3' && xml.status === 409 && text.includes('not supported by')) continue;
      if (xml.status !== 200) {
        wrong.push(`${xml.status} ${path}`);
        continue;
      }
      collect(parseXml(text), path);
      const json = await get(path, 'application/json');
      if (json.status !== 200 || typeof JSON.parse(await json.text()) !== 'object') wrong.push(`JSON ${path}`);
    }

    const lists = new Map<string, Set<string | undefined>>();
    for (const list of new Set(Object.values(LISTED))) {
      const items = parseXml(await (await get(`${root}/${list}`)).text()).children;
      lists.set(list, new Set(items.map(({ attributes }) => attributes.get('id'))));
    }
    for (const [mention, from] of mentions) {
      const [list = '', id] = mention.split(' ');
      if (!lists.get(list)?.has(id)) wrong.push(`${from} names ${mention}`);
    }
    await served.close();
    expect(wrong).toEqual([]);
    expect(seen.size).toBeGreaterThan(200);
    expect(mentions.size).toBeGreaterThan(3);
  },
);

import { expect, it } from 'vitest';
import { parseXml, type XmlElement } from '../../src/codec/index.js';
import { plainInventory } from '../../src/simulator/index.js';
import { startHouse } from '../support/house.js';
import { LOGIN } from './house.js';

/** No more than so many documents of one kind: what is alike once is alike. */
const OF_A_KIND = 2;

/**
 * No reference dangles: whatever a document of version 4 refers to or links to is there, in XML and in JSON, from the root
 * on. Actions are no links.
 */
it.each(['openstack', 'powervc'] as const)('everything that is linked to is there: %s', async (cloud) => {
  const house = await startHouse({ cloud, ...(cloud === 'openstack' && { inventory: plainInventory }) });
  const { url } = house.gateways[0]!;
  const get = (path: string, accept = 'application/xml') =>
    fetch(url + path, { headers: { authorization: LOGIN, version: '4', accept } });
  const seen = new Set<string>();
  const kinds = new Map<string, number>();
  const wrong: string[] = [];
  const queue = ['/ovirt-engine/api'];

  function collect(element: XmlElement): void {
    if (element.name === 'actions') return;
    const href = element.attributes.get('href');
    if (href !== undefined && !href.includes('{')) queue.push(href);
    for (const child of element.children) collect(child);
  }

  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    const kind = path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\/\d{4,}/g, '*');
    if (seen.has(path) || (kinds.get(kind) ?? 0) >= OF_A_KIND) continue;
    seen.add(path);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const xml = await get(path);
    const text = await xml.text();
    if (xml.status !== 200) {
      wrong.push(`${xml.status} ${path}`);
      continue;
    }
    collect(parseXml(text));
    const json = await get(path, 'application/json');
    if (json.status !== 200 || typeof JSON.parse(await json.text()) !== 'object') wrong.push(`JSON ${path}`);
  }
  await house.close();
  expect(wrong).toEqual([]);
  expect(seen.size).toBeGreaterThan(300);
});

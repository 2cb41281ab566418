import { isDeepStrictEqual } from 'node:util';
import { expect, it, vi } from 'vitest';
import { parseXml, type XmlElement } from '../../src/codec/index.js';
import { plainInventory } from '../../src/simulator/index.js';
import { CLOUDS, serveV4, type Served } from './testbed.js';

/** No more than so many documents of one kind: what is alike once is alike. */
const OF_A_KIND = 2;

/** Where a document refers to a thing of a root collection, by its element there: what it names is in that list. */
const LISTED: Readonly<Record<string, string>> = {
  affinity_label: 'affinitylabels',
  cluster: 'clusters',
  cpu_profile: 'cpuprofiles',
  data_center: 'datacenters',
  disk: 'disks',
  disk_profile: 'diskprofiles',
  group: 'groups',
  host: 'hosts',
  instance_type: 'instancetypes',
  large_icon: 'icons',
  mac_pool: 'macpools',
  network: 'networks',
  original_template: 'templates',
  role: 'roles',
  scheduling_policy: 'schedulingpolicies',
  small_icon: 'icons',
  tag: 'tags',
  storage_domain: 'storagedomains',
  template: 'templates',
  user: 'users',
  vm: 'vms',
  vnic_profile: 'vnicprofiles',
};

const password = (user: string): string => `Basic ${Buffer.from(`${user}@internal:powervc`).toString('base64')}`;
/**
 * Whom a cloud lets in; a member and a viewer see less of it than its administrator, and no more may be named to them.
 */
const LOGINS: Readonly<Record<(typeof CLOUDS)[number], readonly (readonly [string, string?])[]>> = {
  openstack: [['an administrator'], ['a member', password('operator')], ['a viewer', password('viewer')]],
  powervc: [['an administrator'], ['a member', password('operator')], ['a viewer', password('viewer')]],
  powervs: [['an administrator']],
};

/**
 * Leaves the traces of an administrator's day, which all others meet: a VM that is there with a snapshot, a tag and an
 * event of its own, and one that is gone, whose id it returns.
 */
async function liveIn(served: Served): Promise<string> {
  const made = async (path: string, body: string): Promise<string> => {
    const answer = await served.send('POST', path, body);
    expect([201, 202], answer.text).toContain(answer.status);
    return answer.xml().attributes.get('id') ?? '';
  };
  const first = async (list: string, index = 0): Promise<string> =>
    (await served.send('GET', list)).xml().children[index]?.attributes.get('id') ?? '';
  const [cluster, template] = [await first('/clusters'), await first('/templates', 1)];
  const nics = `<nics><nic><name>nic1</name><vnic_profile id="${await first('/vnicprofiles')}"/></nic></nics>`;
  const [stays, goes] = [
    await made('/vms', `<vm><name>stays</name><cluster id="${cluster}"/><template id="${template}"/>${nics}</vm>`),
    await made('/vms', `<vm><name>goes</name><cluster id="${cluster}"/><template id="${template}"/>${nics}</vm>`),
  ];
  // Power Virtual Server has no place for tags
  if ((await served.send('POST', '/tags', '<tag><name>day</name></tag>')).status === 201)
    await made(`/vms/${stays}/tags`, '<tag><name>day</name></tag>');
  await vi.waitFor(
    async () => {
      await made(`/vms/${stays}/snapshots`, '<snapshot><description>day</description></snapshot>');
      expect((await served.send('DELETE', `/vms/${goes}`)).status).toBe(200);
    },
    { timeout: 10_000, interval: 100 },
  );
  return goes;
}

/** The addresses in a document, sorted. */
const hrefsIn = (element: XmlElement): string[] =>
  [element.attributes.get('href') ?? [], ...element.children.map(hrefsIn)].flat().sort();

/** The same of its JSON. */
function linksIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .flatMap(([key, one]) => (key === 'href' && typeof one === 'string' ? [one] : linksIn(one)))
    .sort();
}

/**
 * No reference dangles (the VM portal dies of one): whatever a document refers to or links to is there, from the root
 * on, in XML and in JSON, which links to the same; and what it names of a root collection is in that. Actions are no
 * links. Version 3 by the same walk: an engine has no other rule there.
 */
it.each(
  CLOUDS.flatMap((cloud) =>
    ['4', '3'].flatMap((version) => LOGINS[cloud].map(([who, login]) => [cloud, version, who, login] as const)),
  ),
)('everything that is linked to is there: %s, version %s, %s', async (cloud, version, _, login) => {
  const served = await serveV4(cloud, cloud === 'openstack' ? { inventory: plainInventory } : {});
  const get = (path: string, accept = 'application/xml') =>
    fetch(served.url + path, { headers: { authorization: login ?? served.login, version, accept } });
  const gone = await liveIn(served);
  const root = version === '3' ? '/ovirt-engine/api/v3' : '/ovirt-engine/api';
  const seen = new Set<string>();
  const kinds = new Map<string, number>();
  const wrong: string[] = [];
  const queue = [root];
  const mentions = new Map<string, string>();

  function collect(element: XmlElement, from: string, depth = 0): void {
    if (element.name === 'actions') return;
    const href = element.attributes.get('href');
    const id = element.attributes.get('id');
    // as an engine's: what happened to a VM is told by its id, also when it is gone
    if (id === gone && /\/(events|jobs)\b/.test(from)) return;
    if (href !== undefined && !href.includes('{')) queue.push(href);
    const list = LISTED[element.name];
    // without an address it is one of the list by its id alone; what has another address is another's part
    const isOne = href === undefined || href === `${root}/${list}/${id}`;
    if (id !== undefined && list !== undefined && depth > 0 && isOne) mentions.set(`${list} ${id}`, from);
    for (const child of element.children) collect(child, from, depth + 1);
  }

  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    const kind = path.replace(/(?<=\/)([0-9a-f]{8}-[0-9a-f-]{27}|\d+)(?=\/|$)/g, '*');
    if (seen.has(path) || (kinds.get(kind) ?? 0) >= OF_A_KIND) continue;
    seen.add(path);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const xml = await get(path);
    const text = await xml.text();
    if (xml.status !== 200) {
      wrong.push(`${xml.status} ${path}`);
      continue;
    }
    const document = parseXml(text);
    collect(document, path);
    const json = await get(path, 'application/json');
    const linked = json.status === 200 ? linksIn(JSON.parse(await json.text())) : ['none'];
    // what is listed moves on between the two: events, and jobs
    const isSame = /\/(events|jobs)\b/.test(path) || isDeepStrictEqual(linked, hrefsIn(document));
    if (json.status !== 200 || !isSame) wrong.push(`JSON ${path}`);
  }

  const lists = new Map<string, Set<string | undefined>>();
  for (const list of new Set(Object.values(LISTED))) {
    const items = parseXml(await (await get(`${root}/${list}`)).text()).children;
    lists.set(list, new Set(items.map(({ attributes }) => attributes.get('id'))));
  }
  for (const [mention, from] of mentions) {
    const [list = '', id] = mention.split(' ');
    // a member's list of users has those whose roles it may see; others are at the address that an event has
    if (!lists.get(list)?.has(id) && (list !== 'users' || login === undefined)) wrong.push(`${from} names ${mention}`);
  }
  await served.close();
  expect(wrong).toEqual([]);
  expect(seen.size).toBeGreaterThan(200);
  expect(mentions.size).toBeGreaterThan(3);
});

import type { XmlElement } from '../../../codec/index.js';
import { stateOf, textOf, type Bench } from '../bench.js';
import { chosen, isData } from '../checks/day-steps.js';
import { NotRun } from '../outcomes.js';

/** An object of the endpoint that replaces one of the corpus. */
export interface Actor {
  readonly id: string;
  readonly name: string;
}

/** What replaces the objects of the corpus, by their kinds: `vm`, `disk`, `cluster`. */
export type Cast = Map<string, Actor>;

/** What requests refer to, and where it is chosen from: any will do. */
const REFERRED: Readonly<Record<string, (bench: Bench) => Promise<Actor>>> = {
  cluster: (bench) => actor(bench, 'clusters', bench.options.cluster),
  template: (bench) => actor(bench, 'templates', bench.options.template, isImage),
  storage_domain: (bench) => actor(bench, 'storagedomains', undefined, isData),
  network: (bench) => actor(bench, 'networks'),
  vnic_profile: (bench) => actor(bench, 'vnicprofiles'),
  disk_profile: (bench) => actor(bench, 'diskprofiles'),
  host: (bench) => actor(bench, 'hosts'),
};

const isImage = (template: XmlElement): boolean =>
  !/^0{8}-/.test(template.attributes.get('id') ?? '') && stateOf(template) === 'ok';

async function actor(
  bench: Bench,
  collection: string,
  requested?: string,
  usable?: (item: XmlElement) => boolean,
): Promise<Actor> {
  const id = await chosen(bench, `/${collection}`, requested, usable);
  const name = textOf((await bench.good([200], 'GET', `/${collection}/${id}`)).xml(), 'name') ?? '';
  return { id, name };
}

/** What a request refers to. @throws NotRun when the endpoint has none */
export async function referred(bench: Bench, cast: Cast, element: string): Promise<Actor | undefined> {
  const found = cast.get(element) ?? (await REFERRED[element]?.(bench));
  if (found) cast.set(element, found);
  return found;
}

/** A second data domain, to move a disk to. @throws NotRun */
export async function otherDomain(bench: Bench, first: string): Promise<Actor> {
  return actor(bench, 'storagedomains', undefined, (item) => isData(item) && item.attributes.get('id') !== first);
}

/** A file of an ISO domain. @throws NotRun */
export async function isoFile(bench: Bench): Promise<Actor> {
  const domain = await chosen(bench, '/storagedomains', undefined, (item) => textOf(item, 'type') === 'iso');
  const path = bench.version.number === '3' ? 'files' : 'images';
  const [file] = (await bench.good([200], 'GET', `/storagedomains/${domain}/${path}`)).xml().children;
  const id = file?.attributes.get('id');
  if (id === undefined) throw new NotRun('the ISO domain is empty');
  return { id, name: id };
}

/** How many VMs are looked through for one that has what is needed. */
const LOOKED_THROUGH = 20;

/** A VM of the endpoint's own, with one of each of these collections. @throws NotRun */
export async function anyVmWith(bench: Bench, parts: readonly (readonly [string, string])[]): Promise<Cast> {
  const vms = (await bench.good([200], 'GET', '/vms')).xml().children.filter(({ attributes }) => attributes.has('id'));
  for (const vm of vms.slice(0, LOOKED_THROUGH)) {
    const id = vm.attributes.get('id') ?? '';
    const cast: Cast = new Map([['vm', { id, name: textOf(vm, 'name') ?? '' }]]);
    for (const [role, collection] of parts) {
      const items = (await bench.good([200], 'GET', `/vms/${id}/${collection}`)).xml().children;
      const part = items.find((item) => item.attributes.has('id') && textOf(item, 'description') !== 'Active VM');
      if (part) cast.set(role, { id: part.attributes.get('id') ?? '', name: textOf(part, 'name') ?? '' });
    }
    if (parts.every(([role]) => cast.has(role))) return cast;
  }
  const what = parts.map(([, collection]) => collection).join(' and ');
  throw new NotRun(vms.length === 0 ? 'there is no VM' : `no VM has ${what}`);
}

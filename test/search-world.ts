import { type Disk, type Host, type Vm } from '../src/model/index.js';
import { Parameters } from '../src/ovirt/http/parameters.js';
import { readSearch, type SearchTable } from '../src/ovirt/search/index.js';
import { diskSearch } from '../src/ovirt/search/tables/disks.js';
import { hostSearch } from '../src/ovirt/search/tables/hosts.js';
import { vmSearch } from '../src/ovirt/search/tables/vms.js';
import { FakeWorld, id } from './support/fake-world.js';
import { GIB } from './support/units.js';
import { scopeOn } from './support/scope.js';

export const world = new FakeWorld();

const [h1, h2]: Host[] = [
  {
    id: id('host', 1),
    name: 'Server-1',
    address: 'hmc1',
    status: 'up',
    cluster: { id: id('cluster', 1), name: 'Default Group' },
    memoryBytes: 512 * GIB,
    memoryFreeBytes: 128 * GIB,
    sockets: 1,
    cores: 48,
    vmsActive: 2,
  },
  {
    id: id('host', 2),
    name: 'Server-2',
    status: 'maintenance',
    memoryBytes: 256 * GIB,
    memoryFreeBytes: 256 * GIB,
    sockets: 1,
    cores: 24,
    vmsActive: 0,
  },
];

world.hosts.push(h1!, h2!);

const hours = (count: number): string => new Date(Date.now() - count * 3_600_000).toISOString();

world.addVm({
  id: id('vm', 1),
  name: 'web1',
  status: 'up',
  powerState: 'running',
  startedAt: hours(5),
  createdAt: '2026-03-01T10:00:00.000Z',
  memoryBytes: 8 * GIB,
  cpuUsagePercent: 80,
  host: { id: h1!.id, name: 'hyp-1' },
  cluster: { id: id('cluster', 1), name: 'Default Group' },
  template: { id: id('template', 1) },
  guestOs: 'rhel',
  addresses: ['10.0.0.5', 'fd00::5'],
  notes: { comment: 'front' },
});

world.addVm({
  id: id('vm', 2),
  name: 'Web2',
  status: 'down',
  createdAt: '2026-03-02T10:00:00.000Z',
  memoryBytes: 4 * GIB,
  host: { id: h1!.id, name: 'hyp-1' },
  guestOs: 'aix',
  addresses: ['10.0.0.40'],
  notes: { description: 'spare of web1', [`tag.${id('tag', 2)}`]: 'billing' },
});

world.addVm({
  id: id('vm', 3),
  name: 'db',
  status: 'migrating',
  powerState: 'running',
  startedAt: hours(50),
  createdAt: '2026-04-02T00:00:00.000Z',
  memoryBytes: 16 * GIB,
  cpuUsagePercent: 5,
  host: { id: h2!.id, name: 'hyp-2' },
  pmemVolumes: [{ id: id('pmem', 1), name: 'pmem', status: 'ok' }],
});

world.addVm({
  id: id('vm', 4),
  name: 'db(old)',
  status: 'powering_up',
  powerState: 'other',
  createdAt: '2025-12-31T23:59:00.000Z',
  memoryBytes: 1 * GIB,
});

Object.assign(world.shared, {
  [`tag.${id('tag', 1)}`]: JSON.stringify({ name: 'production' }),
  [`tag.${id('tag', 2)}`]: JSON.stringify({ name: 'billing', parent: id('tag', 1) }),
});

world.addVolume({
  id: id('disk', 1),
  alias: 'root',
  sizeBytes: 20 * GIB,
  vmIds: [id('vm', 1)],
  storageDomain: { id: id('domain', 1), name: 'fast' },
});

world.addVolume({
  id: id('disk', 2),
  alias: 'data',
  sizeBytes: 100 * GIB,
  vmIds: [id('vm', 1), id('vm', 3)],
  storageDomain: { id: id('domain', 2), name: 'slow' },
});

world.addVolume({
  id: id('disk', 3),
  alias: 'floating',
  sizeBytes: GIB,
  vmIds: [],
  storageDomain: { id: id('domain', 2), name: 'slow' },
});

export async function search<N extends { name?: string; alias?: string }>(
  table: SearchTable<N>,
  entities: readonly N[],
  text: string,
  more: Readonly<Record<string, string>> = {},
  sortLimit = 1000,
): Promise<string[]> {
  const parameters = new Parameters(new Map(Object.entries(more)), new Map([['search', text]]));
  const found: string[] = [];
  for await (const page of readSearch(table, parameters, sortLimit).found(scopeOn(world), async () => entities))
    found.push(...page.map(({ name, alias }) => name ?? alias ?? ''));
  return found;
}

/** As services show them: with their notes as properties. */
export const vms = (text: string, more?: Readonly<Record<string, string>>): Promise<string[]> =>
  search<Vm>(
    vmSearch,
    [...world.vms.values()].map((vm) => ({
      ...vm,
      comment: vm.notes['comment'],
      description: vm.notes['description'],
    })),
    text,
    more,
  );

export const hosts = (text: string): Promise<string[]> => search<Host>(hostSearch, world.hosts, text);

export const disks = (text: string): Promise<string[]> => search<Disk>(diskSearch, [...world.volumes.values()], text);

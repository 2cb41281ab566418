import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Disk,
  type Fault,
  type Host,
  isFault,
  type StorageDomain,
  type Template,
  type Vm,
} from '../src/model/index.js';
import { Parameters } from '../src/ovirt/http/parameters.js';
import type { Criteria } from '../src/ovirt/search/ast.js';
import { print } from '../src/ovirt/search/ast.js';
import { readSearch, type Search, type SearchTable } from '../src/ovirt/search/index.js';
import { clusterSearch } from '../src/ovirt/search/tables/clusters.js';
import { dataCenterSearch } from '../src/ovirt/search/tables/datacenters.js';
import { diskSearch } from '../src/ovirt/search/tables/disks.js';
import { eventSearch } from '../src/ovirt/search/tables/events.js';
import { hostSearch } from '../src/ovirt/search/tables/hosts.js';
import { jobSearch } from '../src/ovirt/search/tables/jobs.js';
import { networkSearch } from '../src/ovirt/search/tables/networks.js';
import { pmemSearch } from '../src/ovirt/search/tables/pmem.js';
import { instanceTypeSearch, vnicProfileSearch } from '../src/ovirt/search/tables/profiles.js';
import { storageSearch } from '../src/ovirt/search/tables/storage.js';
import { tagSearch } from '../src/ovirt/search/tables/tags.js';
import { templateSearch } from '../src/ovirt/search/tables/templates.js';
import { groupSearch, userSearch } from '../src/ovirt/search/tables/users.js';
import { vmSearch } from '../src/ovirt/search/tables/vms.js';
import { FakeWorld, id } from './support/fake-world.js';
import { GIB } from './support/units.js';
import { scopeOn } from './support/scope.js';

const world = new FakeWorld();
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

async function search<N extends { name?: string; alias?: string }>(
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
const vms = (text: string, more?: Readonly<Record<string, string>>): Promise<string[]> =>
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
const hosts = (text: string): Promise<string[]> => search<Host>(hostSearch, world.hosts, text);
const disks = (text: string): Promise<string[]> => search<Disk>(diskSearch, [...world.volumes.values()], text);

describe('VMs', () => {
  it.each<[string, string[]]>([
    ['', ['web1', 'Web2', 'db', 'db(old)']],
    ['name=WEB*', ['web1', 'Web2']],
    ['name=*', ['web1', 'Web2', 'db', 'db(old)']],
    ['name=db', ['db']],
    ['name=db(old)', ['db(old)']],
    ['name!=web*', ['db', 'db(old)']],
    ['status=up', ['web1']],
    ['status=PoweringUp or status=DOWN', ['Web2', 'db(old)']],
    ['status=powering*', ['db(old)']],
    ['status=MigratingFrom', ['db']],
    ['status!=up', ['Web2', 'db', 'db(old)']],
    ['memory>4096', ['web1', 'db']],
    ['memory>=4GB memory<16GiB', ['web1', 'Web2']],
    ['memory=1024', ['db(old)']],
    ['cpu_usage>=80%', ['web1']],
    ['cpu_usage<80', ['db']],
    ['uptime>301', ['db']],
    ['uptime>2d', ['db']],
    ['uptime<6:00:00', ['web1']],
    ['creationdate=2026-03-01', ['web1']],
    ['creationdate="Mar 2, 2026"', ['Web2']],
    ['creationdate<1/1/2026', ['db(old)']],
    ['creationdate>2026-03-01T10:00:00Z', ['Web2', 'db']],
    ['os=aix', ['Web2']],
    ['os=other_ppc64 name=web1', ['web1']],
    ['ip=10.0.0.*', ['web1', 'Web2']],
    ['ip>10.0.0.5', ['web1', 'Web2']],
    ['ip=fd00:0::5', ['web1']],
    ['cluster = "default group"', ['web1']],
    ['cluster=null', ['Web2', 'db', 'db(old)']],
    ['cluster!=""', ['web1']],
    ['host=server-1', ['web1', 'Web2']],
    ['host!=server-1', ['db', 'db(old)']],
    ['host=null', ['db(old)']],
    ['datacenter=ibm-default', ['web1', 'Web2', 'db', 'db(old)']],
    ['pmem_vol=true', ['db']],
    ['spare', ['Web2']],
    ['web1', ['web1', 'Web2']],
    ['front', ['web1']],
    ['"nothing like it"', []],
    ['web1 status=down', ['Web2']],
    ['fqdn=*', []],
    ['tag=billing', ['Web2']],
    ['tag=Production', ['Web2']],
    ['tag=root', ['Web2']],
    ['tag!=billing', ['web1', 'db', 'db(old)']],
    ['tag=null', ['web1', 'db', 'db(old)']],
    ['tag=none', []],
    ['Host.name=Server-1', ['web1', 'Web2']],
    ['Hosts.status=maintenance', ['db']],
    ['Host.name=*1 and status=up', ['web1']],
    ['Templates.name=rhel', ['web1']],
    ['cluster=Default Group status=up and name=web1', ['web1']],
    ['Template.name!=rhel', ['Web2', 'db', 'db(old)']],
    ['disk.alias=data', ['web1', 'db']],
    ['disk.alias=data and disk.size<50GB', []],
    ['disk.alias=root disk.size<50GB', ['web1']],
    ['Storage.name=slow', ['web1', 'db']],
    ['Users.usrname=admin@internal or Users.name=*', ['web1', 'Web2', 'db', 'db(old)']],
    ['Users.name=nobody', []],
    ['disk = floating', []],
    ['vms.status=up', ['web1']],
    ['sortby name', ['db', 'db(old)', 'web1', 'Web2']],
    ['sortby name desc', ['Web2', 'web1', 'db(old)', 'db']],
    ['sortby memory desc page 1', ['db', 'web1', 'Web2', 'db(old)']],
    ['sortby cpu_usage', ['db(old)', 'Web2', 'db', 'web1']],
    ['sortby uptime desc', ['db', 'web1', 'db(old)', 'Web2']],
    ['page 1', ['web1', 'Web2', 'db', 'db(old)']],
    ['page 2', []],
  ])('%s', async (text, expected) => {
    expect(await vms(text)).toEqual(expected);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['name=web*', { case_sensitive: 'true' }, ['web1']],
    ['name=WEB1', { case_sensitive: 'True' }, []],
    ['STATUS=UP', { case_sensitive: 'true' }, ['web1']],
    ['', { max: '2' }, ['web1', 'Web2']],
    ['', { max: '0' }, []],
    ['', { max: '-1' }, ['web1', 'Web2', 'db', 'db(old)']],
    ['page 2', { max: '3' }, ['db(old)']],
    ['page 2', { max: '-1' }, []],
    ['sortby name page 2', { max: '2' }, ['web1', 'Web2']],
    ['name!=db page 2', { max: '1' }, ['Web2']],
  ])('%s %o', async (text, more, expected) => {
    expect(await vms(text, more)).toEqual(expected);
  });
});

it('knows every field of VMs that engines do (docs/reference/ovirt.md, section 6)', () => {
  const known =
    'name comment status ip host fqdn uptime os creationdate address cpu_usage mem_usage network_usage migration_progress_percent memory apps cluster pool loggedinuser tag datacenter type quota id description architecture custom_emulated_machine custom_cpu_type compatibility_level';
  expect(Object.keys(vmSearch.fields)).toEqual(expect.arrayContaining(known.split(' ')));
});

it('resolves every table: fields of related objects exist', () => {
  const tables: readonly SearchTable<never>[] = [
    vmSearch,
    hostSearch,
    diskSearch,
    templateSearch,
    storageSearch,
    clusterSearch,
    networkSearch,
    dataCenterSearch,
    eventSearch,
    groupSearch,
    instanceTypeSearch,
    jobSearch,
    pmemSearch,
    tagSearch,
    userSearch,
    vnicProfileSearch,
  ];
  for (const { object, fields, related } of tables) {
    for (const [name, { via }] of Object.entries(fields)) {
      if (!via) continue;
      const other = related?.()[via[0]]?.open((table) => Object.keys(table.fields));
      expect(other, `${object}.${name}`).toContain(via[1]);
    }
    for (const [word, relation] of Object.entries(related?.() ?? {}))
      expect(
        relation.open((table) => table.words),
        `${object}, ${word}`,
      ).toContain(word);
  }
});

describe('other collections', () => {
  it.each<[string, string[]]>([
    ['Vms.name=db', ['Server-2']],
    ['Vms.status=up', ['Server-1']],
    ['Vms.name=web1 and Vms.status=down', []],
    ['Vms.name=web1 or Vms.name=db', ['Server-1', 'Server-2']],
    ['Vm = front', ['Server-1']],
    ['status=maintenance', ['Server-2']],
    ['mem_usage=75', ['Server-1']],
    ['cpus>=48 memory>300000', ['Server-1']],
    ['Templates.name=rhel', ['Server-1']],
    ['sortby active_vms desc', ['Server-1', 'Server-2']],
  ])('hosts: %s', async (text, expected) => {
    expect(await hosts(text)).toEqual(expected);
  });

  it.each<[string, string[]]>([
    ['alias=root', ['root']],
    ['name=*a*', ['data', 'floating']],
    ['number_of_vms>1', ['data']],
    ['number_of_vms=0', ['floating']],
    ['vm_names=web1', ['root', 'data']],
    ['vm_names!=web1', ['floating']],
    ['vm_names=null', ['root', 'data', 'floating']],
    ['Vms.name=db', ['data']],
    ['Storage.name=slow', ['data', 'floating']],
    ['storage=fast', ['root']],
    ['provisioned_size>20GB', ['data']],
    ['size=1073741824', ['floating']],
    ['shareable=true', []],
    ['disk_type=image', ['root', 'data', 'floating']],
    ['Disks: alias=data', ['data']],
  ])('disks: %s', async (text, expected) => {
    expect(await disks(text)).toEqual(expected);
  });

  it('clusters, templates, storage domains, networks', async () => {
    expect(await search(clusterSearch, world.clusters, 'Vms.name=web1')).toEqual(['Default Group']);
    expect(await search(clusterSearch, world.clusters, 'Hosts.name=Server-2')).toEqual([]);
    expect(await search<Template>(templateSearch, world.templates, 'Hosts.name=Server-1')).toEqual(['rhel']);
    expect(await search<StorageDomain>(storageSearch, world.domains, 'Disks.alias=root')).toEqual(['fast']);
    expect(await search<StorageDomain>(storageSearch, world.domains, 'type=iso')).toEqual(['ISO']);
    expect(await search(networkSearch, world.networks, 'sortby name desc')).toEqual(['VLAN200', 'VLAN100']);
    expect(await search(networkSearch, world.networks, 'datacenter=* name=vlan1*')).toEqual(['VLAN100']);
  });
});

describe('what a search cannot name', () => {
  const faultOf = async (text: string): Promise<Fault> =>
    vms(text).then(
      () => {
        throw new Error(`${text} was taken`);
      },
      (error: unknown) => {
        if (isFault(error)) return error;
        throw error;
      },
    );

  it.each([
    ['colour=red', "A VM has no field 'colour' to search by; known: name, description"],
    ['status=up and colour=red', 'status=up and ^ here colour=red'],
    ['sortby colour', "A VM has no field 'colour' to search by"],
    ['host.colour=red', "A host has no field 'colour' to search by"],
    [
      'gluster.name=a',
      "A search for a VM has no object 'gluster'; known: host, template, disk, storage, user, event, tag",
    ],
    ['status=sleeping', "The field 'status' takes one of unassigned, down, up"],
    [
      'memory=much',
      "The field 'memory' takes a number, or one with its unit (4GB, 512MiB: both are powers of 1024), not 'much': memory= ^ here much",
    ],
    ['memory=4*', "The field 'memory' takes a number"],
    ['creationdate>soon', "The field 'creationdate' takes a date"],
    ['creationdate>"vm 1"', "The field 'creationdate' takes a date"],
    ['uptime>long', "The field 'uptime' takes minutes"],
    ['pmem_vol=maybe', "The field 'pmem_vol' takes true or false"],
    ['name<a', "The field 'name' can only be compared with = and !="],
    ['host<a', "The field 'host' can only be compared with = and !="],
    ['ip<web', "The field 'ip' takes an address"],
    ['disk<a', 'A whole object can only be compared with = and !='],
  ])('%s', async (text, words) => {
    const fault = await faultOf(text);
    expect([fault.code, fault.status]).toEqual(['search.syntax', 400]);
    expect(fault.detail).toContain(words);
  });

  it('sorts no more results than it may hold, unless max limits them', async () => {
    const many = Array.from({ length: 200 }, (_, index): Vm => ({
      id: id('many', index),
      status: 'down',
      name: `vm${index}`,
      memoryBytes: ((index * 37) % 200) * 2 ** 20,
    }));
    await expect(search(vmSearch, many, 'sortby memory', {}, 100)).rejects.toThrow(
      'Cannot sort more than 100 results by memory',
    );
    expect(await search(vmSearch, many, 'sortby memory desc', { max: '3' }, 100)).toEqual(['vm27', 'vm54', 'vm81']);
  });
});

/** What any inventory and search must have in common with a filter that has nothing but what the language promises. */
describe('against a plain filter', () => {
  interface Item {
    readonly id: string;
    readonly name: string;
    readonly description: string | undefined;
    readonly mtu: number | undefined;
    readonly status: 'operational' | 'non_operational';
  }
  const letters = fc.string({ unit: fc.constantFrom('a', 'B', 'c', '.', '(', 'é'), minLength: 1, maxLength: 4 });
  const item: fc.Arbitrary<Item> = fc.record({
    id: fc.uuid(),
    name: letters,
    description: fc.option(letters, { nil: undefined }),
    mtu: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }),
    status: fc.constantFrom('operational', 'non_operational'),
  });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'B', '*', '.', '(', 'é'), minLength: 1, maxLength: 4 });
  const relations = ['=', '!=', '<', '<=', '>', '>='] as const;
  const part = (field: string | undefined, relation: (typeof relations)[number], value: string): Criteria => ({
    kind: 'condition',
    ...(field !== undefined && { field }),
    relation,
    value,
    at: 0,
    valueAt: 0,
  });
  const leaf: fc.Arbitrary<Criteria> = fc.oneof(
    fc
      .record({
        field: fc.constantFrom('name', 'description'),
        relation: fc.constantFrom('=' as const, '!=' as const),
        value: pattern,
      })
      .map(({ field, relation, value }) => part(field, relation, value)),
    fc
      .record({ relation: fc.constantFrom(...relations), value: fc.integer({ min: 0, max: 5 }) })
      .map(({ relation, value }) => part('mtu', relation, String(value))),
    fc
      .record({
        relation: fc.constantFrom('=' as const, '!=' as const),
        value: fc.constantFrom('operational', 'NonOperational'),
      })
      .map(({ relation, value }) => part('status', relation, value)),
    pattern.map((value) => part(undefined, '=', value)),
  );
  const { tree } = fc.letrec<{ tree: Criteria }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        items: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
      }),
    ),
  }));

  const like = (text: string, requested: string, sensitive: boolean): boolean =>
    new RegExp(
      `^${requested
        .split('*')
        .map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
        .join('[^]*')}$`,
      sensitive ? 'u' : 'iu',
    ).test(text);
  function naive(one: Criteria, network: Item, sensitive: boolean): boolean {
    if (one.kind !== 'condition')
      return one.items[one.kind === 'and' ? 'every' : 'some']((inner) => naive(inner, network, sensitive));
    const { field, relation, value } = one;
    if (field === undefined)
      return [network.name, network.description, 'project'].some(
        (text) => text !== undefined && like(text, `*${value}*`, sensitive),
      );
    if (field === 'mtu') {
      const { mtu } = network;
      if (mtu === undefined) return relation === '!=';
      const requested = Number(value);
      return {
        '=': mtu === requested,
        '!=': mtu !== requested,
        '<': mtu < requested,
        '<=': mtu <= requested,
        '>': mtu > requested,
        '>=': mtu >= requested,
      }[relation];
    }
    const held =
      field === 'status' ? network.status.replace('_', '') : field === 'name' ? network.name : network.description;
    const fits =
      held !== undefined && (field === 'status' ? held === value.toLowerCase() : like(held, value, sensitive));
    return fits === (relation === '=');
  }

  it('finds the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(item, { maxLength: 8 }),
        tree,
        fc.boolean(),
        fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
        async (items, where, sensitive, max) => {
          const scope = {
            ...scopeOn(world),
            session: { ...scopeOn(world).session, project: { id: 'p', name: 'project' } },
          };
          const parameters = new Parameters(
            new Map([
              ['case_sensitive', String(sensitive)],
              ...(max === undefined ? [] : [['max', String(max)] as const]),
            ]),
            new Map([['search', print({ where })]]),
          );
          const found: string[] = [];
          for await (const page of readSearch<Item>(networkSearch, parameters, 10).found(scope, async () => items))
            found.push(...page.map((network) => network.id));
          expect(found).toEqual(
            items
              .filter((network) => naive(where, network, sensitive))
              .slice(0, max)
              .map((network) => network.id),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it('gives hints that leave nothing out', async () => {
    const status = fc.constantFrom('up' as const, 'down' as const, 'migrating' as const, 'suspended' as const);
    const vm = fc
      .record({ id: fc.uuid(), name: letters, status, pmem: fc.boolean() })
      .map(({ id: vmId, name, status: state, pmem }): Vm => ({
        id: vmId,
        name,
        status: state,
        pmemVolumes: pmem ? [{ id: 'pmem', name: 'pmem', status: 'ok' }] : [],
      }));
    const vmLeaf: fc.Arbitrary<Criteria> = fc.oneof(
      fc
        .record({ relation: fc.constantFrom('=' as const, '!=' as const), value: pattern })
        .map(({ relation, value }) => part('name', relation, value)),
      fc
        .record({
          relation: fc.constantFrom('=' as const, '!=' as const),
          value: fc.constantFrom('up', 'Down', 'migrating_from', 'susp*'),
        })
        .map(({ relation, value }) => part('status', relation, value)),
      fc.constantFrom('true', 'false').map((value) => part('pmem_vol', '=', value)),
    );
    const { vmTree } = fc.letrec<{ vmTree: Criteria }>((tie) => ({
      vmTree: fc.oneof(
        { maxDepth: 3 },
        vmLeaf,
        fc.record({
          kind: fc.constantFrom('and' as const, 'or' as const),
          items: fc.array(tie('vmTree'), { minLength: 2, maxLength: 3 }),
        }),
      ),
    }));
    /** A source that leaves out all that it may. */
    const narrowed = (all: readonly Vm[], { hints: { like: name, statuses, hasPmem } }: Search): Vm[] =>
      all.filter(
        (one) =>
          (name === undefined || like(one.name, name.text, name.caseSensitive)) &&
          (statuses === undefined || statuses.some((word) => word.startsWith(one.status))) &&
          (hasPmem === undefined || hasPmem === one.pmemVolumes!.length > 0),
      );
    await fc.assert(
      fc.asyncProperty(fc.array(vm, { maxLength: 8 }), vmTree, fc.boolean(), async (all, where, sensitive) => {
        const read = readSearch(
          vmSearch,
          new Parameters(new Map([['case_sensitive', String(sensitive)]]), new Map([['search', print({ where })]])),
          10,
        );
        const found = async (list: (reported: Search) => Vm[]): Promise<Vm[]> => {
          const kept: Vm[] = [];
          for await (const page of read.found(scopeOn(world), async (reported) => list(reported))) kept.push(...page);
          return kept;
        };
        expect(await found((reported) => narrowed(all, reported))).toEqual(await found(() => [...all]));
      }),
      { numRuns: 500 },
    );
  });
});

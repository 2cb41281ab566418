import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Vm } from '../src/model/index.js';
import { Parameters } from '../src/ovirt/http/parameters.js';
import type { Criteria } from '../src/ovirt/search/ast.js';
import { print } from '../src/ovirt/search/ast.js';
import { readSearch, type Search } from '../src/ovirt/search/index.js';
import { networkSearch } from '../src/ovirt/search/tables/networks.js';
import { vmSearch } from '../src/ovirt/search/tables/vms.js';
import { scopeOn } from './support/scope.js';
import { world } from './search-world.js';

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

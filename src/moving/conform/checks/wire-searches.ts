import { textOf } from '../bench.js';
import type { Check } from '../check.js';
import { expectThat } from '../outcomes.js';
import { anyVm, expectFault, query } from './wire-steps.js';

/** Searches: results and faults. */
export const searchChecks: readonly Omit<Check, 'profile'>[] = [
  {
    name: 'search.by-name',
    operation: 'vms.list',
    title: 'a search by name finds only that VM',
    source: 'engine: searchbackend; fence_rhevm, libgovirt, Ansible',
    async run(bench) {
      const name = textOf(await anyVm(bench), 'name') ?? '';
      const found = (await bench.good([200], 'GET', query(`name=${name}`))).xml().children;
      const names = new Set(found.map((vm) => textOf(vm, 'name')));
      expectThat(names.size === 1 && names.has(name), name, [...names].join(', '));
    },
  },
  {
    name: 'search.nothing',
    operation: 'vms.list',
    title: 'a search that finds nothing is an empty collection',
    source: 'engine: 200 and <vms/>, never 404; clients poll until then',
    async run(bench) {
      const root = (await bench.good([200], 'GET', query(`name=${bench.name}-nobody`))).xml();
      expectThat(
        root.name === 'vms' && root.children.length === 0,
        '<vms/>',
        `<${root.name}> of ${root.children.length}`,
      );
    },
  },
  {
    name: 'search.empty',
    operation: 'vms.list',
    title: 'an empty search finds everything',
    source: 'rbovirt asks for ?search=',
    async run(bench) {
      const all = (await bench.good([200], 'GET', '/vms')).xml().children.length;
      const found = (await bench.good([200], 'GET', '/vms?search=')).xml().children.length;
      expectThat(found === all || found === 100, `${all} VMs`, `${found}`);
    },
  },
  {
    name: 'search.past-the-end',
    operation: 'vms.list',
    title: 'a page past the end is empty',
    source: 'ManageIQ asks for "sortby name asc page N" until a page is empty',
    async run(bench) {
      const found = (await bench.good([200], 'GET', query('sortby name asc page 10000'))).xml().children;
      expectThat(found.length === 0, 'no VM', `${found.length}`);
    },
  },
  {
    name: 'search.syntax',
    operation: 'vms.list',
    title: 'a search with a syntax error is a fault',
    source: 'engine: searchbackend, SyntaxChecker',
    async run(bench) {
      expectFault(await bench.ask('GET', query('name=x sortby')), 400);
    },
  },
];

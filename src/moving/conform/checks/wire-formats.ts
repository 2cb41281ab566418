import { childOf } from '../bench.js';
import type { Check } from '../check.js';
import { expectThat } from '../outcomes.js';
import { anyVm, json, query } from './wire-steps.js';

/** Formats, faults, and rules for every request. */
export const formatChecks: readonly Omit<Check, 'profile'>[] = [
  {
    name: 'fault.json',
    title: 'a JSON fault has reason and detail, and no wrapper',
    source: 'engine: api.xsd, Fault; forklift',
    async run(bench) {
      const answer = await bench.ask('GET', query('name=x sortby'), { headers: json });
      const fault = answer.json() as Record<string, unknown>;
      expectThat(
        answer.status === 400 && 'reason' in fault && 'detail' in fault,
        '400, reason and detail',
        answer.body,
      );
    },
  },
  {
    name: 'list.max',
    operation: 'vms.list',
    title: 'max cuts a list',
    source: 'engine: QueryHelper (;max=1), ParametersHelper (?max=1); SDKs',
    async run(bench) {
      await anyVm(bench);
      const path = bench.version.protocol.inline === 'detail' ? '/vms;max=1' : '/vms?max=1';
      const found = (await bench.good([200], 'GET', path)).xml().children;
      expectThat(found.length === 1, 'one VM', `${found.length}`);
    },
  },
  {
    name: 'xml.lines',
    operation: 'vms.list',
    title: 'XML has one element per line, and href before id',
    source: "engine: JAXB_FORMATTED_OUTPUT; fence_rhevm's expressions go by lines, and would fence another VM",
    async run(bench) {
      const vm = await anyVm(bench);
      const { body } = await bench.good([200], 'GET', `/vms/${vm.attributes.get('id') ?? ''}`);
      const lines = body.split('\n').filter((line) => /<name>.*<\/name>/.test(line));
      expectThat(
        lines.length > 0 && lines.every((line) => (line.match(/</g) ?? []).length === 2),
        '<name>…</name> on a line',
        lines[0] ?? 'none',
      );
      expectThat(/<vm href="[^"]+" id="[^"]+">/.test(body), '<vm href="…" id="…">', body.slice(0, 200));
    },
  },
  {
    name: 'json.scalars',
    operation: 'vms.get',
    title: 'numbers and booleans in JSON have the types that engines write',
    source: 'engine: api.xjb; forklift accepts only strings in version 4',
    async run(bench) {
      const vm = await anyVm(bench);
      const document = (
        await bench.good([200], 'GET', `/vms/${vm.attributes.get('id') ?? ''}`, { headers: json })
      ).json() as Record<string, unknown>;
      const expected = bench.version.protocol.dialect.jsonStrings.includes('int64') ? 'string' : 'number';
      expectThat(typeof document['memory'] === expected, `memory as a ${expected}`, typeof document['memory']);
      expectThat(
        typeof document['delete_protected'] === 'string' || document['delete_protected'] === undefined,
        'delete_protected as a string',
        typeof document['delete_protected'],
      );
    },
  },
  {
    name: 'accept.parameters',
    title: 'parameters of Accept are accepted as requests for sub-collections, not refused with 406',
    source: 'engine: DetailHelper; rbovirt and moVirt send them with every GET',
    async run(bench) {
      await bench.good([200], 'GET', '/vms', { headers: { accept: 'application/xml; detail=disks; detail=nics' } });
    },
  },
  {
    name: 'inline.nics',
    operation: 'vms.nics.list',
    title: 'a VM includes its NICs on request',
    source: 'engine: DetailHelper (detail=nics), LinkFollower (follow=nics); rbovirt, Ansible',
    async run(bench) {
      const id = (await anyVm(bench)).attributes.get('id') ?? '';
      const root =
        bench.version.protocol.inline === 'detail'
          ? (
              await bench.good([200], 'GET', `/vms/${id}`, { headers: { accept: 'application/xml; detail=nics' } })
            ).xml()
          : (await bench.good([200], 'GET', `/vms/${id}?follow=nics`)).xml();
      const listed = (await bench.good([200], 'GET', `/vms/${id}/nics`)).xml().children.length;
      const held = childOf(root, 'nics')?.children.length ?? 0;
      expectThat(held === listed, `${listed} NICs`, `${held}`);
    },
  },
  {
    name: 'correlation-id',
    api: '4',
    title: 'the answer repeats the Correlation-Id of the request',
    source: 'engine: CurrentFilter; forklift finds events by it',
    async run(bench) {
      const answer = await bench.good([200], 'GET', '', { headers: { 'correlation-id': bench.name } });
      expectThat(answer.header('correlation-id') === bench.name, bench.name, answer.header('correlation-id') ?? 'none');
    },
  },
  {
    name: 'root.rsdl',
    api: '3',
    title: '?rsdl describes the operations',
    source: 'engine: RsdlBuilder; SDK 3 is generated from it',
    async run(bench) {
      const root = (await bench.good([200], 'GET', '?rsdl')).xml();
      expectThat(root.name === 'rsdl', '<rsdl>', `<${root.name}>`);
    },
  },
  {
    name: 'method.not-allowed',
    title: 'a method that a path does not support is 405',
    source: 'engine: RESTEasy; RHEV-M guide, "Methods"',
    async run(bench) {
      const { status } = await bench.ask('PUT', '/vms', { body: '<vm/>' });
      expectThat(status === 405, '405', `${status}`);
    },
  },
  {
    name: 'accept.unknown',
    title: 'an unknown media type in Accept is 406',
    source: 'engine: RESTEasy, content negotiation',
    async run(bench) {
      const { status } = await bench.ask('GET', '/vms', { headers: { accept: 'image/png' } });
      expectThat(status === 406, '406', `${status}`);
    },
  },
  {
    name: 'path.unknown',
    title: 'an unknown path is 404',
    source: 'engine: RESTEasy',
    async run(bench) {
      const { status } = await bench.ask('GET', `/${bench.name}`);
      expectThat(status === 404, '404', `${status}`);
    },
  },
];

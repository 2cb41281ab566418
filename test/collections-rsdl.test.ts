import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { versions } from '../src/ovirt/index.js';
import { shape } from '../src/ovirt/version/relations.js';

/** Those that version 3 has. */
const operations = versions.find(({ number }) => number === '3')!.operations;

/**
 * Every operation of version 3, as an engine describes itself, is declared: translated, emulated or refused by name.
 */
const file = new URL('../fixtures/ovirt/v3/operations.txt', import.meta.url);
const declared = new Set(operations.map(({ method, path }) => `${method} ${shape(path)}`));

const described = (): string[] => {
  const found: string[] = [];
  for (const [, method = '', path = ''] of readFileSync(file, 'utf8').matchAll(/^([A-Z]+) (\/[^ ?*]+) \S+$/gm))
    found.push(`${method} ${shape(path)}`);
  return [...new Set(found)];
};

describe('the operations of version 3 as engine 4.2 describes them', () => {
  it('are all declared', () => {
    const all = described();
    expect(all.length).toBeGreaterThan(700);
    expect(all.filter((one) => !declared.has(one))).toEqual([]);
  });
});

describe('the links of the root document (docs/reference/ovirt.md, section 2)', () => {
  const links = (
    'capabilities clusters datacenters events hosts networks roles storagedomains tags bookmarks icons templates instancetypes users groups domains vmpools vms disks jobs ' +
    'storageconnections vnicprofiles diskprofiles cpuprofiles schedulingpolicyunits schedulingpolicies permissions macpools operatingsystems externalhostproviders openstackimageproviders ' +
    'openstackvolumeproviders openstacknetworkproviders katelloerrata'
  ).split(' ');
  const searched =
    'clusters datacenters events hosts networks storagedomains templates instancetypes users groups vmpools vms disks'.split(
      ' ',
    );
  // What only version 4 has is no link of version 3's root.
  const top = operations.filter(
    ({ kind, path, since }) => kind === 'list' && /^\/[a-z]+$/.test(path) && !since.startsWith('4'),
  );

  it("have their operations, in the engine's order", () => {
    expect(top.map(({ path }) => path.slice(1)).filter((name) => name !== 'pmemvolumes')).toEqual(links);
  });
  it('have a search where engines have one', () => {
    expect(
      top.filter(({ searchable, path }) => searchable && path !== '/pmemvolumes').map(({ path }) => path.slice(1)),
    ).toEqual(searched);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { versions } from '../../src/ovirt/serve/versions.js';

/**
 * docs/reference/v3-v4-differences.md, D: version 4 answers what an engine 4.6 has, and nothing that version 3 alone
 * had.
 */
const [three, four] = ['3', '4'].map((number) => versions.find((version) => version.number === number)!);
const shape = (path: string): string => path.replace(/\{[^}]*\}/g, '{}');
const engine = new Set(
  readFileSync(new URL('../../fixtures/ovirt/v4/operations.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => /^(GET|POST|PUT|DELETE) /.test(line))
    .map((line) => line.split(' '))
    .map(([method, path = '']) => `${method} ${shape(path)}`),
);
const ours = four!.operations.filter(({ kind }) => kind !== 'progress');
const named = ({ method, path }: { method: string; path: string }): string => `${method} ${shape(path)}`;

describe('the operations of version 4', () => {
  it('are all that an engine has', () => {
    const declared = new Set(ours.map(named));
    expect(engine.size).toBe(894);
    expect([...engine].filter((one) => !declared.has(one))).toEqual([]);
  });

  it("are those of the engine, the gateway's own, and reads of members of empty collections", () => {
    const more = ours.filter((operation) => !engine.has(named(operation)));
    expect(
      more.filter(({ since, kind, support }) => since !== 'gateway' && !(kind === 'get' && support === 'emulated')),
    ).toEqual([]);
  });

  it('have each a path of its own', () => {
    const all = ours.map(named);
    expect(all.filter((one, at) => all.indexOf(one) !== at)).toEqual([]);
  });

  it('have names that are unique, in both versions', () => {
    for (const { operations } of [three!, four!]) {
      const names = operations.map(({ name }) => name);
      expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
    }
  });

  it('are named in words in faults', () => {
    const titles = [...three!.operations, ...four!.operations].map(({ title }) => title);
    expect(titles.filter((title) => /_|\b[a-z]{15,}\b/.test(title))).toEqual([]);
  });

  it('answer documents that the version has', () => {
    for (const { kind, answers, support, name } of ours)
      if (support === 'translated' && kind !== 'entry') expect(four!.hasDocument(answers), name).toBe(true);
  });

  it('that came with version 4 are not in version 3', () => {
    const names = new Set(three!.operations.map(({ name }) => name));
    for (const name of ['vms.diskattachments.list', 'options.get', 'clusterlevels.list', 'vms.backups.add'])
      expect(names.has(name)).toBe(false);
    for (const name of ['vms.disks.list', 'capabilities.list', 'vms.move']) expect(names.has(name)).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import type { Hypervisor } from '../../../generated/openstack/nova.js';
import { alwaysPower, processorsBy, reportedProcessors } from './processors.js';

const hypervisor = (name: string, arch?: string, model?: string): Hypervisor => ({
  hypervisor_hostname: name,
  service: { host: name.toUpperCase() },
  cpu_info: arch === undefined ? '' : JSON.stringify({ arch, model }),
});

describe('the architecture of what runs on hypervisors', () => {
  const mixed = reportedProcessors([hypervisor('a', 'ppc64le'), hypervisor('b', 'x86_64'), hypervisor('c')]);
  const of = processorsBy(() => mixed, 's390x');

  it('is that of the first host that reports one, by either of its names', () => {
    expect([of.architecture(['a']), of.architecture(['B']), of.architecture([null, undefined, 'c', 'b', 'a'])]).toEqual(
      ['ppc64', 'x86_64', 'x86_64'],
    );
  });

  it('is the setting where hosts differ and none is known', () => {
    expect([of.architecture(), of.architecture(['c']), of.architecture(['d'])]).toEqual(['s390x', 's390x', 's390x']);
    expect(of.architectures()).toEqual(['s390x', 'ppc64', 'x86_64']);
  });

  it('is what all have in common', () => {
    const same = reportedProcessors([hypervisor('a', 'x86_64'), hypervisor('b', 'x86_64')]);
    const all = processorsBy(() => same, 'ppc64');
    expect(all.architecture(['c'])).toBe('x86_64');
    expect(all.architectures()).toEqual(['x86_64']);
    const none = processorsBy(() => undefined, 'aarch64');
    expect([none.architecture(['a']), ...none.architectures()]).toEqual(['aarch64', 'aarch64']);
    expect(alwaysPower.architecture(['b'])).toBe('ppc64');
  });
});

describe('the type of processor of a cluster', () => {
  const reported = reportedProcessors([
    hypervisor('new', 'x86_64', 'Icelake-Server-noTSX'),
    hypervisor('old', 'x86_64', 'Haswell-noTSX-IBRS'),
    hypervisor('amd', 'x86_64', 'EPYC-Rome'),
    hypervisor('power', 'ppc64le', 'POWER10'),
    hypervisor('odd', 'x86_64', 'qemu64'),
  ]);
  const all = processorsBy(() => reported, 'ppc64');

  it.each([
    [['new', 'old'], 'Haswell'],
    [['NEW'], 'Icelake-Server'],
    [['amd'], 'EPYC'],
    [['power'], 'POWER10'],
    [['new', 'amd'], undefined],
    [['new', 'odd'], undefined],
    [['new', 'unknown'], undefined],
    [[], undefined],
  ])('of %j is that of the oldest host, if all have the same maker: %s', (hosts, expected) => {
    expect(all.oldest(hosts)).toBe(expected);
  });
});

it('the type of a cluster whose hosts are hidden is the setting, for Power by default POWER9', () => {
  const assumed = (...settings: [Parameters<typeof processorsBy>[1], Parameters<typeof processorsBy>[2]?]) => {
    const all = processorsBy(() => undefined, ...settings);
    return [all.assumed('ppc64'), all.assumed('x86_64')];
  };
  expect(assumed('ppc64')).toEqual(['POWER9', undefined]);
  expect(assumed('ppc64', 'POWER10')).toEqual(['POWER10', undefined]);
  expect(assumed('x86_64', 'Haswell')).toEqual(['POWER9', 'Haswell']);
});

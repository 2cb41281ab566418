import { describe, expect, it } from 'vitest';
import type { Hypervisor } from '../../../generated/openstack/nova.js';
import { alwaysPower, architectureIn, architecturesOf } from './architectures.js';

const hypervisor = (name: string, arch?: string): Hypervisor => ({
  hypervisor_hostname: name,
  service: { host: name.toUpperCase() },
  cpu_info: arch === undefined ? '' : JSON.stringify({ arch }),
});

describe('the architecture of what runs on hypervisors', () => {
  const mixed = architecturesOf([hypervisor('a', 'ppc64le'), hypervisor('b', 'x86_64'), hypervisor('c')]);
  const of = architectureIn(() => mixed, 's390x');

  it('is that of the first host that tells one, by either of its names', () => {
    expect([of(['a']), of(['B']), of([null, undefined, 'c', 'b', 'a'])]).toEqual(['ppc64', 'x86_64', 'x86_64']);
  });

  it('is the setting where hosts differ and none is known', () => {
    expect([of(), of(['c']), of(['d'])]).toEqual(['s390x', 's390x', 's390x']);
  });

  it('is what all have in common', () => {
    const same = architecturesOf([hypervisor('a', 'x86_64'), hypervisor('b', 'x86_64')]);
    expect(architectureIn(() => same, 'ppc64')(['c'])).toBe('x86_64');
    expect(architectureIn(() => undefined, 'aarch64')(['a'])).toBe('aarch64');
    expect(alwaysPower(['b'])).toBe('ppc64');
  });
});

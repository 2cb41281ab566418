import { describe, expect, it } from 'vitest';
import { hardwareOf } from './hardware.js';

/** What libvirt's driver of Nova tells of a host (Nova API reference, "List Hypervisors Details"). */
describe('the hardware of a hypervisor', () => {
  const kvm = { hypervisor_hostname: 'kvm1', hypervisor_type: 'QEMU', hypervisor_version: 6002000 };

  it.each([
    [{ arch: 'x86_64', model: 'Broadwell' }, 'x86_64'],
    ['{"arch":"ppc64le","model":"POWER9"}', 'ppc64'],
    [{ arch: 'aarch64' }, 'aarch64'],
    [{ arch: 'riscv64' }, undefined],
    [null, undefined],
  ])('of %j is of architecture %s', (info, architecture) => {
    expect(hardwareOf({ ...kvm, cpu_info: info }).architecture).toBe(architecture);
  });

  it('has its version as text and in parts', () => {
    expect(hardwareOf(kvm)).toMatchObject({
      hypervisorVersion: '6.2.0',
      hypervisorMajor: 6,
      hypervisorMinor: 2,
      hypervisorBuild: 0,
    });
    const old = hardwareOf({ ...kvm, hypervisor_version: 1 });
    expect([old.hypervisorVersion, old.hypervisorMajor, old.hypervisorMinor]).toEqual(['1', 1, undefined]);
  });
});

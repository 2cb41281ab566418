import { expect, it } from 'vitest';
import { id } from '../../../test/support/fake-world.js';
import { pack, unpack, type Configuration } from './configurations.js';
import { GIB } from '../../units.js';

/** A VM as a backend gives it, with so many disks and NICs. */
const configuration = (disks: number, nics: number): Configuration => ({
  at: 1_795_223_799_740,
  description: 'Before the upgrade to 9.4',
  vm: {
    id: id('vm', 1),
    name: 'web',
    status: 'up',
    memoryBytes: 8 * GIB,
    sockets: 2,
    cores: 1,
    threads: 1,
    cluster: { id: id('cluster', 1), name: 'Default Group' },
    notes: { 'snapshot.ovirt-1': 'x'.repeat(4000) },
    pmemVolumes: [{ id: id('pmem', 1) }],
  },
  disks: Array.from({ length: disks }, (_, index) => ({
    id: id('disk', index),
    alias: `web_Disk${index}`,
    sizeBytes: (index + 1) * GIB,
    actualBytes: (index + 1) * GIB,
    status: 'ok' as const,
    interface: 'spapr_vscsi',
    format: 'raw' as const,
    storageDomain: { id: id('domain', index % 2) },
    notes: { vm: id('vm', 1) },
    vm: { id: id('vm', 1) },
  })),
  nics: Array.from({ length: nics }, (_, index) => ({
    id: id('nic', index),
    name: `nic${index}`,
    mac: `fa:16:3e:00:00:${10 + index}`,
    network: { id: id('network', index) },
    addresses: ['192.0.2.1'],
    notes: {},
  })),
});

it('is read as it was written, without properties of the present', () => {
  const {
    vm,
    disks: [disk],
    nics: [nic],
    ...rest
  } = unpack(pack(configuration(2, 1)))!;
  expect(rest).toMatchObject({ at: 1_795_223_799_740, description: 'Before the upgrade to 9.4' });
  expect(vm).toMatchObject({ name: 'web', memoryBytes: 8 * GIB });
  for (const key of ['notes', 'pmemVolumes', 'cpuUsagePercent']) expect(vm).not.toHaveProperty(key);
  for (const key of ['notes', 'vm', 'vmIds']) expect(disk).not.toHaveProperty(key);
  expect(nic).toMatchObject({ mac: 'fa:16:3e:00:00:10' });
  expect(nic).not.toHaveProperty('addresses');
});

it.each([
  [1, 1, 3],
  [4, 2, 5],
  [16, 4, 11],
])(
  "of %i disks and %i NICs takes at most %i of a server's 128 metadata items, of 255 characters each",
  (disks, nics, most) => {
    expect(Math.ceil(pack(configuration(disks, nics)).length / 255)).toBeLessThanOrEqual(most);
  },
);

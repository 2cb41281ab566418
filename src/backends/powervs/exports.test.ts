import { expect, it } from 'vitest';
import { GIB } from '../../units.js';
import { exportIn, nameFor } from './exports.js';

const VM = '0c2b7a4e-6f55-4f6f-9d36-1f4e6a0e8f11';
const told = JSON.stringify({ vm: VM, memoryBytes: 4 * GIB, sockets: 2, cores: 1, threads: 1, osType: 'other_ppc64' });

it('the name of an image tells the VM that it is an export of, and its size', () => {
  const name = nameFor('web.01', told, []);
  expect(name).toBe(`web.01.ovirt-export.${VM}.4096-2-1-1.1`);
  const { exported, ...rest } = exportIn(name);
  expect(rest).toEqual({ name: 'web.01' });
  expect(JSON.parse(exported ?? '')).toEqual({ vm: VM, memoryBytes: 4 * GIB, sockets: 2, cores: 1, threads: 1 });
});

it('a second export of the same VM has a name of its own', () => {
  expect(nameFor('web', told, [nameFor('web', told, [])])).toBe(`web.ovirt-export.${VM}.4096-2-1-1.2`);
});

it('other images are named as they are', () => {
  for (const exported of [undefined, '']) expect(nameFor('web', exported, ['web'])).toBe('web');
  for (const name of ['web', 'web.ovirt-export.x', `web.ovirt-export.${VM}.1`])
    expect(exportIn(name)).toEqual({ name });
});

import { expect, it } from 'vitest';
import type { Connection } from '../connection.js';
import { devicesOfImage } from './image-devices.js';

const image = {
  id: 'i',
  block_device_mapping: JSON.stringify([
    { snapshot_id: 'data', boot_index: null, volume_size: 2 },
    { snapshot_id: 'root', boot_index: 0, volume_size: 1 },
  ]),
};
const connection = { call: () => Promise.resolve(image) } as unknown as Connection;

it('gives each disk of a template the requested type, in any order', async () => {
  const disks = [
    { id: 'data', storageDomain: { id: 'slow' } },
    { id: 'root', storageDomain: { id: 'fast' } },
  ];
  const typed = async (given: typeof disks): Promise<unknown> =>
    (await devicesOfImage(connection, 'i', { disks: given })).map(({ uuid, volume_type }) => [uuid, volume_type]);
  const expected = [
    ['root', 'fast'],
    ['data', 'slow'],
  ];
  expect(await typed(disks)).toEqual(expected);
  expect(await typed([...disks].reverse())).toEqual(expected);
  expect(await typed(disks.slice(0, 1))).toEqual([
    ['root', undefined],
    ['data', 'slow'],
  ]);
});

import { describe, expect, it } from 'vitest';
import { inPools, ofQuota } from './pools.js';

const type = (name: string, backend?: string) => ({
  id: name,
  name,
  extra_specs: backend === undefined ? null : { volume_backend_name: backend },
});
const pool = (backend: string, free: number | string, more = {}) => ({
  name: `host@${backend}#pool`,
  capabilities: { volume_backend_name: backend, free_capacity_gb: free, total_capacity_gb: 100, ...more },
});

describe('what Cinder reports of the storage behind a volume type', () => {
  const iscsi = { storage_protocol: ['iSCSI', 'iscsi'] };
  const backing = inPools([
    pool('fast', 10, iscsi),
    pool('fast', 20.5, iscsi),
    pool('slow', 'infinite', { storage_protocol: 'nfs', backend_state: 'down' }),
    { name: 'bare' },
  ]);

  it.each([
    [
      'its back end, over all pools',
      type('a', 'fast'),
      { free_capacity_gb: 30.5, total_capacity_gb: 200, backend_type: 'iscsi' },
    ],
    ['the same as ComputeCapabilities write it', type('a', '<is> fast'), { free_capacity_gb: 30.5 }],
    ['no size where one is not told', type('b', 'slow'), { total_capacity_gb: 100, backend_state: 'down' }],
    ['every back end where it names none', type('c'), { total_capacity_gb: 300 }],
  ])('administrators: %s', (_, requested, expected) => {
    expect(backing(requested)).toMatchObject(expected);
  });

  it('administrators: nothing of a back end that does not exist', () => {
    expect(backing(type('d', 'gone'))).toBeUndefined();
    expect(backing(type('b', 'slow'))).not.toHaveProperty('free_capacity_gb');
  });

  it('members: what their quota leaves, the lower of both limits', () => {
    const quota = {
      gigabytes: { limit: 100, in_use: 60, reserved: 5 },
      gigabytes_a: { limit: 30, in_use: 10, reserved: 0 },
      gigabytes_b: { limit: -1, in_use: 50, reserved: 0 },
    };
    expect(ofQuota(quota)(type('a'))).toEqual({ free_capacity_gb: 20, total_capacity_gb: 30 });
    expect(ofQuota(quota)(type('b'))).toEqual({ free_capacity_gb: 35, total_capacity_gb: 85 });
    expect(ofQuota({ gigabytes: { limit: -1, in_use: 1 } })(type('a'))).toBeUndefined();
    expect(ofQuota({ gigabytes: { limit: 5, in_use: 9 } })(type('a'))).toEqual({ free_capacity_gb: 0 });
  });
});

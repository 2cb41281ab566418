import { expect, test } from 'vitest';
import { capabilitiesOf } from './capabilities.js';
import type { Connection } from './connection.js';
import { reaches, versioned } from './microversions.js';

test('microversions are two numbers, not a decimal', () => {
  expect(reaches('2.9', '2.53')).toBe(false);
  expect(reaches('2.53', '2.53')).toBe(true);
  expect(reaches('3.0', '2.93')).toBe(true);
});

test('a call that the cloud is too old for is refused with both versions; a cloud that reports none is assumed to be recent', () => {
  const old = capabilitiesOf({ compute: '2.1', volume: '3.27', metric: false });
  expect(old['vm.console']).toBe('it requires Nova API version 2.6; this cloud has 2.1.');
  expect(old['snapshot.restore']).toBe('it requires Cinder API version 3.40; this cloud has 3.27.');
  expect(old.snapshot).toBe(true);
  expect(capabilitiesOf({ metric: false })).toEqual(capabilitiesOf(undefined));
  expect(capabilitiesOf({ compute: '2.93', volume: '3.70', metric: true })).toEqual(capabilitiesOf(undefined));
});

test('a missing extension of Neutron is named; a Neutron that reports none is assumed to be recent', () => {
  const bare = capabilitiesOf({ metric: false, extensions: new Set(['standard-attr-description']) });
  expect(bare['nic.unplugged']).toBe(
    "it requires Neutron's extension empty-string-filtering, which this cloud does not have.",
  );
  expect(bare['nic.notes']).toBe(true);
});

test('a call has the microversion that it needs, if any; its own takes precedence over that of the table', async () => {
  const seen: unknown[] = [];
  const plain = {
    call: async (id: string, { headers }: { headers: object }) => {
      seen.push([id, headers]);
    },
  } as unknown as Connection;
  const connection = versioned(plain);
  await connection.call('nova.servers.get', { params: { server: 'x' } });
  await connection.call('nova.aggregates.list', {});
  await connection.call('nova.servers.get', {
    params: { server: 'x' },
    headers: { 'openstack-api-version': 'compute 2.90' },
  });
  expect(seen).toEqual([
    ['nova.servers.get', { 'openstack-api-version': 'compute 2.47' }],
    ['nova.aggregates.list', undefined],
    ['nova.servers.get', { 'openstack-api-version': 'compute 2.90' }],
  ]);
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultIds, defaultInventory, mergeInventory } from '../../src/simulator/index.js';
import { startTestbed, type Testbed } from '../support/testbed.js';
import { LOGIN } from './testbed.js';

/**
 * What following links costs over a thousand VMs: as many calls as there are pages and kinds of things, and not as many
 * as there are VMs (docs/reference/v4-wire.md, section 6: engines fetch these in bulk, too).
 */
const VMS = 1000;
const id = (kind: string, n: number): string => `${kind}000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const numbers = Array.from({ length: VMS }, (_, n) => n + 1);
const network = Object.values(defaultIds.networks)[0] ?? '';

describe.each(['powervc', 'openstack'] as const)('vms?follow in front of %s', (cloud) => {
  let testbed: Testbed;
  let url: string;
  beforeAll(async () => {
    testbed = await startTestbed({
      cloud,
      keepCalls: 20_000,
      inventory: mergeInventory(defaultInventory, {
        servers: numbers.map((n) => ({ id: id('aa', n), name: `vm${n}` })),
        volumes: numbers.map((n) => ({
          id: id('bb', n),
          name: `volume${n}`,
          size: 1,
          attachments: [{ server_id: id('aa', n), device: '/dev/sda' }],
        })),
        ports: numbers.map((n) => ({ id: id('cc', n), network_id: network, device_id: id('aa', n) })),
      }),
    });
    url = `${testbed.gateways[0]?.url}/ovirt-engine/api`;
    await ask('/vms?max=1');
  });
  afterAll(() => testbed?.close());

  const ask = async (path: string): Promise<{ readonly vm: readonly Followed[] }> => {
    const answer = await fetch(url + path, { headers: { authorization: LOGIN, accept: 'application/json' } });
    return (await answer.json()) as { readonly vm: readonly Followed[] };
  };

  /** What a list of these VMs costs without following, background looks included. */
  const LIST = 8;
  it.each([
    ['nics', 'nics', 5],
    ['snapshots', 'snapshots', 8],
    ['disk_attachments.disk', 'disk_attachments', 4],
    ['cdroms', 'cdroms', 4],
    ['watchdogs', 'watchdogs', 0],
    ['host_devices', 'host_devices', 0],
    ['disk_attachments.disk,nics,snapshots,cdroms,watchdogs,host_devices', 'nics', 20],
  ] as const)('%s', async (follow, member, most) => {
    testbed.simulator.resetCalls();
    const { vm } = await ask(`/vms?follow=${follow}`);
    expect(vm.length).toBeGreaterThanOrEqual(VMS);
    expect(vm.every((one) => one[member] !== undefined)).toBe(true);
    if (member === 'nics') expect(JSON.stringify(vm.find(({ name }) => name === 'vm1000'))).toContain(id('cc', VMS));
    const requested = testbed.simulator.calls.filter(({ method }) => method === 'GET').map(({ path }) => path);
    expect(requested.length, requested.join('\n')).toBeLessThanOrEqual(LIST + most);
  });

  it('all_content=true: the OVF of each, as backup scripts read it from a search', async () => {
    testbed.simulator.resetCalls();
    const { vm } = await ask('/vms?all_content=true');
    const named = vm.find(({ name }) => name === 'vm1000') as { initialization: { configuration: { data: string } } };
    expect(named.initialization.configuration.data).toContain(id('bb', VMS));
    const requested = testbed.simulator.calls.filter(({ method }) => method === 'GET').map(({ path }) => path);
    expect(requested.length, requested.join('\n')).toBeLessThanOrEqual(LIST + 12);
  });

  it('of a few VMs asks for these alone', async () => {
    testbed.simulator.resetCalls();
    await ask('/vms?max=2&follow=nics');
    const ports = testbed.simulator.calls.filter(({ path }) => path.includes('/ports?'));
    expect(ports.map(({ path }) => path.includes('device_id'))).toEqual([true, true]);
  });
});

type Followed = Readonly<Record<string, unknown>>;

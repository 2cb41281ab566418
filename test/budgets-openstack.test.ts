import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGateway, type Gateway } from '../src/gateway.js';
import { loadSettings } from '../src/settings/index.js';
import { defaultIds, plainInventory, sizedInventory, startSimulator, type Simulator } from '../src/simulator/index.js';
import { required } from '../src/invariant.js';
import { quick, silent } from './support/testbed.js';

/** What costs most on plain OpenStack, where a VM's parts are other services': budgets by batch. */
const VMS = 20;
let simulator: Simulator;
let gateway: Gateway;

beforeAll(async () => {
  const inventory = sizedInventory(plainInventory, { vms: VMS, disksPerVm: 2, networks: 2 });
  simulator = await startSimulator({ timeScale: 0, inventory, keepCalls: 10_000 });
  const sets = [
    ...quick,
    'sessions.checkMs=0',
    'backend.kind=openstack',
    `openstack.authUrl=${simulator.url}`,
    'openstack.project=ibm-default',
  ];
  const { settings } = loadSettings({ environment: {}, sets });
  gateway = await startGateway(settings, { log: silent(settings.log) });
  await ask('GET', '/vms');
});
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

async function ask(
  method: string,
  path: string,
  body?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const authorization = `Basic ${btoa('admin@internal:powervc')}`;
  const answer = await fetch(`${gateway.url}/api${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/xml', ...headers },
    ...(body !== undefined && { body }),
  });
  const text = await answer.text();
  expect(answer.status, text).toBeLessThan(300);
  await gateway.settled();
  return text;
}

/** The calls of a request and of what follows it, looks again at the same thing left out. */
async function costOf(method: string, path: string, body?: string): Promise<{ text: string; calls: string[] }> {
  simulator.resetCalls();
  const text = await ask(method, path, body);
  const seen = new Set<string>();
  const calls = simulator.calls.flatMap(({ service, method: verb, path: at }) => {
    const call = `${service} ${verb} ${at}`;
    if (verb === 'GET' && seen.has(call)) return [];
    seen.add(call);
    return [call];
  });
  return { text, calls };
}

it('disks and NICs of a list of VMs cost the same calls for any number of them', async () => {
  const { text, calls } = await costOf('GET', '/vms;detail=disks+nics');
  expect([text.match(/<disk /g)?.length, text.match(/<nic /g)?.length]).toEqual([2 * VMS, VMS]);
  // a page of servers, of ports and of volumes; a look for unfinished work may come between
  expect(calls.length, calls.join('\n')).toBeLessThanOrEqual(5);
});

it('a snapshot of two disks, and the removal of its VM with them, keep to their budgets', async () => {
  const { sles } = defaultIds.servers;
  const snapshot = '<snapshot><description>before</description></snapshot>';
  const taken = await costOf('POST', `/vms/${sles}/snapshots`, snapshot);
  expect(taken.calls.length, taken.calls.join('\n')).toBeLessThanOrEqual(10);
  const removed = await costOf('DELETE', `/vms/${sles}`);
  expect(removed.calls.length, removed.calls.join('\n')).toBeLessThanOrEqual(15);
});

/** A VM that is down, with two disks and a NIC that the gateway has made. */
async function vmWithParts(number: number): Promise<string> {
  const { vm } = JSON.parse(await ask('GET', '/vms', undefined, { version: '4', accept: 'application/json' })) as {
    vm: { id: string; status: string }[];
  };
  const id = required(vm.filter(({ status }) => status === 'down')[number]?.id, 'a VM that is down');
  const nic = '<nic><name>own</name><network><name>VLAN100</name></network></nic>';
  await ask('POST', `/vms/${id}/nics`, nic, { version: '3' });
  return id;
}

it.each(['3', '4'])(
  'the removal of a VM with two disks and a NIC is 14 calls and two polls, version %s',
  async (version) => {
    const id = await vmWithParts(Number(version) - 3);
    simulator.resetCalls();
    await ask('DELETE', `/vms/${id}`, undefined, { version });
    const calls = simulator.calls.map(({ service, method, path }) => ({ text: `${service} ${method} ${path}`, path }));
    const isServer = ({ path }: { path: string }): boolean => path.endsWith(`/servers/${id}`);
    const deleted = calls.findIndex((call) => isServer(call) && call.text.includes(' DELETE '));
    const freed = calls.findIndex(({ text }) => text.startsWith('volume DELETE '));
    const isPoll = (call: { text: string; path: string }, at: number): boolean =>
      (at > deleted && isServer(call)) || (at > freed && call.text.startsWith('volume GET '));
    const polls = calls.filter(isPoll);
    const all = calls.map(({ text }) => text).join('\n');
    // the other volume goes with the VM
    const deletions = calls.filter(({ text }) => /^(volume|network) DELETE /.test(text));
    expect(deletions, all).toHaveLength(2);
    expect(calls.length - polls.length, all).toBeLessThanOrEqual(14);
    // one look at the VM, and one at all disks
    expect(polls.length, all).toBeLessThanOrEqual(2);
  },
);

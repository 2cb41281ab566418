import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gateway } from '../src/gateway.js';
import { Fault, type Vm } from '../src/model/index.js';
import type { Rule } from '../src/services/cannot.js';
import { may } from '../src/services/rules.js';
import { defaultIds, defaultInventory, plainInventory, type CloudKind } from '../src/simulator/index.js';
import { defaultPowerVsInventory, powerVsIds } from '../src/simulator/powervs/index.js';
import { FakeWorld } from './support/fake-world.js';
import { startTestbed } from './support/testbed.js';
import { scopeOn } from './support/scope.js';
import { startPowerVsGateway } from './support/powervs-gateway.js';

/**
 * Every action in every state on every backend, through the whole gateway: what the table of rules refuses is a 409 in
 * its words, on all three alike, and the cloud is not asked; what it allows is done, begun, or refused by name. No text
 * of a cloud's stands alone.
 */
const ISO = 'rhel-9.4-ppc64le-dvd.iso';

interface Asked {
  readonly rule: Rule;
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

interface Ids {
  readonly vm: string;
  readonly data: string;
  readonly floating: string;
  readonly nic: string;
  readonly snapshot: string;
  readonly domain: string;
}

const requested = ({ vm, data, floating, nic, snapshot, domain }: Ids): Asked[] => {
  const at = `/api/vms/${vm}`;
  const act = (rule: Rule, path: string, body = ''): Asked => ({
    rule,
    method: 'POST',
    path: `${at}/${path}`,
    body: `<action>${body}</action>`,
  });
  const stored = `<storage_domain><name>${domain}</name></storage_domain>`;
  return [
    act('vm.start', 'start'),
    act('vm.start.once', 'start', `<vm><cdroms><cdrom><file id="${ISO}"/></cdrom></cdroms></vm>`),
    act('vm.start.once', 'start', '<vm><os><boot dev="hd"/></os></vm>'),
    act('vm.stop', 'stop'),
    act('vm.shutdown', 'shutdown'),
    act('vm.reboot', 'reboot'),
    act('vm.suspend', 'suspend'),
    act('vm.migrate', 'migrate'),
    act('vm.cancelmigration', 'cancelmigration'),
    { rule: 'vm.remove', method: 'DELETE', path: at },
    act('vm.export', 'export', '<storage_domain><name>Export</name></storage_domain>'),
    act('vm.move', 'move', stored),
    act('vm.clone', 'clone', '<vm><name>copy</name></vm>'),
    {
      rule: 'template.add',
      method: 'POST',
      path: '/api/templates',
      body: `<template><name>t</name><vm id="${vm}"/></template>`,
    },
    { rule: 'vm.update', method: 'PUT', path: at, body: '<vm><name>renamed</name></vm>' },
    act('vm.ticket', 'ticket', '<ticket/>'),
    {
      rule: 'cdrom.change',
      method: 'PUT',
      path: `${at}/cdroms/00000000-0000-0000-0000-000000000000;current=true`,
      body: `<cdrom><file id="${ISO}"/></cdrom>`,
    },
    {
      rule: 'snapshot.add',
      method: 'POST',
      path: `${at}/snapshots`,
      body: '<snapshot><description>d</description></snapshot>',
    },
    act('snapshot.restore', `snapshots/${snapshot}/restore`),
    { rule: 'snapshot.remove', method: 'DELETE', path: `${at}/snapshots/${snapshot}` },
    {
      rule: 'nic.add',
      method: 'POST',
      path: `${at}/nics`,
      body: '<nic><name>late</name><network><name>VLAN200</name></network></nic>',
    },
    { rule: 'nic.update', method: 'PUT', path: `${at}/nics/${nic}`, body: '<nic><name>other</name></nic>' },
    { rule: 'nic.remove.plugged', method: 'DELETE', path: `${at}/nics/${nic}` },
    act('nic.deactivate', `nics/${nic}/deactivate`),
    {
      rule: 'disk.add',
      method: 'POST',
      path: `${at}/disks`,
      body: '<disk><alias>late</alias><provisioned_size>1073741824</provisioned_size></disk>',
    },
    { rule: 'disk.attach', method: 'POST', path: `${at}/disks`, body: `<disk id="${floating}"/>` },
    { rule: 'disk.detach', method: 'DELETE', path: `${at}/disks/${data};detach=true` },
    act('disk.deactivate', `disks/${data}/deactivate`),
    { rule: 'disk.remove.plugged', method: 'DELETE', path: `${at}/disks/${data}` },
    {
      rule: 'disk.extend.plugged',
      method: 'PUT',
      path: `${at}/disks/${data}`,
      body: '<disk><provisioned_size>1099511627776</provisioned_size></disk>',
    },
  ];
};

/** A backend, with how its cloud has a VM in each status that it can be in. */
interface Place {
  readonly ids: Ids;
  readonly login: string;
  readonly states: Readonly<Partial<Record<NonNullable<Vm['status']>, object>>>;
  gateway: Gateway;
  /** The inventory anew, with the VM in the state. */
  put(state: object): Promise<void>;
  /** What changed the cloud since. */
  changes(): number;
  close(): Promise<void>;
}

const patient = [
  'operations.timeoutMs=100',
  'operations.pollMs=1',
  'operations.pollMaxMs=4',
  'operations.leaseMs=600000',
];

const nova: Place['states'] = {
  down: { vm_state: 'stopped', task_state: null, power_state: 4 },
  up: { vm_state: 'active', task_state: null, power_state: 1 },
  powering_up: { vm_state: 'stopped', task_state: 'powering-on', power_state: 4 },
  powering_down: { vm_state: 'active', task_state: 'powering-off', power_state: 1 },
  reboot_in_progress: { vm_state: 'active', task_state: 'rebooting', power_state: 1 },
  migrating: { vm_state: 'active', task_state: 'migrating', power_state: 1 },
  saving_state: { vm_state: 'active', task_state: 'suspending', power_state: 1 },
  suspended: { vm_state: 'suspended', task_state: null, power_state: 7 },
  restoring_state: { vm_state: 'suspended', task_state: 'resuming', power_state: 7 },
  paused: { vm_state: 'paused', task_state: null, power_state: 3 },
  wait_for_launch: { vm_state: 'building', task_state: 'spawning', power_state: 0 },
  image_locked: { vm_state: 'stopped', task_state: 'image_snapshot', power_state: 4 },
  unknown: { vm_state: 'error', task_state: null, power_state: 0 },
};

async function openStack(cloud: CloudKind): Promise<Place> {
  const testbed = await startTestbed({
    cloud,
    sets: [...patient, ...(cloud === 'powervc' ? ['powervc.suspend=true'] : [])],
  });
  const { simulator } = testbed;
  const inventory = cloud === 'openstack' ? plainInventory : defaultInventory;
  const { servers, volumes, ports, vmSnapshot } = defaultIds;
  return {
    login: 'admin@internal:powervc',
    ids: {
      vm: servers.rhel,
      data: volumes.rhelData,
      floating: volumes.floating,
      nic: ports.rhel,
      snapshot: vmSnapshot,
      domain: 'Storwize bulk',
    },
    states: nova,
    gateway: testbed.gateways[0]!,
    async put(state) {
      simulator.load(inventory);
      Object.assign(simulator.world.servers.get(servers.rhel)!, state);
      simulator.resetCalls();
    },
    changes: () => simulator.calls.filter(({ method, service }) => method !== 'GET' && service !== 'identity').length,
    close: () => testbed.close(),
  };
}

const ibm: Place['states'] = {
  down: { status: 'SHUTOFF', taskState: '' },
  up: { status: 'ACTIVE', taskState: '' },
  powering_up: { status: 'SHUTOFF', taskState: 'starting' },
  powering_down: { status: 'ACTIVE', taskState: 'stopping' },
  reboot_in_progress: { status: 'REBOOT', taskState: 'rebooting' },
  migrating: { status: 'MIGRATING', taskState: '' },
  not_responding: { status: 'ACTIVE', taskState: '', health: { status: 'CRITICAL', reason: 'no RMC' } },
  wait_for_launch: { status: 'BUILD', taskState: '' },
  image_locked: { status: 'RESIZE', taskState: '' },
  unknown: { status: 'ERROR', taskState: '' },
};

async function powerVs(): Promise<Place> {
  const { simulator, gateway, start } = await startPowerVsGateway(patient);
  const { instances, volumes, interfaces, snapshot, apiKey } = powerVsIds;
  const place: Place = {
    login: `admin@internal:${apiKey}`,
    ids: {
      vm: instances.rhel,
      data: volumes.rhelData,
      floating: volumes.floating,
      nic: interfaces.rhel,
      snapshot,
      domain: 'tier1',
    },
    states: ibm,
    gateway,
    async put(state) {
      // What was begun on an instance stands in the process there
      await place.gateway.close();
      place.gateway = await start();
      simulator.load(defaultPowerVsInventory);
      Object.assign(simulator.world.instances.get(instances.rhel)!, state);
      simulator.resetCalls();
    },
    changes: () => simulator.calls.filter(({ method, service }) => method !== 'GET' && service !== 'iam').length,
    async close() {
      await place.gateway.close();
      await simulator.close();
    },
  };
  return place;
}

/** What the table says, as the client is told it. */
function expected(rule: Rule, status: string): { status: number; detail: string } | undefined {
  try {
    may({ ...scopeOn(new FakeWorld()), engine: '3.6' }, rule, {
      id: 'vm',
      name: '{name}',
      status: status as Vm['status'],
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { status: error.status, detail: error.detail };
  }
}

/** What there is nothing for in the inventory: no VM snapshot, no ISO image. */
const missingOn: Readonly<Record<string, readonly Rule[]>> = {
  openstack: ['snapshot.remove', 'snapshot.restore'],
  powervs: ['vm.start.once'],
};

const open: Readonly<Record<string, () => Promise<Place>>> = {
  powervc: () => openStack('powervc'),
  openstack: () => openStack('openstack'),
  powervs: powerVs,
};

describe.each(Object.keys(open))('on %s', (backend) => {
  let place: Place;
  beforeAll(async () => {
    place = await open[backend]!();
  });
  afterAll(() => place.close());

  const statuses = Object.keys(backend === 'powervs' ? ibm : nova);
  it.each(statuses)('a VM that is %s is treated as the table says', async (status) => {
    for (const { rule, method, path, body } of requested(place.ids)) {
      await place.put(place.states[status as keyof Place['states']]!);
      const answer = await fetch(place.gateway.url + path, {
        method,
        headers: {
          authorization: `Basic ${btoa(place.login)}`,
          ...(body !== undefined && { 'content-type': 'application/xml' }),
        },
        body,
      });
      const text = await answer.text();
      const detail = /<detail>([^]*?)<\/detail>/.exec(text)?.[1] ?? '';
      const about = `${rule} of a VM that is ${status}: ${answer.status} ${detail}`;
      const requested = expected(rule, status);
      if (/is not supported by/.test(detail)) expect(answer.status, about).toBe(409);
      else if (requested) {
        const name = /VM (\S*) (?:is being|must be)/.exec(detail)?.[1] ?? '';
        expect([answer.status, detail], about).toEqual([requested.status, requested.detail.replace('{name}', name)]);
        expect(place.changes(), about).toBe(0);
      } else {
        const missing = answer.status === 404 && missingOn[backend]?.includes(rule);
        expect([200, 201, 202, 400, 409, 504, ...(missing ? [404] : [])], about).toContain(answer.status);
        // What a cloud that is stuck in the state refuses for ever begins in the engine's words
        if (answer.status === 400 || answer.status === 409) expect(detail, about).toMatch(/^\[Cannot /);
      }
      await place.gateway.settled();
    }
  });
});

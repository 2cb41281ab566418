import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeWorld, id } from '../../../test/support/fake-world.js';
import { fakeThings, wrongs } from '../../../test/support/invariants.js';
import { scopeOn, type FakeScope } from '../../../test/support/scope.js';
import { Fault, type Nic } from '../../model/index.js';
import * as nics from '../nics/index.js';

const VM = id('vm', 1);
const OWN = id('nic', 1);
const NOVAS = id('nic', 2);
const MAC = { [OWN]: 'fa:16:3e:00:00:aa', [NOVAS]: 'fa:16:3e:00:00:bb' };
const refusal = new Fault('backend.refused', { text: 'No free slot.' });

let world: FakeWorld;
let scope: FakeScope;
beforeEach(() => {
  world = new FakeWorld();
  world.addVm({ id: VM });
  world.addPort({ id: OWN, name: 'own', attachedTo: VM, mac: MAC[OWN], notes: { vm: VM } });
  world.addPort({ id: NOVAS, attachedTo: VM, mac: MAC[NOVAS], madeByNova: true });
  scope = scopeOn(world, { timeoutMs: 600 });
});

const quiet = () => {
  expect(wrongs(fakeThings(world), new Set())).toEqual([]);
};

describe('adding', () => {
  const add = (name = 'new', mac?: string) =>
    nics.add(scope, VM, { name, network: { name: 'VLAN200' }, ...(mac !== undefined && { mac }) });

  it('plugs the port', async () => {
    expect(await add()).toMatchObject({ name: 'new', plugged: true, network: { id: id('network', 2) } });
    quiet();
  });
  it('that the VM refuses removes the port again, and says so', async () => {
    scope.session.refuse('nics.plug', refusal, { nth: 0 });
    await expect(add()).rejects.toMatchObject({
      code: 'backend.refused',
      detail: '[No free slot. The new NIC was removed again.]',
    });
    expect(world.ports.size).toBe(2);
    quiet();
  });
  it('that is accepted without effect ends, and removes the port again', async () => {
    world.vm(VM);
    scope.session.nics.plug = async () => undefined;
    // By the clock of the test: five tries take five sixths of the time that it has
    vi.useFakeTimers();
    try {
      const refused = expect(add()).rejects.toMatchObject({
        code: 'backend.failed',
        detail: expect.stringContaining('The new NIC was removed again.') as string,
      });
      await vi.runAllTimersAsync();
      await refused;
    } finally {
      vi.useRealTimers();
    }
    quiet();
  });
  it('refuses a name that is taken and a malformed address', async () => {
    await expect(add('own')).rejects.toMatchObject({ code: 'conflict' });
    await expect(add('new', '00:11')).rejects.toMatchObject({ code: 'refused' });
    await expect(nics.add(scope, VM, { name: 'x', network: { name: 'none' } })).rejects.toMatchObject({
      code: 'not-found.reference',
    });
    expect(world.ports.size).toBe(2);
  });
  it('unplugged makes the port alone', async () => {
    expect(await nics.add(scope, VM, { name: 'new', network: { name: 'VLAN200' }, plugged: false })).toMatchObject({
      plugged: false,
    });
    expect(scope.session.calls).not.toContain('nics.plug');
  });
});

describe('another network', () => {
  const move = (nicId: string) => nics.update(scope, VM, nicId, { network: { name: 'VLAN200' } });

  it.each([
    ['its own port', OWN],
    ["Nova's", NOVAS],
  ])("keeps the NIC's id and address (%s)", async (_, nicId) => {
    expect(await move(nicId)).toMatchObject({
      id: nicId,
      mac: MAC[nicId],
      plugged: true,
      network: { id: id('network', 2) },
    });
    expect(world.ports.has(nicId)).toBe(false);
    expect(await nics.list(scope, VM)).toHaveLength(2);
    quiet();
  });
  it('is shown plugged while the cloud plugs it', async () => {
    const plug = scope.session.nics.plug.bind(scope.session.nics);
    let shown: Nic | undefined;
    scope.session.nics.plug = async (vm, port) => {
      shown = await nics.get(scope, VM, OWN);
      await plug(vm, port);
    };
    await move(OWN);
    expect(shown).toMatchObject({ plugged: true, network: { id: id('network', 2) } });
  });
  it('that the VM refuses puts the NIC back on its former port', async () => {
    let plugs = 0;
    const plug = scope.session.nics.plug.bind(scope.session.nics);
    scope.session.nics.plug = async (vm, port) => {
      plugs += 1;
      if (port !== OWN) throw refusal;
      await plug(vm, port);
    };
    await expect(move(OWN)).rejects.toMatchObject({ detail: '[No free slot. The NIC is as it was before.]' });
    expect(plugs).toBe(3);
    await nics.list(scope, VM);
    await nics.list(scope, VM);
    expect(await nics.get(scope, VM, OWN)).toMatchObject({ plugged: true, network: { id: id('network', 1) } });
    expect(world.ports.size).toBe(2);
    quiet();
  });
  it('that the VM refuses, when Nova has deleted the former port, leaves the NIC unplugged and says so', async () => {
    scope.session.refuse('nics.plug', refusal, { nth: 0 });
    await expect(move(NOVAS)).rejects.toMatchObject({
      detail: '[No free slot. The NIC is unplugged: its former port is gone.]',
    });
    expect(await nics.get(scope, VM, NOVAS)).toMatchObject({ id: NOVAS, plugged: false, mac: MAC[NOVAS] });
    quiet();
  });
  it('of the same name and of none changes nothing', async () => {
    await nics.update(scope, VM, OWN, { network: { name: 'VLAN100' } });
    await nics.update(scope, VM, OWN, { network: {} });
    expect(
      scope.session.calls.filter((call) => !['vms.get', 'nics.list', 'inventory.networks'].includes(call)),
    ).toEqual([]);
  });
});

describe('removing', () => {
  it('continues when a removal of the VM that also marks the NIC is abandoned', async () => {
    const unplug = scope.session.nics.unplug.bind(scope.session.nics);
    scope.session.nics.unplug = async (vm, port) => {
      await unplug(vm, port);
      const found = world.ports.get(port);
      if (found) found.notes = { ...found.notes, pending: 'remove-after-vm' };
    };
    await nics.remove(scope, VM, OWN);
    expect(world.ports.has(OWN)).toBe(false);
    quiet();
  });
});

describe('unplugging', () => {
  it('keeps the NIC, its id and its address though Nova deletes the port', async () => {
    await nics.deactivate(scope, VM, NOVAS);
    expect(await nics.get(scope, VM, NOVAS)).toMatchObject({ id: NOVAS, mac: MAC[NOVAS], plugged: false });
    await nics.activate(scope, VM, NOVAS);
    expect(await nics.get(scope, VM, NOVAS)).toMatchObject({ id: NOVAS, mac: MAC[NOVAS], plugged: true });
    quiet();
  });
  it('is shown while the cloud unplugs it', async () => {
    const unplug = scope.session.nics.unplug.bind(scope.session.nics);
    let shown: Nic | undefined;
    scope.session.nics.unplug = async (vm, port) => {
      shown = await nics.get(scope, VM, OWN);
      await unplug(vm, port);
    };
    await nics.deactivate(scope, VM, OWN);
    expect(shown).toMatchObject({ plugged: false });
  });
  it('that is refused leaves everything as it was', async () => {
    scope.session.refuse('nics.unplug', refusal, { nth: 0 });
    await expect(nics.deactivate(scope, VM, NOVAS)).rejects.toMatchObject({
      detail: '[No free slot. The NIC is as it was before.]',
    });
    expect(world.port(NOVAS).attachedTo).toBe(VM);
    expect(world.ports.size).toBe(2);
    quiet();
  });
  it('an unplugged NIC that is removed does not come back', async () => {
    await nics.deactivate(scope, VM, NOVAS);
    await nics.remove(scope, VM, NOVAS);
    expect((await nics.list(scope, VM)).map((nic) => nic.id)).toEqual([OWN]);
    quiet();
  });
  it('twice, and plugging twice, changes nothing', async () => {
    await nics.deactivate(scope, VM, OWN);
    const calls = scope.session.calls.length;
    await nics.deactivate(scope, VM, OWN);
    expect(scope.session.calls.slice(calls)).toEqual(['nics.list', 'vms.get']);
  });
});

it('a NIC that something is under way with is left alone', async () => {
  world.port(OWN).notes['pending'] = 'plug';
  scope.session.nics.get = () => new Promise(() => undefined);
  await expect(nics.update(scope, VM, OWN, { linked: false })).rejects.toMatchObject({ status: 409, retry: 'later' });
  await expect(nics.remove(scope, VM, OWN)).rejects.toMatchObject({ status: 409, retry: 'later' });
});

it('another address needs another port while the NIC is plugged', async () => {
  expect(await nics.update(scope, VM, OWN, { mac: 'FA:16:3E:00:00:CC' })).toMatchObject({
    id: OWN,
    mac: 'fa:16:3e:00:00:cc',
    plugged: true,
  });
  expect(world.ports.has(OWN)).toBe(false);
  await nics.deactivate(scope, VM, OWN);
  const ports = world.ports.size;
  expect(await nics.update(scope, VM, OWN, { mac: 'fa:16:3e:00:00:dd' })).toMatchObject({ mac: 'fa:16:3e:00:00:dd' });
  expect(world.ports.size).toBe(ports);
  quiet();
});

import { afterEach, beforeEach, expect, it } from 'vitest';
import { powerVsIds } from '../src/simulator/powervs/index.js';
import { send } from './support/crash.js';
import type { GatewayProcess } from './support/gateway-process.js';
import { startSevered } from './support/gateway-severed.js';
import { powerVs } from './support/simulated-clouds.js';

/**
 * One client removes a VM with its disks, another without them, at once through two gateways. Power Virtual Server
 * keeps no notes, so neither sees the other; the cloud does what it was asked first.
 */
const VM = powerVsIds.instances.sles;
const DATA = 'd1500000-0000-4000-8000-0000000000d1';
const removals = { deleted: `/api/vms/${VM}`, kept: `/api/vms/${VM};detach_only=true` } as const;

let simulator: Awaited<ReturnType<typeof powerVs.start>>;
let gateways: GatewayProcess[];
beforeEach(async () => {
  const { inventory } = powerVs;
  simulator = await powerVs.start({
    timeScale: 0.001,
    inventory: {
      ...inventory,
      volumes: [
        ...(inventory.volumes ?? []),
        { volumeID: DATA, name: 'data', size: 2, attachments: [{ pvmInstanceID: VM }] },
      ],
    },
  });
  gateways = await Promise.all([1, 2].map(() => startSevered('powervs', simulator.url)));
});
afterEach(async () => {
  await Promise.all(gateways.map((gateway) => gateway.kill()));
  await simulator.close();
});

it.each(['deleted', 'kept'] as const)(
  'of two removals the one that reaches the cloud second is refused: the disks are %s',
  async (first) => {
    // Both are held until both have decided, then let go one after the other
    const isFirst = (path: string): boolean => path.includes('delete_data_volumes=true') === (first === 'deleted');
    let letGo: (() => void) | undefined;
    const bothCame = new Promise<void>((resolve) => (letGo = resolve));
    let done: (() => void) | undefined;
    const firstIsDone = new Promise<void>((resolve) => (done = resolve));
    let came = 0;
    const stop = simulator.onCall(async ({ method, path }, phase) => {
      if (method !== 'DELETE' || !path.includes(`/pvm-instances/${VM}`)) return;
      if (phase === 'after') return isFirst(path) ? done?.() : undefined;
      if ((came += 1) === 2) letGo?.();
      await bothCame;
      if (!isFirst(path)) await firstIsDone;
    });
    const [deleting, keeping] = gateways;
    if (!deleting || !keeping) throw new Error('two gateways');
    const [deleted, kept] = await Promise.all([
      send(deleting, { method: 'DELETE', path: removals.deleted }),
      send(keeping, { method: 'DELETE', path: removals.kept }),
    ]);
    stop();
    for (const gateway of gateways) await gateway.settled?.();
    expect([deleted.status, kept.status]).toEqual(first === 'deleted' ? [200, 409] : [409, 200]);
    const { vms, volumes } = powerVs.things(simulator.world);
    expect(vms.some(({ id }) => id === VM)).toBe(false);
    expect(volumes.some(({ id }) => id === DATA)).toBe(first === 'kept');
  },
);

it.each(['deleted', 'kept'] as const)(
  'a disk that is deleted by itself while its VM is removed is deleted, and both are told so: the others are %s',
  async (others) => {
    const [deleting, removing] = gateways;
    if (!deleting || !removing) throw new Error('two gateways');
    let removal: ReturnType<typeof send> | undefined;
    let letDetach: (() => void) | undefined;
    const removes = new Promise<void>((resolve) => (letDetach = resolve));
    let letRemove: (() => void) | undefined;
    const detached = new Promise<void>((resolve) => (letRemove = resolve));
    // the disk is marked; the VM is removed by a gateway that has seen the mark, once the disk is detached
    const stop = simulator.onCall(async ({ method, path }, phase) => {
      if (method !== 'DELETE' || !path.includes(`/pvm-instances/${VM}`)) return;
      if (!path.includes('/volumes/')) {
        letDetach?.();
        return detached;
      }
      if (phase === 'after') return letRemove?.();
      removal ??= send(removing, { method: 'DELETE', path: removals[others] });
      await removes;
    });
    const deleted = await send(deleting, { method: 'DELETE', path: `/api/vms/${VM}/disks/${DATA}` });
    const removed = await removal;
    stop();
    for (const gateway of gateways) await gateway.settled?.();
    expect([deleted.status, removed?.status]).toEqual([200, 200]);
    const { vms, volumes } = powerVs.things(simulator.world);
    expect(vms.some(({ id }) => id === VM)).toBe(false);
    expect(volumes.some(({ id }) => id === DATA)).toBe(false);
  },
);

it('a VM whose new disk is still being attached is removed with it', async () => {
  const slow = await powerVs.start({ timeScale: 0.05 });
  const gateway = await startSevered('powervs', slow.url);
  try {
    const added = send(gateway, {
      method: 'POST',
      path: `/api/vms/${VM}/disks`,
      body: '<disk><alias>new</alias><provisioned_size>1073741824</provisioned_size></disk>',
    });
    const states = (): string[] =>
      [...slow.world.volumes.values()].filter(({ name }) => name.startsWith('new')).map(({ state }) => state);
    await expect.poll(states, { interval: 2, timeout: 10_000 }).toEqual(['attaching']);
    const removed = await send(gateway, { method: 'DELETE', path: removals.deleted });
    expect(removed.status, removed.text).toBe(200);
    await added;
    await expect.poll(() => [slow.world.instances.has(VM), states()], { timeout: 10_000 }).toEqual([false, []]);
  } finally {
    await gateway.kill();
    await slow.close();
  }
});

it("a new disk that comes after the last look of its VM's removal is left to who adds it", async () => {
  const [adding, removing] = gateways;
  if (!adding || !removing) throw new Error('two gateways');
  const news = (): string[] =>
    [...simulator.world.volumes.values()].map(({ name }) => name).filter((name) => name.startsWith('new'));
  let letAttach: (() => void) | undefined;
  const removed = new Promise<void>((resolve) => (letAttach = resolve));
  let letRemove: (() => void) | undefined;
  const attaching = new Promise<void>((resolve) => (letRemove = resolve));
  let added: ReturnType<typeof send> | undefined;
  // the VM goes when the disk is there and marked, and the call that attaches it is held until the VM is gone
  const stop = simulator.onCall(async ({ method, path }, phase) => {
    if (phase === 'after' || !path.includes(`/pvm-instances/${VM}`)) return;
    if (method === 'POST' && path.includes('/volumes')) {
      letRemove?.();
      await removed;
    } else if (method === 'DELETE' && !path.includes('/volumes')) {
      added ??= send(adding, {
        method: 'POST',
        path: `/api/vms/${VM}/disks`,
        body: '<disk><alias>new</alias><provisioned_size>1073741824</provisioned_size></disk>',
      });
      await attaching;
    }
  });
  const removal = await send(removing, { method: 'DELETE', path: removals.deleted });
  await removing.settled?.();
  expect([removal.status, removal.text]).toEqual([200, expect.any(String)]);
  expect(news()).toEqual([`new.ovirt-add.${VM}`]);
  letAttach?.();
  expect((await added)?.status).toBe(404);
  stop();
  for (const gateway of gateways) await gateway.settled?.();
  await expect.poll(news).toEqual([]);
});

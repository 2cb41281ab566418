import { describe, expect, it } from 'vitest';
import { FakeWorld, id } from '../../test/support/fake-world.js';
import { fakeThings, wrongs } from '../../test/support/invariants.js';
import { scopeOn } from '../../test/support/scope.js';
import { ZERO_ID } from '../model/index.js';
import * as cdroms from './cdroms.js';
import { pack } from './configurations.js';
import type { Scope, Started } from './context.js';
import * as copies from './copies.js';
import * as disks from './disks.js';
import * as nics from './nics.js';
import * as pmem from './pmem.js';
import * as snapshots from './snapshots.js';
import * as vms from './vms.js';
import { GIB } from '../units.js';

/**
 * Every composed verb, and a process that ends after each single call of it: the call is executed and its answer never
 * comes. Another process then looks at the resource, as a client would that comes back. In the end all is done, or
 * nothing was begun; nothing belongs to nothing, and no mark is left.
 */
const VM = id('vm', 1);
const BOOT = id('disk', 1);
const DATA = id('disk', 2);
const IDLE = id('disk', 3);
const FLOATING = id('disk', 4);
const NIC = id('nic', 1);
const NOVA_NIC = id('nic', 2);
const SPARE_NIC = id('nic', 3);
const SNAPSHOT = id('snapshot', 1);
const LUN = id('lun', 1);

function world(): FakeWorld {
  const made = new FakeWorld();
  made.addVm({ id: VM, name: 'web' });
  made.addVolume({ id: BOOT, alias: 'boot', vmIds: [VM], bootable: true, deleteWithVm: true });
  made.addVolume({ id: DATA, alias: 'data', vmIds: [VM] });
  made.addVolume({ id: IDLE, alias: 'idle', notes: { vm: VM } });
  made.addVolume({ id: FLOATING, alias: 'floating' });
  made.addPort({ id: NIC, name: 'own', attachedTo: VM, notes: { vm: VM } });
  made.addPort({ id: NOVA_NIC, attachedTo: VM, madeByNova: true });
  made.addPort({ id: SPARE_NIC, name: 'spare', notes: { vm: VM } });
  made.addSnapshot({
    id: SNAPSHOT,
    vm: { id: VM },
    name: 'before',
    volumes: [{ volumeId: BOOT, snapshotId: id('volume-snapshot', 1), sizeBytes: GIB, bootable: true }],
  });
  made.luns.push({ id: LUN, storageHost: 'svc', sizeBytes: 3 * GIB });
  return made;
}

interface Operation {
  readonly name: string;
  readonly given?: (world: FakeWorld) => void;
  readonly run: (scope: Scope) => Promise<unknown>;
  /** Looks of a client that comes back; the VM's lists by default. */
  readonly resume?: (scope: Scope) => Promise<unknown>;
  readonly done: (world: FakeWorld) => boolean;
  readonly untouched: (world: FakeWorld) => boolean;
  /** Ids that belong to nothing in the end, because the operation wants it so. */
  readonly floating?: readonly string[];
}

const finished = async <T>(started: Promise<Started<T>>): Promise<T> => (await started).finished;
const named = (made: FakeWorld, alias: string) => [...made.volumes.values()].filter((volume) => volume.alias === alias);
const portNamed = (made: FakeWorld, name: string) => [...made.ports.values()].filter((port) => port.name === name);
const vmNamed = (made: FakeWorld, name: string) => [...made.vms.values()].filter((vm) => vm.name === name);
const media = (made: FakeWorld) => [...made.volumes.values()].filter(({ notes }) => notes['medium'] !== undefined);
const isAttached = (made: FakeWorld, diskId: string): boolean => made.volumes.get(diskId)?.vmIds.includes(VM) === true;
const isListed = (made: FakeWorld, diskId: string): boolean => made.volumes.get(diskId)?.notes['vm'] === VM;
/** The port that stands for the NIC, whose id may be another port's. */
const portOf = (made: FakeWorld, nicId: string) =>
  [...made.ports.values()].find((port) => (port.notes['nic'] ?? port.id) === nicId);
const taken = (made: FakeWorld) => [...made.snapshots.values()].filter(({ name }) => name?.startsWith('ovirt-'));
const collect = async (pages: AsyncIterable<unknown>): Promise<void> => {
  for await (const page of pages) expect(page).toBeDefined();
};

async function lookAtVm(scope: Scope): Promise<void> {
  await vms.get(scope, VM);
  await disks.list(scope, VM);
  await nics.list(scope, VM);
  await snapshots.list(scope, VM);
  await pmem.list(scope, VM);
}

const running = (made: FakeWorld): void => {
  Object.assign(made.vm(VM), { status: 'up', powerState: 'running' });
};
const withMedium = (made: FakeWorld): void => {
  made.addVolume({
    id: id('disk', 9),
    alias: 'cd',
    vmIds: [VM],
    notes: { vm: VM, medium: 'boot.iso', read_only: 'true' },
  });
  Object.assign(made.vm(VM).notes, { cdrom: 'boot.iso', 'cdrom.session': 'boot.iso' });
};
const withPmem = (made: FakeWorld): void => {
  made.vm(VM).pmemVolumes = [{ id: id('pmem', 1), name: 'old', sizeBytes: GIB, status: 'ok' }];
  made.vm(VM).notes['pmem.aggregated'] = '{"at":1,"names":["old"]}';
};

const operations: readonly Operation[] = [
  {
    name: 'add a disk',
    run: (scope) => finished(disks.add(scope, VM, { alias: 'new', sizeBytes: GIB })),
    done: (made) => named(made, 'new').length === 1 && isAttached(made, named(made, 'new')[0]!.id),
    untouched: (made) => named(made, 'new').length === 0,
  },
  {
    name: 'add an inactive disk',
    run: (scope) => finished(disks.add(scope, VM, { alias: 'new', sizeBytes: GIB, active: false })),
    done: (made) => named(made, 'new').length === 1 && isListed(made, named(made, 'new')[0]!.id),
    untouched: (made) => named(made, 'new').length === 0,
  },
  {
    name: 'attach a floating disk',
    run: (scope) => finished(disks.add(scope, VM, { id: FLOATING })),
    done: (made) => isAttached(made, FLOATING),
    untouched: (made) => !isListed(made, FLOATING),
  },
  {
    name: 'add a LUN',
    run: (scope) => finished(disks.add(scope, VM, { alias: 'lun', logicalUnits: [{ id: LUN }] })),
    done: (made) => isAttached(made, made.luns[0]!.managed ?? ''),
    untouched: (made) => made.luns[0]!.managed === undefined,
  },
  {
    name: 'delete an active disk',
    run: (scope) => finished(disks.remove(scope, VM, DATA, { detach: false })),
    done: (made) => !made.volumes.has(DATA),
    untouched: (made) => isAttached(made, DATA),
  },
  {
    name: 'delete an inactive disk',
    run: (scope) => finished(disks.remove(scope, VM, IDLE, { detach: false })),
    done: (made) => !made.volumes.has(IDLE),
    untouched: (made) => isListed(made, IDLE),
  },
  {
    name: 'detach a disk',
    run: (scope) => finished(disks.remove(scope, VM, DATA, { detach: true })),
    floating: [DATA],
    done: (made) => made.volumes.has(DATA) && !isAttached(made, DATA) && !isListed(made, DATA),
    untouched: (made) => isAttached(made, DATA),
  },
  {
    name: 'deactivate a disk',
    run: (scope) => finished(disks.deactivate(scope, VM, DATA)),
    done: (made) => !isAttached(made, DATA) && isListed(made, DATA),
    untouched: (made) => isAttached(made, DATA),
  },
  {
    name: 'activate a disk',
    run: (scope) => finished(disks.activate(scope, VM, IDLE)),
    done: (made) => isAttached(made, IDLE),
    untouched: (made) => !isAttached(made, IDLE),
  },
  {
    name: 'create a VM of a template',
    run: (scope) =>
      finished(
        vms.add(scope, {
          name: 'new',
          cluster: { name: 'Default Group' },
          template: { name: 'rhel' },
          nics: [{ network: { name: 'VLAN100' } }],
        }),
      ),
    resume: (scope) => collect(vms.list(scope)),
    done: (made) => vmNamed(made, 'new')[0]?.status === 'down',
    untouched: (made) => vmNamed(made, 'new').length === 0,
  },
  {
    name: 'create a VM from a snapshot',
    run: (scope) =>
      finished(vms.add(scope, { name: 'new', cluster: { name: 'Default Group' }, sourceSnapshot: { id: SNAPSHOT } })),
    resume: (scope) => collect(vms.list(scope)),
    done: (made) => vmNamed(made, 'new')[0]?.status === 'down',
    untouched: (made) => vmNamed(made, 'new').length === 0,
  },
  {
    name: 'delete a VM',
    run: (scope) => finished(vms.remove(scope, VM, { detachOnly: false, force: false })),
    resume: (scope) => vms.get(scope, VM).catch(() => undefined),
    done: (made) =>
      made.vms.size === 0 &&
      [...made.volumes.keys()].join() === FLOATING &&
      made.ports.size === 0 &&
      made.snapshots.size === 0,
    untouched: (made) => isAttached(made, BOOT) && isListed(made, IDLE),
  },
  {
    name: 'delete a VM and keep its disks',
    given: (made) => {
      made.snapshots.clear();
    },
    floating: [BOOT, DATA, IDLE],
    run: (scope) => finished(vms.remove(scope, VM, { detachOnly: true, force: false })),
    resume: (scope) => vms.get(scope, VM).catch(() => undefined),
    done: (made) => made.vms.size === 0 && made.volumes.size === 4 && made.ports.size === 0,
    untouched: (made) => isAttached(made, BOOT) && isListed(made, IDLE),
  },
  {
    name: 'change name, description and memory of a VM',
    run: (scope) => vms.update(scope, VM, { name: 'other', description: 'd', memoryBytes: 8 * GIB }),
    done: (made) => {
      const { name, memoryBytes, notes } = made.vm(VM);
      return name === 'other' && memoryBytes === 8 * GIB && notes['description'] === 'd' && notes['task'] === undefined;
    },
    untouched: (made) => made.vm(VM).name !== 'other' && made.vm(VM).memoryBytes === 4 * GIB,
  },
  {
    name: 'move all disks of a VM',
    run: (scope) => finished(copies.move(scope, VM, { name: 'slow' })),
    done: (made) =>
      [BOOT, DATA, IDLE].every((diskId) => made.volumes.get(diskId)?.storageDomain?.id === id('domain', 2)) &&
      made.vms.get(VM)?.notes['task'] === undefined,
    untouched: (made) =>
      [BOOT, DATA, IDLE].every((diskId) => made.volumes.get(diskId)?.storageDomain?.id === id('domain', 1)) &&
      made.vms.get(VM)?.notes['task'] === undefined,
  },
  {
    name: 'clone a VM',
    run: (scope) => finished(copies.clone(scope, VM, 'copy')),
    resume: async (scope) => {
      await collect(vms.list(scope));
      await lookAtVm(scope);
    },
    done: (made) =>
      vmNamed(made, 'copy')
        .map(({ status }) => status)
        .join() === 'down' && made.vms.get(VM)?.notes['task'] === undefined,
    untouched: (made) => vmNamed(made, 'copy').length === 0 && made.vms.get(VM)?.notes['task'] === undefined,
  },
  {
    name: 'add a NIC',
    run: (scope) => nics.add(scope, VM, { name: 'new', network: { name: 'VLAN200' } }),
    done: (made) => portNamed(made, 'new')[0]?.attachedTo === VM,
    untouched: (made) => portNamed(made, 'new').length === 0,
  },
  {
    name: 'delete a NIC',
    run: (scope) => nics.remove(scope, VM, NIC),
    done: (made) => !made.ports.has(NIC),
    untouched: (made) => made.ports.get(NIC)?.attachedTo === VM,
  },
  {
    name: "delete a NIC of Nova's",
    run: (scope) => nics.remove(scope, VM, NOVA_NIC),
    done: (made) => portOf(made, NOVA_NIC) === undefined,
    untouched: (made) => made.ports.get(NOVA_NIC)?.attachedTo === VM,
  },
  {
    name: 'unplug a NIC',
    run: (scope) => nics.deactivate(scope, VM, NIC),
    done: (made) => made.ports.get(NIC)?.attachedTo === undefined,
    untouched: (made) => made.ports.get(NIC)?.attachedTo === VM,
  },
  {
    name: "unplug a NIC of Nova's",
    run: (scope) => nics.deactivate(scope, VM, NOVA_NIC),
    done: (made) =>
      !made.ports.has(NOVA_NIC) &&
      portOf(made, NOVA_NIC)?.attachedTo === undefined &&
      portOf(made, NOVA_NIC)?.mac === 'fa:16:3e:00:00:11',
    untouched: (made) => made.ports.get(NOVA_NIC)?.attachedTo === VM,
  },
  {
    name: "unplug a NIC on somebody's port",
    given: (made) => {
      made.addPort({ id: NIC, name: 'theirs', attachedTo: VM, notes: {} });
    },
    run: (scope) => nics.deactivate(scope, VM, NIC),
    done: (made) => made.ports.has(NIC) && made.ports.get(NIC)?.attachedTo === undefined,
    untouched: (made) => made.ports.get(NIC)?.attachedTo === VM,
  },
  {
    name: 'plug a NIC',
    run: (scope) => nics.activate(scope, VM, SPARE_NIC),
    done: (made) => made.ports.get(SPARE_NIC)?.attachedTo === VM,
    untouched: (made) => made.ports.get(SPARE_NIC)?.attachedTo === undefined,
  },
  ...(
    [
      ['own', NIC],
      ["Nova's", NOVA_NIC],
    ] as const
  ).map(([whose, nicId]): Operation => ({
    name: `move a plugged NIC (${whose}) to another network`,
    run: (scope) => nics.update(scope, VM, nicId, { network: { name: 'VLAN200' } }),
    done: (made) =>
      portOf(made, nicId)?.network?.id === id('network', 2) &&
      portOf(made, nicId)?.attachedTo === VM &&
      !made.ports.has(nicId),
    untouched: (made) => made.ports.get(nicId)?.attachedTo === VM,
  })),
  {
    name: 'move an unplugged NIC to another network',
    run: (scope) => nics.update(scope, VM, SPARE_NIC, { network: { name: 'VLAN200' } }),
    done: (made) =>
      portOf(made, SPARE_NIC)?.network?.id === id('network', 2) &&
      portOf(made, SPARE_NIC)?.attachedTo === undefined &&
      !made.ports.has(SPARE_NIC),
    untouched: (made) => made.ports.has(SPARE_NIC),
  },
  {
    name: 'take a snapshot',
    run: (scope) => finished(snapshots.add(scope, VM, { description: 'x' })),
    done: (made) => taken(made)[0]?.status === 'ok',
    untouched: (made) => taken(made).length === 0,
  },
  {
    name: 'delete a snapshot',
    given: (made) => {
      Object.assign(made.snapshot(SNAPSHOT), { name: 'ovirt-1' });
      made.vm(VM).notes['snapshot.ovirt-1'] = pack({ at: 1, description: 'x', vm: {}, disks: [], nics: [] });
    },
    run: (scope) => finished(snapshots.remove(scope, VM, SNAPSHOT)),
    done: (made) => made.snapshots.size === 0,
    untouched: (made) => made.snapshots.has(SNAPSHOT),
  },
  {
    name: 'restore a snapshot',
    run: (scope) => finished(snapshots.restore(scope, VM, SNAPSHOT)),
    done: (made) => made.snapshot(SNAPSHOT).status === 'ok',
    untouched: () => false,
  },
  {
    name: 'insert a CD',
    run: (scope) => cdroms.change(scope, VM, ZERO_ID, { file: { id: 'boot.iso' } }),
    done: (made) =>
      media(made)
        .map(({ notes }) => notes['medium'])
        .join() === 'boot.iso' && isAttached(made, media(made)[0]!.id),
    untouched: (made) => media(made).length === 0,
  },
  {
    name: 'change the CD for the session',
    given: (made) => {
      running(made);
      withMedium(made);
    },
    run: (scope) => cdroms.change(scope, VM, ZERO_ID, { file: { id: 'tools.iso' } }, { current: true }),
    done: (made) =>
      media(made)
        .map(({ notes }) => notes['medium'])
        .join() === 'tools.iso',
    untouched: (made) =>
      media(made)
        .map(({ notes }) => notes['medium'])
        .join() === 'boot.iso',
  },
  {
    name: 'eject the CD',
    given: withMedium,
    run: (scope) => cdroms.change(scope, VM, ZERO_ID, { file: { id: '' } }),
    done: (made) => media(made).length === 0,
    untouched: (made) => media(made).length === 1,
  },
  {
    name: "add pmem from the VM's own memory",
    run: (scope) => pmem.add(scope, VM, [{ name: 'p', sizeBytes: GIB, aggregatedMemory: true }]),
    done: (made) => made.vm(VM).pmemVolumes.length === 1 && made.vm(VM).memoryBytes === 3 * GIB,
    untouched: (made) => made.vm(VM).pmemVolumes.length === 0 && made.vm(VM).memoryBytes === 4 * GIB,
  },
  {
    name: 'rename such pmem',
    given: withPmem,
    run: (scope) => pmem.rename(scope, VM, id('pmem', 1), { name: 'new' }),
    done: (made) => made.vm(VM).pmemVolumes[0]!.name === 'new',
    untouched: (made) => made.vm(VM).pmemVolumes[0]!.name === 'old',
  },
  {
    name: 'delete such pmem',
    given: withPmem,
    run: (scope) => finished(pmem.remove(scope, VM, id('pmem', 1), {})),
    done: (made) => made.vm(VM).pmemVolumes.length === 0 && made.vm(VM).memoryBytes === 5 * GIB,
    untouched: (made) => made.vm(VM).pmemVolumes.length === 1,
  },
];

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

function given({ given }: Operation): FakeWorld {
  const made = world();
  given?.(made);
  return made;
}

/** Lets work of the backend's own end. */
const lookAround = async (made: FakeWorld): Promise<void> => {
  for (let look = 0; look < 3; look += 1) await collect(scopeOn(made).session.disks.list());
};

/** The client comes back, and again when leases are over. */
async function comeBack({ resume = lookAtVm }: Operation, made: FakeWorld): Promise<void> {
  const scope = scopeOn(made);
  for (const wait of [0, 0, scope.settings.leaseMs + 5, 0]) {
    await pause(wait);
    await resume(scope);
    await scope.work.settled();
  }
}

describe.each(operations)('$name', (operation) => {
  const floating = new Set([FLOATING, ...(operation.floating ?? [])]);

  it('does what it says and leaves no mark', async () => {
    const made = given(operation);
    const scope = scopeOn(made);
    await operation.run(scope);
    await scope.work.settled();
    await lookAround(made);
    expect(wrongs(fakeThings(made), floating)).toEqual([]);
    expect(operation.done(made)).toBe(true);
  });

  it('survives a crash after every call', async () => {
    const whole = scopeOn(given(operation));
    await operation.run(whole);
    const calls = whole.session.calls;

    const outcomes = await Promise.all(
      calls.map(async (call, index) => {
        const made = given(operation);
        const scope = scopeOn(made);
        scope.session.killAfter(index + 1);
        let ended = false;
        let failure: unknown;
        operation.run(scope).then(
          () => (ended = true),
          (error: unknown) => {
            failure = error;
            ended = true;
          },
        );
        while (!scope.session.killed && !ended) await pause(1);
        await pause(3);
        expect(failure).toBeUndefined();
        await comeBack(operation, made);
        const state = operation.done(made) ? 'done' : operation.untouched(made) ? 'untouched' : 'half done';
        return { after: `${index + 1} ${call}`, state, wrongs: wrongs(fakeThings(made), floating) };
      }),
    );

    expect(outcomes.filter(({ state, wrongs }) => state === 'half done' || wrongs.length > 0)).toEqual([]);
    expect(outcomes.at(-1)?.state).toBe('done');
  });
});

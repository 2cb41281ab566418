import { setTimeout as pause } from 'node:timers/promises';
import {
  defaultIds,
  defaultInventory,
  mergeInventory,
  plainInventory,
  type Inventory,
} from '../../../src/simulator/index.js';
import { defaultPowerVsInventory, powerVsIds, type PowerVsInventory } from '../../../src/simulator/powervs/index.js';
import { send, type StartGateway } from '../crash.js';
import type { GatewayProcess } from '../gateway-process.js';
import { wrongs } from '../invariants.js';
import {
  plainOpenStack,
  powerVc,
  powerVs,
  type AnySimulator,
  type Faulty,
  type SimulatedCloud,
  type SimulatedKind,
} from '../simulated-clouds.js';
import { mayBothBeDone, racePairs, raceTriples, type Act } from './acts.js';
import { EARLIER, NEW, outcomes, stateOf, type Ids, type State, type Told } from './model.js';

/** Nobody calls the cloud for so long: nothing is under way. */
const QUIET_MS = 80;
/** Longer than an answer takes on a busy machine: else a gateway takes over what the other one is still at. */
const LEASE_MS = 400;
/** Durations of the simulators' work: a build takes 33 ms, an attachment 2 ms. */
const TIME_SCALE = 0.001;
const OTHER_ISO = 'other.iso';
const ISOS = ['rhel-9.4-ppc64le-dvd.iso', OTHER_ISO];

const DATA = 'd1500000-0000-4000-8000-0000000000d1';
const PARKED = 'd1500000-0000-4000-8000-0000000000d2';
const NIC = '40000000-0000-4000-8000-0000000000e1';
const SNAPSHOT = '54a00000-0000-4000-8000-0000000000f1';
const PART = '54a00000-0000-4000-8000-0000000000f2';

const VM = defaultIds.servers.sles;
const around = (inventory: Inventory): Inventory => {
  const [iso] = (inventory.images ?? []).filter(({ name }) => name === ISOS[0]);
  return mergeInventory(inventory, {
    volumes: [
      { id: DATA, name: 'data', size: 2, attachments: [{ server_id: VM, device: '/dev/sdb' }] },
      { id: PARKED, name: 'parked', size: 2, metadata: { 'ovirt.vm': VM } },
    ],
    ports: [
      {
        id: NIC,
        name: 'own',
        network_id: defaultIds.networks.vlan200,
        device_id: VM,
        made_by_nova: false,
        description: `ovirt.vm=${VM}`,
      },
    ],
    ...(iso && { images: [{ ...iso, id: '1a000000-0000-4000-8000-0000000000f1', name: OTHER_ISO }] }),
  });
};

/** A snapshot of the VM's boot disk. */
const snapped: Readonly<{
  powervc: (inventory: Inventory) => Inventory;
  openstack: (inventory: Inventory) => Inventory;
  powervs: (inventory: PowerVsInventory) => PowerVsInventory;
}> = {
  powervc: (inventory) =>
    mergeInventory(inventory, {
      snapshots: [{ id: PART, name: 'part', volume_id: defaultIds.volumes.slesBoot, size: 30 }],
      instanceSnapshots: [
        {
          id: SNAPSHOT,
          name: EARLIER,
          server_id: VM,
          volumes: [{ volume_id: defaultIds.volumes.slesBoot, snapshot_id: PART, size: 30, bootable: true }],
        },
      ],
    }),
  openstack: (inventory) =>
    mergeInventory(inventory, {
      snapshots: [
        {
          id: PART,
          name: EARLIER,
          volume_id: defaultIds.volumes.slesBoot,
          size: 30,
          created_at: '2026-02-01T06:30:00Z',
          metadata: {
            'ovirt.snapshot': SNAPSHOT,
            'ovirt.vm': VM,
            'ovirt.of': '1',
            'ovirt.boot': 'true',
          },
        },
      ],
    }),
  powervs: (inventory) => ({
    ...inventory,
    snapshots: [
      ...(inventory.snapshots ?? []),
      {
        snapshotID: SNAPSHOT,
        name: EARLIER,
        pvmInstanceID: powerVsIds.instances.sles,
        creationDate: '2026-02-01T06:30:00.000Z',
        volumeSnapshots: { [powerVsIds.volumes.slesBoot]: PART },
      },
    ],
  }),
};

const powerVsInventory: PowerVsInventory = {
  ...defaultPowerVsInventory,
  volumes: [
    ...(defaultPowerVsInventory.volumes ?? []),
    { volumeID: DATA, name: 'data', size: 2, attachments: [{ pvmInstanceID: powerVsIds.instances.sles }] },
  ],
  interfaces: [
    ...(defaultPowerVsInventory.interfaces ?? []),
    { id: NIC, name: 'own', networkID: powerVsIds.networks.vlan200, instanceID: powerVsIds.instances.sles },
  ],
};

const openStackIds: Ids = {
  vm: VM,
  other: defaultIds.servers.aix,
  data: DATA,
  parked: PARKED,
  floating: defaultIds.volumes.floating,
  nic: NIC,
  snapshot: SNAPSHOT,
  pmem: defaultIds.pmem,
};
const powerVsRaceIds: Ids = {
  vm: powerVsIds.instances.sles,
  other: powerVsIds.instances.aix,
  data: DATA,
  parked: PARKED,
  floating: powerVsIds.volumes.floating,
  nic: NIC,
  snapshot: SNAPSHOT,
  pmem: powerVsIds.vpmem,
};

/** One race: what came of it, and what is wrong with that. */
export interface Race {
  readonly names: readonly string[];
  readonly statuses: readonly number[];
  readonly wrongs: readonly string[];
}

/** Two gateways before one cloud, on which two or three clients do something each at once. */
export interface Arena {
  readonly pairs: readonly (readonly Act[])[];
  readonly triples: readonly (readonly Act[])[];
  /** `delaysMs`: by how much each is later than the first. */
  race(together: readonly Act[], delaysMs: readonly number[]): Promise<Race>;
  close(): Promise<void>;
}

export const openArena: Readonly<Record<SimulatedKind, (start: StartGateway) => Promise<Arena>>> = {
  powervc: (start) =>
    arena(powerVc, { plain: around(defaultInventory), snapped: snapped.powervc }, openStackIds, start),
  openstack: (start) =>
    arena(plainOpenStack, { plain: around(plainInventory), snapped: snapped.openstack }, openStackIds, start),
  powervs: (start) => arena(powerVs, { plain: powerVsInventory, snapped: snapped.powervs }, powerVsRaceIds, start),
};

async function arena<W, I extends Faulty>(
  cloud: SimulatedCloud<W, I>,
  { plain, snapped }: { readonly plain: I; readonly snapped: (inventory: I) => I },
  ids: Ids,
  start: StartGateway,
): Promise<Arena> {
  const simulator = await cloud.start({ timeScale: TIME_SCALE, keepCalls: 10 });
  let executed = 0;
  simulator.onCall(() => {
    executed += 1;
  });
  const gateways = await Promise.all(
    [0, 1].map(() => start(cloud.kind, simulator.url, `operations.leaseMs=${LEASE_MS}`)),
  );
  let races = 0;

  return {
    pairs: racePairs(cloud.kind, ISOS),
    triples: raceTriples(cloud.kind),
    async race(together, delaysMs) {
      races += 1;
      const inventory = together.some(({ ofSnapshot }) => ofSnapshot) ? snapped(plain) : plain;
      const mine =
        cloud.kind === 'powervs'
          ? anew({ inventory, ids, floating: cloud.floating }, races)
          : { inventory, ids, floating: cloud.floating };
      simulator.load(mine.inventory);
      const before = observed(simulator, mine.ids);
      const statuses = await Promise.all(
        together.map(async (act, index) => {
          await pause(delaysMs[index] ?? 0);
          return (await send(gateways[index % gateways.length] as GatewayProcess, act.request(mine.ids, cloud.kind)))
            .status;
        }),
      );
      await settle(mine.ids);
      const after = observed(simulator, mine.ids);
      const reported = statuses.map(toldBy);
      const acts = together.map(({ effect }, index) => ({ effect, told: reported[index] ?? 'unknown' }));
      const isRepeated = (act: Act, index: number): boolean =>
        reported[index] === 'done' &&
        together.slice(0, index).some((other, before) => reported[before] === 'done' && mayBothBeDone(act, other));
      const alone = acts.filter((_, index) => !isRepeated(together[index] as Act, index));
      const running = { running: false };
      const fits = outcomes({ ...before, hidden: running }, alone).map(({ hidden: _, ...seen }) =>
        JSON.stringify(seen),
      );
      const found = JSON.stringify(after);
      const things = cloud.things(simulator.world);
      const added = things.volumes.filter(({ name }) => name === NEW).map(({ id }) => id);
      const free = [
        ...[
          mine.ids.data,
          mine.ids.parked,
          mine.ids.floating,
          mine.ids.nic,
          ...mine.floating,
          ...bootVolumes(mine.inventory),
        ],
        // a disk that was added floats when its VM was removed without disks, and the model says whether it may
        ...added,
      ];
      return {
        names: together.map(({ name }) => name),
        statuses,
        wrongs: [
          ...wrongs(things, new Set(free)),
          ...(fits.includes(found)
            ? []
            : [`${differences(before, after)}: no order of what clients were told ends so`]),
        ],
      };
    },
    async close() {
      await Promise.all(gateways.map((gateway) => gateway.kill()));
      await simulator.close();
    },
  };

  function observed({ world }: AnySimulator<W, I>, mine: Ids): Omit<State, 'hidden'> {
    return stateOf(cloud.things(world), mine);
  }

  async function settle({ vm, other }: Ids): Promise<void> {
    for (const wait of [0, LEASE_MS, LEASE_MS]) {
      await pause(wait);
      for (const gateway of gateways)
        for (const path of ['/api/vms', '/api/disks', ...[vm, other].flatMap(below)])
          await send(gateway, { method: 'GET', path }).catch(() => undefined);
      await quiet();
    }
  }

  async function quiet(): Promise<void> {
    for (let seen = -1; seen !== executed; await pause(QUIET_MS)) {
      for (const gateway of gateways) await gateway.settled?.();
      seen = executed;
    }
  }
}

const below = (id: string): string[] =>
  ['disks', 'nics', 'snapshots', 'cdroms'].map((name) => `/api/vms/${id}/${name}`);

const toldBy = (status: number): Told => (status < 300 ? 'done' : status < 500 ? 'refused' : 'unknown');

/** Disks of a VM that is removed without them: whatever the inventory calls volumes. */
const bootVolumes = (inventory: object): string[] =>
  ((inventory as { volumes?: readonly { id?: string; volumeID?: string }[] }).volumes ?? []).flatMap(
    ({ id, volumeID }) => id ?? volumeID ?? [],
  );

/** The same under other ids: a gateway before Power Virtual Server remembers work of ids that it has seen. */
function anew<T>(value: T, turn: number): T {
  const salt = turn.toString(16).padStart(4, '0');
  return JSON.parse(JSON.stringify(value).replaceAll('-0000-4000-', `-${salt}-4000-`)) as T;
}

const differences = (before: object, after: object): string =>
  Object.entries(after)
    .filter(([key, value]) => value !== (before as Record<string, unknown>)[key])
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(', ') || 'as before';

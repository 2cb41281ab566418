import {
  defaultIds,
  defaultInventory,
  mergeInventory,
  plainInventory,
  type Inventory,
  type World,
} from '../../src/simulator/index.js';
import type { Crashing } from './crash.js';
import { simulatedThings, wrongs } from './invariants.js';

/**
 * The operations of several calls, each with what the cloud is like when it is done and when nothing was begun; and the
 * judge of what the cloud is like in the end. For tests that kill, cut off and log out.
 */
const VM = defaultIds.servers.sles;
const BOOT = defaultIds.volumes.slesBoot;
const DATA = 'd1500000-0000-4000-8000-0000000000d1';
const IDLE = 'd1500000-0000-4000-8000-0000000000d2';
const NIC = '40000000-0000-4000-8000-0000000000e1';
const NOVA_NIC = defaultIds.ports.sles;
const SNAPSHOT = '54a00000-0000-4000-8000-0000000000f1';
const PART = '54a00000-0000-4000-8000-0000000000f2';

/**
 * The default inventory, and around a VM that is down: a data disk, an inactive one, a NIC of the gateway's own, a
 * memory that may shrink.
 */
const around = (inventory: Inventory): Inventory =>
  mergeInventory(inventory, {
    servers: [{ id: VM, name: 'sles15-hana01', min_memory_mb: 1024 }],
    volumes: [
      { id: DATA, name: 'data', size: 2, attachments: [{ server_id: VM, device: '/dev/sdb' }] },
      { id: IDLE, name: 'idle', size: 1, metadata: { 'ovirt.vm': VM } },
    ],
    ports: [
      {
        id: NIC,
        name: 'own',
        network_id: defaultIds.networks.vlan100,
        device_id: VM,
        made_by_nova: false,
        description: `ovirt.vm=${VM}`,
      },
    ],
  });

const base = around(defaultInventory);

const withSnapshot = mergeInventory(base, {
  snapshots: [{ id: PART, name: 'part', volume_id: BOOT, size: 30 }],
  instanceSnapshots: [
    {
      id: SNAPSHOT,
      name: 'earlier',
      server_id: VM,
      volumes: [{ volume_id: BOOT, snapshot_id: PART, size: 30, bootable: true }],
    },
  ],
});

const inVm = `/api/vms/${VM}`;
const xml = (body: string): { method: string; body: string } => ({ method: 'POST', body });
export const named = <T extends { name: string | null }>(records: ReadonlyMap<string, T>, name: string): T[] =>
  [...records.values()].filter((record) => record.name === name);
const isAttached = (world: World, id: string): boolean =>
  world.volumes.get(id)?.attachments.some(({ server_id }) => server_id === VM) === true;
const isPlugged = (world: World, id: string): boolean => world.ports.get(id)?.device_id === VM;
const portOf = (world: World, id: string) =>
  [...world.ports.values()].find((port) => port.id === id || port.description.includes(`ovirt.nic=${id}`));
const media = (world: World) =>
  [...world.volumes.values()].filter(({ metadata }) => metadata['ovirt.medium'] !== undefined);
const taken = (world: World) => [...world.instanceSnapshots.values()].filter(({ name }) => name.startsWith('ovirt-'));

export const addDisk: Crashing = {
  name: 'add a disk',
  inventory: base,
  request: {
    path: `${inVm}/disks`,
    ...xml('<disk><alias>new</alias><provisioned_size>1073741824</provisioned_size></disk>'),
  },
  touch: [`${inVm}/disks`],
  done: (world) => named(world.volumes, 'new').length === 1 && isAttached(world, named(world.volumes, 'new')[0]!.id),
  untouched: (world) => named(world.volumes, 'new').length === 0,
};
export const createVm: Crashing = {
  name: 'create a VM',
  inventory: base,
  touch: ['/api/vms'],
  request: {
    path: '/api/vms',
    ...xml(
      `<vm><name>new</name><cluster><name>Default Group</name></cluster><template id="${defaultIds.images.rhel}"/></vm>`,
    ),
  },
  done: (world) =>
    named(world.servers, 'new').length === 1 &&
    named(world.servers, 'new')[0]!.vm_state === 'stopped' &&
    world.volumes.size === base.volumes!.length + 1,
  untouched: (world) => named(world.servers, 'new').length === 0,
};
export const addNic: Crashing = {
  name: 'add a NIC',
  inventory: base,
  touch: [`${inVm}/nics`],
  request: { path: `${inVm}/nics`, ...xml('<nic><name>new</name><network><name>VLAN200</name></network></nic>') },
  done: (world) => named(world.ports, 'new').length === 1 && isPlugged(world, named(world.ports, 'new')[0]!.id),
  untouched: (world) => named(world.ports, 'new').length === 0,
};

/** Every operation of several calls, on a simulated PowerVC. */
export const composedOperations: readonly Crashing[] = [
  addDisk,
  createVm,
  addNic,
  {
    name: 'change name, description and memory of a VM',
    inventory: base,
    request: {
      method: 'PUT',
      path: inVm,
      body: `<vm><name>other</name><description>d</description><memory>${8 * 2 ** 30}</memory></vm>`,
    },
    touch: [inVm],
    done: (world) => {
      const server = world.servers.get(VM)!;
      return server.name === 'other' && server.memory_mb === 8192 && server.metadata['ovirt.description'] === 'd';
    },
    untouched: (world) => world.servers.get(VM)?.name !== 'other' && world.servers.get(VM)?.memory_mb === 65_536,
  },
  {
    name: 'start a VM with what was kept for it',
    inventory: mergeInventory(base, {
      servers: [{ id: VM, name: 'sles15-hana01', metadata: { 'ovirt.next_run': `{"memoryBytes":${8 * 2 ** 30}}` } }],
    }),
    request: { path: `${inVm}/start`, ...xml('<action/>') },
    touch: [inVm],
    done: (world) => {
      const { vm_state, memory_mb, metadata } = world.servers.get(VM)!;
      return vm_state === 'active' && memory_mb === 8192 && metadata['ovirt.next_run'] === undefined;
    },
    untouched: (world) => world.servers.get(VM)?.vm_state === 'stopped' && world.servers.get(VM)?.memory_mb === 65_536,
  },
  {
    name: 'delete a disk',
    inventory: base,
    request: { method: 'DELETE', path: `${inVm}/disks/${DATA}` },
    touch: [`${inVm}/disks`],
    removes: [DATA],
    done: (world) => !world.volumes.has(DATA),
    untouched: (world) => isAttached(world, DATA),
  },
  {
    name: 'delete a disk that a snapshot holds',
    inventory: withSnapshot,
    request: { method: 'DELETE', path: `${inVm}/disks/${BOOT}` },
    touch: [`${inVm}/disks`],
    done: (world) => isAttached(world, BOOT),
    untouched: (world) => isAttached(world, BOOT),
  },
  {
    name: 'take a snapshot',
    inventory: base,
    request: { path: `${inVm}/snapshots`, ...xml('<snapshot><description>x</description></snapshot>') },
    touch: [`${inVm}/snapshots`],
    done: (world) => taken(world).length === 1,
    untouched: (world) => taken(world).length === 0,
  },
  {
    name: 'delete a snapshot',
    inventory: withSnapshot,
    request: { method: 'DELETE', path: `${inVm}/snapshots/${SNAPSHOT}` },
    touch: [`${inVm}/snapshots`],
    done: (world) => !world.instanceSnapshots.has(SNAPSHOT),
    untouched: (world) => world.instanceSnapshots.get(SNAPSHOT)?.status === 'available',
  },
  {
    name: 'restore a snapshot',
    inventory: withSnapshot,
    request: { path: `${inVm}/snapshots/${SNAPSHOT}/restore`, ...xml('<action/>') },
    touch: [`${inVm}/snapshots`],
    done: (world) => world.instanceSnapshots.get(SNAPSHOT)?.status === 'available',
    untouched: () => false,
  },
  {
    name: 'restore a snapshot, which fails',
    inventory: { ...withSnapshot, faults: [{ work: '^server\\.restore', count: 1, then: { fail: 'no space' } }] },
    request: { path: `${inVm}/snapshots/${SNAPSHOT}/restore`, ...xml('<action/>') },
    touch: [`${inVm}/snapshots`],
    done: (world) => world.instanceSnapshots.get(SNAPSHOT)?.status === 'available',
    untouched: () => false,
  },
  {
    name: 'delete a VM',
    inventory: base,
    request: { method: 'DELETE', path: inVm },
    touch: [inVm],
    removes: [BOOT, DATA, IDLE],
    done: (world) =>
      !world.servers.has(VM) && ![BOOT, DATA, IDLE].some((id) => world.volumes.has(id)) && !world.ports.has(NIC),
    untouched: (world) =>
      isAttached(world, BOOT) && isAttached(world, DATA) && world.volumes.has(IDLE) && isPlugged(world, NIC),
  },
  {
    name: 'delete a VM and keep its disks',
    inventory: base,
    request: { method: 'DELETE', path: `${inVm};detach_only=true` },
    touch: [inVm],
    floating: [BOOT, DATA, IDLE],
    done: (world) =>
      !world.servers.has(VM) && [BOOT, DATA, IDLE].every((id) => world.volumes.get(id)?.attachments.length === 0),
    untouched: (world) => isAttached(world, BOOT) && isAttached(world, DATA),
  },
  {
    name: 'clone a VM',
    inventory: base,
    request: { path: `${inVm}/clone`, ...xml('<action><vm><name>new</name></vm></action>') },
    touch: ['/api/vms', inVm],
    done: (world) =>
      named(world.servers, 'new')[0]?.vm_state === 'stopped' &&
      world.servers.get(VM)?.metadata['ovirt.task'] === undefined,
    untouched: (world) =>
      named(world.servers, 'new').length === 0 && world.servers.get(VM)?.metadata['ovirt.task'] === undefined,
  },
  {
    name: 'make a template',
    inventory: base,
    request: { path: '/api/templates', ...xml(`<template><name>new</name><vm id="${VM}"/></template>`) },
    touch: ['/api/templates', inVm],
    done: (world) => named(world.images, 'new')[0]?.status === 'active',
    untouched: (world) => named(world.images, 'new').length === 0,
  },
  {
    name: 'deactivate a disk',
    inventory: base,
    request: { path: `${inVm}/disks/${DATA}/deactivate`, ...xml('<action/>') },
    touch: [`${inVm}/disks`],
    done: (world) => !isAttached(world, DATA) && world.volumes.get(DATA)?.metadata['ovirt.vm'] === VM,
    untouched: (world) => isAttached(world, DATA),
  },
  {
    name: 'detach a disk',
    inventory: base,
    request: { method: 'DELETE', path: `${inVm}/disks/${DATA};detach=true` },
    touch: [`${inVm}/disks`],
    floating: [DATA],
    done: (world) =>
      world.volumes.get(DATA)?.attachments.length === 0 && world.volumes.get(DATA)?.metadata['ovirt.vm'] === undefined,
    untouched: (world) => isAttached(world, DATA),
  },
  {
    name: 'activate a disk',
    inventory: base,
    request: { path: `${inVm}/disks/${IDLE}/activate`, ...xml('<action/>') },
    touch: [`${inVm}/disks`],
    done: (world) => isAttached(world, IDLE),
    untouched: (world) => !isAttached(world, IDLE),
  },
  {
    name: 'add a LUN',
    inventory: base,
    touch: [`${inVm}/disks`],
    request: {
      path: `${inVm}/disks`,
      ...xml(
        `<disk><alias>lun</alias><lun_storage><type>fcp</type><logical_unit id="${defaultIds.luns[0]}"/></lun_storage></disk>`,
      ),
    },
    done: (world) => named(world.volumes, 'lun').length === 1 && isAttached(world, named(world.volumes, 'lun')[0]!.id),
    untouched: (world) => world.luns.has(defaultIds.luns[0]) && world.volumes.size === base.volumes!.length,
  },
  ...[
    ["of the gateway's own", NIC],
    ["of Nova's", NOVA_NIC],
  ].map(([whose, id = '']): Crashing => ({
    name: `move a NIC ${whose} to another network`,
    inventory: base,
    touch: [`${inVm}/nics`],
    request: { path: `${inVm}/nics/${id}`, method: 'PUT', body: '<nic><network><name>VLAN200</name></network></nic>' },
    done: (world) =>
      portOf(world, id)?.network_id === defaultIds.networks.vlan200 && portOf(world, id)?.device_id === VM,
    untouched: (world) => isPlugged(world, id) && world.ports.size === base.ports!.length,
  })),
  {
    name: "unplug a NIC of Nova's",
    inventory: base,
    touch: [`${inVm}/nics`],
    request: { path: `${inVm}/nics/${NOVA_NIC}/deactivate`, ...xml('<action/>') },
    done: (world) =>
      portOf(world, NOVA_NIC)?.device_id === '' && portOf(world, NOVA_NIC)?.mac_address === 'fa:16:3e:00:00:03',
    untouched: (world) => isPlugged(world, NOVA_NIC),
  },
  {
    name: 'insert a CD',
    inventory: base,
    touch: [`${inVm}/disks`, `${inVm}/cdroms`],
    request: {
      method: 'PUT',
      path: `${inVm}/cdroms/00000000-0000-0000-0000-000000000000`,
      body: '<cdrom><file id="rhel-9.4-ppc64le-dvd.iso"/></cdrom>',
    },
    done: (world) => media(world).length === 1 && isAttached(world, media(world)[0]!.id),
    untouched: (world) => media(world).length === 0,
  },
  {
    name: "add pmem from the VM's own memory",
    inventory: base,
    touch: [`${inVm}/pmemvolumes`],
    request: {
      path: `${inVm}/pmemvolumes`,
      ...xml(
        '<pmem_volume><name>new</name><size>1073741824</size><aggregated_memory>true</aggregated_memory></pmem_volume>',
      ),
    },
    done: (world) => named(world.pmemVolumes, 'new').length === 1 && world.servers.get(VM)?.memory_mb === 64_512,
    untouched: (world) => named(world.pmemVolumes, 'new').length === 0 && world.servers.get(VM)?.memory_mb === 65_536,
  },
];

const plain = around(plainInventory);
const plainSets = (world: World) =>
  new Set([...world.snapshots.values()].flatMap(({ metadata }) => metadata['ovirt.snapshot'] ?? []));

/** What an operation of PowerVC's is like where IBM's extensions are not; undefined: it is not there. */
const plainly: Readonly<Record<string, Partial<Crashing> | undefined>> = {
  'delete a disk that a snapshot holds': undefined,
  'restore a snapshot': undefined,
  'restore a snapshot, which fails': undefined,
  'add a LUN': undefined,
  "add pmem from the VM's own memory": undefined,
  'clone a VM': undefined,
  'delete a snapshot': undefined,
  'take a snapshot': {
    done: (world) => plainSets(world).size === 2,
    untouched: (world) => plainSets(world).size === 1,
  },
};

/** The same on a simulated OpenStack. */
export const plainOperations: readonly Crashing[] = composedOperations.flatMap((operation) => {
  const { name, inventory } = operation;
  if (name in plainly && !plainly[name]) return [];
  // what an operation adds to the inventory stands in its server
  const server = inventory.servers?.find(({ id }) => id === VM);
  const metadata = inventory === base ? undefined : server?.metadata;
  const changed = metadata ? mergeInventory(plain, { servers: [{ id: VM, name: 'sles15-hana01', metadata }] }) : plain;
  return [{ ...operation, inventory: changed, ...plainly[name] }];
});

const FLOATING = [defaultIds.volumes.floating, defaultIds.volumes.shared];
/** What is wrong with the world in the end, and whether the operation has come to its end. */
export function judge(
  world: World,
  { done, untouched, floating = [], removes = [], inventory }: Crashing,
): { state: string; wrongs: string[] } {
  const lost = (inventory.volumes ?? [])
    .filter(({ id }) => !world.volumes.has(id) && !removes.includes(id))
    .map(({ id, name }) => `volume ${name} (${id}) is lost`);
  return {
    state: done(world) ? 'done' : untouched(world) ? 'untouched' : 'half done',
    wrongs: [...lost, ...wrongs(simulatedThings(world), new Set([...FLOATING, ...floating]))],
  };
}

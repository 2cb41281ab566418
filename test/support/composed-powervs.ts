import { tagsOf } from '../../src/backends/powervs/group-notes.js';
import {
  defaultPowerVsInventory,
  powerVsIds as ids,
  type PowerVsInventory,
} from '../../src/simulator/powervs/index.js';
import type { PowerVsSimulator } from '../../src/simulator/powervs/index.js';
import type { Crashing } from './crash.js';
import { powerVsThings, wrongs } from './invariants.js';

/**
 * The operations of several calls on a simulated Power Virtual Server, as composed.ts has those of the other clouds.
 */
type PvsWorld = PowerVsSimulator['world'];
type PowerVsCrashing = Crashing<PvsWorld, PowerVsInventory>;

const VM = ids.instances.sles;
const BOOT = ids.volumes.slesBoot;
const DATA = 'd1500000-0000-4000-8000-0000000000d1';
const SNAPSHOT = '54a00000-0000-4000-8000-0000000000f1';
const NIC = ids.interfaces.sles;
const SECOND_NIC = '40000000-0000-4000-8000-0000000000e2';

const base: PowerVsInventory = {
  ...defaultPowerVsInventory,
  volumes: [
    ...(defaultPowerVsInventory.volumes ?? []),
    { volumeID: DATA, name: 'data', size: 2, attachments: [{ pvmInstanceID: VM }] },
  ],
};
const withNotes = (notes: Readonly<Record<string, string>>): PowerVsInventory => ({
  ...base,
  placementGroups: [
    ...(base.placementGroups ?? []),
    { id: 'd1500000-0000-4000-8000-0000000000d9', name: `ovirt-size-${VM}`, userTags: tagsOf(notes) },
  ],
});
const withSnapshot: PowerVsInventory = {
  ...base,
  snapshots: [
    ...(base.snapshots ?? []),
    {
      snapshotID: SNAPSHOT,
      name: 'earlier',
      pvmInstanceID: VM,
      creationDate: '2026-02-01T06:30:00.000Z',
      volumeSnapshots: { [BOOT]: '54a00000-0000-4000-8000-0000000000f2' },
    },
  ],
};

const inVm = `/api/vms/${VM}`;
const post = (body: string): { method: string; body: string } => ({ method: 'POST', body });
const volumesNamed = (world: PvsWorld, name: string) =>
  [...world.volumes.values()].filter((volume) => volume.name === name);
const isAttached = (world: PvsWorld, id: string): boolean =>
  world.volumes.get(id)?.attachments.some(({ pvmInstanceID }) => pvmInstanceID === VM) === true;
const vmsNamed = (world: PvsWorld, name: string) =>
  [...world.instances.values()].filter(({ serverName }) => serverName === name);
const noteGroups = (world: PvsWorld) =>
  [...world.placementGroups.values()].filter(({ name }) => name.startsWith('ovirt-size-'));
const nicsNamed = (world: PvsWorld, name: string) => [...world.interfaces.values()].filter((nic) => nic.name === name);

export const powerVsOperations: readonly PowerVsCrashing[] = [
  {
    name: 'add a disk',
    inventory: base,
    request: {
      path: `${inVm}/disks`,
      ...post('<disk><alias>new</alias><provisioned_size>1073741824</provisioned_size></disk>'),
    },
    touch: [`${inVm}/disks`, '/api/disks'],
    done: (world) => volumesNamed(world, 'new').some(({ volumeID }) => isAttached(world, volumeID)),
    untouched: (world) => ![...world.volumes.values()].some(({ name }) => name.startsWith('new')),
  },
  {
    name: 'create a VM',
    inventory: base,
    request: {
      path: '/api/vms',
      ...post(`<vm><name>new</name><cluster><name>s922</name></cluster><template id="${ids.images.rhel}"/></vm>`),
    },
    touch: ['/api/vms', '/api/disks'],
    done: (world) => vmsNamed(world, 'new').length === 1 && vmsNamed(world, 'new')[0]?.status === 'SHUTOFF',
    untouched: (world) => vmsNamed(world, 'new').length === 0,
  },
  {
    name: 'add a NIC',
    inventory: base,
    request: { path: `${inVm}/nics`, ...post('<nic><name>new</name><network><name>VLAN200</name></network></nic>') },
    touch: [`${inVm}/nics`, '/api/vms'],
    done: (world) => nicsNamed(world, 'new').length === 1 && nicsNamed(world, 'new')[0]?.instanceID === VM,
    untouched: (world) => ![...world.interfaces.values()].some(({ name }) => name.startsWith('new')),
  },
  {
    name: 'remove a NIC',
    inventory: {
      ...base,
      interfaces: [
        ...(base.interfaces ?? []),
        { id: SECOND_NIC, name: 'second', networkID: ids.networks.vlan200, instanceID: VM },
      ],
    },
    request: { method: 'DELETE', path: `${inVm}/nics/${SECOND_NIC}` },
    touch: [`${inVm}/nics`, '/api/vms'],
    done: (world) => !world.interfaces.has(SECOND_NIC),
    untouched: (world) => world.interfaces.get(SECOND_NIC)?.instanceID === VM,
  },
  {
    name: 'change name and memory of a VM',
    inventory: base,
    request: { method: 'PUT', path: inVm, body: `<vm><name>other</name><memory>${8 * 2 ** 30}</memory></vm>` },
    touch: [inVm],
    done: (world) => world.instances.get(VM)?.serverName === 'other' && world.instances.get(VM)?.memory === 8,
    untouched: (world) => world.instances.get(VM)?.serverName !== 'other' && world.instances.get(VM)?.memory === 64,
  },
  {
    name: 'delete a disk',
    inventory: base,
    request: { method: 'DELETE', path: `${inVm}/disks/${DATA}` },
    touch: [`${inVm}/disks`, '/api/disks'],
    removes: [DATA],
    done: (world) => !world.volumes.has(DATA),
    untouched: (world) => isAttached(world, DATA),
  },
  {
    name: 'detach a disk',
    inventory: base,
    request: { method: 'DELETE', path: `${inVm}/disks/${DATA};detach=true` },
    touch: [`${inVm}/disks`, '/api/disks'],
    floating: [DATA],
    done: (world) => world.volumes.get(DATA)?.attachments.length === 0,
    untouched: (world) => isAttached(world, DATA),
  },
  {
    name: 'attach a disk',
    inventory: base,
    request: { path: `${inVm}/disks`, ...post(`<disk id="${ids.volumes.floating}"/>`) },
    touch: [`${inVm}/disks`, '/api/disks'],
    done: (world) => isAttached(world, ids.volumes.floating),
    untouched: (world) => !isAttached(world, ids.volumes.floating),
  },
  {
    name: 'take a snapshot',
    inventory: base,
    request: { path: `${inVm}/snapshots`, ...post('<snapshot><description>x</description></snapshot>') },
    touch: [`${inVm}/snapshots`],
    done: (world) => world.snapshots.size === (base.snapshots?.length ?? 0) + 1,
    untouched: (world) => world.snapshots.size === base.snapshots?.length,
  },
  {
    name: 'delete a snapshot',
    inventory: withSnapshot,
    request: { method: 'DELETE', path: `${inVm}/snapshots/${SNAPSHOT}` },
    touch: [`${inVm}/snapshots`],
    done: (world) => !world.snapshots.has(SNAPSHOT),
    untouched: (world) => world.snapshots.has(SNAPSHOT),
  },
  {
    name: 'make a template',
    inventory: base,
    request: { path: '/api/templates', ...post(`<template><name>new</name><vm id="${VM}"/></template>`) },
    touch: ['/api/templates', inVm],
    done: (world) => [...world.images.values()].some(({ name, state }) => name === 'new' && state === 'active'),
    untouched: (world) => ![...world.images.values()].some(({ name }) => name === 'new'),
  },
  {
    name: 'restore a snapshot',
    inventory: withSnapshot,
    request: { path: `${inVm}/snapshots/${SNAPSHOT}/restore`, ...post('<action/>') },
    touch: [`${inVm}/snapshots`],
    done: (world) => /available/i.test(world.snapshots.get(SNAPSHOT)?.status ?? ''),
    untouched: () => false,
  },
  {
    name: 'delete a VM',
    inventory: base,
    request: { method: 'DELETE', path: inVm },
    touch: [inVm, '/api/vms', '/api/disks'],
    removes: [BOOT, DATA],
    done: (world) => !world.instances.has(VM) && !world.volumes.has(BOOT) && !world.volumes.has(DATA),
    untouched: (world) => isAttached(world, BOOT) && isAttached(world, DATA),
  },
  {
    name: 'delete a VM and keep its disks',
    inventory: base,
    request: { method: 'DELETE', path: `${inVm};detach_only=true` },
    touch: [inVm, '/api/vms', '/api/disks'],
    floating: [BOOT, DATA],
    done: (world) =>
      !world.instances.has(VM) && [BOOT, DATA].every((id) => world.volumes.get(id)?.attachments.length === 0),
    untouched: (world) => isAttached(world, BOOT) && isAttached(world, DATA),
  },
  {
    name: 'rename a NIC',
    inventory: base,
    request: { path: `${inVm}/nics/${NIC}`, method: 'PUT', body: '<nic><name>other</name></nic>' },
    touch: [`${inVm}/nics`],
    done: (world) => world.interfaces.get(NIC)?.name === 'other',
    untouched: (world) => world.interfaces.get(NIC)?.name === 'nic1',
  },
  {
    name: 'clone a VM',
    inventory: base,
    request: { path: `${inVm}/clone`, ...post('<action><vm><name>new</name></vm></action>') },
    touch: ['/api/vms', inVm, '/api/disks'],
    // a copy is told of by its original's task alone, and ends down
    done: (world) => vmsNamed(world, 'new')[0]?.status === 'SHUTOFF' && noteGroups(world).length === 0,
    untouched: (world) => vmsNamed(world, 'new').length === 0 && noteGroups(world).length === 0,
  },
  {
    name: 'start a VM with a size for its next start',
    inventory: withNotes({ next_run: JSON.stringify({ memoryBytes: 8 * 2 ** 30 }) }),
    request: { path: `${inVm}/start`, ...post('<action/>') },
    touch: [inVm],
    done: (world) =>
      world.instances.get(VM)?.status === 'ACTIVE' &&
      world.instances.get(VM)?.memory === 8 &&
      noteGroups(world).length === 0,
    untouched: (world) => world.instances.get(VM)?.status === 'SHUTOFF' && world.instances.get(VM)?.memory === 64,
  },
  {
    name: 'add the first NIC of a VM that was deployed without one',
    inventory: withNotes({ stopgap: ids.networks.vlan100 }),
    request: { path: `${inVm}/nics`, ...post('<nic><name>new</name><network><name>VLAN200</name></network></nic>') },
    touch: [`${inVm}/nics`, '/api/vms'],
    done: (world) =>
      nicsNamed(world, 'new')[0]?.instanceID === VM && !world.interfaces.has(NIC) && noteGroups(world).length === 0,
    untouched: (world) =>
      ![...world.interfaces.values()].some(({ name }) => name.startsWith('new')) &&
      world.interfaces.get(NIC)?.instanceID === VM,
  },
  {
    name: 'add pmem',
    inventory: base,
    request: {
      path: `${inVm}/pmemvolumes`,
      ...post('<pmem_volume><name>new</name><size>1073741824</size></pmem_volume>'),
    },
    touch: [`${inVm}/pmemvolumes`],
    done: (world) => [...world.vpmemVolumes.values()].filter(({ name }) => name === 'new').length === 1,
    untouched: (world) => ![...world.vpmemVolumes.values()].some(({ name }) => name === 'new'),
  },
];

/** As `judge` of composed.ts. */
export function judgePowerVs(
  world: PvsWorld,
  { done, untouched, floating = [], removes = [], inventory }: PowerVsCrashing,
): { state: string; wrongs: string[] } {
  const lost = (inventory.volumes ?? [])
    .filter(({ volumeID }) => !world.volumes.has(volumeID) && !removes.includes(volumeID))
    .map(({ volumeID, name }) => `volume ${name} (${volumeID}) is lost`);
  const may = new Set<string>([ids.volumes.floating, ids.volumes.shared, ...floating]);
  return {
    state: done(world) ? 'done' : untouched(world) ? 'untouched' : 'half done',
    wrongs: [...lost, ...wrongs(powerVsThings(world), may)],
  };
}

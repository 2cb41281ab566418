import { defaultIds } from '../../../src/simulator/index.js';
import type { SimulatedKind } from '../simulated-clouds.js';
import type { Request } from '../crash.js';
import { onVm, withoutVm, type Effect, type Ids } from './model.js';

/** One request of a client, and what it makes of the cloud. */
export interface Act {
  readonly name: string;
  readonly request: (ids: Ids, cloud: SimulatedKind) => Request;
  readonly effect: Effect;
  /** Clouds that cannot do it. */
  readonly not?: readonly SimulatedKind[];
  /** Whether the VM has a snapshot of its boot disk before: with it some other acts are refused. */
  readonly ofSnapshot?: true;
}

/** Each time something more is made. */
const MAKES = new Set([
  'create a VM',
  'clone the VM',
  'add a NIC',
  'add a disk',
  'take a snapshot',
  'add persistent memory',
]);

/** To find done already what was asked for counts as done: two who ask the same may both be told so. */
export const mayBothBeDone = (one: Act, two: Act): boolean => one === two && !MAKES.has(one.name);

const post = (path: string, body: string): Request => ({ method: 'POST', path, body });
const put = (path: string, body: string): Request => ({ method: 'PUT', path, body });
const vm = ({ vm: id }: Ids): string => `/api/vms/${id}`;
const CLUSTERS: Readonly<Record<SimulatedKind, string>> = {
  powervc: 'Default Group',
  openstack: 'Default Group',
  powervs: 's922',
};
const DRIVE = 'cdroms/00000000-0000-0000-0000-000000000000';
const WITHOUT_NOTES = ['powervs'] as const;

const attach = (whose: 'mine' | 'other'): Act => ({
  name: `attach the floating disk to ${whose === 'mine' ? 'the VM' : 'another VM'}`,
  request: (ids) => post(`/api/vms/${whose === 'mine' ? ids.vm : ids.other}/disks`, `<disk id="${ids.floating}"/>`),
  effect: (state) =>
    state.floating === 'free' && (whose === 'other' || state.vm !== undefined)
      ? { ...state, floating: whose }
      : undefined,
});

const floatingActs: readonly Act[] = [
  attach('mine'),
  attach('other'),
  {
    name: 'delete the floating disk',
    request: (ids) => ({ method: 'DELETE', path: `/api/disks/${ids.floating}` }),
    // also that of a VM which is down
    effect: (state) => (state.floating === 'gone' ? undefined : { ...state, floating: 'gone', floatingName: '' }),
  },
];

const dataActs: readonly Act[] = [
  {
    name: 'delete the disk',
    request: (ids) => ({ method: 'DELETE', path: `${vm(ids)}/disks/${ids.data}` }),
    effect: (state) => (state.data.startsWith('mine') ? { ...state, data: 'gone', dataName: '' } : undefined),
  },
  {
    name: 'detach the disk',
    request: (ids) => ({ method: 'DELETE', path: `${vm(ids)}/disks/${ids.data};detach=true` }),
    effect: (state) => (state.data.startsWith('mine') ? { ...state, data: 'free' } : undefined),
  },
  {
    name: 'deactivate the disk',
    not: WITHOUT_NOTES,
    request: (ids) => post(`${vm(ids)}/disks/${ids.data}/deactivate`, '<action/>'),
    effect: (state) => (state.data === 'mine' ? { ...state, data: 'mine (inactive)' } : undefined),
  },
  {
    name: 'rename the disk',
    request: (ids) => put(`${vm(ids)}/disks/${ids.data}`, '<disk><alias>renamed</alias></disk>'),
    effect: (state) => (state.data.startsWith('mine') ? { ...state, dataName: 'renamed' } : undefined),
  },
];

/** What is done to a disk that its VM only lists. */
const parkedActs: readonly Act[] = [
  {
    name: 'activate the inactive disk',
    not: WITHOUT_NOTES,
    request: (ids) => post(`${vm(ids)}/disks/${ids.parked}/activate`, '<action/>'),
    effect: (state) => (state.parked.startsWith('mine') ? { ...state, parked: 'mine' } : undefined),
  },
  {
    name: 'detach the inactive disk',
    not: WITHOUT_NOTES,
    request: (ids) => ({ method: 'DELETE', path: `${vm(ids)}/disks/${ids.parked};detach=true` }),
    effect: (state) => (state.parked.startsWith('mine') ? { ...state, parked: 'free' } : undefined),
  },
  {
    name: 'delete the inactive disk',
    not: WITHOUT_NOTES,
    request: (ids) => ({ method: 'DELETE', path: `${vm(ids)}/disks/${ids.parked}` }),
    effect: (state) => (state.parked.startsWith('mine') ? { ...state, parked: 'gone' } : undefined),
  },
];

const power = (name: 'start' | 'stop', from: boolean): Act => ({
  name: `${name} the VM`,
  request: (ids) => post(`${vm(ids)}/${name}`, '<action/>'),
  effect: onVm((state) =>
    name === 'start' && state.hidden.running === from ? undefined : { ...state, hidden: { running: from } },
  ),
});

const vmActs: readonly Act[] = [
  power('start', true),
  power('stop', false),
  {
    name: 'remove the VM',
    request: (ids) => ({ method: 'DELETE', path: vm(ids) }),
    effect: withoutVm('gone'),
  },
  {
    name: 'remove the VM and keep its disks',
    request: (ids) => ({ method: 'DELETE', path: `${vm(ids)};detach_only=true` }),
    effect: withoutVm('free'),
  },
  {
    name: 'give the VM another name and size',
    request: (ids) => put(vm(ids), `<vm><name>other</name><memory>${8 * 2 ** 30}</memory></vm>`),
    effect: onVm((state) => ({ ...state, vm: 'other' })),
  },
  {
    name: 'take a snapshot',
    request: (ids) => post(`${vm(ids)}/snapshots`, '<snapshot><description>x</description></snapshot>'),
    effect: onVm((state) => ({ ...state, snapshots: state.snapshots + 1 })),
  },
  {
    name: 'add a disk',
    request: (ids) =>
      post(`${vm(ids)}/disks`, '<disk><alias>new</alias><provisioned_size>1073741824</provisioned_size></disk>'),
    effect: onVm((state) => ({ ...state, newDisks: state.newDisks + 1 })),
  },
];

const cloneVm: Act = {
  name: 'clone the VM',
  not: ['openstack'],
  request: (ids) => post(`${vm(ids)}/clone`, '<action><vm><name>new</name></vm></action>'),
  effect: onVm((state) =>
    state.hidden.running || state.newVms > 0 || state.vm === 'new' || state.other === 'new'
      ? undefined
      : { ...state, newVms: state.newVms + 1 },
  ),
};

const nicActs: readonly Act[] = [
  {
    name: 'add a NIC',
    request: (ids) => post(`${vm(ids)}/nics`, '<nic><name>new</name><network><name>VLAN200</name></network></nic>'),
    effect: onVm((state) =>
      state.newNics > 0 || state.nic === 'new' ? undefined : { ...state, newNics: state.newNics + 1 },
    ),
  },
  {
    name: "give the NIC the new one's name",
    request: (ids) => put(`${vm(ids)}/nics/${ids.nic}`, '<nic><name>new</name></nic>'),
    effect: (state) => (state.nic === undefined || state.newNics > 0 ? undefined : { ...state, nic: 'new' }),
  },
  {
    name: 'remove the NIC',
    request: (ids) => ({ method: 'DELETE', path: `${vm(ids)}/nics/${ids.nic}` }),
    effect: (state) => (state.nic === undefined ? undefined : { ...state, nic: undefined, nicIn: false }),
  },
  {
    name: 'unplug the NIC',
    not: WITHOUT_NOTES,
    request: (ids) => post(`${vm(ids)}/nics/${ids.nic}/deactivate`, '<action/>'),
    effect: (state) => (state.nic === undefined ? undefined : { ...state, nicIn: false }),
  },
];

const nameActs: readonly Act[] = [
  {
    name: 'create a VM',
    request: (_, cloud) =>
      post(
        '/api/vms',
        `<vm><name>new</name><cluster><name>${CLUSTERS[cloud]}</name></cluster><template id="${defaultIds.images.rhel}"/></vm>`,
      ),
    effect: (state) =>
      state.newVms > 0 || state.vm === 'new' || state.other === 'new'
        ? undefined
        : { ...state, newVms: state.newVms + 1 },
  },
  ...(['vm', 'other'] as const).map((which): Act => ({
    name: `give ${which === 'vm' ? 'the' : 'another'} VM the new one's name`,
    request: (ids) => put(`/api/vms/${ids[which]}`, '<vm><name>new</name></vm>'),
    effect: (state) =>
      state[which] === undefined || state.newVms > 0 || state[which === 'vm' ? 'other' : 'vm'] === 'new'
        ? undefined
        : { ...state, [which]: 'new' },
  })),
];

const insert = (file: string): Act => ({
  name: `insert ${file === '' ? 'nothing' : file}`,
  not: WITHOUT_NOTES,
  request: (ids) => put(`${vm(ids)}/${DRIVE}`, `<cdrom><file id="${file}"/></cdrom>`),
  effect: onVm((state) => ({ ...state, medium: file === '' ? undefined : file })),
});
const isoActs = (files: readonly string[]): readonly Act[] => [...files, ''].map(insert);

const snapshotActs: readonly Act[] = [
  {
    name: 'restore the snapshot',
    ofSnapshot: true,
    request: (ids) => post(`${vm(ids)}/snapshots/${ids.snapshot}/restore`, '<action/>'),
    effect: onVm((state) => (state.earlier && !state.hidden.running ? state : undefined)),
  },
  {
    name: 'delete the snapshot',
    ofSnapshot: true,
    request: (ids) => ({ method: 'DELETE', path: `${vm(ids)}/snapshots/${ids.snapshot}` }),
    effect: onVm((state) => (state.earlier ? { ...state, earlier: false } : undefined)),
  },
];

const NO_PMEM = ['openstack'] as const;
const without = (names: readonly string[], gone: string): string[] => names.filter((name) => name !== gone);
/** Aggregated where it can be: the VM then gives of its memory, which is noted. */
const pmemActs: readonly Act[] = [
  {
    name: 'add persistent memory',
    not: NO_PMEM,
    request: (ids, cloud) =>
      post(
        `${vm(ids)}/pmemvolumes`,
        `<pmem_volume><name>new</name><size>1073741824</size>${
          cloud === 'powervc' ? '<aggregated_memory>true</aggregated_memory>' : ''
        }</pmem_volume>`,
      ),
    effect: onVm((state) =>
      state.hidden.running || state.pmem.includes('new')
        ? undefined
        : { ...state, pmem: [...state.pmem, 'new'].sort() },
    ),
  },
  {
    name: 'rename the persistent memory',
    not: NO_PMEM,
    request: (ids) => put(`${vm(ids)}/pmemvolumes/${ids.pmem}`, '<pmem_volume><name>renamed</name></pmem_volume>'),
    effect: onVm((state) =>
      state.pmem.some((name) => name !== 'new')
        ? { ...state, pmem: [...state.pmem.filter((name) => name === 'new'), 'renamed'].sort() }
        : undefined,
    ),
  },
  {
    name: 'delete the persistent memory',
    not: NO_PMEM,
    request: (ids) => ({ method: 'DELETE', path: `${vm(ids)}/pmemvolumes/${ids.pmem}` }),
    effect: onVm((state) => {
      if (state.hidden.running) return undefined;
      const [old] = without(state.pmem, 'new');
      return old === undefined ? undefined : { ...state, pmem: without(state.pmem, old) };
    }),
  },
];

const pairsOf = (acts: readonly Act[]): [Act, Act][] =>
  acts.flatMap((one, index) => acts.slice(index).map((two): [Act, Act] => [one, two]));
const across = (some: readonly Act[], others: readonly Act[]): [Act, Act][] =>
  some.flatMap((one) => others.map((two): [Act, Act] => [one, two]));

/** Every two operations that touch one resource. */
export const racePairs = (cloud: SimulatedKind, files: readonly string[]): readonly [Act, Act][] => {
  const going = vmActs.filter(({ name }) => name.startsWith('remove'));
  return [
    ...pairsOf(floatingActs),
    ...pairsOf(dataActs),
    ...pairsOf(vmActs),
    ...pairsOf(nicActs),
    ...pairsOf(nameActs),
    ...pairsOf(isoActs(files)),
    ...across(going, [attach('mine'), ...dataActs, ...nicActs, ...isoActs(files.slice(0, 1))]),
    ...across([vmActs[5] ?? attach('mine')], [attach('mine'), ...dataActs]),
    ...across([cloneVm], [...going, ...vmActs.slice(0, 2), ...nameActs]),
    ...across(vmActs.slice(0, 2), [attach('mine'), ...dataActs, ...nicActs]),
    ...across(
      vmActs.filter(({ name }) => name.startsWith('give') || name.startsWith('add')),
      [attach('mine'), ...dataActs, ...nicActs],
    ),
    ...across(nicActs, [attach('mine'), ...dataActs]),
    ...across(parkedActs, [...going, ...vmActs.filter(({ name }) => !name.startsWith('remove'))]),
    ...pairsOf(parkedActs),
    ...pairsOf(snapshotActs),
    ...across(snapshotActs, [...vmActs, cloneVm, attach('mine'), ...dataActs]),
    ...pairsOf(pmemActs),
    ...across(pmemActs, vmActs),
  ].filter((pair) => pair.every(({ not }) => !not?.includes(cloud)));
};

/** Three operations that touch one resource: all threes of those most in use, and each that makes something, thrice. */
export const raceTriples = (cloud: SimulatedKind): readonly (readonly Act[])[] => {
  const named = (...names: readonly string[]): Act[] =>
    [...vmActs, ...dataActs, ...nicActs, ...floatingActs].filter(({ name }) => names.includes(name));
  const threesOf = (acts: readonly Act[]): Act[][] =>
    acts.flatMap((one, first) =>
      acts.slice(first + 1).flatMap((two, second) => acts.slice(first + second + 2).map((three) => [one, two, three])),
    );
  const common = named(
    'start the VM',
    'stop the VM',
    'remove the VM',
    'remove the VM and keep its disks',
    'give the VM another name and size',
    'take a snapshot',
    'add a disk',
    'detach the disk',
    'attach the floating disk to the VM',
  );
  const thrice = [...vmActs, ...nicActs, ...nameActs, ...floatingActs].filter(({ name }) => MAKES.has(name));
  return [
    ...threesOf(common),
    ...threesOf(floatingActs),
    ...threesOf(nicActs),
    ...threesOf(nameActs),
    ...[...thrice, attach('mine')].map((act) => [act, act, act]),
  ].filter((acts) => acts.every(({ not }) => !not?.includes(cloud)));
};

import type { Things } from '../invariants.js';

/** Where a disk is: `gone`, `free`, or the VM that has it, `(inactive)` when it is only listed there. */
type Place = 'gone' | 'free' | 'mine' | 'mine (inactive)' | 'other' | 'other (inactive)';

/**
 * What the races are about, of a cloud: two VMs, of which one is raced for, and what it has. Names are of things that
 * acts make or rename.
 */
export interface State {
  readonly vm: string | undefined;
  readonly other: string | undefined;
  readonly data: Place;
  readonly dataName: string;
  /** A disk that is inactive before. */
  readonly parked: Place;
  readonly floating: Place;
  readonly floatingName: string;
  readonly nic: string | undefined;
  readonly nicIn: boolean;
  readonly newVms: number;
  readonly newDisks: number;
  readonly newNics: number;
  readonly snapshots: number;
  /** Whether the snapshot is there that races for it begin with. */
  readonly earlier: boolean;
  /** Names of persistent memory volumes of the VM. */
  readonly pmem: readonly string[];
  /** The ISO file in the drive. */
  readonly medium: string | undefined;
  /** What no look at the cloud's things shows: it only decides what may follow. */
  readonly hidden: { readonly running: boolean };
}

export interface Ids {
  readonly vm: string;
  readonly other: string;
  readonly data: string;
  readonly parked: string;
  readonly floating: string;
  readonly nic: string;
  readonly snapshot: string;
  readonly pmem: string;
}

/** The name of what acts make. */
export const NEW = 'new';

/** The name of the snapshot that races for it begin with. */
export const EARLIER = 'earlier';

/** The state as the cloud shows it. */
export function stateOf({ vms, volumes, ports, snapshots }: Things, ids: Ids): Omit<State, 'hidden'> {
  const place = (id: string): Place => {
    const found = volumes.find((volume) => volume.id === id);
    if (!found) return 'gone';
    const whose = (vmId: string): 'mine' | 'other' => (vmId === ids.vm ? 'mine' : 'other');
    const [attached] = found.vmIds;
    const lister = found.notes['vm'];
    if (attached !== undefined) return whose(attached);
    return lister === undefined ? 'free' : `${whose(lister)} (inactive)`;
  };
  const nameOf = (id: string): string | undefined => vms.find((vm) => vm.id === id)?.name;
  const port = ports.find(({ id }) => id === ids.nic);
  const medium = volumes.find(({ notes }) => notes['medium'] !== undefined && notes['vm'] === ids.vm);
  return {
    vm: nameOf(ids.vm),
    other: nameOf(ids.other),
    data: place(ids.data),
    dataName: volumes.find(({ id }) => id === ids.data)?.name ?? '',
    parked: place(ids.parked),
    floating: place(ids.floating),
    floatingName: volumes.find(({ id }) => id === ids.floating)?.name ?? '',
    nic: port?.name,
    nicIn: port?.vmId === ids.vm,
    newVms: vms.filter(({ id, name }) => name === NEW && id !== ids.vm && id !== ids.other).length,
    newDisks: volumes.filter(({ name }) => name === NEW).length,
    newNics: ports.filter(({ id, name }) => name === NEW && id !== ids.nic).length,
    snapshots: snapshots.filter(({ vmId, name }) => vmId === ids.vm && name !== EARLIER).length,
    earlier: snapshots.some(({ vmId, name }) => vmId === ids.vm && name === EARLIER),
    pmem: [...(vms.find((vm) => vm.id === ids.vm)?.pmem ?? [])].sort(),
    medium: medium?.notes['medium'],
  };
}

/** What an act makes of a state; undefined where it is refused. */
export type Effect = (state: State) => State | undefined;

/** The VM goes; what it had goes with it, or is free. */
export const withoutVm =
  (disks: 'gone' | 'free'): Effect =>
  (state) => {
    if (state.vm === undefined || state.hidden.running) return undefined;
    // engines do not leave snapshots of disks whose VM is gone
    if (disks === 'free' && state.earlier) return undefined;
    const left = (place: Place): Place => (place.startsWith('mine') ? disks : place);
    const data = left(state.data);
    const floating = left(state.floating);
    return {
      ...state,
      vm: undefined,
      data,
      parked: left(state.parked),
      dataName: data === 'gone' ? '' : state.dataName,
      floating,
      floatingName: floating === 'gone' ? '' : state.floatingName,
      nic: undefined,
      nicIn: false,
      newDisks: disks === 'gone' ? 0 : state.newDisks,
      newNics: 0,
      snapshots: 0,
      earlier: false,
      pmem: [],
      medium: undefined,
    };
  };

/** An act on the VM that is raced for. */
export const onVm =
  (change: Effect): Effect =>
  (state) =>
    state.vm === undefined ? undefined : change(state);

/** What a client was told of an act: it is done, it is refused, or the gateway or the cloud failed. */
export type Told = 'done' | 'refused' | 'unknown';

/**
 * Every state that fits what was told: the acts one after the other, in any order. Those that were told to be done are
 * in each, those refused in none.
 */
export function outcomes(before: State, acts: readonly { readonly effect: Effect; readonly told: Told }[]): State[] {
  const next = acts.flatMap((act, index) => {
    if (act.told === 'refused') return [];
    const after = act.effect(before);
    return after
      ? outcomes(
          after,
          acts.filter((_, other) => other !== index),
        )
      : [];
  });
  return acts.some(({ told: reported }) => reported === 'done') ? next : [before, ...next];
}

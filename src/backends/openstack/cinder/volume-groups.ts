import { setTimeout as pause } from 'node:timers/promises';
import { Fault, isFault } from '../../../model/index.js';
import type { Group, GroupType, Snapshot as Member, Volume } from '../../../generated/openstack/cinder.js';
import type { Connection } from '../connection.js';
import { instant } from '../loose.js';
import { remember, type Remembered } from '../remember.js';
import { removed } from '../../http/removal.js';

/**
 * Consistent snapshots of several volumes: Cinder takes them of a group (3.14), if a group type promises that
 * (`consistent_group_snapshot_enabled`). A group is made for one set and named after it. Volumes leave it once the set
 * is taken, because a volume in a group can be neither removed nor moved. The empty group stays as long as the set,
 * whose members can only be removed together.
 */
export interface VolumeGroups {
  /**
   * Takes consistent snapshots of the volumes. Returns the members, whose names are `name`, and the group. Undefined if
   * no group type promises it, or Cinder cannot put these volumes into one group: the caller then takes them one by
   * one.
   */
  take(
    vmId: string,
    set: string,
    volumes: () => Promise<readonly Volume[]>,
    name: string,
    description: string,
  ): Promise<{ readonly groupId: string; readonly members: readonly Member[] } | undefined>;
  /** Takes the volumes out of a group; no effect on an empty one. */
  release(groupId: string): Promise<void>;
  /**
   * Takes a volume out of a group of the gateway in which a crash left it, as it could not be removed otherwise.
   * Returns whether there was one.
   */
  free(volumeId: string): Promise<boolean>;
  /** Removes a group snapshot with all its members. `tidy` removes the group. */
  remove(groupSnapshotId: string): Promise<void>;
  /** Removes the group of a set that is gone. */
  tidy(set: string): Promise<void>;
  /** Removes groups of the VM that a crash left: those of none of these sets. No call if groups are not used. */
  tidyVm(vmId: string, sets: () => Promise<ReadonlySet<string>>): Promise<void>;
}

/** Every Cinder has it, only for groups from before 3.13. */
const RESERVED = 'default_cgsnapshot_type';

/** Whether snapshots of groups of this type are taken in one instant. */
export const isConsistent = ({ name, group_specs: specs }: GroupType): boolean =>
  name !== RESERVED && /true/i.test(specs?.['consistent_group_snapshot_enabled'] ?? '');

const nameOf = (vmId: string, set: string): string => `ovirt ${vmId} ${set}`;
const ownedBy = (name: string | null | undefined): { readonly vmId: string; readonly set: string } | undefined => {
  const [, vmId, set] = /^ovirt (\S+) (\S+)$/.exec(name ?? '') ?? [];
  return vmId === undefined || set === undefined ? undefined : { vmId, set };
};

/** A younger group may be in use by another replica. */
const LEFT_MS = 120_000;

const about = (id: string) => [{ what: 'Group', id }];

/** How often a group in transition is polled, every half second. */
const LOOKS = 60;
const PAUSE_MS = 500;

export type GroupTypesRemembered = Remembered<GroupType[]>;
export const rememberGroupTypes = (seconds: number): GroupTypesRemembered => remember(seconds);

/**
 * `wanted`: name or id of the group type to use; undefined for the first that promises consistent snapshots (which
 * Cinder shows to administrators), `""` for none.
 */
export function createVolumeGroups(
  connection: Connection,
  remembered: GroupTypesRemembered,
  { groupType, able }: { readonly groupType: string | undefined; readonly able: () => boolean },
): VolumeGroups {
  async function typeOf(): Promise<GroupType | undefined> {
    if (groupType === '' || !able()) return undefined;
    const types = await remembered.get(async () => {
      try {
        return (await connection.lasting.call('cinder.group-types.list', {})).group_types;
      } catch (error) {
        if (isFault(error, 'backend.forbidden') || isFault(error, 'not-found')) return [];
        throw error;
      }
    });
    return types.find((one) =>
      groupType === undefined ? isConsistent(one) : one.id === groupType || one.name === groupType,
    );
  }

  async function atRest(id: string): Promise<Group> {
    for (let look = 0; look < LOOKS; look++) {
      const { group } = await connection.call('cinder.groups.get', { params: { group: id }, about: about(id) });
      if (group.status === 'available') return group;
      if (group.status.startsWith('error'))
        throw new Fault('backend.failed', { text: `Cinder's group ${id} is in ${group.status}.` });
      await pause(PAUSE_MS);
    }
    throw new Fault('backend.timeout', { service: 'Cinder', text: `group ${id} is not available yet.` });
  }

  const change = async (
    id: string,
    group: { readonly add_volumes?: string; readonly remove_volumes?: string },
  ): Promise<void> => {
    await connection.call('cinder.groups.update', { params: { group: id }, about: about(id), body: { group } });
    await atRest(id);
  };

  async function grouped(type: GroupType, name: string, volumes: readonly Volume[]): Promise<string> {
    const volumeTypes = [...new Set(volumes.flatMap(({ volume_type: name }) => name ?? []))];
    const { group } = await connection.call('cinder.groups.create', {
      body: { group: { name, group_type: type.id, volume_types: volumeTypes } },
    });
    await atRest(group.id);
    await change(group.id, { add_volumes: volumes.map(({ id }) => id).join(',') });
    return group.id;
  }

  async function membersOf(groupSnapshot: string): Promise<Member[]> {
    const { snapshots } = await connection.call('cinder.snapshots.list', {
      query: { group_snapshot_id: groupSnapshot },
      headers: { 'openstack-api-version': 'volume 3.29' },
    });
    return snapshots.filter(({ group_snapshot_id: of }) => of === groupSnapshot);
  }

  async function take(
    vmId: string,
    set: string,
    volumes: () => Promise<readonly Volume[]>,
    name: string,
    description: string,
  ): ReturnType<VolumeGroups['take']> {
    const type = await typeOf();
    if (!type) return undefined;
    try {
      const groupId = await grouped(type, nameOf(vmId, set), await volumes());
      const { group_snapshot: taken } = await connection.call('cinder.group-snapshots.create', {
        body: { group_snapshot: { group_id: groupId, name, description } },
      });
      return { groupId, members: await membersOf(taken.id) };
    } catch (error) {
      await tidy(set);
      // Volumes of several pools, a driver that can't, a quota of groups
      if (
        isFault(error, 'backend.refused') ||
        isFault(error, 'backend.failed') ||
        isFault(error, 'backend.quota') ||
        isFault(error, 'backend.conflict')
      )
        return undefined;
      throw error;
    }
  }

  async function release(groupId: string): Promise<void> {
    const { group } = await connection.call('cinder.groups.get', {
      params: { group: groupId },
      query: { list_volume: 'true' },
      headers: { 'openstack-api-version': 'volume 3.25' },
      about: about(groupId),
    });
    if (group.status === 'available' && group.volumes?.length)
      await change(groupId, { remove_volumes: group.volumes.join(',') });
  }

  async function free(volumeId: string): Promise<boolean> {
    const { volume } = await connection.call('cinder.volumes.get', {
      params: { volume: volumeId },
      headers: { 'openstack-api-version': 'volume 3.13' },
      about: [{ what: 'Disk', id: volumeId }],
    });
    const [group] = volume.group_id ? await own((_, { id }) => id === volume.group_id) : [];
    if (!group) return false;
    await release(group.id);
    return true;
  }

  async function dissolve({ id }: Group): Promise<void> {
    const { group_snapshots: left } = await connection.call('cinder.group-snapshots.list', { query: { group_id: id } });
    // Cinder before 3.29 may give those of other groups, too
    for (const one of left.filter(({ group_id: of }) => of === id)) await remove(one.id);
    await release(id);
    try {
      await removed(
        connection.call('cinder.groups.action.delete', {
          params: { group: id },
          about: about(id),
          body: { delete: { 'delete-volumes': false } },
        }),
      );
    } catch (error) {
      // Members that are still being removed hold it: the next snapshot of the VM finds it
      if (!isFault(error, 'backend.refused') && !isFault(error, 'backend.conflict')) throw error;
    }
  }

  async function own(
    fits: (owner: NonNullable<ReturnType<typeof ownedBy>>, group: Group) => boolean,
  ): Promise<Group[]> {
    if (!(await typeOf())) return [];
    const { groups } = await connection.call('cinder.groups.list', {});
    return groups.filter((group) => {
      const owner = ownedBy(group.name);
      return owner !== undefined && fits(owner, group);
    });
  }

  async function tidy(set: string): Promise<void> {
    for (const group of await own((owner) => owner.set === set)) await dissolve(group);
  }

  async function tidyVm(vmId: string, sets: () => Promise<ReadonlySet<string>>): Promise<void> {
    if (!(await typeOf())) return;
    const known = await sets();
    const isOld = ({ created_at: created }: Group): boolean =>
      Date.now() - (created ? Date.parse(instant(created)) : 0) > LEFT_MS;
    for (const group of await own((owner, found) => owner.vmId === vmId && !known.has(owner.set) && isOld(found)))
      await dissolve(group);
  }

  async function remove(id: string): Promise<void> {
    await removed(
      connection.call('cinder.group-snapshots.delete', { params: { snapshot: id }, about: [{ what: 'Snapshot', id }] }),
    );
  }

  return { take, release, free, remove, tidy, tidyVm };
}

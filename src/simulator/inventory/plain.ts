import type { Inventory } from '../world/types.js';
import { defaultInventory } from './default.js';
import { defaultIds as ids } from './ids.js';

/** The set that both volume snapshots of the default inventory make up. */
const SET = '5e750000-0000-4000-8000-000000000001';

const {
  storageConnectivityGroups: _groups,
  luns: _luns,
  pmemVolumes: _pmem,
  instanceSnapshots: _snapshots,
  ...common
} = defaultInventory;

/**
 * The default inventory as plain OpenStack: the same servers, volumes and networks, without what IBM adds. Servers boot
 * from volumes and have the gateway's note of their image; the snapshot of a VM is a set of volume snapshots bound by
 * metadata.
 */
export const plainInventory: Inventory = {
  ...common,
  settings: { cloud: 'openstack' },
  servers: (common.servers ?? []).map(({ image_id: image, storage_connectivity_group_id: _group, ...server }) => ({
    ...server,
    image_id: null,
    metadata: { 'ovirt.template': image ?? '' },
  })),
  snapshots: (common.snapshots ?? []).map((snapshot) => ({
    ...snapshot,
    name: 'before-upgrade',
    description: 'Before the upgrade to 9.4',
    created_at: '2026-02-01T06:30:00Z',
    metadata: {
      'ovirt.snapshot': SET,
      'ovirt.vm': ids.servers.rhel,
      'ovirt.of': '2',
      ...(snapshot.volume_id === ids.volumes.rhelBoot ? { 'ovirt.boot': 'true' } : {}),
    },
  })),
};

import type { Settings } from '../types.js';

/** The default creation time. Fixed, so that runs repeat. */
export const EPOCH = '2026-01-12T08:00:00Z';

export const defaultSettings: Settings = {
  cloud: 'powervc',
  tokenSeconds: 6 * 3600,
  pageLimit: 1000,
  metrics: 'all',
  actions: {
    snapshot: 'vm-snapshot',
    restore: 'vm-restore',
    retry: 'vm-restore-retry',
    rollback: 'vm-restore-rollback',
  },
  quota: {
    instances: 200,
    cores: 1000,
    ram: 8 * 1024 * 1024,
    metadata_items: 128,
    volumes: 1000,
    gigabytes: 200_000,
    snapshots: 1000,
    per_volume_gigabytes: -1,
    backups: 10,
    backup_gigabytes: 1000,
    key_pairs: 100,
    server_groups: 10,
    server_group_members: 10,
    injected_files: 5,
    injected_file_content_bytes: 10_240,
    injected_file_path_bytes: 255,
    fixed_ips: -1,
    floating_ips: -1,
    nova_security_groups: -1,
    nova_security_group_rules: -1,
    ports: 500,
    networks: 100,
    subnets: 100,
    security_groups: 10,
    security_group_rules: 100,
  },
  region: 'RegionOne',
  newest: { compute: '2.93', volume: '3.70' },
};

export interface StorageProvider {
  id: number;
  storage_hostname: string;
  display_name: string;
  backend_type: string;
  pool: string;
  total_capacity_gb: number;
  free_capacity_gb: number;
  health: string;
  backend_state: string;
  /** Status of its cinder-volume service. */
  service_status: 'enabled' | 'disabled';
  disabled_reason: string | null;
  /** Whether the backend is frozen: no volumes can be changed. */
  frozen: boolean;
}

/** A LUN that the storage has and PowerVC does not manage. */
export interface Lun {
  id: string;
  name: string;
  storage_hostname: string;
  size: number;
  wwn: string;
  serial: string;
}

/** A storage template. */
export interface VolumeType {
  id: string;
  name: string;
  description: string | null;
  is_public: boolean;
  /** Projects that may use a private flavor or type. */
  access: string[];
  extra_specs: Record<string, string>;
  qos_specs_id: string | null;
  /** How volumes of the type are encrypted, in Cinder's words. */
  encryption: Record<string, unknown> | null;
  /** Limits of volumes, snapshots and gigabytes of the type, by project; `default` for those without their own. */
  quotas: Record<string, Record<string, number>>;
}

export type AttachState = 'attaching' | 'attached' | 'detaching';

/** One use of a volume by a server. The volume holds it; Nova's view is computed from it. */
export interface Attachment {
  id: string;
  server_id: string;
  device: string;
  attached_at: string;
  state: AttachState;
  boot_index: number | null;
  delete_on_termination: boolean;
}

export interface Volume {
  id: string;
  name: string | null;
  description: string | null;
  size: number;
  status: string;
  volume_type: string;
  metadata: Record<string, string>;
  bootable: boolean;
  multiattach: boolean;
  snapshot_id: string | null;
  source_volid: string | null;
  project_id: string;
  user_id: string;
  created_at: string;
  updated_at: string | null;
  storage_hostname: string | null;
  attachments: Attachment[];
  image_metadata: Record<string, string> | null;
  group_id: string | null;
  /** The written content, base64, followed by zeros. */
  data: string | null;
}

/** A volume that is offered to another project. */
export interface VolumeTransfer {
  id: string;
  name: string | null;
  volume_id: string;
  project_id: string;
  auth_key: string;
  no_snapshots: boolean;
  created_at: string;
  /** The project that accepted the transfer. */
  destination: string | null;
}

export interface VolumeSnapshot {
  id: string;
  name: string | null;
  description: string | null;
  volume_id: string;
  status: string;
  size: number;
  metadata: Record<string, string>;
  project_id: string;
  created_at: string;
  updated_at: string | null;
  /** The group snapshot that it belongs to: its snapshots are deleted together. */
  group_snapshot_id: string | null;
  /** The data of its volume. */
  data: string | null;
  /** As its driver tells it: `80%`. */
  progress?: string;
}

/** How groups of volumes are; `group_specs` may promise snapshots in one instant. */
export interface GroupType {
  id: string;
  name: string;
  description: string | null;
  is_public: boolean;
  group_specs: Record<string, string>;
}

export interface VolumeGroup {
  id: string;
  name: string;
  description: string | null;
  status: string;
  group_type: string;
  volume_types: string[];
  /** The source that it was created from. */
  group_snapshot_id: string | null;
  source_group_id: string | null;
  project_id: string;
  created_at: string;
}

export interface GroupSnapshot {
  id: string;
  name: string | null;
  description: string | null;
  status: string;
  group_id: string;
  project_id: string;
  created_at: string;
}

/**
 * A VM snapshot. This resource is undocumented (docs/reference/power.md, 1.5): the shape, here and in
 * cinder/instance-snapshots.ts, is an assumption. A restore moves `available` to `restoring` and back, or to
 * `restore-error`, from where only retry and rollback lead on.
 */
export interface InstanceSnapshot {
  id: string;
  name: string;
  description: string;
  status: string;
  server_id: string;
  server_name: string;
  project_id: string;
  created_at: string;
  updated_at: string | null;
  volumes: { volume_id: string; snapshot_id: string; size: number; bootable: boolean }[];
  task_id: string | null;
}

/** A disk that a deployment of the image makes: a copy of a volume, on OpenStack of a snapshot. */
export interface ImageVolume {
  volume_id: string | null;
  snapshot_id: string | null;
  size: number;
  boot_index: number | null;
  volume_type: string | null;
}

export interface Image {
  id: string;
  name: string;
  status: string;
  visibility: string;
  owner: string;
  disk_format: string | null;
  container_format: string | null;
  size: number | null;
  min_ram: number;
  min_disk: number;
  protected: boolean;
  tags: string[];
  checksum: string | null;
  created_at: string;
  updated_at: string;
  properties: Record<string, string>;
  volumes: ImageVolume[];
  /** Projects that it is shared with. */
  members: { member_id: string; status: string; created_at: string; updated_at: string }[];
  /** The uploaded or copied content, base64, followed by zeros; null for an image without content. */
  data: string | null;
}

import type { PmemVolume, PmemVolumeInput } from '../../generated/entities.js';

export interface PmemSpec {
  readonly name: string;
  readonly sizeBytes: number;
  readonly affinity: boolean;
  readonly device: string;
}

export interface PmemPort {
  /** Every pmem volume of the project, or of all projects; `vm` is set where the backend reports it. */
  list(options?: { readonly allTenants?: boolean }): Promise<PmemVolume[]>;
  add(vmId: string, volumes: readonly PmemSpec[], aggregated: boolean): Promise<PmemVolume[]>;
  remove(vmId: string, volume: Pick<PmemVolumeInput, 'id' | 'volumeUuid'>, aggregated: boolean): Promise<void>;
  /** `vmId`: the VM that has it. */
  rename(id: string, name: string, vmId: string): Promise<PmemVolume>;
}

import { nameId, type PmemVolume, type Vm } from '../../model/index.js';
import { pmemVolumeIn, vmIn } from '../../generated/mapping/powervs.js';
import type { Instance } from '../../generated/powervs/instances.js';
import type { Volume } from '../../generated/powervs/vpmem.js';
import { read } from './read.js';
import { GIB } from '../../units.js';

const CONTEXT = { base: '' };
/** A system pool is shown as a cluster, and has no id. */
export const clusterId = (type: string): string => nameId('cluster', type);
/** A host of a pool has only a number (docs/reference/power.md, 4.5). */
export const hostId = (type: string, id: number): string => nameId('host', type, String(id));

/** The VM of an instance. Lists have no volumes: `volumeIds` is then absent. */
export function vmOf(instance: Instance, notes: Readonly<Record<string, string>>): Vm {
  const { value } = read(() => vmIn(tidy(instance), CONTEXT));
  const { memory, minmem, maxmem, sysType, hostID, networks } = instance;
  const reason = value.statusDetail || (value.status === 'not_responding' ? instance.health?.reason : undefined);
  return {
    ...value,
    sockets: value.sockets ?? Math.max(1, Math.ceil(value.procUnits ?? 1)),
    cores: 1,
    threads: 1,
    architecture: 'ppc64',
    type: 'server',
    displayType: 'vnc',
    ...(memory !== undefined && { memoryBytes: bytes(memory) }),
    ...(minmem !== undefined && { memoryGuaranteedBytes: bytes(minmem) }),
    ...(maxmem !== undefined && { memoryMaxBytes: bytes(maxmem) }),
    ...(sysType && { cluster: { id: clusterId(sysType), name: sysType } }),
    ...(sysType && hostID != null && { host: { id: hostId(sysType, hostID) } }),
    statusDetail: reason || undefined,
    customProperties: propertiesOf(instance),
    addresses: (networks ?? []).flatMap(({ ipAddress, externalIP }) =>
      [ipAddress, externalIP].filter((address): address is string => !!address),
    ),
    notes: { ...notes },
    ...(instance.volumeIDs && { volumeIds: instance.volumeIDs }),
    pmemVolumes: (instance.vpmemVolumes ?? []).map((volume) => pmemOf(volume, instance.pvmInstanceID)),
  };
}

const bytes = (gib: number): number => Math.round(gib * GIB);

/** Normalizes the words that the table compares: blanks, case and underscores differ between answers. */
const tidy = (instance: Instance): Instance => ({
  ...instance,
  status: instance.status.trim().toUpperCase(),
  taskState:
    instance.taskState
      ?.trim()
      .toLowerCase()
      .replace(/[\s_]+/g, '-') || null,
  ...(instance.health && {
    health: { ...instance.health, status: instance.health.status?.trim().toUpperCase() ?? null },
  }),
});

/** Custom properties under PowerVC's names, so that clients find the same on each cloud. */
const propertiesOf = ({ processors, procType }: Instance): Vm['customProperties'] => [
  ...(processors === undefined ? [] : [{ name: 'powervm:proc_units', value: String(processors) }]),
  ...(procType ? [{ name: 'powervm:dedicated_proc', value: String(procType === 'dedicated') }] : []),
  ...(procType && procType !== 'dedicated' ? [{ name: 'powervm:uncapped', value: String(procType === 'shared') }] : []),
];

export const pmemOf = (volume: Volume, vmId?: string): PmemVolume => ({
  ...read(() => pmemVolumeIn({ ...volume, status: volume.status?.trim().toLowerCase() ?? null }, CONTEXT)).value,
  volumeUuid: volume.uuid,
  affinity: false,
  device: 'DRAM',
  ...(vmId !== undefined && { vm: { id: vmId } }),
});

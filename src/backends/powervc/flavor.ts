import type { Vm, VmSize, VmSpec } from '../../model/index.js';
import type { Flavor } from '../../generated/powervc/nova.js';
import { converters } from '../../mapping/converters.js';
import type { PowerVcSettings } from './settings.js';

/** PowerVC takes the flavor inline (docs/reference/power.md, 1.3); the names of extra specs are PowerVM's. */
type ExtraSpecs = Record<string, string>;

/** The bounds of a partition, which change only while it is down. */
const BOUND = /^powervm:(min|max)_/;

const mib = (bytes: number): number => converters.mib.out(bytes);
const gib = (bytes: number): number => converters['gib-ceil'].out(bytes);

/** The flavor of a new VM. */
export function flavorOf(spec: VmSpec, { flavorDefaults }: Pick<PowerVcSettings, 'flavorDefaults'>): Flavor {
  const processors = (spec.sockets ?? 1) * (spec.cores ?? 1) * (spec.threads ?? 1);
  const sized = (spec.sockets ?? spec.cores ?? spec.threads) !== undefined;
  const root = spec.diskGib ?? spec.volumeSnapshots?.slice(0, 1).map(({ sizeBytes }) => gib(sizeBytes))[0] ?? 0;
  return {
    ram: spec.memoryBytes === undefined ? flavorDefaults.memoryMib : mib(spec.memoryBytes),
    vcpus: sized ? processors : flavorDefaults.processors,
    disk: root,
    extra_specs: {
      ...namedSpecs(spec, flavorDefaults),
      ...templateVolumes(spec),
      ...pmemSpecs(spec),
      ...ownSpecs(spec),
    },
  };
}

/** The MiB that a running partition of this size may grow to. */
const grown = (ram: number, growth: number): number => Math.floor(ram * growth);

/** Properties of entities that are extra specs of a flavor. */
function namedSpecs(
  { memoryBytes, memoryGuaranteedBytes, memoryMaxBytes, procUnits, highlyAvailable, priority }: VmSpec,
  { memoryMib, memoryGrowth }: PowerVcSettings['flavorDefaults'],
): ExtraSpecs {
  const ram = memoryBytes === undefined ? memoryMib : mib(memoryBytes);
  const most = memoryMaxBytes === undefined ? grown(ram, memoryGrowth) : mib(memoryMaxBytes);
  return {
    ...(memoryGuaranteedBytes !== undefined && { 'powervm:min_mem': String(mib(memoryGuaranteedBytes)) }),
    ...(most > ram && { 'powervm:max_mem': String(most) }),
    ...(procUnits !== undefined && { 'powervm:proc_units': String(procUnits) }),
    ...(highlyAvailable !== undefined && { 'powervm:srr_capability': String(highlyAvailable) }),
    ...(priority !== undefined && { 'powervm:availability_priority': String(priority) }),
  };
}

/**
 * The storage of the copies of a template's volumes: oVirt's `disks/clone` with a storage domain each (RHEV-M REST
 * guide, example 15.18).
 */
const templateVolumes = ({ disks = [] }: VmSpec): ExtraSpecs =>
  Object.fromEntries(
    disks.flatMap(({ id, storageDomain }) =>
      id !== undefined && storageDomain?.id !== undefined
        ? [[`powervm:image_volume_type_${id}`, storageDomain.id]]
        : [],
    ),
  );

/** power.md, section 2: numbered from 1. */
const pmemSpecs = ({ pmemVolumes = [] }: VmSpec): ExtraSpecs =>
  Object.fromEntries(
    pmemVolumes.map(({ name, sizeBytes = 0, affinity = false, device = 'DRAM' }, index) => [
      `powervm:pmem_vol_${index + 1}`,
      `name:${name}, size:${mib(sizeBytes)}, affinity:${affinity}, device:${device}`,
    ]),
  );

/** What the client gave by name wins. */
const ownSpecs = ({ customProperties = [] }: VmSpec): ExtraSpecs =>
  Object.fromEntries(
    customProperties.filter(({ name }) => name.startsWith('powervm:')).map(({ name, value }) => [name, value]),
  );

/**
 * The flavor of a resize: the whole size, even if only a part changes. A running partition changes only within its
 * bounds, which must not be sent then; one that is down gets new bounds if the new size needs them.
 */
export function resizedFlavor(vm: Vm, size: VmSize, { flavorDefaults }: PowerVcSettings): Flavor {
  const bytes = size.memoryBytes ?? vm.memoryBytes;
  const running = vm.status !== 'down';
  const specs = Object.entries({
    ...(running ? {} : bounds(vm, size.memoryBytes, flavorDefaults.memoryGrowth)),
    ...size.extraSpecs,
  });
  return {
    ram: bytes === undefined ? flavorDefaults.memoryMib : mib(bytes),
    vcpus: size.processors ?? (vm.sockets ?? flavorDefaults.processors) * (vm.cores ?? 1) * (vm.threads ?? 1),
    disk: vm.diskGib ?? 0,
    extra_specs: Object.fromEntries(running ? specs.filter(([name]) => !BOUND.test(name)) : specs),
  };
}

const bounds = (
  { memoryGuaranteedBytes: least, memoryMaxBytes: most }: Vm,
  bytes: number | undefined,
  growth: number,
): ExtraSpecs => ({
  ...(bytes !== undefined && least !== undefined && bytes < least && { 'powervm:min_mem': String(mib(bytes)) }),
  ...(bytes !== undefined &&
    most !== undefined &&
    bytes > most && { 'powervm:max_mem': String(grown(mib(bytes), growth)) }),
});

/** A running partition changes by DLPAR: within its bounds, and not the bounds themselves (power.md, 1.2 and 1.4). */
export function takenLive(vm: Vm, { memoryBytes, processors, extraSpecs = {} }: VmSize): VmSize | undefined {
  const {
    status,
    memoryGuaranteedBytes = 0,
    memoryMaxBytes = Infinity,
    processorsMin = 0,
    processorsMax = Infinity,
  } = vm;
  if (status === 'down') return { memoryBytes, processors, extraSpecs };
  if (status !== 'up') return undefined;
  const within = (value: number | undefined, least: number, most: number): boolean =>
    value !== undefined && value >= least && value <= most;
  const specs = Object.entries(extraSpecs).filter(([name]) => !BOUND.test(name));
  const size = {
    ...(within(memoryBytes, memoryGuaranteedBytes, memoryMaxBytes) && { memoryBytes }),
    ...(within(processors, processorsMin, processorsMax) && { processors }),
    extraSpecs: Object.fromEntries(specs),
  };
  return Object.keys(size).length > 1 || specs.length > 0 ? size : undefined;
}

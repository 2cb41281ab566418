import { Fault, incomplete, propertyOf, type Vm, type VmSize, type VmSpec } from '../../model/index.js';
import type { Create, Update } from '../../generated/powervs/instances.js';
import type { PowerVsSettings } from './settings.js';
import { unsupported } from './unsupported.js';
import { clusterId } from './vm.js';
import { GIB } from '../../units.js';

type Properties = ReadonlyMap<string, string>;
type ProcType = Create['procType'];

const gib = (bytes: number): number => Math.ceil(bytes / GIB);
const flag = (text: string | undefined): boolean | undefined =>
  text === undefined ? undefined : text.trim().toLowerCase() === 'true';

/** What a workspace allows of the sizes of its VMs. */
export interface Traits {
  /** Whether virtual processors can be chosen; otherwise they are the processing units, rounded up. */
  readonly customCores: boolean;
  /** The step of processing units: a quarter, and 0.05 on premises (IBM's documents). */
  readonly step: 0.25 | 0.05;
}

/** The traits of a workspace before its first login. */
const USUAL: Traits = { customCores: true, step: 0.25 };

/** `capabilities`: the workspace's. IBM's locations on a customer's premises are named `satloc_…`. */
export const traitsOf = (crn: string, capabilities: readonly string[] = []): Traits => ({
  customCores: capabilities.includes('custom-virtualcores'),
  step: crn.split(':')[5]?.includes('satloc') ? 0.05 : 0.25,
});

const rounded = (units: number, step: number): number => Number((Math.ceil(units / step - 1e-9) * step).toFixed(2));

/** PowerVC's names of custom properties that PowerVS supports. Any other is refused by name. */
const KNOWN = new Set([
  'powervm:proc_units',
  'powervm:dedicated_proc',
  'powervm:uncapped',
  'powervm:processor_compatibility',
  'powervm:srr_capability',
]);

function checked(operation: string, properties: Properties): Properties {
  const strange = [...properties.keys()].find((name) => !KNOWN.has(name));
  if (strange !== undefined)
    throw unsupported(operation, strange, `of PowerVM's settings it has ${[...KNOWN].join(', ')}.`);
  return properties;
}

function procTypeOf(properties: Properties, now: ProcType): ProcType {
  const dedicated = flag(properties.get('powervm:dedicated_proc'));
  const uncapped = flag(properties.get('powervm:uncapped'));
  if (dedicated ?? (now === 'dedicated' && uncapped === undefined)) return 'dedicated';
  if (uncapped !== undefined) return uncapped ? 'shared' : 'capped';
  return now === 'dedicated' ? 'shared' : now;
}

function unitsIn(properties: Properties): number | undefined {
  const text = properties.get('powervm:proc_units');
  if (text === undefined) return undefined;
  if (!(Number(text) > 0))
    throw new Fault('request.value', { text: `powervm:proc_units is a number of processing units, not ${text}.` });
  return Number(text);
}

/** The processing units: 1 per dedicated processor; for shared ones the VM's, or the settings'. */
function unitsFor(
  procType: ProcType,
  processors: number,
  given: number | undefined,
  { unitsPerProcessor }: Pick<PowerVsSettings, 'unitsPerProcessor'>,
  { customCores, step }: Traits,
): number {
  if (procType === 'dedicated') return Math.ceil(given ?? processors);
  if (given !== undefined) return given;
  const usual = rounded(processors * unitsPerProcessor, step);
  // The least units that give the requested virtual processors
  return customCores ? usual : Math.max(usual, rounded(processors - 1 + step, step));
}

/** The virtual processors of a body, if they can be chosen; otherwise throws if they do not match the units. */
function coresFor(operation: string, processors: number, units: number, { customCores }: Traits) {
  if (customCores) return { virtualCores: { assigned: processors } };
  if (processors > 1 && Math.max(1, Math.ceil(units)) !== processors)
    throw unsupported(
      operation,
      `${processors} virtual processors with ${units} processing units`,
      'the workspace does not have the capability custom-virtualcores: a VM has as many virtual processors ' +
        'as processing units, rounded up.',
    );
  return {};
}

/**
 * Size of an instance: how a VM shares processors, how many units of them it has, how many it sees, and its memory in
 * GiB.
 */
export interface InstanceSize {
  readonly procType: ProcType;
  readonly units: number;
  readonly processors: number;
  readonly memoryGib: number;
}

/** The size of a VM, with defaults from the settings. */
export function instanceSize(
  { customProperties = [], sockets = 1, cores = 1, threads = 1, procUnits, memoryBytes = 0 }: VmSpec,
  settings: Pick<PowerVsSettings, 'procType' | 'unitsPerProcessor' | 'memoryGib'>,
  traits: Traits = USUAL,
): InstanceSize {
  const properties: Properties = new Map(customProperties.map(({ name, value }) => [name, value]));
  const procType = procTypeOf(properties, settings.procType);
  const processors = sockets * cores * threads;
  return {
    procType,
    units: unitsFor(procType, processors, procUnits ?? unitsIn(properties), settings, traits),
    processors,
    memoryGib: Math.max(settings.memoryGib, gib(memoryBytes)),
  };
}

const placement = { pinned: 'hard', user_migratable: 'soft', migratable: 'none' } as const;

/**
 * The body that deploys a VM. Unsupported properties are refused by name. `tierOf`: the storage tier behind a storage
 * domain.
 */
export async function createBody(
  spec: VmSpec,
  settings: PowerVsSettings,
  tierOf: (storageDomainId: string) => Promise<string>,
  traits: Traits,
): Promise<Create> {
  if (spec.template?.id === undefined || spec.volumeSnapshots)
    throw unsupported('add VM', 'A VM without a template', 'an instance is deployed from an image.');
  if (spec.placementHosts?.length)
    throw unsupported(
      'add VM',
      propertyOf('Vm', 'placementHosts'),
      'a system type can be chosen for an instance, but not a host.',
    );
  const properties = checked('add VM', new Map((spec.customProperties ?? []).map(({ name, value }) => [name, value])));
  const { procType, units, processors, memoryGib } = instanceSize(spec, settings, traits);
  const tiers = new Set(
    await Promise.all(
      (spec.disks ?? []).flatMap(({ storageDomain }) =>
        storageDomain?.id === undefined ? [] : [tierOf(storageDomain.id)],
      ),
    ),
  );
  if (tiers.size > 1)
    throw unsupported(
      'add VM',
      'A storage domain for each disk',
      'the volumes of an image are deployed on one storage tier.',
    );
  const [storageType] = tiers;
  const compatibility = properties.get('powervm:processor_compatibility');
  const restart = spec.highlyAvailable ?? flag(properties.get('powervm:srr_capability'));
  return {
    serverName: spec.name,
    imageID: spec.template.id,
    memory: memoryGib,
    procType,
    processors: units,
    ...coresFor('add VM', processors, units, traits),
    ...(spec.cluster && { sysType: sysTypeOf(spec) }),
    ...(spec.affinity && { pinPolicy: placement[spec.affinity] }),
    ...(restart !== undefined && { allowRemoteRestart: restart }),
    ...(storageType !== undefined && { storageType }),
    ...(compatibility !== undefined && { preferredProcessorCompatibilityMode: compatibility }),
    ...(spec.nics?.length && { networks: spec.nics.map(networkOf) }),
    ...(spec.pmemVolumes?.length && {
      vpmemVolumes: spec.pmemVolumes.map(({ name = '', sizeBytes = 0 }) => ({ name, size: gib(sizeBytes) })),
    }),
    ...(spec.userData !== undefined && { userData: Buffer.from(spec.userData, 'utf8').toString('base64') }),
  };
}

/** The system type of a cluster, whose id is derived from it. */
function sysTypeOf({ cluster }: VmSpec): string {
  if (cluster?.name === undefined || clusterId(cluster.name) !== cluster.id)
    throw new Fault('not-found.reference', { what: 'Cluster', by: 'id', value: cluster?.id ?? '' });
  return cluster.name;
}

function networkOf({ network, mac, id }: NonNullable<VmSpec['nics']>[number]): { networkID: string } {
  if (mac !== undefined)
    throw unsupported('add VM', propertyOf('Nic', 'mac'), 'Power Virtual Server chooses the MAC address.');
  if (id !== undefined)
    throw unsupported(
      'add VM',
      propertyOf('Nic', 'id'),
      'an instance is deployed with new interfaces; attach this one afterwards.',
    );
  if (network?.id === undefined) throw incomplete(propertyOf('Nic', 'network'), 'add');
  return { networkID: network.id };
}

/** The body that gives a VM another size: what changes, and what has to change with it. */
export function updateBody(vm: Vm, size: VmSize, settings: PowerVsSettings, traits: Traits): Update {
  const properties = checked('update VM', new Map(Object.entries(size.extraSpecs ?? {})));
  const before = new Map((vm.customProperties ?? []).map(({ name, value }) => [name, value]));
  const now = procTypeOf(before, settings.procType);
  const procType = procTypeOf(properties, now);
  const processors = size.processors ?? (vm.sockets ?? 1) * (vm.cores ?? 1) * (vm.threads ?? 1);
  const units = unitsIn(properties);
  const changes = size.processors !== undefined || units !== undefined || procType !== now;
  // Units stay if they suffice: per virtual processor one at most, and the settings' at least.
  const fits = (had: number): boolean =>
    procType === now && had <= processors && (traits.customCores || Math.ceil(had) === processors);
  const kept =
    vm.procUnits !== undefined && fits(vm.procUnits)
      ? Math.max(vm.procUnits, rounded(processors * settings.unitsPerProcessor, traits.step))
      : undefined;
  const given = units ?? (procType === 'dedicated' ? undefined : kept);
  const requested = unitsFor(procType, processors, given, settings, traits);
  const restart = flag(properties.get('powervm:srr_capability'));
  const compatibility = properties.get('powervm:processor_compatibility');
  return {
    ...(size.memoryBytes !== undefined && { memory: gib(size.memoryBytes) }),
    ...(changes && { processors: requested }),
    ...(size.processors !== undefined && coresFor('update VM', processors, requested, traits)),
    ...(size.affinity !== undefined && { pinPolicy: placement[size.affinity] }),
    ...(procType !== now && { procType }),
    ...(restart !== undefined && { allowRemoteRestart: restart }),
    ...(compatibility !== undefined && { preferredProcessorCompatibilityMode: compatibility }),
  };
}

/** What a running instance can take: memory up to its reported maximum. The service decides on the rest. */
export function takenLive({ status, memoryMaxBytes: most }: Vm, size: VmSize): VmSize | undefined {
  const { memoryBytes, ...rest } = size;
  const fits = status === 'down' || memoryBytes === undefined || most === undefined || memoryBytes <= most;
  return fits ? size : rest;
}

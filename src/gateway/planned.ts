import { ownFlavorName, sizeOf } from '../backends/openstack/index.js';
import { flavorOf } from '../backends/powervc/index.js';
import { instanceSize } from '../backends/powervs/index.js';
import { worded, type DiskInput, type NicInput, type VmInput, type VmSpec } from '../model/index.js';
import type { PlannedBackend, Shape } from '../moving/plan/index.js';
import { versions } from '../ovirt/index.js';
import { ofDisk, ofNic, ofVm, type Need } from '../services/fitting.js';
import { packageRoot, type Settings } from '../settings/index.js';
import { readMatrix, type SupportedBackend } from '../support/index.js';
import { supportedBackends } from './backends.js';

/** Properties are named as in the documents of the latest version. */
const latest = versions.at(-1);
if (!latest) throw new Error('there is no version of the protocol');
const documents = latest.words({});

const mib = (size: number): string => (size % 1024 === 0 ? `${size / 1024} GiB` : `${size} MiB`);
const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** What a VM of this size is on each cloud. */
const SHAPES: Readonly<Record<string, (spec: VmSpec, settings: Settings) => Shape>> = {
  openstack(spec) {
    const size = sizeOf(spec);
    return {
      text:
        `flavor of ${plural(size.vcpus, 'vCPU')}, ${mib(size.ram)} (${ownFlavorName(size)} where the cloud ` +
        'has none)',
      details: { vcpus: size.vcpus, ram: size.ram, ...size.extraSpecs },
    };
  },
  powervc(spec, { powervc }) {
    const { ram, vcpus, extra_specs: specs = {} } = flavorOf(spec, powervc);
    const units = specs['powervm:proc_units'];
    return {
      text:
        'partition of ' +
        `${plural(vcpus, 'virtual processor')}${units === undefined ? '' : ` with ${units} units`}, ` +
        `${mib(ram)}`,
      details: { vcpus, ram, ...specs },
    };
  },
  powervs(spec, { powervs }) {
    const { procType, units, processors, memoryGib } = instanceSize(spec, powervs);
    return {
      text:
        `${procType} instance of ${plural(processors, 'virtual core')} with ${plural(units, 'unit')}, ` +
        `${memoryGib} GiB`,
      details: { procType, processors: units, virtualCores: processors, memory: memoryGib },
    };
  },
};

/**
 * Properties of an entity that need a capability which the backend lacks, with the reason, as `fit` of the services
 * reports them. A VM can be made without them.
 */
function lackingOf<N extends object>(
  needs: readonly Need<N>[],
  entity: { readonly [K in keyof N]?: unknown },
  { capabilities }: SupportedBackend,
): ReturnType<PlannedBackend['lacking']> {
  return needs.flatMap(({ property, named, capability, idle, noted, blocks: refused = false }) => {
    const value = entity[property];
    const able = capabilities[capability];
    if (value === undefined || able === true || (noted && capabilities[noted] === true)) return [];
    return JSON.stringify(value) === JSON.stringify(idle) ? [] : [{ path: documents.place(named), why: able, refused }];
  });
}

/** The VM without what this backend cannot hold: notes do not affect its size. */
function sized(vm: VmInput, { capabilities }: SupportedBackend): VmSpec {
  const lacking = new Set<string>(
    ofVm.filter(({ capability }) => capabilities[capability] !== true).map(({ property }) => property),
  );
  return {
    name: vm.name ?? '',
    ...Object.fromEntries(Object.entries(vm).filter(([property]) => !lacking.has(property))),
  };
}

/** A backend as a plan sees it, by the gateway's own rules. @throws Error for the name of no backend */
export function plannedBackend(name: string, settings: Settings): PlannedBackend {
  const backends = supportedBackends(settings);
  const backend = backends.find((one) => one.name === name);
  const shape = SHAPES[name];
  if (!backend || !shape) throw new Error(`there is no backend ${name}`);
  const matrix = readMatrix(`${packageRoot}schemas`, backends);
  const standings = new Map(matrix.operations.map((operation) => [operation.name, operation.on[name]]));
  return {
    name,
    cloud: backend.words.cloud,
    worded: (text) => worded(text, backend.words),
    shapeOf: (vm) => shape(sized(vm, backend), settings),
    lacking(kind, entity) {
      if (kind === 'vm') return lackingOf(ofVm, entity as VmInput, backend);
      return kind === 'disk'
        ? lackingOf(ofDisk, entity as DiskInput, backend)
        : lackingOf(ofNic, entity as NicInput, backend);
    },
    standing: (operation) => standings.get(operation),
  };
}

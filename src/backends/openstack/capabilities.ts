import type { Capabilities, Capability, Words } from '../../model/index.js';
import type { Cloud } from './discovery.js';
import { REIMAGE_VERSION } from './glance/image-data.js';
import { reaches } from './microversions.js';

export const words: Words = {
  cloud: 'OpenStack',
  hypervisor: 'Nova',
  group: 'availability zone',
  storage: 'volume type',
};

const IBM = 'plain OpenStack does not have this call, which is an extension by IBM.';

/** What any recent OpenStack can do; the reasons are for faults and for the support matrix. */
export const plainCapabilities: Capabilities = {
  'vm.create': true,
  'vm.create.blank': 'Nova boots servers from an image or a snapshot only.',
  'vm.create.fromSnapshot': true,
  'vm.create.fromDisks': true,
  'vm.resize': true,
  'vm.bounds': 'a flavor has no memory limits and no priority.',
  'vm.hugepages': true,
  'vm.ha': 'Nova does not restart VMs on another host by itself.',
  'vm.placement': true,
  'vm.architecture': true,
  'vm.pin': 'a server cannot be pinned to its host.',
  'vm.suspend': true,
  'vm.notes': true,
  'vm.notes.size': true,
  'vm.notes.settings': true,
  'vm.protect': true,
  'vm.migrate': true,
  'vm.migrate.cancel': true,
  'vm.capture': true,
  'vm.clone': `${IBM} Take a snapshot and create a VM from it.`,
  'vm.keepDisks': true,
  'vm.console': true,
  'vm.initialize': true,
  'disk.create': true,
  'disk.extend': true,
  'disk.shareable': true,
  'disk.move': true,
  'disk.manageLun': `${IBM} To manage a volume, Cinder needs a reference that only its driver knows.`,
  'disk.notes': true,
  'disk.notes.settings': true,
  'disk.media': true,
  'disk.upload': true,
  'disk.download': true,
  'nic.mac': true,
  'nic.linked': true,
  'nic.blank': true,
  'nic.unplugged': true,
  'nic.interface': true,
  'nic.notes': true,
  snapshot: true,
  'snapshot.restore': true,
  pmem: `persistent memory volumes exist on PowerVM only.`,
  'pmem.aggregated': `persistent memory volumes exist on PowerVM only.`,
  'template.update': true,
  'template.description': true,
  'template.exports': true,
  metrics: true,
};

/** Capabilities that need a microversion which older clouds lack. */
const needs: readonly {
  readonly capability: Capability;
  readonly service: 'compute' | 'volume';
  readonly version: string;
}[] = [
  { capability: 'vm.create', service: 'compute', version: '2.61' },
  { capability: 'vm.resize', service: 'compute', version: '2.61' },
  { capability: 'vm.console', service: 'compute', version: '2.6' },
  { capability: 'vm.initialize', service: 'compute', version: '2.93' },
  { capability: 'vm.migrate.cancel', service: 'compute', version: '2.24' },
  { capability: 'vm.keepDisks', service: 'compute', version: '2.85' },
  { capability: 'disk.shareable', service: 'compute', version: '2.60' },
  { capability: 'disk.extend', service: 'volume', version: '3.42' },
  { capability: 'disk.upload', service: 'volume', version: REIMAGE_VERSION },
  { capability: 'snapshot', service: 'volume', version: '3.22' },
  { capability: 'snapshot.restore', service: 'volume', version: '3.40' },
];

/** Capabilities that need an extension of Neutron. */
const extensions: readonly { readonly capability: Capability; readonly alias: string }[] = [
  { capability: 'nic.notes', alias: 'standard-attr-description' },
  { capability: 'nic.interface', alias: 'standard-attr-description' },
  { capability: 'nic.blank', alias: 'standard-attr-description' },
  { capability: 'nic.blank', alias: 'empty-string-filtering' },
  { capability: 'nic.unplugged', alias: 'standard-attr-description' },
  { capability: 'nic.unplugged', alias: 'empty-string-filtering' },
];

const names = { compute: 'Nova', volume: 'Cinder' } as const;

/** Why this cloud is too old for capabilities; undefined, and a service that reports no version, mean a recent one. */
export const tooOldFor = (cloud: Pick<Cloud, 'compute' | 'volume'> | undefined): Partial<Record<Capability, string>> =>
  Object.fromEntries(
    needs.flatMap(({ capability, service, version }) => {
      const has = cloud?.[service];
      return has === undefined || reaches(has, version)
        ? []
        : [[capability, `it requires ${names[service]} API version ${version}; this cloud has ${has}.`] as const];
    }),
  );

/** What this cloud can do; undefined means a recent one. */
export function capabilitiesOf(cloud: Cloud | undefined): Capabilities {
  const bare = extensions
    .filter(({ alias }) => cloud?.extensions?.has(alias) === false)
    .map(
      ({ capability, alias }) =>
        [capability, `it requires Neutron's extension ${alias}, which this cloud does not have.`] as const,
    );
  return { ...plainCapabilities, ...tooOldFor(cloud), ...Object.fromEntries(bare) };
}

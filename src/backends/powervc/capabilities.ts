import type { Capabilities, Words } from '../../model/index.js';
import { plainCapabilities, tooOldFor } from '../openstack/capabilities.js';
import type { Cloud } from '../openstack/discovery.js';
import type { PowerVcSettings } from './settings.js';

export const words: Words = {
  cloud: 'PowerVC',
  hypervisor: 'PowerVM',
  group: 'host group',
  storage: 'storage template',
};

const NO_BYTES =
  'an image of PowerVC is a volume, and its Glance does not accept or return image data (setting powervc.imageData).';

/**
 * What PowerVC can do that plain OpenStack cannot, or the other way about; the reasons are for faults and for the
 * support matrix. `cloud`: what it reports, as far as it was asked.
 */
export const capabilitiesOf = (
  settings: Pick<PowerVcSettings, 'blank' | 'suspend' | 'imageData'>,
  cloud?: Pick<Cloud, 'volume'>,
): Capabilities => ({
  ...plainCapabilities,
  'vm.bounds': true,
  'vm.hugepages': 'no extra spec of a partition sets the size of its memory pages.',
  'vm.ha': true,
  'vm.architecture': 'PowerVM runs only the architecture ppc64.',
  'vm.create.blank': settings.blank || 'PowerVC deploys from images only (setting powervc.blank).',
  'vm.suspend': settings.suspend || 'PowerVC does not document suspend (setting powervc.suspend).',
  'vm.migrate.cancel': 'PowerVC cannot cancel a migration that has begun.',
  'vm.clone': true,
  'vm.initialize': 'a partition receives initialization data only when it is deployed.',
  'vm.console': 'a partition has no graphical console; use its terminal on the HMC.',
  'disk.upload': settings.imageData ? (tooOldFor(cloud)['disk.upload'] ?? true) : NO_BYTES,
  'disk.download': settings.imageData || NO_BYTES,
  'disk.manageLun': true,
  pmem: true,
  'pmem.aggregated': true,
});

import type { Capabilities, Words } from '../../model/index.js';

export const words: Words = {
  cloud: 'Power Virtual Server',
  hypervisor: 'PowerVM',
  group: 'system pool',
  storage: 'storage tier',
};

const NO_NOTES = 'Power Virtual Server cannot store metadata for it, and the gateway itself stores nothing.';
const NO_BLOCKS =
  'Power Virtual Server gives no access to the data of a volume: images are imported from and exported ' +
  'to Cloud Object Storage.';

/**
 * What PowerVS can do; the reasons are for faults and for the support matrix (docs/reference/power.md, sections 3 and
 * 4).
 */
export const capabilities: Capabilities = {
  'vm.create': true,
  'vm.create.blank': 'an instance is deployed from an image.',
  'vm.create.fromSnapshot': 'Power Virtual Server cannot create volumes or instances from a snapshot.',
  'vm.create.fromDisks': 'an instance is deployed from an image, not from existing volumes.',
  'vm.resize': true,
  'vm.bounds': 'Power Virtual Server sets the memory limits itself, and has no priorities.',
  'vm.hugepages': 'an instance cannot be given a size of its memory pages.',
  'vm.ha': true,
  'vm.suspend': 'Power Virtual Server cannot suspend an instance.',
  'vm.notes.size': true,
  'vm.notes.settings': true,
  'vm.protect': true,
  'vm.notes': NO_NOTES,
  'vm.migrate': 'IBM decides on which host an instance runs.',
  'vm.migrate.cancel': 'IBM decides on which host an instance runs.',
  'vm.pin': true,
  'vm.architecture': 'PowerVM runs only the architecture ppc64.',
  'vm.placement': 'a system type can be chosen for an instance, but not a host.',
  'vm.capture': true,
  'vm.clone': true,
  'vm.keepDisks': true,
  'vm.console': true,
  'vm.initialize': 'an instance receives initialization data only when it is deployed.',
  'disk.create': true,
  'disk.extend': true,
  'disk.shareable': true,
  'disk.move': true,
  'disk.manageLun': 'the storage belongs to IBM: LUNs cannot be added.',
  'disk.notes': NO_NOTES,
  'disk.notes.settings': true,
  'disk.media': 'Power Virtual Server has no virtual optical media except its own for cloud-init.',
  'disk.upload': NO_BLOCKS,
  'disk.download': NO_BLOCKS,
  'nic.mac': 'Power Virtual Server chooses the MAC address.',
  'nic.linked': 'the link state of an interface cannot be set.',
  'nic.blank': true,
  'nic.unplugged':
    'a network interface of an instance is always plugged, and Power Virtual Server stores no metadata that could ' +
    'tell to which instance another one belongs.',
  'nic.interface': true,
  'nic.notes':
    'a network interface stays in the network that it was created in, and Power Virtual Server stores no metadata ' +
    'that could tell which one replaces it.',
  snapshot: true,
  'snapshot.restore': true,
  pmem: true,
  'pmem.aggregated': 'a vPMEM volume is additional to the memory of an instance; only SAP profiles take it from there.',
  'template.update': 'images cannot be changed.',
  'template.description': true,
  'template.exports': true,
  metrics: 'the API has no measurements; they are in IBM Cloud Monitoring, a separate service.',
};

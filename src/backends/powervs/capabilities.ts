import type { Capabilities, Words } from '../../model/index.js';

export const words: Words = { cloud: 'Power Virtual Server', hypervisor: 'PowerVM' };

const NO_NOTES = 'Power Virtual Server cannot store metadata with it, and the gateway stores nothing itself.';
const NO_BLOCKS =
  'Power Virtual Server gives no access to the data of a volume: images are imported from and exported to Cloud Object Storage.';

/**
 * What PowerVS can do; the reasons are for faults and for the support matrix (docs/reference/power.md, sections 3 and
 * 4).
 */
export const capabilities: Capabilities = {
  'vm.create': true,
  'vm.create.blank': 'an instance is deployed from an image.',
  'vm.create.fromSnapshot': 'Power Virtual Server makes neither a volume nor an instance from a snapshot.',
  'vm.create.fromDisks': 'an instance is deployed from an image, never from volumes that are there.',
  'vm.resize': true,
  'vm.bounds': 'Power Virtual Server sets the memory limits itself, and has no priorities.',
  'vm.ha': true,
  'vm.suspend': 'a partition in the cloud cannot be suspended.',
  'vm.notes': NO_NOTES,
  'vm.migrate': 'IBM decides on which host an instance runs.',
  'vm.migrate.cancel': 'IBM decides on which host an instance runs.',
  'vm.pin': true,
  'vm.architecture': 'PowerVM runs no other architecture than ppc64.',
  'vm.placement': 'only a system type can be chosen for an instance, never a host.',
  'vm.capture': true,
  'vm.clone': true,
  'vm.console': true,
  'vm.initialize': 'an instance is handed data when it is deployed, and cannot be deployed anew.',
  'disk.create': true,
  'disk.extend': true,
  'disk.shareable': true,
  'disk.move': true,
  'disk.manageLun': "the storage is IBM's: a LUN cannot be brought along.",
  'disk.notes': NO_NOTES,
  'disk.media': 'Power Virtual Server has no virtual optical media except its own for cloud-init.',
  'disk.upload': NO_BLOCKS,
  'disk.download': NO_BLOCKS,
  'nic.mac': 'Power Virtual Server chooses the MAC address.',
  'nic.linked': 'an interface has no link state that could be set.',
  'nic.unplugged': NO_NOTES,
  'nic.notes': NO_NOTES,
  snapshot: true,
  'snapshot.restore': true,
  pmem: true,
  'pmem.aggregated': 'a vPMEM volume comes beside the memory of an instance; only an SAP profile takes it from there.',
  'template.update': 'images cannot be changed.',
  metrics: 'the API has no measurements; IBM Cloud Monitoring does, which is another service.',
};

import type { Capabilities, Words } from '../../model/index.js';

export const words: Words = { cloud: 'Power Virtual Server', hypervisor: 'PowerVM' };

const NO_NOTES = 'Power Virtual Server keeps no metadata with it, and the gateway keeps nothing itself.';
const NO_BLOCKS =
  'Power Virtual Server gives no way to the bytes of a volume: images come from and go to Cloud Object Storage.';

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
  'vm.bounds': 'Power Virtual Server sets the bounds of memory itself, and knows no priority.',
  'vm.ha': true,
  'vm.suspend': 'a partition in the cloud cannot be suspended.',
  'vm.notes': NO_NOTES,
  'vm.migrate': "where an instance runs is the operator's affair.",
  'vm.migrate.cancel': "where an instance runs is the operator's affair.",
  'vm.pin': true,
  'vm.placement': 'an instance names a type of system, never a host.',
  'vm.capture': true,
  'vm.clone': true,
  'vm.console': true,
  'disk.create': true,
  'disk.extend': true,
  'disk.shareable': true,
  'disk.move': true,
  'disk.manageLun': "the storage is IBM's: a LUN cannot be brought along.",
  'disk.notes': NO_NOTES,
  'disk.media': 'Power Virtual Server has no virtual optical media but its own for cloud-init.',
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
  'template.update': 'an image stays as it was made.',
  metrics: 'the API measures nothing; IBM Cloud Monitoring does, which is another service.',
};

/** Something that a backend may be unable to do. The reason is a sentence for the fault and for the support matrix. */
export type Capability =
  | 'vm.create'
  | 'vm.create.blank'
  | 'vm.create.fromSnapshot'
  | 'vm.create.fromDisks'
  | 'vm.resize'
  | 'vm.bounds'
  | 'vm.hugepages'
  | 'vm.ha'
  | 'vm.placement'
  | 'vm.architecture'
  | 'vm.pin'
  | 'vm.suspend'
  | 'vm.notes'
  | 'vm.notes.size'
  | 'vm.notes.settings'
  | 'vm.protect'
  | 'vm.migrate'
  | 'vm.migrate.cancel'
  | 'vm.capture'
  | 'vm.clone'
  | 'vm.keepDisks'
  | 'vm.console'
  | 'vm.initialize'
  | 'disk.create'
  | 'disk.extend'
  | 'disk.shareable'
  | 'disk.move'
  | 'disk.manageLun'
  | 'disk.notes'
  | 'disk.notes.settings'
  | 'disk.media'
  | 'disk.upload'
  | 'disk.download'
  | 'nic.mac'
  | 'nic.linked'
  | 'nic.blank'
  | 'nic.unplugged'
  | 'nic.interface'
  | 'nic.notes'
  | 'snapshot'
  | 'snapshot.restore'
  | 'pmem'
  | 'pmem.aggregated'
  | 'template.update'
  | 'template.description'
  | 'template.exports'
  | 'metrics';

/**
 * Keys of notes that only work in progress needs, by the entity that has them: they accompany `pending`, or stand for
 * work of their own (`restoring`, `task`).
 */
export const WORKING_NOTES = {
  vm: ['pending', 'blank', 'start', 'wanted', 'restoring', 'snapshotting', 'task', 'cloned'],
  disk: ['pending', 'vm', 'boot', 'instead'],
  nic: ['pending', 'vm', 'nic', 'old', 'mac'],
} as const;

/** `true`, or why not. */
export type Capabilities = Readonly<Record<Capability, true | string>>;

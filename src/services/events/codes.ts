/**
 * Engines' events for the gateway's operations: their numbers (AuditLogType) and texts. In `{}`: `{vm}`, the VM;
 * `{what}`, another entity; `{user}`, the user.
 */
export interface EventText {
  readonly code: number;
  readonly text: string;
}

export interface Happens {
  /** For work that continues after the answer: the event of its start. */
  readonly begun?: EventText;
  readonly done: EventText;
  readonly failed: EventText;
  /** Nova's names of it, so that its history of the action adds no second event. */
  readonly nova?: readonly string[];
}

const eventText = (code: number, text: string): EventText => ({ code, text });

/** By the operation. */
const happenings: Readonly<Record<string, Happens>> = {
  'vms.add': {
    begun: eventText(37, 'VM {vm} creation was initiated by {user}.'),
    done: eventText(34, 'VM {vm} was created by {user}.'),
    failed: eventText(60, 'Failed to create VM {vm} (User: {user}).'),
    nova: ['create', 'stop'],
  },
  'vms.update': {
    done: eventText(35, 'VM {vm} configuration was updated by {user}.'),
    failed: eventText(58, 'Failed to update VM {vm} (User: {user}).'),
    nova: ['resize', 'confirmResize'],
  },
  'vms.delete': {
    done: eventText(113, 'VM {vm} was removed by {user}.'),
    failed: eventText(59, 'Failed to remove VM {vm} (User: {user}).'),
    nova: ['delete'],
  },
  'vms.start': {
    begun: eventText(153, 'VM {vm} was started by {user}.'),
    done: eventText(32, 'VM {vm} was started by {user}.'),
    failed: eventText(54, 'Failed to run VM {vm} (User: {user}).'),
    nova: ['start', 'resume', 'unpause', 'resize', 'rebuild'],
  },
  'vms.stop': {
    done: eventText(33, 'VM {vm} was powered off by {user}.'),
    failed: eventText(56, 'Failed to power off VM {vm} (User: {user}).'),
    nova: ['stop', 'resume', 'unpause'],
  },
  'vms.shutdown': {
    begun: eventText(73, 'VM {vm} shutdown was initiated by {user}.'),
    done: eventText(73, 'VM {vm} was shut down by {user}.'),
    failed: eventText(74, 'Failed to shut down VM {vm} (User: {user}).'),
    nova: ['stop', 'resume', 'unpause'],
  },
  'vms.reboot': {
    done: eventText(157, 'VM {vm} was rebooted by {user}.'),
    failed: eventText(158, 'Failed to reboot VM {vm} (User: {user}).'),
    nova: ['reboot'],
  },
  'vms.suspend': {
    begun: eventText(501, 'VM {vm} suspension was initiated by {user}.'),
    done: eventText(503, 'VM {vm} was suspended by {user}.'),
    failed: eventText(502, 'Failed to suspend VM {vm} (User: {user}).'),
    nova: ['suspend'],
  },
  'vms.migrate': {
    begun: eventText(62, 'Migration of VM {vm} was initiated by {user}.'),
    done: eventText(63, 'Migration of VM {vm} is complete.'),
    failed: eventText(65, 'Migration of VM {vm} failed.'),
    nova: ['live-migration', 'migrate'],
  },
  'vms.cancelmigration': {
    done: eventText(161, 'Migration of VM {vm} was cancelled by {user}.'),
    failed: eventText(162, 'Failed to cancel the migration of VM {vm}.'),
    nova: ['live_migration_cancel', 'live_migration_abort'],
  },
  'vms.export': {
    done: eventText(131, 'VM {vm} was exported by {user}.'),
    failed: eventText(132, 'Failed to export VM {vm} (User: {user}).'),
    nova: ['createImage'],
  },
  'vms.move': {
    begun: eventText(82, 'VM {vm} move was initiated by {user}.'),
    done: eventText(91, 'VM {vm} was moved.'),
    failed: eventText(92, 'Failed to move VM {vm}.'),
  },
  'vms.clone': {
    begun: eventText(37, 'A copy of VM {vm} was initiated by {user}.'),
    done: eventText(53, 'VM {vm} was copied by {user}.'),
    failed: eventText(60, 'Failed to copy VM {vm} (User: {user}).'),
  },
  'vms.disks.add': {
    begun: eventText(78, 'Disk {what} add to VM {vm} was initiated by {user}.'),
    done: eventText(97, 'Disk {what} was added to VM {vm} by {user}.'),
    failed: eventText(98, 'Failed to add disk {what} to VM {vm} (User: {user}).'),
    nova: ['attach_volume'],
  },
  'vms.disks.update': {
    done: eventText(88, 'VM {vm} disk was updated by {user}.'),
    failed: eventText(89, 'Failed to update a disk of VM {vm} (User: {user}).'),
  },
  'vms.disks.delete': {
    done: eventText(2014, 'A disk of VM {vm} was removed by {user}.'),
    failed: eventText(2013, 'Failed to remove a disk of VM {vm} (User: {user}).'),
    nova: ['detach_volume'],
  },
  'vms.disks.activate': {
    done: eventText(2000, 'A disk was hot plugged to VM {vm} by {user}.'),
    failed: eventText(2001, 'Failed to plug a disk to VM {vm} (User: {user}).'),
    nova: ['attach_volume'],
  },
  'vms.disks.deactivate': {
    done: eventText(2002, 'A disk was hot unplugged from VM {vm} by {user}.'),
    failed: eventText(2003, 'Failed to unplug a disk from VM {vm} (User: {user}).'),
    nova: ['detach_volume'],
  },
  'vms.nics.add': {
    done: eventText(932, 'Interface {what} was added to VM {vm} (User: {user}).'),
    failed: eventText(933, 'Failed to add interface {what} to VM {vm} (User: {user}).'),
    nova: ['attach_interface'],
  },
  'vms.nics.update': {
    done: eventText(934, 'An interface of VM {vm} was updated (User: {user}).'),
    failed: eventText(935, 'Failed to update an interface of VM {vm} (User: {user}).'),
    nova: ['attach_interface', 'detach_interface'],
  },
  'vms.nics.delete': {
    done: eventText(930, 'An interface was removed from VM {vm} (User: {user}).'),
    failed: eventText(931, 'Failed to remove an interface from VM {vm} (User: {user}).'),
    nova: ['detach_interface'],
  },
  'vms.cdroms.update': {
    done: eventText(38, 'The CD of VM {vm} was changed by {user}.'),
    failed: eventText(102, 'Failed to change the CD of VM {vm} (User: {user}).'),
    nova: ['attach_volume', 'detach_volume'],
  },
  'vms.snapshots.add': {
    begun: eventText(45, "Snapshot '{what}' creation for VM '{vm}' was initiated by {user}."),
    done: eventText(68, "Snapshot '{what}' creation for VM '{vm}' has been completed."),
    failed: eventText(69, "Failed to complete snapshot '{what}' creation for VM '{vm}'."),
    nova: ['vm-snapshot'],
  },
  'vms.snapshots.delete': {
    begun: eventText(342, "Snapshot deletion for VM '{vm}' was initiated by {user}."),
    done: eventText(356, "Snapshot deletion for VM '{vm}' has been completed."),
    failed: eventText(357, "Failed to delete a snapshot of VM '{vm}'."),
  },
  'vms.snapshots.restore': {
    begun: eventText(1190, "Restore of a snapshot of VM '{vm}' was initiated by {user}."),
    done: eventText(100, "VM '{vm}' was restored from a snapshot by {user}."),
    failed: eventText(101, "Failed to restore VM '{vm}' from a snapshot."),
    nova: ['vm-restore', 'vm-restore-retry', 'vm-restore-rollback'],
  },
  'vms.tags.add': {
    done: eventText(440, 'Tag {what} was attached to VM {vm} by {user}.'),
    failed: eventText(441, 'Failed to attach a tag to VM {vm} (User: {user}).'),
  },
  'vms.tags.delete': {
    done: eventText(446, 'A tag was detached from VM {vm} by {user}.'),
    failed: eventText(447, 'Failed to detach a tag from VM {vm} (User: {user}).'),
  },
  'templates.add': {
    begun: eventText(48, 'Creation of template {what} was initiated by {user}.'),
    done: eventText(51, 'Creation of template {what} has been completed.'),
    failed: eventText(52, 'Failed to create template {what}.'),
  },
  'templates.update': {
    done: eventText(49, 'A template was updated by {user}.'),
    failed: eventText(109, 'Failed to update a template (User: {user}).'),
  },
  'templates.delete': {
    done: eventText(251, 'A template was removed by {user}.'),
    failed: eventText(110, 'Failed to remove a template (User: {user}).'),
  },
  'disks.add': {
    begun: eventText(2020, 'Add-disk operation of {what} was initiated by {user}.'),
    done: eventText(2021, 'Disk {what} was added by {user}.'),
    failed: eventText(2022, 'Failed to add disk {what} (User: {user}).'),
  },
  'disks.delete': {
    done: eventText(2014, 'A disk was removed by {user}.'),
    failed: eventText(2013, 'Failed to remove a disk (User: {user}).'),
  },
  'hosts.activate': {
    done: eventText(16, 'A host was activated by {user}.'),
    failed: eventText(18, 'Failed to activate a host (User: {user}).'),
  },
  'hosts.deactivate': {
    done: eventText(600, 'A host was switched to maintenance mode by {user}.'),
    failed: eventText(17, 'Failed to switch a host to maintenance mode (User: {user}).'),
  },
  'storagedomains.vms.import': {
    begun: eventText(1165, 'Import of VM {what} was initiated by {user}.'),
    done: eventText(1152, 'VM {what} was imported by {user}.'),
    failed: eventText(1153, 'Failed to import VM {what} (User: {user}).'),
  },
  'storagedomains.vms.delete': {
    done: eventText(1160, 'An exported VM was removed by {user}.'),
    failed: eventText(1161, 'Failed to remove an exported VM (User: {user}).'),
  },
  'hosts.tags.add': {
    done: eventText(442, 'A tag was attached to a host by {user}.'),
    failed: eventText(443, 'Failed to attach a tag to a host (User: {user}).'),
  },
  'hosts.tags.delete': {
    done: eventText(444, 'A tag was detached from a host by {user}.'),
    failed: eventText(445, 'Failed to detach a tag from a host (User: {user}).'),
  },
  'tags.add': {
    done: eventText(432, 'Tag {what} was added by {user}.'),
    failed: eventText(433, 'Failed to add a tag (User: {user}).'),
  },
  'tags.update': {
    done: eventText(430, 'A tag was updated by {user}.'),
    failed: eventText(431, 'Failed to update a tag (User: {user}).'),
  },
  'tags.delete': {
    done: eventText(434, 'A tag was removed by {user}.'),
    failed: eventText(435, 'Failed to remove a tag (User: {user}).'),
  },
};

/** Operations that are the same under another path. */
const alike: Readonly<Record<string, string>> = {
  'vms.diskattachments.add': 'vms.disks.add',
  'vms.diskattachments.update': 'vms.disks.update',
  'vms.diskattachments.delete': 'vms.disks.delete',
  'storagedomains.disks.add': 'disks.add',
  'storagedomains.disks.delete': 'disks.delete',
  'vms.reset': 'vms.reboot',
};

export const happensOf = (operation: string): Happens | undefined => happenings[alike[operation] ?? operation];

/** By Nova's name: actions in Nova's own history, which lacks the user's name. */
export const novaEvents: Readonly<Record<string, { readonly done: EventText; readonly failed: EventText }>> = {
  create: { done: eventText(34, 'VM {vm} was created.'), failed: eventText(60, 'Failed to create VM {vm}.') },
  delete: { done: eventText(113, 'VM {vm} was removed.'), failed: eventText(59, 'Failed to remove VM {vm}.') },
  start: { done: eventText(32, 'VM {vm} was started.'), failed: eventText(54, 'Failed to run VM {vm}.') },
  stop: { done: eventText(33, 'VM {vm} was powered off.'), failed: eventText(56, 'Failed to power off VM {vm}.') },
  reboot: { done: eventText(157, 'VM {vm} was rebooted.'), failed: eventText(158, 'Failed to reboot VM {vm}.') },
  suspend: { done: eventText(503, 'VM {vm} was suspended.'), failed: eventText(502, 'Failed to suspend VM {vm}.') },
  resume: { done: eventText(40, 'VM {vm} was resumed.'), failed: eventText(103, 'Failed to resume VM {vm}.') },
  pause: { done: eventText(39, 'VM {vm} was paused.'), failed: eventText(55, 'Failed to pause VM {vm}.') },
  unpause: { done: eventText(40, 'VM {vm} was resumed.'), failed: eventText(103, 'Failed to resume VM {vm}.') },
  'live-migration': {
    done: eventText(63, 'Migration of VM {vm} is complete.'),
    failed: eventText(65, 'Migration of VM {vm} failed.'),
  },
  migrate: {
    done: eventText(63, 'Migration of VM {vm} is complete.'),
    failed: eventText(65, 'Migration of VM {vm} failed.'),
  },
  resize: {
    done: eventText(35, 'VM {vm} configuration was updated.'),
    failed: eventText(58, 'Failed to update VM {vm}.'),
  },
  // Those of PowerVC's own
  'vm-snapshot': {
    done: eventText(68, "Snapshot creation for VM '{vm}' has been completed."),
    failed: eventText(69, "Failed to complete snapshot creation for VM '{vm}'."),
  },
  'vm-restore': {
    done: eventText(100, "VM '{vm}' was restored from a snapshot."),
    failed: eventText(101, "Failed to restore VM '{vm}' from a snapshot."),
  },
  attach_volume: {
    done: eventText(97, 'A disk was added to VM {vm}.'),
    failed: eventText(98, 'Failed to add a disk to VM {vm}.'),
  },
  detach_volume: {
    done: eventText(2018, 'A disk was detached from VM {vm}.'),
    failed: eventText(2019, 'Failed to detach a disk from VM {vm}.'),
  },
  attach_interface: {
    done: eventText(932, 'An interface was added to VM {vm}.'),
    failed: eventText(933, 'Failed to add an interface to VM {vm}.'),
  },
  detach_interface: {
    done: eventText(930, 'An interface was removed from VM {vm}.'),
    failed: eventText(931, 'Failed to remove an interface from VM {vm}.'),
  },
};

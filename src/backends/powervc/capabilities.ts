import type { Capabilities } from '../../model/index.js';
import type { PowerVcSettings } from './settings.js';

/** What PowerVC can do; the reasons are for faults and for the support matrix. */
export const capabilitiesOf = (settings: PowerVcSettings): Capabilities => ({
  'vm.create': true,
  'vm.create.blank': settings.blank || 'PowerVC deploys from images only (setting powervc.blank).',
  'vm.create.fromSnapshot': true,
  'vm.resize': true,
  'vm.suspend': settings.suspend || 'PowerVC documents no suspending of a partition (setting powervc.suspend).',
  'vm.notes': true,
  'vm.migrate': true,
  'vm.migrate.cancel': 'a migration of a partition that has begun goes on to its end.',
  'vm.capture': true,
  'vm.clone': true,
  'vm.console': 'a partition has no graphical console; its terminal is at the HMC (power.md, 1.4).',
  'disk.create': true,
  'disk.extend': true,
  'disk.shareable': true,
  'disk.move': true,
  'disk.manageLun': true,
  'disk.notes': true,
  'disk.media': true,
  'nic.mac': true,
  'nic.linked': true,
  'nic.unplugged': true,
  'snapshot': true,
  'snapshot.restore': true,
  'pmem': true,
  'metrics': true,
});

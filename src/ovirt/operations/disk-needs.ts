import { propertyOf, type Disk } from '../../model/index.js';
import type { Need } from '../declare/collection.js';

/** What a disk needs that several VMs may attach. */
export const shareableNeed: Need<Disk> = {
  capability: 'disk.shareable',
  subject: propertyOf('Disk', 'shareable'),
  when: ({ shareable }) => shareable === true,
};

/** What a disk that is added to a VM may need of the cloud. */
export const newDiskNeeds: readonly Need<Disk>[] = [
  {
    capability: 'disk.manageLun',
    subject: propertyOf('Disk', 'lunType', 'logicalUnits'),
    when: ({ logicalUnits }) => logicalUnits !== undefined && logicalUnits.length > 0,
  },
  shareableNeed,
];

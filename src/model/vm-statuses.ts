import type { VmStatus } from '../generated/entities.js';

/** Every status of a VM, in the order in which engines list them. */
export const vmStatuses = [
  'unassigned',
  'down',
  'up',
  'powering_up',
  'paused',
  'migrating',
  'unknown',
  'not_responding',
  'wait_for_launch',
  'reboot_in_progress',
  'saving_state',
  'restoring_state',
  'suspended',
  'image_locked',
  'powering_down',
] as const satisfies readonly VmStatus[];

import type { Disk, PmemVolume, Snapshot, Template, Vm } from '../../model/index.js';
import { isPassing } from '../../services/work/patience.js';
import type { Progress } from './resource.js';

/**
 * The progress of work, derived from the resource's own status. Nothing else is stored, so every replica gives the same
 * answer.
 */

/** A VM in error is down or unknown, with the backend's words in its detail (docs/reference/power.md, 4.4). */
export const vmProgress = (vm: Vm): Progress => {
  const { status, statusDetail } = vm;
  if (isPassing(vm)) return 'in_progress';
  return statusDetail !== undefined && (status === 'down' || status === 'unknown') ? 'failed' : 'complete';
};

const byStatus: Readonly<Record<string, Progress>> = { ok: 'complete', locked: 'in_progress', illegal: 'failed' };

/** Of a template, which has the statuses of a disk. */
export const templateProgress = ({ status }: Template): Progress => byStatus[status] ?? 'complete';

export const diskProgress = (disk: Disk | PmemVolume): Progress =>
  failureOf(disk) !== undefined ? 'failed' : (byStatus[disk.status] ?? 'complete');

/** Why the creation failed, if the resource says so. */
export const failureOf = (entity: object): string | undefined =>
  'statusDetail' in entity && typeof entity.statusDetail === 'string' ? entity.statusDetail : undefined;

/** oVirt has no word for a snapshot in error; the entity says what failed. */
export const snapshotProgress = ({ status, failure }: Snapshot): Progress =>
  failure !== undefined ? 'failed' : status === 'locked' ? 'in_progress' : 'complete';

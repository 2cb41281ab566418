import { nameId, type Event, type Job } from '../../model/index.js';
import { loginShown, type Viewer } from '../access/names.js';
import { eventId } from '../events/ids.js';
import { isEnded } from './phases.js';
import type { TransferRecord } from './store.js';

/**
 * Engines' events of image transfers with their numbers (AuditLogType TRANSFER_IMAGE_…, UPLOAD_IMAGE_…,
 * DOWNLOAD_IMAGE_…), and a job that lasts as long as the transfer.
 */
type What = NonNullable<TransferRecord['happened']>[number]['what'];

interface Text {
  readonly code: number;
  readonly severity: Event['severity'];
  /** The text after `Image Upload with disk web1`. */
  readonly text: string;
}

const normal = (code: number, text: string): Text => ({ code, severity: 'normal', text });

const BEGUN = 1031;

const texts: Readonly<Record<Exclude<What, 'pauseLate' | 'cancelLate'>, Text>> = {
  success: normal(1032, 'succeeded.'),
  cancel: normal(1033, 'was cancelled.'),
  failure: { code: 1034, severity: 'error', text: 'failed.' },
  pause: normal(1073, 'was paused by {user}.'),
  resume: normal(1074, 'was resumed by {user}.'),
};

/** The event of an inactivity timeout. The policy `legacy` has numbers of its own. */
function late(what: 'pauseLate' | 'cancelLate', { timeoutPolicy }: TransferRecord): Text {
  const reason = 'Reason: timeout due to transfer inactivity.';
  const isLegacy = timeoutPolicy === 'legacy';
  return what === 'pauseLate'
    ? {
        code: isLegacy ? 1071 : 1077,
        severity: isLegacy ? 'error' : 'warning',
        text: `was paused by system. ${reason}`,
      }
    : { code: isLegacy ? 1072 : 1076, severity: 'error', text: `was cancelled by system. ${reason}` };
}

const nameOf = ({ disk, diskName }: TransferRecord): string => diskName ?? disk;

/** In the order in which they happened. */
export function eventsOf(viewer: Viewer, record: TransferRecord): (Event & { id: string })[] {
  const { id, at, direction, user, userLogin, correlationId, happened = [], why } = record;
  const who = userLogin === undefined ? (user?.name ?? '') : loginShown(viewer, userLogin);
  const subject = `Image ${direction === 'upload' ? 'Upload' : 'Download'} with disk ${nameOf(record)}`;
  const event = (time: number, of: string, { code, severity, text }: Text, more = ''): Event & { id: string } => ({
    id: String(eventId(time, `${id}/${of}`)),
    code,
    severity,
    time: new Date(time).toISOString(),
    description: `${subject} ${text.replace('{user}', who)}${more}`,
    origin: 'gateway',
    ...(correlationId !== undefined && { correlationId }),
    ...(user && { user: { id: user.id, name: who } }),
  });
  return [
    event(at, 'begun', normal(BEGUN, 'was initiated by {user}.')),
    ...happened.map(({ at: time, what }, index) =>
      event(
        time,
        `${what}/${index}`,
        what === 'pauseLate' || what === 'cancelLate' ? late(what, record) : texts[what],
        what === 'failure' && why !== undefined ? ` ${why}` : '',
      ),
    ),
  ];
}

/** The transfer's job; a cancelled one has failed, as with an engine. */
export function jobOf(record: TransferRecord): Job {
  const { id, at, endedAt, direction, phase, user, correlationId, why } = record;
  const failure = phase === 'finished_success' ? undefined : (why ?? 'it was cancelled.');
  const title = `${direction} disk ${nameOf(record)}`;
  const isOver = isEnded(phase);
  return {
    id: nameId('job', 'transfer', id),
    description: isOver && failure !== undefined ? `${title}: ${failure}` : title,
    status: !isOver ? 'started' : failure === undefined ? 'finished' : 'failed',
    startedAt: new Date(at).toISOString(),
    updatedAt: new Date(endedAt ?? at).toISOString(),
    ...(correlationId !== undefined && { correlationId }),
    ...(user && { owner: { id: user.id } }),
    ...(endedAt !== undefined && { endedAt: new Date(endedAt).toISOString() }),
  };
}

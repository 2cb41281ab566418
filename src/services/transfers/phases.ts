import { Fault } from '../../model/index.js';
import type { TransferRecord } from './store.js';

export type Phase = TransferRecord['phase'];

/** Events of a transfer: requests of clients, and timeouts. */
export type Event =
  'ready' | 'extend' | 'pause' | 'pauseLate' | 'resume' | 'finalize' | 'cancel' | 'cancelLate' | 'fail';

/** The phase that each event leads to, and the phases in which it may happen: the engine's ImageTransferPhase. */
const table: Readonly<Record<Event, { readonly from: readonly Phase[]; readonly to?: Phase }>> = {
  ready: { from: ['initializing'], to: 'transferring' },
  extend: { from: ['initializing', 'transferring', 'resuming', 'paused_user', 'paused_system'] },
  pause: { from: ['transferring'], to: 'paused_user' },
  pauseLate: { from: ['transferring'], to: 'paused_system' },
  resume: { from: ['paused_user', 'paused_system'], to: 'transferring' },
  finalize: { from: ['transferring', 'paused_user', 'paused_system'], to: 'finalizing_success' },
  cancel: { from: ['initializing', 'transferring', 'paused_user', 'paused_system'], to: 'cancelled_user' },
  cancelLate: { from: ['initializing', 'transferring', 'paused_user', 'paused_system'], to: 'cancelled_system' },
  fail: {
    from: ['initializing', 'transferring', 'paused_user', 'paused_system', 'finalizing_success'],
    to: 'finalizing_failure',
  },
};

const ends: Readonly<Partial<Record<Phase, Phase>>> = {
  finalizing_success: 'finished_success',
  finalizing_failure: 'finished_failure',
  finalizing_cleanup: 'finished_cleanup',
  cancelled_user: 'finished_cleanup',
  // as TransferDiskImageCommand of engines since 4.4: only a client's cancellation is a cleanup
  cancelled_system: 'finished_failure',
};

export const isEnded = (phase: Phase): boolean => phase.startsWith('finished_');

/** The phase that follows this one, once its work is done. */
export const endOf = (phase: Phase): Phase => ends[phase] ?? phase;

/** What is recorded for events; the end has its own. */
const remembered = ['pause', 'resume', 'pauseLate', 'cancel', 'cancelLate'] as const;
type Remembered = (typeof remembered)[number];
const isRemembered = (event: Event): event is Remembered => (remembered as readonly Event[]).includes(event);

/** The most recorded events: a client may pause and resume for ever. */
const MOST_HAPPENED = 100;

/** The record after the event; undefined if nothing changes. Throws `conflict` where it is not allowed. */
export function enter(
  record: TransferRecord,
  event: Event,
  { why, now = Date.now() }: { readonly why?: string; readonly now?: number } = {},
): TransferRecord | undefined {
  const { from, to } = table[event];
  if (!from.includes(record.phase))
    throw new Fault('conflict', { text: `Cannot ${nameOf(event)} Image Transfer. It is in phase ${record.phase}.` });
  if (to === undefined) return undefined;
  const entered = { ...record, phase: to, ...(why !== undefined && { why }) };
  return isRemembered(event) ? happened(entered, event, now) : entered;
}

/** The record with the event recorded. */
export const happened = (
  record: TransferRecord,
  what: NonNullable<TransferRecord['happened']>[number]['what'],
  at: number,
): TransferRecord => ({
  ...record,
  happened: [...(record.happened ?? []), { at, what }].slice(-MOST_HAPPENED),
});

const nameOf = (event: Event): string => event.replace('Late', '');

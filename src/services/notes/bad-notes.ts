import type { Scope } from '../context.js';
import type { OnBadNote } from './notes.js';

/** A bad note is logged once in this time, however often its resource is listed; milliseconds. */
export const BAD_NOTE_MS = 3_600_000;

/** Logs a warning for an invalid note of the resource (`VM <id>`). */
export const warnOf =
  (scope: Scope, resource: string, note: string): OnBadNote =>
  (why) =>
    scope.work.seldom(`bad note ${note} of ${resource}`, BAD_NOTE_MS, () =>
      scope.log.warn('note ignored', { resource, note, why }),
    );

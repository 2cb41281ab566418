import { required } from '../../invariant.js';
/** Times in a search (searchbackend/DateUtils, DateEnumForSearch). Texts without a zone are UTC. Milliseconds. */
export interface Instant {
  readonly from: number;
  /** `=` means a time in [from, until): a day for a date, a minute for a time without seconds. */
  readonly until: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:Z|[+-]\d{2}:?\d{2})?$/i;
const ZONE = /(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$/i;

/**
 * Reads `2026-11-21`, `2026-11-21T01:09:00Z`, `11/21/2026`, `11/21/26 1:05 PM`, `Nov 21, 2026`, `today`, `yesterday`,
 * or a day of the past week by its name. Undefined for anything else.
 */
export function readInstant(text: string, now: number): Instant | undefined {
  const word = text.trim().toLowerCase();
  const today = Math.floor(now / DAY) * DAY;
  if (word === 'today') return day(today);
  if (word === 'yesterday') return day(today - DAY);
  const weekday = DAYS.indexOf(word);
  if (weekday >= 0) return day(today - ((new Date(today).getUTCDay() - weekday + 7) % 7 || 7) * DAY);
  const at = dated(text.trim());
  if (at === undefined) return undefined;
  const [, , seconds] = /(\d{1,2}):\d{2}(:\d{2})?/.exec(text) ?? [];
  if (!/\d:\d{2}/.test(text)) return day(at);
  return { from: at, until: at + (seconds === undefined ? MINUTE : SECOND) };
}

const day = (from: number): Instant => ({ from, until: from + DAY });

/** Date.parse accepts far more than dates (`vm 1`), so the form is checked first. */
function dated(text: string): number | undefined {
  const slashes = /^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4})(\s.*)?$/.exec(text);
  const [, month, day, year = '', time = ''] = slashes ?? [];
  const form = slashes ? `${month}/${day}/${year.length === 2 ? `20${year}` : year}${time}` : text;
  if (
    !slashes &&
    !ISO.test(text) &&
    !/^(?:[a-z]{3,9},?\s+)?(?:[a-z]{3,9}\.?\s+\d{1,2}|\d{1,2}\s+[a-z]{3,9}),?\s+\d{4}(?:\s.*)?$/i.test(text)
  )
    return undefined;
  const at = Date.parse(ZONE.test(form) && /:/.test(form) ? form : `${form} UTC`);
  return Number.isNaN(at) ? Date.parse(`${form.replace(' ', 'T')}Z`) || undefined : at;
}

const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/**
 * A length of time: a number of minutes (the administration guide's unit of `uptime`), `90s`, `5m`, `2h`, `3d`, or
 * `[days.]hours:minutes[:seconds]` as engines read it. Undefined for anything else.
 */
export function readSpan(text: string): number | undefined {
  const simple = /^(\d+(?:\.\d+)?)([smhd])?$/i.exec(text);
  if (simple) return Number(simple[1]) * required(UNITS[simple[2]?.toLowerCase() ?? 'm'], 'the unit of a span');
  const clock = /^(?:(\d+)\.)?(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (!clock) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = clock.slice(1).map((part) => Number(part ?? 0));
  return days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND;
}

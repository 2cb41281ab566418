import { Fault, isFault } from '../../model/index.js';
import type { Scope, Started } from '../context.js';

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/**
 * Polls until `done` returns something other than undefined. Pauses grow from `pollMs` to `pollMaxMs`. A poll that
 * fails with a temporary fault (retry class `later`) is repeated, and so is one in which `done` meets an outage: the
 * next poll shows the result. Any other error of `done` is thrown. Throws `backend.timeout` after `timeoutMs`.
 *
 * `event`: what has to happen before another poll can show more, if that is known after this one. Whoever sees it, such
 * as a request that reads the VM, ends the pause (`Work.wake`), and the next pauses are short again.
 */
export async function until<T, R>(
  scope: Scope,
  what: string,
  look: () => Promise<T>,
  done: (seen: T) => R | undefined | Promise<R | undefined>,
  event: () => string | undefined = () => undefined,
): Promise<R> {
  const { pollMs, pollMaxMs, timeoutMs, pollGrowth = 1.5 } = scope.settings;
  const deadline = Date.now() + timeoutMs;
  for (let wait = pollMs; ;) {
    const seen = await unless(isPassing, async () => ({ value: await look() }));
    const result = seen && (await unless(isOutage, async () => done(seen.value)));
    if (result !== undefined) return result;
    if (Date.now() + wait > deadline)
      throw new Fault('backend.timeout', {
        service: scope.backend,
        text: `${what} is not complete after ${timeoutMs} ms.`,
      });
    const woken = await pauseUntil(scope, wait, event());
    wait = woken ? pollMs : Math.min(wait * pollGrowth, pollMaxMs);
  }
}

const pauseUntil = async (scope: Scope, ms: number, event: string | undefined): Promise<boolean> =>
  event === undefined ? pause(ms).then(() => false) : scope.work.pause(ms, event);

async function unless<T>(passes: (error: unknown) => boolean, act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (passes(error)) return undefined;
    throw error;
  }
}

const isPassing = (error: unknown): boolean => isFault(error) && error.retry === 'later';

/** Whether the fault is an outage of the backend rather than a refusal. */
export const isOutage = (error: unknown): boolean =>
  isFault(error, 'backend.busy') ||
  isFault(error, 'backend.error') ||
  isFault(error, 'backend.lost') ||
  isFault(error, 'backend.unreachable') ||
  isFault(error, 'backend.overloaded') ||
  isFault(error, 'backend.down') ||
  isFault(error, 'backend.timeout') ||
  isFault(error, 'backend.token') ||
  isFault(error, 'backend.answer');

/**
 * Whether work was interrupted rather than refused: by its timeout, or the end of its login. The next read resumes it.
 */
export const isUnfinishedWork = (error: unknown): boolean =>
  isFault(error, 'backend.timeout') || isFault(error, 'backend.login');

/** How often a call is tried: refused because of work in progress, refused otherwise, or accepted without effect. */
export const TRIES = { busy: 3, refused: 2, accepted: 5, broken: 5 } as const;

/**
 * Repeats a call whose refusal may mean that it is done already, or will be possible in a moment: a duplicate, another
 * replica doing the same work, a task in progress. The caller polls after each try. Throws the refusal if another poll
 * has not helped, and `backend.failed` if the backend accepts the call repeatedly without effect. `patienceMs`: how
 * long to wait for an accepted call whose progress polls do not show.
 */
export function insistent(what: string, patienceMs = 0): (act: () => Promise<void>) => Promise<undefined> {
  let refusals = 0;
  let accepted = 0;
  let broken = 0;
  let patientUntil = 0;
  return async (act) => {
    if (Date.now() < patientUntil) return undefined;
    if (accepted === TRIES.accepted)
      throw new Fault('backend.failed', { text: `${what}: accepted ${accepted} times, without effect.` });
    try {
      await act();
      accepted += 1;
      patientUntil = Date.now() + patienceMs;
    } catch (error) {
      // An error of the backend itself is temporary, like an outage, but not for ever
      if (isFault(error, 'backend.error') && (broken += 1) === TRIES.broken)
        throw new Fault('backend.failed', { ...error.values }, { cause: error });
      if (isOutage(error)) throw error;
      refusals += 1;
      if (refusals >= (isFault(error, 'backend.conflict') ? TRIES.busy : TRIES.refused)) throw error;
    }
    return undefined;
  };
}

/** The value, or undefined for the fault `not-found`. Other faults pass through. */
export async function unlessGone<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (isFault(error, 'not-found')) return undefined;
    throw error;
  }
}

/** One read that is repeated during outages. The value, or undefined for the fault `not-found`. */
export async function seen<T>(scope: Scope, what: string, look: () => Promise<T>): Promise<T | undefined> {
  const { value } = await until(
    scope,
    what,
    () => unlessGone(look()),
    (value) => ({ value }),
  );
  return value;
}

/** Every item of all pages, in order. */
export async function collect<T>(pages: AsyncIterable<T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(...page);
  return all;
}

/**
 * Handles the rejection of a promise that nobody may await: its failure is logged elsewhere and must not end the
 * process. Call it where the promise is made, before anything else is awaited.
 */
export function watched<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Work whose end is polled for only when it is needed: until then the resource itself shows its progress. */
export function started<T>(value: T, end: () => Promise<T>): Started<T> {
  let pending: Promise<T> | undefined;
  return {
    value,
    get finished() {
      return (pending ??= watched(end()));
    },
  };
}

/** The fault with what was undone added to its text; of its own code if that has a text. */
export function undone(error: unknown, what: string, undoing: string): Fault {
  const text = isFault(error) ? error.detail.replace(/^\[|\]$/g, '') : String(error);
  if (isFault(error) && 'text' in error.values) {
    return new Fault(
      error.code,
      { ...error.values, text: `${sentence(String(error.values['text']))} ${undoing}` },
      { cause: error },
    );
  }
  return new Fault('interrupted', { what, text, undone: undoing }, { cause: error });
}

/** A cloud's text may come without its full stop. */
const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

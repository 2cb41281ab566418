import { Fault, isFault } from '../model/index.js';
import type { Scope, Started } from './context.js';

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/**
 * Looks again and again until `done` gives something other than undefined. Pauses grow from `pollMs` to `pollMaxMs`. A
 * look that fails in a way that may pass (retry class `later`) is looked past, and so is an outage in what `done` does:
 * the next look shows what came of it. Whatever else `done` throws ends it. Throws `backend.timeout` after `timeoutMs`.
 */
export async function until<T, R>(
  scope: Scope,
  what: string,
  look: () => Promise<T>,
  done: (seen: T) => R | undefined | Promise<R | undefined>,
): Promise<R> {
  const { pollMs, pollMaxMs, timeoutMs } = scope.settings;
  const deadline = Date.now() + timeoutMs;
  for (let wait = pollMs; ; wait = Math.min(wait * 1.5, pollMaxMs)) {
    const seen = await unless(isPassing, async () => ({ value: await look() }));
    const result = seen && (await unless(isOutage, async () => done(seen.value)));
    if (result !== undefined) return result;
    if (Date.now() + wait > deadline)
      throw new Fault('backend.timeout', {
        service: scope.backend,
        text: `${what} is not done after ${timeoutMs} ms.`,
      });
    await pause(wait);
  }
}

async function unless<T>(passes: (error: unknown) => boolean, act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (passes(error)) return undefined;
    throw error;
  }
}

const isPassing = (error: unknown): boolean => isFault(error) && error.retry === 'later';

/** Whether the fault says that the backend is not to be had now, rather than that it refuses. */
export const isOutage = (error: unknown): boolean =>
  isFault(error, 'backend.busy') ||
  isFault(error, 'backend.error') ||
  isFault(error, 'backend.lost') ||
  isFault(error, 'backend.unreachable') ||
  isFault(error, 'backend.overloaded') ||
  isFault(error, 'backend.down') ||
  isFault(error, 'backend.timeout') ||
  isFault(error, 'backend.answer');

/** Whether work was cut off, rather than refused: by its time, or the end of its login. The next look takes it up. */
export const isUnfinishedWork = (error: unknown): boolean =>
  isFault(error, 'backend.timeout') || isFault(error, 'backend.login');

/**
 * How often an act is tried: one that was refused because of something in progress, refused otherwise, or accepted
 * without effect.
 */
const TRIES = { busy: 3, refused: 2, accepted: 5, broken: 5 } as const;

/**
 * Tries an act whose refusal may mean that it is done already, or will be possible in a moment: a duplicate, another
 * replica at the same work, a task in progress. The caller looks again after each try; the refusal is thrown when a
 * further look has not helped, and `backend.failed` when the backend accepts the act again and again and nothing comes
 * of it. `patienceMs`: how long to wait for an accepted act, where a look does not show that it is under way.
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
      // An error of the backend's own passes, as an outage does, but not for ever
      if (isFault(error, 'backend.error') && (broken += 1) === TRIES.broken)
        throw new Fault('backend.failed', { ...error.values }, { cause: error });
      if (isOutage(error)) throw error;
      refusals += 1;
      if (refusals >= (isFault(error, 'backend.conflict') ? TRIES.busy : TRIES.refused)) throw error;
    }
    return undefined;
  };
}

/** The value, or undefined when there is no such thing. Other faults pass through. */
export async function unlessGone<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (isFault(error, 'not-found')) return undefined;
    throw error;
  }
}

/** One look, past outages. The value, or undefined when there is no such thing. */
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
 * Keeps a promise that nobody may await: its failure is logged elsewhere and must not end the process. It is kept where
 * it is made, before anything else is awaited.
 */
export function watched<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Work whose end is looked for only when somebody asks for it: until then the resource itself shows how far it is. */
export function started<T>(value: T, end: () => Promise<T>): Started<T> {
  let asked: Promise<T> | undefined;
  return {
    value,
    get finished() {
      return (asked ??= watched(end()));
    },
  };
}

/** The fault's own text with what was undone added, under the fault's own code where it carries a text. */
export function undone(error: unknown, what: string, undoing: string): Fault {
  const text = isFault(error) ? error.detail.replace(/^\[|\]$/g, '') : String(error);
  if (isFault(error) && 'text' in error.values) {
    return new Fault(
      error.code,
      { ...error.values, text: `${String(error.values['text'])} ${undoing}` },
      { cause: error },
    );
  }
  return new Fault('interrupted', { what, text, undone: undoing }, { cause: error });
}

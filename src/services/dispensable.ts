import { inTime } from '../model/in-time.js';
import type { Scope } from './context.js';
import { isOutage } from './work/wait.js';

/** A part of an answer that it can do without; undefined if the service that knows it is down. */
export async function unlessDown<T>(part: Promise<T>): Promise<T | undefined> {
  try {
    return await part;
  } catch (error) {
    if (isOutage(error)) return undefined;
    throw error;
  }
}

/**
 * The same, also if the service has not answered in time: one that hangs delays only what needs it. `what` names the
 * part: once it was late in a request, that request neither asks nor waits for it again, so that the answer for many
 * VMs waits no longer than that for one.
 */
export async function dispensable<T>(
  { late }: Pick<Scope, 'late'>,
  what: string,
  part: () => Promise<T>,
): Promise<T | undefined> {
  if (late.has(what)) return undefined;
  let isSettled = false;
  const value = await inTime(
    unlessDown(part()).finally(() => {
      isSettled = true;
    }),
  );
  if (!isSettled) late.add(what);
  return value;
}

import { inTime } from '../model/in-time.js';
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

/** The same, also if the service has not answered in time: one that hangs delays only what needs it. */
export const dispensable = <T>(part: Promise<T>): Promise<T | undefined> => inTime(unlessDown(part));

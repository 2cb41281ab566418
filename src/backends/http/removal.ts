import { isFault } from '../../model/index.js';

/** Whether a removal found its target: false for `not-found`. Other faults pass through. */
export async function removed(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (isFault(error, 'not-found')) return false;
    throw error;
  }
}

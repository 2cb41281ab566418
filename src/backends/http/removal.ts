import { isFault } from '../../model/index.js';

/** Whether a removal found what it was to remove. Other faults go through. */
export async function removed(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (isFault(error, 'not-found')) return false;
    throw error;
  }
}

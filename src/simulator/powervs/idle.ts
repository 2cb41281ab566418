import { conflict } from './refusals.js';
import type { Instance } from './types.js';

/** Throws PowerVS's 409 unless the instance is in one of the states, without a task. */
export function idle(one: Instance, ...states: string[]): void {
  if (one.taskState !== '') throw conflict(`pvm-instance ${one.pvmInstanceID} has a task under way: ${one.taskState}`);
  if (!states.includes(one.status))
    throw conflict(`pvm-instance ${one.pvmInstanceID} is in state ${one.status}: ${states.join(' or ')} is needed`);
}

import type { FaultRule } from '../faults.js';
import type { JsonObject } from '../json.js';
import type { WorldParts } from '../simulation.js';
import type { Task } from '../world/types.js';

/** What an inventory holds beside its records and settings. */
export interface Progress {
  readonly faults?: readonly (FaultRule | JsonObject)[];
  /** `due`: milliseconds from now. */
  readonly work?: readonly Task[];
  /** State of the random number generator. */
  readonly random?: number;
}

/** The progress of a world, as `restoreProgress` takes it back. */
export const progressOf = <W>({ clock, faults, random, work }: WorldParts<W>): Required<Progress> => ({
  faults: faults.rules(),
  work: work.tasks.map((task) => ({ ...task, due: Math.max(0, task.due - clock.now()) })),
  random: random.state,
});

/** Throws a TypeError or SyntaxError for a bad fault rule, and for work of an unknown kind. */
export function restoreProgress<W>({ clock, faults, random, work }: WorldParts<W>, saved: Progress): void {
  faults.replace((saved.faults ?? []) as readonly JsonObject[]);
  work.replace((saved.work ?? []).map((task) => ({ ...task, due: task.due + clock.now() })));
  if (saved.random !== undefined) random.restore(saved.random);
}

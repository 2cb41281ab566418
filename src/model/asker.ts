/**
 * Whoever waits for an answer, as the calls that are made for it see it. What was begun is done, whoever waits: from
 * then on no call is given up, and none is refused because others wait.
 */
export interface Asker {
  /** Aborted when nobody waits any more, unless something was begun; its reason is a Fault. */
  readonly signal: AbortSignal;
  /** Whether something was begun. */
  readonly committed: boolean;
  /** Something begins now. Throws the signal's reason when it was given up before. */
  commit(): void;
}

import { writeSync } from 'node:fs';

/** What the process does with an unhandled failure. */
export interface LastResort {
  /** Told of each. */
  readonly onUnforeseen: (kind: 'rejection' | 'exception', error: unknown) => void;
  /** Called once to shut down gracefully: after an exception the state of the process is unknown. */
  readonly end: () => void;
}

/**
 * Handles unforeseen failures. An unhandled rejection is reported and the process continues: it concerns one request or
 * one piece of work, which the next read resumes. An uncaught exception may have interrupted anything, so the process
 * shuts down, and its supervisor restarts it. Returns a function that removes the handlers.
 */
export function guardProcess({ onUnforeseen, end }: LastResort): () => void {
  let ending = false;
  function tell(kind: 'rejection' | 'exception', error: unknown): void {
    try {
      onUnforeseen(kind, error);
    } catch (cause) {
      // the log itself is what failed
      writeSync(2, `${kind}: ${String(error)}; and it could not be logged: ${String(cause)}\n`);
    }
  }
  const onRejection = (error: unknown): void => tell('rejection', error);
  const onException = (error: unknown): void => {
    tell('exception', error);
    if (ending) return;
    ending = true;
    end();
  };
  process.on('unhandledRejection', onRejection);
  process.on('uncaughtException', onException);
  return () => {
    process.off('unhandledRejection', onRejection);
    process.off('uncaughtException', onException);
  };
}

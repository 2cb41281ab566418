import { writeSync } from 'node:fs';

/** What the process does with a failure that no code took. */
export interface LastResort {
  /** Told of each. */
  readonly onUnforeseen: (kind: 'rejection' | 'exception', error: unknown) => void;
  /** Asked for an orderly end, once: after an exception the state of the process is not known. */
  readonly end: () => void;
}

/**
 * For what was never thought of. A promise whose failure nobody took is told of and the process goes on: it is one
 * request's, or one work's, and what it left is finished by the next look. An exception that nobody caught may have
 * stopped anything half way, so the process ends in order, and its supervisor starts another. Returns what takes the
 * handlers away again.
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

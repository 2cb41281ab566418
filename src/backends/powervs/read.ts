import { MappingError } from '../../mapping/index.js';
import { Fault } from '../../model/index.js';

/** Runs a mapper over an answer. What it can't read is `backend.answer`: the other side's fault. */
export function read<T>(map: () => T): T {
  try {
    return map();
  } catch (cause) {
    if (!(cause instanceof MappingError)) throw cause;
    throw new Fault('backend.answer', { service: 'Power Virtual Server', text: cause.message }, { cause });
  }
}

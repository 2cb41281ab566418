import { MappingError } from '../../mapping/index.js';
import { Fault } from '../../model/index.js';

/** What a mapper threw; a value that it could not read is `backend.answer`, a fault of the service. */
export const unreadable = (service: string, cause: unknown): unknown =>
  cause instanceof MappingError ? new Fault('backend.answer', { service, text: cause.message }, { cause }) : cause;

/** Runs mappers over the answers of a cloud. Throws `backend.answer` for a value that they cannot read. */
export const readerOf =
  (service: string) =>
  <T>(map: () => T): T => {
    try {
      return map();
    } catch (cause) {
      throw unreadable(service, cause);
    }
  };

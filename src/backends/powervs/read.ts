import { readerOf } from '../http/read.js';

/** Runs a mapper over an answer. Throws `backend.answer` for a value that it cannot read. */
export const read = readerOf('Power Virtual Server');

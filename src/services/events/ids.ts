import { createHash } from 'node:crypto';

/**
 * A whole number that rises with time and is the same on every replica and after a restart: milliseconds, and three
 * digits of a hash of the subject. Below 2^53, as clients in JavaScript need.
 */
export const eventId = (instant: number, of: string): number =>
  instant * 1000 + (createHash('sha1').update(of).digest().readUInt32BE(0) % 1000);

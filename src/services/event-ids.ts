import { createHash } from 'node:crypto';

/**
 * A whole number that rises with time and is the same on every replica and after a restart: milliseconds, and three
 * digits of what it is of. Below 2^53, which clients in JavaScript need.
 */
export const eventId = (instant: number, of: string): number =>
  instant * 1000 + (createHash('sha1').update(of).digest().readUInt32BE(0) % 1000);

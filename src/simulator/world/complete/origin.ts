import type { Records, Server } from '../types.js';

/** What completing a record may use: generated ids and addresses, and records that were loaded before it. */
export interface Origin {
  uuid(): string;
  mac(): string;
  readonly projectId: string;
  readonly userId: string;
  readonly volumeType: string;
  readonly servers: ReadonlyMap<string, Server>;
  count(kind: keyof Records): number;
}

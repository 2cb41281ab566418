import type { Records, Server } from '../types.js';

/** What completing a record may lean on: ids and addresses to make up, and what was loaded before it. */
export interface Origin {
  uuid(): string;
  mac(): string;
  readonly projectId: string;
  readonly userId: string;
  readonly volumeType: string;
  readonly servers: ReadonlyMap<string, Server>;
  count(kind: keyof Records): number;
}

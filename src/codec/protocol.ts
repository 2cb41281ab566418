import type { Dialect } from './dialect.js';

/** The protocol table of a version: schemas/ovirt/<version>/protocol.json. */
export interface Protocol {
  /** As the path (`/v3`) and the header `Version` have it. */
  readonly number: string;
  readonly description?: string;
  readonly dialect: Dialect;
}

/** What a mapper needs beside the value. */
export interface MappingContext {
  /** The beginning of every href: `/api`, `/ovirt-engine/api`. */
  readonly base: string;
}

/** A value from the other side that the model cannot hold. */
export interface Lost {
  /** Dotted, from the document's element: `disk.port_mirroring`, `vm.disks.disk.0.foo`. */
  readonly path: string;
  readonly why: string;
  /** Whether a row refuses it: the request must not be carried out. */
  readonly refused: boolean;
}

/** The mapped value, and what of the document it cannot hold. */
export interface Mapped<T> {
  readonly value: T;
  readonly lost: Lost[];
}

/** A value that a mapper cannot map: a required one that is missing, or one that a converter cannot read. */
export class MappingError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'MappingError';
  }
}

/** A request, as its span has it when it is answered. */
export interface TracedRecord {
  /** The number that it began with. */
  readonly serial: number;
  /** When it began, epoch milliseconds. */
  readonly at: number;
  readonly client: string;
  readonly userAgent?: string;
  readonly user?: string;
  readonly method: string;
  /** Without parameters. */
  readonly path: string;
  readonly operation?: string;
  readonly status: number;
  readonly correlationId: string;
  readonly fault?: { readonly code: string };
}

/** A running backend call: the headers to send with it, and its end (status 0: no answer). */
export interface CallSpan {
  readonly headers: Readonly<Record<string, string>>;
  ended(status: number): void;
}

/** Traces requests through this process and into others. What runs within `act` belongs to its span. */
export interface Traces {
  readonly request: <T>(
    request: {
      readonly serial: number;
      readonly method: string;
      readonly headers: Readonly<Record<string, string | string[] | undefined>>;
    },
    act: () => T,
  ) => T;
  readonly answered: (record: TracedRecord) => void;
  readonly call: (call: { readonly service: string; readonly method: string; readonly path: string }) => CallSpan;
  readonly step: <T>(resource: string, act: () => Promise<T>) => Promise<T>;
  /** Sends what waits. */
  readonly close: () => Promise<void>;
}

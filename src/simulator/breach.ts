/** A request that does not have the form that schemas/ declares for its call. */
export interface Breach {
  /** The call's id: `nova.servers.create`. */
  readonly call: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly errors: readonly string[];
}

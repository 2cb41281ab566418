/** The part of autocannon that the bench uses: it has no types of its own. */
declare module 'autocannon' {
  interface Client {
    /** What the connection sends in turn. */
    setRequests(requests: readonly { readonly path: string }[]): void;
  }
  interface Options {
    readonly url: string;
    readonly connections: number;
    readonly duration: number;
    readonly headers?: Readonly<Record<string, string>>;
    /** Called with each connection before it sends. */
    readonly setupClient?: (client: Client) => void;
  }
  interface Result {
    /** A second. */
    readonly requests: { readonly average: number; readonly total: number };
    /** Milliseconds. */
    readonly latency: { readonly p99: number };
    readonly non2xx: number;
    readonly errors: number;
  }
  export default function autocannon(options: Options): Promise<Result>;
}

import type { Capability, DocumentWords, Property } from '../../model/index.js';
import type { Scope } from '../../services/context.js';
import type { Transfers } from '../../services/transfers/transfers.js';
import type { Declaration } from '../version/declaration.js';
import type { Document } from '../version/document.js';
import type { Counts } from './counts.js';
import type { Exchange } from './exchange.js';
import type { Ignored } from '../version/ignored.js';
import type { RequestBody } from '../http/request-body.js';
import type { Parameters } from '../http/parameters.js';
import type { Product } from '../version/product.js';
import type { Reply } from '../http/reply.js';
import type { Version } from '../version/version.js';

/** One operation of the protocol: what is declared of it, and what it does. */
export interface Operation extends Declaration {
  /** Of a list: the whole collection as a value, to be embedded in another document. */
  readonly collected?: (call: Call<never>) => Promise<object>;
  /** Of a get: the document as a value, to be embedded in another document. */
  readonly found?: (call: Call<never>) => Promise<Document>;
  run(call: Call<never>): Promise<Reply>;
}

/** A version with what its operations do. */
export type ServedVersion = Version<Operation>;

/** The ids in a path: `Ids<'/vms/{vm:id}'>` is `{ vm: string }`. */
export type Ids<P extends string> = P extends `${string}{${infer Name}:${string}}${infer Rest}`
  ? { readonly [K in Name]: string } & Ids<Rest>
  : unknown;

/** One call of an operation: what its verb works with. */
export interface Call<I = unknown> {
  readonly operation: Operation;
  /** The version of the protocol that the request is in. */
  readonly version: ServedVersion;
  readonly scope: Scope;
  /** Tells how many documents more hold sub-collections: those of many are read at once. */
  readonly expect?: (documents: number) => void;
  /** Absent if the gateway has no folder for them. */
  readonly transfers?: Transfers;
  readonly ids: I;
  /** Prefix of all hrefs: the entry point. */
  readonly base: string;
  /** The path of the request below the entry point, as links have it. */
  readonly path: string;
  readonly product: Product;
  readonly counts: Counts;
  readonly parameters: Parameters;
  readonly incoming: RequestBody;
  readonly exchange: Exchange;
  /** `Expect: 201-created`: answer when a creation is complete. */
  readonly wait: boolean;
  /** `;async=true` or `Expect: 202-accepted`: don't wait for the end. */
  readonly background: boolean;
  /** `Prefer: return=minimal`, or the operator's choice: a removal has an empty answer. */
  readonly emptyDelete: boolean;
  /** `All-Content: true`: the parts of a representation that are costly to get. */
  readonly allContent: boolean;
  /** `Filter: true`: the view of a plain user. */
  readonly filtered: boolean;
  /** `detail=` of the Accept header or the parameters: sub-collections to embed in the documents. */
  readonly details: ReadonlySet<string>;
  /** How many results of a list the gateway may sort. */
  readonly sortLimit: number;
  /** Whether the backend can do this. */
  able(capability: Capability): boolean;
  /**
   * Throws `unsupported` if the backend lacks the capability. `subject` names the part of the request that needs it.
   */
  require(capability: Capability, subject: Property | string): void;
  /** How the documents of this request name the properties of entities. */
  words(): DocumentWords;
  /** Tells the client that this content of its request has no effect. Throws in strict mode. */
  readonly ignore: (content: readonly Ignored[]) => void;
}

import type { Capability, DocumentWords, FaultCode, Property } from '../model/index.js';
import type { Scope } from '../services/context.js';
import type { Transfers } from '../services/transfers/transfers.js';
import type { Counts } from './entry/counts.js';
import type { Exchange } from './exchange.js';
import type { Ignored } from './ignored.js';
import type { RequestBody } from './request-body.js';
import type { Parameters } from './parameters.js';
import type { Product } from './product.js';
import type { Document } from './resource.js';
import type { Reply } from './reply.js';
import type { Required } from './required.js';
import type { SearchTable } from './search/index.js';
import type { Version } from './version.js';

/** What an operation is in the protocol; `progress` is a status that is polled, `entry` the root document. */
export type OperationKind = 'entry' | 'list' | 'get' | 'add' | 'update' | 'remove' | 'action' | 'progress';

/** How a backend comes to do it: by its own means, by means of the gateway, or not at all. */
export type Support = 'translated' | 'emulated' | 'refused';

/** What a declaration says of an operation in words and data: for the support matrix, faults and documentation. */
export interface Facts {
  /** One line, for the support matrix: what a client gets. */
  readonly summary: string;
  readonly support?: Support;
  /** How it is done on PowerVC, or why it is refused. */
  readonly how: string;
  /** Without one of these the operation is refused before anything is read. */
  readonly needs?: readonly Capability[];
  /** Faults beyond those that every operation can raise. */
  readonly faults?: readonly FaultCode[];
  /** Matrix and query parameters beyond those of its kind. */
  readonly parameters?: readonly string[];
}

/** A release of the protocol, as its schema says: `3.0` to `3.6`, `4.0` and later. */
export type Release = `${3 | 4}.${number}`;

/**
 * One operation of the protocol. Routes, 405 and `Allow`, links and actions in representations, refusals and the
 * support matrix
 * derive from these declarations.
 */
export interface Operation extends Required_<Facts> {
  /** Stable, for logs and metrics: `vms.disks.add`. */
  readonly name: string;
  readonly kind: OperationKind;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As in the RSDL: `/vms/{vm:id}/disks/{disk:id}`. `{x:id}` is a UUID, `{x:name}` any text. */
  readonly path: string;
  /** As in the RSDL: get, add, update, delete, or the action's name. */
  readonly rel: string;
  /** For the text of faults: `add disk`. */
  readonly title: string;
  /** The elements of the documents that it reads and answers. */
  readonly reads: readonly string[];
  readonly answers: string;
  readonly required: readonly Required[];
  /** Fields of the action document that an action reads, beyond those that are required. */
  readonly fields: readonly string[];
  /** HTTP status when it succeeds at once. */
  readonly status: number;
  /** Whether it may go on after the answer (202). */
  readonly async: boolean;
  /** The first release of the protocol that has it, `3.4`; `gateway` when it is an extension of ours. */
  readonly since: Release | 'gateway';
  /** The last release that has it; absent when it has not gone. */
  readonly until?: Release;
  /** Whether a list can be searched: then the root document links to its search. */
  readonly searchable: boolean;
  /** What a list can be searched by, where it says more than every list does. */
  readonly search?: SearchTable<never>;
  /** Of a list: the whole collection as a value, to be held by another document. */
  readonly collected?: (call: Call<never>) => Promise<object>;
  /** Of a get: the document as a value, to be held by another document. */
  readonly found?: (call: Call<never>) => Promise<Document>;
  run(call: Call<never>): Promise<Reply>;
}

type Required_<T> = { readonly [K in keyof T]-?: NonNullable<T[K]> };

/** The ids in a path: `Ids<'/vms/{vm:id}'>` is `{ vm: string }`. */
export type Ids<P extends string> = P extends `${string}{${infer Name}:${string}}${infer Rest}`
  ? { readonly [K in Name]: string } & Ids<Rest>
  : unknown;

/** One call of an operation: what its verb acts with. */
export interface Call<I = unknown> {
  readonly operation: Operation;
  /** The version of the protocol that the request is in. */
  readonly version: Version;
  readonly scope: Scope;
  /** Absent where the gateway has no folder for them. */
  readonly transfers?: Transfers;
  readonly ids: I;
  /** Prefix of all hrefs: the entry point. */
  readonly base: string;
  /** The path of the request below the entry point, as it would be linked to. */
  readonly path: string;
  /** Scheme and authority that the client used, for the few places where a full URL is due. */
  readonly origin: string;
  readonly product: Product;
  readonly counts: Counts;
  readonly parameters: Parameters;
  readonly incoming: RequestBody;
  readonly exchange: Exchange;
  /** `Expect: 201-created`: answer when a creation is complete. */
  readonly wait: boolean;
  /** `;async=true` or `Expect: 202-accepted`: don't wait for the end. */
  readonly background: boolean;
  /** `Prefer: return=minimal`, or the operator's choice: a removal answers nothing. */
  readonly emptyDelete: boolean;
  /** `All-Content: true`: the parts of a representation that are costly to get. */
  readonly allContent: boolean;
  /** `Filter: true`: the view of a plain user. */
  readonly filtered: boolean;
  /** `detail=` of the Accept header or the parameters: sub-collections to be held by the documents. */
  readonly details: ReadonlySet<string>;
  /** How many results a list may sort by itself. */
  readonly sortLimit: number;
  /** Whether the backend can do this. */
  able(capability: Capability): boolean;
  /** Throws `unsupported` when the backend has no means for this. `subject` names what of the request asks for it. */
  require(capability: Capability, subject: Property | string): void;
  /** How the documents of this request name the properties of entities. */
  words(): DocumentWords;
  /** Tells the client that this content of its request has no effect. Throws in strict mode. */
  readonly ignore: (content: readonly Ignored[]) => void;
}

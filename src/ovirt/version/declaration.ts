import type { Capability, FaultCode } from '../../model/index.js';
import type { Required } from './required.js';
import type { SearchTable } from '../search/table.js';

/** What an operation is in the protocol; `progress` is a status that is polled, `entry` the root document. */
export type OperationKind = 'entry' | 'list' | 'get' | 'add' | 'update' | 'remove' | 'action' | 'progress';

/** How a backend supports it: natively, with the gateway's help, or not at all. */
export type Support = 'translated' | 'emulated' | 'refused';

/** The facts of an operation in words and data: for the support matrix, faults and documentation. */
export interface Facts {
  /** One line, for the support matrix: what a client gets. */
  readonly summary: string;
  readonly support?: Support;
  /** How it is done on PowerVC, or why it is refused. */
  readonly how: string;
  /** Capabilities that the operation needs: without them it is refused before anything is read. */
  readonly needs?: readonly Capability[];
  /** Capabilities that it asks for itself, once it has looked at what it acts on: other refusals come first. */
  readonly needsThen?: readonly Capability[];
  /** Faults beyond those that every operation can raise. */
  readonly faults?: readonly FaultCode[];
  /** Matrix and query parameters beyond those of its kind. */
  readonly parameters?: readonly string[];
}

/** A release of the protocol: `3.0` to `3.6`, `4.0` and later. */
export type Release = `${number}.${number}`;

/**
 * The declaration of an operation, without its implementation. Routes, 405 and `Allow`, links and actions in
 * representations, refusals and the support matrix derive from these declarations.
 */
export interface Declaration extends Required_<Facts> {
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
  /** Whether work may continue after the answer (202). */
  readonly async: boolean;
  /** The first release of the protocol that has it, `3.4`; `gateway` when it is an extension of ours. */
  readonly since: Release | 'gateway';
  /** The last release that has it; absent if the newest has it. */
  readonly until?: Release;
  /** Whether a list can be searched: then the root document links to its search. */
  readonly searchable: boolean;
  /** The search fields of a list, where there are more than the common ones. */
  readonly search?: SearchTable<never>;
}

type Required_<T> = { readonly [K in keyof T]-?: NonNullable<T[K]> };

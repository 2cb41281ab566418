import type { Dialect } from './dialect.js';

/**
 * The protocol table of a version: schemas/ovirt/<version>/protocol.json, whose meta-schema says what each part means.
 */
export interface Protocol {
  /** As the path (`/v3`) and the header `Version` have it. */
  readonly number: string;
  /** The number of the version whose code it uses for what tables cannot express; its own when absent. */
  readonly base?: string;
  readonly description?: string;
  /** Incomplete: not served. */
  readonly draft?: true;
  readonly dialect: Dialect;
  /** How a state is written: `<status><state>ok</state></status>`, or `<status>ok</status>`. */
  readonly states: 'element' | 'text';
  /** Where the flags of a DELETE are read: from its body and its parameters, or from its parameters only. */
  readonly deleteFlags: 'document' | 'parameters';
  /** Whose rules decide what is allowed. */
  readonly engine: '3.6' | '4.5';
  /** How a failed action is reported: inside the action document, or as a fault of its own. */
  readonly failedAction: 'action' | 'fault';
  /** How a missing login is reported: by a page of the container; by a fault when absent. */
  readonly unauthorized?: 'page';
  /** How a client asks for sub-collections inside of documents: `detail=disks` or `follow=disk_attachments.disk`. */
  readonly inline: 'detail' | 'follow';
  /** The sub-collections that a document can hold, by its element (`detail`). */
  readonly holds: Readonly<Record<string, readonly string[]>>;
  /** Members that documents of an element have at times only, by the element. */
  readonly shown?: Readonly<Record<string, readonly PartlyShown[]>>;
  /** Spellings of header booleans besides `true`. */
  readonly headerTrue: readonly string[];
  /** HTTP statuses of faults that differ from the catalogue, by code. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Reasons of faults that differ from the catalogue, by code. */
  readonly reasons?: Readonly<Record<string, string>>;
  /** Codes of faults whose details are written without the brackets of the catalogue. */
  readonly plainDetails?: readonly string[];
  /** How a body that cannot be read is reported: by what the operation takes; by a fault when absent. */
  readonly unreadable?: 'usage';
  /** The order of the links in the root document; others follow. */
  readonly rootLinks: readonly string[];
  /** Paths that differ from those of the declarations, which are version 3's: `[from, to]`. */
  readonly paths: readonly (readonly [from: string, to: string])[];
  /** Elements whose names differ from those of the declarations, by the names there. */
  readonly elements?: Readonly<Record<string, string>>;
  /** Whether malformed boolean and number parameters are ignored instead of refused. */
  readonly looseParameters: boolean;
  /** Number of characters kept of a client's correlation id; 50 when absent. */
  readonly longestCorrelationId?: number;
  /** How a PUT or DELETE with `async` is answered: 202 without a body; with one when absent. */
  readonly asyncChange?: 'empty';
  /** What happens to unknown keys of a JSON body. */
  readonly unknownKeys: 'report' | 'refuse';
  /** Names of operations that this version lacks; `*` ends a prefix. */
  readonly without: readonly string[];
}

/** Members that a document does not always have. */
export interface PartlyShown {
  readonly members: readonly string[];
  /** Only where the client asks for `all_content`, and in the answer to a change. */
  readonly allContent?: true;
  /** Not in these statuses of the document. */
  readonly unlessStatus?: readonly string[];
  readonly why?: string;
}

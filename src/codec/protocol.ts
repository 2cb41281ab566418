import type { Dialect } from './dialect.js';

/**
 * The protocol table of a version: schemas/ovirt/<version>/protocol.json, whose meta-schema says what each part means.
 */
export interface Protocol {
  /** As the path (`/v3`) and the header `Version` have it. */
  readonly number: string;
  /** The number of the version whose code says what no table can; its own when absent. */
  readonly base?: string;
  readonly description?: string;
  /** Not whole yet: not served. */
  readonly draft?: true;
  readonly dialect: Dialect;
  /** How a state stands in a document: `<status><state>ok</state></status>`, or `<status>ok</status>`. */
  readonly states: 'element' | 'text';
  /** Where the flags of a DELETE come from: its document too, or parameters alone. */
  readonly deleteFlags: 'document' | 'parameters';
  /** By which engine's rules something is allowed or refused. */
  readonly engine: '3.6' | '4.5';
  /** How an action that failed is told: inside the action document, or as a fault of its own. */
  readonly failedAction: 'action' | 'fault';
  /** How one is told who is not logged in: by a page of the container; by a fault when absent. */
  readonly unauthorized?: 'page';
  /** How a client asks for sub-collections inside of documents: `detail=disks` or `follow=disk_attachments.disk`. */
  readonly inline: 'detail' | 'follow';
  /** The sub-collections that a document can hold, by its element (`detail`). */
  readonly holds: Readonly<Record<string, readonly string[]>>;
  /** Spellings of header booleans besides `true`. */
  readonly headerTrue: readonly string[];
  /** HTTP statuses of faults where they are not the catalogue's, by code. */
  readonly statuses: Readonly<Record<string, number>>;
  /** The order of the links in the root document; what is not named comes after. */
  readonly rootLinks: readonly string[];
  /** Paths that this version writes otherwise than the declarations, which have those of version 3: `[from, to]`. */
  readonly paths: readonly (readonly [from: string, to: string])[];
  /** Elements that this version names otherwise than the declarations, by their names there. */
  readonly elements?: Readonly<Record<string, string>>;
  /** Whether a collection that the cloud has no means for is empty, where another version refuses it by name. */
  readonly emptyWhenUnable: boolean;
  readonly quotas: boolean;
  /** Whether parameters that are no boolean or number are passed over instead of refused. */
  readonly looseParameters: boolean;
  /** What becomes of keys of a JSON body that no type knows. */
  readonly unknownKeys: 'report' | 'refuse';
  /** Names of operations that this version has not, or their beginning with `*`. */
  readonly without: readonly string[];
}

import type { Capability, Property } from '../../../model/index.js';
import type { Started } from '../../../services/context.js';
import type { Pages, Search } from '../../search/index.js';
import type { Facts } from '../../version/declaration.js';
import type { Required } from '../../version/required.js';
import type { Flag, Flags } from '../action.js';
import type { Call, Operation } from '../operation.js';
import type { Document } from '../../version/document.js';

export type Verb<I, A extends unknown[], R> = (call: Call<I>, ...rest: A) => Promise<R>;

/** A capability that only some requests need. */
export interface Need<N> {
  readonly capability: Capability;
  /** What the refusal names. */
  readonly subject: Property | string;
  readonly when: (input: Partial<N>) => boolean;
}

interface Common extends Facts {
  readonly since?: Operation['since'];
  readonly until?: Operation['until'];
}

export interface ListFacts<I, N> extends Common {
  /** Whether the root document links to its search; what it can be searched by is the resource's. */
  readonly searchable?: boolean;
  /** May leave out what the search's hints exclude, and may return more: everything is compared again. */
  readonly verb: (call: Call<I>, search: Search) => Pages<N>;
  /** Fills an item's document with what All-Content adds. Lists that it reads are cached for all items. */
  readonly content?: (call: Call<I>, document: Document) => Promise<void>;
}
export interface GetFacts<I, N> extends Common {
  readonly verb: Verb<I, [], N>;
}
export interface AddFacts<I, N> extends Common {
  readonly required?: readonly Required[];
  /** Capabilities that only some requests need, by their content. */
  readonly needsFor?: readonly Need<N>[];
  /**
   * Whether the entity exists already and is only attached; then the answer is 200 (a floating disk,
   * docs/reference/ovirt.md, section 11).
   */
  readonly attaches?: (input: Partial<N>) => boolean;
  /** The status of that answer: 200, as version 3 has it, or version 4's 201. */
  readonly attached?: 200 | 201;
  readonly verb: Verb<I, [Partial<N>], N | Started<N>>;
}
export interface PostFacts<I, N> extends Common {
  readonly verb: Verb<I, [Partial<N>], N | Started<N>>;
}
export interface UpdateFacts<I, N> extends Common {
  readonly required?: readonly Required[];
  /** Whether `follow` counts, as it does with no other change (docs/reference/v4-wire.md, section 6). */
  readonly follows?: boolean;
  readonly verb: Verb<I, [Partial<N>], N>;
}
export interface RemoveFacts<I> extends Common {
  /** Flags that the client may set, in the action document or as a parameter. */
  readonly flags?: readonly Flag[];
  readonly verb: Verb<I, [Flags], void | Started<unknown>>;
}

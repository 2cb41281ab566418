import { sentence } from './sentence.js';

import { worded, type Capabilities, type Words } from '../model/index.js';

/**
 * How a backend supports an operation or a field: `translated`, it supports it natively; `emulated`, the gateway builds
 * it from what the backend has; `left out`, not used and reported (refused in strict mode); `read only`, answered and
 * ignored when it is sent back; `refused`, a fault.
 */
export type SupportLevel = 'translated' | 'emulated' | 'left out' | 'read only' | 'refused';

export const supports: readonly SupportLevel[] = ['translated', 'emulated', 'left out', 'read only', 'refused'];

/** `how` it is done, or why not. */
export interface Standing {
  readonly support: SupportLevel;
  readonly how: string;
}

/** One backend as the matrix sees it. */
export interface SupportedBackend {
  /** `powervc`; also the folder of its tables, schemas/mapping/<name>. */
  readonly name: string;
  /** The backend whose tables and words it inherits. */
  readonly on?: string;
  readonly words: Words;
  readonly capabilities: Capabilities;
}

/** Texts name no product: their words are the backend's. */
export const inWords = (standing: Standing, words: Words): Standing => ({
  ...standing,
  how: worded(standing.how, words),
});

/** What a backend does with an operation that it lacks the means for: a list is empty, all else is refused. */
export const unable = (isList: boolean, why: string): Standing =>
  isList ? { support: 'emulated', how: sentence(`always empty: ${why}`) } : { support: 'refused', how: sentence(why) };

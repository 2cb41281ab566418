import type { Protocol } from '../../codec/protocol.js';
import type { Call } from '../declare/operation.js';
import type { Reply } from '../http/reply.js';
import { v3 } from '../v3/index.js';
import { v4 } from '../v4/index.js';

/** What tables cannot express of a version. */
export interface VersionCode {
  /** The answer to a GET of the root document. */
  root(call: Call): Promise<Reply>;
}

const codes: Readonly<Record<string, VersionCode>> = { 3: v3, 4: v4 };

/** Whether there is code for the version, or for the one that it builds on. */
export const hasCode = ({ number, base = number }: Protocol): boolean => Object.hasOwn(codes, base);

/** The code of a version, or of the version that it builds on. Throws for a version without either. */
export function byVersion({ number, base = number }: Protocol): VersionCode {
  const code = codes[base];
  if (!code) throw new Error(`there is no code for version ${base} of the protocol`);
  return code;
}

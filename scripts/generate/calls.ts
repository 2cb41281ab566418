import type { DeclaredCall } from '../../src/schemas/schema.js';
import type { Schemas } from '../../src/schemas/store.js';
import { banner, doc } from './output.js';

/** `nova.json#/$defs/Server` → `nova.Server`. */
export const bodyName = (ref: string): string => ref.replace(/^.*?([^/]+)\.json#\/\$defs\//, '$1.');

const typeOf = (ref: string | null | undefined): string =>
  ref === undefined || ref === null ? 'undefined' : `t.${bodyName(ref)}`;

/** calls.ts: what is sent, and the types that tie a call's id to its bodies. */
export function callsFile(schemas: Schemas, backend: string): string {
  const { calls, description } = schemas.documents.get(`${backend}/calls.json`) as {
    calls: DeclaredCall[];
    description?: string;
  };
  const entries = calls.map((call) => `  ${JSON.stringify(call.id)}: ${JSON.stringify(call)},\n`).join('');
  const bodies = calls
    .map(({ id, request, answers }) => {
      const read = [...new Set(Object.values(answers).map(typeOf))];
      return `  ${JSON.stringify(id)}: { request: ${typeOf(request)}; answer: ${read.length > 0 ? read.join(' | ') : 'undefined'} };\n`;
    })
    .join('');
  return `${banner(`schemas/${backend}/calls.json`)}import type * as t from './types.js';

${doc(description)}export const calls = {
${entries}} as const;

/** Id of a call. */
export type CallId = keyof typeof calls;

/** One declared call, without the types of its bodies. */
export interface Call {
  readonly id: CallId;
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly query?: readonly string[];
  readonly reads?: boolean;
  readonly action?: string;
  readonly request?: string;
  readonly media?: string;
  readonly answers: Readonly<Record<string, string | null>>;
}

/** By id, the body that is sent and the body that is read of a success. */
export type Bodies = {
${bodies}};
`;
}

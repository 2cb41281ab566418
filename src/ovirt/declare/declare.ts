import type { Call, Operation } from './operation.js';
import type { Facts, OperationKind } from '../version/declaration.js';
import type { Document } from '../version/document.js';
import type { Reply } from '../http/reply.js';

/** What a builder adds to the facts. */
export interface Shape<I> extends Facts {
  readonly kind: OperationKind;
  readonly method: Operation['method'];
  readonly path: string;
  readonly rel: string;
  readonly title: string;
  readonly answers: string;
  readonly status?: number;
  readonly reads?: readonly string[];
  readonly required?: Operation['required'];
  readonly fields?: readonly string[];
  readonly async?: boolean;
  readonly since?: Operation['since'];
  readonly until?: Operation['until'];
  readonly searchable?: boolean;
  readonly search?: Operation['search'];
  readonly collected?: (call: Call<I>) => Promise<object>;
  readonly found?: (call: Call<I>) => Promise<Document>;
  readonly run: (call: Call<I>) => Promise<Reply>;
}

/** Parameters that an operation of a kind reads. */
const parametersOfKind: Readonly<Record<OperationKind, readonly string[]>> = {
  entry: [],
  list: ['max', 'search', 'case_sensitive'],
  get: [],
  add: [],
  update: ['async'],
  remove: ['async'],
  action: ['async'],
  progress: [],
};

/** Completes a declaration: derives its name from path and rel, and fills in defaults. */
export function declare<I>(shape: Shape<I>): Operation {
  const { kind, path, rel } = shape;
  const segments = path.split('/').filter((segment) => segment !== '' && !segment.startsWith('{'));
  const named = segments.at(-1) === rel || kind === 'entry' ? segments : [...segments, kind === 'list' ? 'list' : rel];
  return {
    support: 'translated',
    needs: [],
    needsThen: [],
    faults: [],
    reads: [],
    required: [],
    fields: [],
    status: 200,
    async: false,
    since: '3.0',
    searchable: false,
    ...shape,
    name: named.join('.') || 'api',
    parameters: [...parametersOfKind[kind], ...(shape.parameters ?? [])],
    run: shape.run,
    ...(shape.collected && { collected: shape.collected }),
    ...(shape.found && { found: shape.found }),
  };
}

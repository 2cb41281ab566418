import { readSchemas } from '../schemas/store.js';
import { versions } from '../ovirt/index.js';
import { supportMatrix, type Matrix } from './matrix.js';
import { type SupportedBackend } from './standing.js';

export { counts, filtered, filterOf, type Filter } from './filter.js';
export { type Matrix, type SupportedOperation } from './matrix.js';
export { supports, type Standing, type SupportLevel, type SupportedBackend } from './standing.js';
export type { SupportedField, SupportedType } from './fields.js';
export { matrixText } from './text.js';

/** The matrix of this gateway. `schemas` is the folder of the tables. Throws for invalid JSON. */
export function readMatrix(schemas: string, backends: readonly SupportedBackend[]): Matrix {
  const { schemas: tables, problems } = readSchemas(schemas);
  if (problems.length > 0) throw new Error(problems.map(({ file, message }) => `${file}: ${message}`).join('; '));
  return supportMatrix(versions, backends, tables);
}

export { checkSchemas } from './check.js';
export { readSchemas, type Schemas } from './store.js';
export type { Problem, Schema } from './schema.js';
import type { Problem } from './schema.js';

/** `schemas/mapping/ovirt-v3/disk.json, row 3, convert: there is no converter "mibb"`. */
export const describeProblem = ({ file, row, field, message }: Problem): string =>
  `schemas/${[file, ...(row === undefined ? [] : [`row ${row}`]), ...(field === undefined ? [] : [field])].join(', ')}: ` +
  `${message}`;

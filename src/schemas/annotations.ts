/**
 * Words of our schemas that say something to the generator or a reader and nothing to a validator (CONTRIBUTING.md,
 * "Schemas and tables").
 */
export const ANNOTATIONS = [
  'xml',
  'x-text',
  'x-enum',
  'x-read-only',
  'x-env',
  'x-flags',
  'x-secret',
  'x-error',
] as const;

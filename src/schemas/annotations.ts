/**
 * Annotations of the schemas: keywords for the generator and for readers, which validators ignore (schemas/README.md).
 */
export const ANNOTATIONS = [
  'xml',
  'x-text',
  'x-enum',
  'x-read-only',
  'x-env',
  'x-flags',
  'x-help',
  'x-secret',
  'x-error',
] as const;

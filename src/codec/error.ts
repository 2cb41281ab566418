/**
 * Why a document cannot be read. `syntax`: it is no XML or JSON at all; `value`: a value at `path` is not of its type.
 */
export class CodecError extends Error {
  constructor(
    readonly kind: 'syntax' | 'value',
    readonly path: string,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'CodecError';
  }
}

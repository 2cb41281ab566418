/** How one version of a protocol writes and reads scalars: schemas/ovirt/<version>/protocol.json, `dialect`. */
export interface Dialect {
  /** Scalars that JSON writes as strings. Instants are epoch milliseconds in every version. */
  readonly jsonStrings: readonly ('int32' | 'int64' | 'boolean')[];
  /** Spellings of booleans that are read besides `true` and `false`, in lower case: `1`, `0`. */
  readonly booleans: { readonly true: readonly string[]; readonly false: readonly string[] };
  /** Whether an empty text is the integer 0; otherwise it is refused. */
  readonly emptyIntegers?: boolean;
  /** The fault's text for a value of the wrong type; `{value}`, `{path}`, `{set}`, `{words}` are filled in. */
  readonly messages: { readonly boolean?: string; readonly word: string };
}
